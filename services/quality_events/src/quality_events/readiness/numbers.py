"""Facts that stand under another number of the same goods, as a batch of its own: they are weighed with it."""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from quality_events.batches.aliases import alias_lots, named_by
from quality_events.batches.model import Batch
from quality_events.readiness.terms import EVERYBODY, Condition, ConditionName, Dossier, Finding, met, spared, unknown
from runtime.work import Work

_STAND: Final = "SELECT id, number, state FROM batch WHERE lot_id = ANY ($1::uuid[]) AND id <> $2 ORDER BY number"
_RESULTS: Final = ("results", "set_aside")
_EVENTS: Final = (
    *("deviations", "investigations", "holds", "excursions", "recalls", "not_named", "not_handed_in"),
    *("exceeded", "left_out", "inputs_before", "parents", "made_of", "flags", "trends", "elsewhere"),
)


async def others_of(work: Work, batch: Batch) -> list[Mapping[str, Any]]:
    """The batches that stand under its aliases, those of which its own number is an alias, and what is told of another
    making under its own number."""
    lots = alias_lots(batch.site_id, batch.material, batch.aliases)
    under = await work.connection.fetch(_STAND, lots, batch.id) if lots else []
    of = (await named_by(work, [batch.lot])).get(batch.lot_id, [])
    return (
        [dict(row) | {"alias": True} for row in under]
        + [{"id": row["batch_id"], "number": row["number"], "alias": False} for row in of]
        + [{"id": batch.id, "number": batch.number, "again": each} for each in batch.of_another_making]
    )


def with_others(dossier: Dossier, others: Sequence[Mapping[str, Any]], told: Sequence[Dossier]) -> Dossier:
    """What is known of a batch, with the events, the origin and the results that were ``told`` under its aliases."""
    every = (dossier, *told)
    more: dict[str, Any] = {name: [each for one in every for each in getattr(one, name)] for name in _EVENTS}
    more |= {name: dict(ChainMap(*(dict(getattr(one, name)) for one in every))) for name in _RESULTS}
    rejected = next((one.rejected for one in every if one.rejected), None)
    return replace(dossier, numbers=others, rejected=rejected, **more)


def numbers_joined(dossier: Dossier, _: str, __: date) -> Condition:
    """What is told of it stands under one number (EU GMP 4.20): else quality states what stands under the other.

    Whoever decides reads each other number that it has, and of which of these something was told that is kept with it.
    """
    name, aliases = ConditionName.numbers_joined, dossier.batch.get("aliases") or ()
    here = {each["number"] for each in dossier.told_under if each["here"]}
    known = [Finding(_alias(each, told=each in here), reader=EVERYBODY) for each in sorted(aliases)]
    apart = [*map(_said, dossier.numbers)]
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


def _said(each: Mapping[str, Any]) -> Finding:
    number = each["number"]
    if said := each.get("again"):
        when = "after it was made" if said["of"] == "start" else "before it began"
        text = f"{said['source']} tells of a {said['of']} {said['at']}, {when}: is {number} the number of two batches?"
        return Finding(text, "batch", each["id"], number, EVERYBODY)
    text = f"it is another number of {number}, which is released or not under that"
    if each["alias"]:
        text = f"facts stand under {number}, another number of it, as a batch of its own: {each['state']}"
    return Finding(text, "batch", each["id"], number, EVERYBODY)
