"""Facts that stand under another number of the same goods, as a batch of its own: they are weighed with it."""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from directory import queries as directory
from quality_events import moments
from quality_events.batches.aliases import named_by, sold_since
from quality_events.batches.model import Batch
from quality_events.readiness.terms import (
    EVERYBODY,
    Condition,
    ConditionName,
    Done,
    Dossier,
    Finding,
    met,
    spared,
    unknown,
)
from runtime.work import Work

_UNDATED: Final = "without a day"
_BY_KEY: Final = ("results", "set_aside", "invalid", "countries", "qualifications", "owners")
_EVENTS: Final = (
    *("deviations", "investigations", "holds", "excursions", "recalls", "not_named", "not_handed_in"),
    *("overdrawn", "left_out", "inputs_before", "parents", "made_of", "flags", "trends", "elsewhere"),
    *("shared", "late", "changes", "hold_proposals", "amended_away", "inputs", "tested"),
)


class Other(NamedTuple):
    """A batch that is the same goods, or may be, and what is to be found out of it."""

    id: UUID
    number: str
    text: str


async def others_of(work: Work, batch: Batch, apart: Sequence[Mapping[str, Any]]) -> list[Other]:
    """The batches that stand ``apart`` under its aliases, those of which its own number is an alias, and what is told
    of another making under its own number."""
    named = (await named_by(work, [batch.lot])).get(batch.lot_id, [])
    of = [row for row in named if row["partner_id"] == batch.partner_id]
    sold_on = await sold_since(work, batch.id) if batch.aliases else None
    of_the_sale = [_sold(sold_on)] if sold_on else []
    again = [_again(batch, said) for said in batch.of_another_making]
    again += [_before_the_sale(batch)] if await _made_before_the_sale(work, batch) else []
    return [
        *(Other(row["id"], row["number"], _apart(row)) for row in apart),
        *(Other(row["batch_id"], row["number"], _alias_of(row["number"])) for row in of),
        *(Other(batch.id, batch.number, text) for text in (*of_the_sale, *again)),
    ]


def with_others(dossier: Dossier, others: Sequence[Other], told: Sequence[Dossier]) -> Dossier:
    """What is known of a batch, with the events, the making, the origin and the results that were ``told`` under its
    aliases: nothing that was told there is weighed there alone."""
    every = (dossier, *told)
    more: dict[str, Any] = {name: [each for one in every for each in getattr(one, name)] for name in _EVENTS}
    more |= {name: dict(ChainMap(*(dict(getattr(one, name)) for one in every))) for name in _BY_KEY}
    more["done"] = [*dossier.done, *(_making_of(one, work) for one in told for work in one.done)]
    rejected = next((one.rejected for one in every if one.rejected), None)
    return replace(dossier, numbers=others, rejected=rejected, **more)


def _making_of(other: Dossier, work: Done) -> Done:
    return replace(work, step=f"{work.step} of {other.batch['number']}")


def numbers_joined(dossier: Dossier, _: str, __: date) -> Condition:
    """What is told of it stands under one number (EU GMP 4.20): else quality states what stands under the other.

    Whoever decides reads each other number that it has, and of which of these something was told that is kept with it.
    """
    name, aliases = ConditionName.numbers_joined, dossier.batch["aliases"]
    here = {each["number"] for each in dossier.told_under if each["here"]}
    known = [Finding(_alias(each, told=each in here), reader=EVERYBODY) for each in sorted(aliases)]
    apart = [Finding(each.text, "batch", each.id, each.number, EVERYBODY) for each in dossier.numbers]
    apart += [_kept_with(each) for each in dossier.told_under if not each["here"]]
    apart += [Finding(_no_more(each), reader=EVERYBODY) for each in sorted(here.difference(aliases))]
    if apart:
        return unknown(name, *apart, *known)
    return met(name, *known) if known else spared(name, "nothing stands under another number of it")


def _alias(number: str, *, told: bool) -> str:
    return f"it is {number}, too" + (": facts that were told under that are kept here" if told else "")


def _no_more(number: str) -> str:
    return f"facts that were told under {number} are kept here, and it is no number of it any more"


def _kept_with(told: Mapping[str, Any]) -> Finding:
    number = told["kept_with"]
    where = number or "another batch"
    text = f"facts that were told under its number are kept with {where}, of which it was said to be another number"
    return Finding(text, "batch", told["batch_id"], number, EVERYBODY)


def _apart(stands: Mapping[str, Any]) -> str:
    return f"facts stand under {stands['number']}, another number of it, as a batch of its own: {stands['state']}"


def _sold(day: str) -> str:
    return (
        f"its site was sold on {day}: what is told under its other numbers as of its owner since then is not kept here"
    )


def _alias_of(number: str) -> str:
    return f"it is another number of {number}, which is released or not under that"


async def _made_before_the_sale(work: Work, batch: Batch) -> bool:
    """Whether its completion lies before its present maker had the site, which worked on it since."""
    sold, made = batch.taken_over_at, batch.completed_at or batch.completion_reported
    if not (sold and made):
        return False
    return moments.ends_before(made, sold, await directory.zone_of(work, batch.site_id))


def _before_the_sale(batch: Batch) -> str:
    made = f"{batch.completion_source} tells that it was made {batch.completed_at or batch.completion_reported}"
    return f"{made}, and who bought the site after that worked on it: is {batch.number} the number of two batches?"


def _again(batch: Batch, said: Mapping[str, Any]) -> str:
    if said in batch.second_completions:
        when = f"and {batch.completion_source} of one {batch.completed_at or _UNDATED}"
    else:
        when = "after it was made" if said["of"] == "start" else "before it began"
    told = f"{said['source']} tells of a {said['of']} {said['at'] or _UNDATED}, {when}"
    return f"{told}: is {batch.number} the number of two batches?"
