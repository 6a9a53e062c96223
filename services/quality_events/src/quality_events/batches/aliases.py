"""Other numbers of the same goods: an alias names a batch, and is none of its own.

What is told under an alias that is known is told of the batch, and it is kept that it was. What was told before anybody
said so stands as a batch of its own, and so does what was begun or made under it by a record of its own, which may be
another lot: nothing moves it, and the readiness of either says that it stands there.

An alias names no lot of another maker: where the site was sold, the buyer's next lot may have that number.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlmodel import Field

from contracts import Fact, Lot, Recorded, clock
from contracts.partner_feeds import BatchCompletionReported, BatchStartReported
from quality_events.metadata import INSTANT, Table
from runtime import bulk
from runtime.problems import RuleViolated
from runtime.work import Work

F = TypeVar("F", bound=Fact)
_WITH_ALIASES: Final = """
SELECT id AS batch_id, lot_id, number, material, site_id, aliases, start_source, completion_source, other_statements,
       partner_id
FROM batch
WHERE aliases <> '{}' AND (site_id, material) IN (SELECT * FROM unnest($1::uuid[], $2::text[])) ORDER BY id
"""
_WHOSE: Final = """
SELECT id, makers_of(id) AS makers, site_sold_since(id) IS NULL AS is_its_makers_site
FROM batch WHERE id = ANY ($1::uuid[])
"""
_OF_THEIR_OWN: Final = "SELECT lot_id FROM batch WHERE lot_id = ANY ($1::uuid[])"
_APART: Final = """
SELECT id, number, state, created_at, partner_id FROM batch WHERE lot_id = ANY ($1::uuid[]) AND id <> $2 ORDER BY number
"""
_TOLD: Final = """
SELECT told.number, told.batch_lot_id = $1 AS here, batch.id AS batch_id, batch.number AS kept_with
FROM told_under AS told LEFT JOIN batch ON batch.lot_id = told.batch_lot_id
WHERE $1 IN (told.batch_lot_id, told.lot_id) ORDER BY told.number, batch.number
"""
_SOLD: Final = "SELECT site_sold_since($1)"
_OF_INPUTS: Final = """
WITH told AS (SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[]) AS told (lot_id, material, number))
SELECT told.lot_id, batch.id FROM told JOIN batch ON batch.lot_id = told.lot_id
UNION SELECT told.lot_id, batch.id FROM told JOIN batch ON (batch.site_id, batch.material) = ($1, told.material)
WHERE batch.aliases <> '{}' AND told.number = ANY (aliases_of(batch.id))
"""


class ToldUnder(Table, table=True):
    """That what named an alias, by a fact or a person, is kept with its batch: it stays when it is an alias no more."""

    __tablename__ = "told_under"

    lot_id: UUID = Field(primary_key=True)
    """The lot that its number would be."""
    batch_lot_id: UUID = Field(primary_key=True)
    number: str
    told_at: datetime = Field(sa_type=INSTANT)
    """When the first of them came."""


def alias_lots(site_id: UUID, material: str, aliases: Iterable[str]) -> list[UUID]:
    """The lots that other numbers of a batch would be."""
    return [Lot.identify(site_id, material, alias) for alias in aliases]


async def named_by(work: Work, lots: Collection[Lot]) -> dict[UUID, list[Any]]:
    """The batches of which the numbers of lots are aliases: by the id of the lot."""
    ids = {lot.id for lot in lots}
    places = sorted({(lot.site_id, lot.material) for lot in lots}, key=str)
    rows = await work.connection.fetch(_WITH_ALIASES, [site for site, _ in places], [of for _, of in places])
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        for id in alias_lots(row["site_id"], row["material"], row["aliases"]):
            if id in ids and id != row["lot_id"]:
                found[id].append(row)
    return found


async def batches_named(work: Work, site_id: UUID, parts: Sequence[Any]) -> Mapping[UUID, Sequence[Any]]:
    """The batches of what goes into another one at a site, by any of their numbers, each with what names it."""
    by_lot = {part.lot_id: part for part in parts}
    told = [[getattr(part, name) for part in by_lot.values()] for name in ("lot_id", "material", "number")]
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in await work.connection.fetch(_OF_INPUTS, site_id, *told):
        found[row["id"]].append(by_lot[row["lot_id"]])
    return found


async def under_own_numbers(work: Work, lots: Sequence[Lot]) -> list[Lot]:
    """The lots that a person names, each by an alias under the batch's own number; it is kept by which it was named.

    One under which a batch of its own stands already stays there, and so does one that is the alias of two. Raises
    RuleViolated where the sponsor names a batch of another maker by its alias. A partner means its own.
    """
    moved = await _batches_named(work, lots, of_any_maker=True)
    for lot in lots if work.principal.partner_id is None else ():
        if (row := moved.get(lot.id)) and lot.partner_id not in row["makers"]:
            why = f"{lot.number} is another number of {row['number']}, whose maker does not own the site any more"
            raise RuleViolated(f"{why}: name {row['number']}, or let {lot.number} be none of its aliases")
    await _keep(work, [lot for lot in lots if lot.id in moved], moved)
    return [_of_its_batch(lot, moved) for lot in lots]


async def told_of_batches(work: Work, facts: Sequence[Recorded[F]]) -> list[Recorded[F]]:
    """Facts about lots, each about the batch's own lot where it names an alias; it is kept under which it was told.

    A start or a completion is the batch's own where its source told that of the batch before, as one whose lot number
    it corrects: by another record another lot may have been made.
    """
    named = await _batches_named(work, [lot for each in facts for lot in _lots_of(each.fact)])
    if not named:
        return [*facts]
    moved = [_of_its_maker(each.fact, named) if _is_of_it(each.fact, named, facts) else {} for each in facts]
    of_them = zip(facts, moved, strict=True)
    told = {lot.id: lot for each, batches in of_them for lot in _lots_of(each.fact) if lot.id in batches}
    await _keep(work, told.values(), named)
    return [
        each._replace(fact=_about(each.fact, [_of_its_batch(lot, batches) for lot in _lots_of(each.fact)]))
        for each, batches in zip(facts, moved, strict=True)
    ]


async def told_under(work: Work, lot_id: UUID) -> list[Mapping[str, Any]]:
    """The other numbers under which facts were told that are kept with a lot's batch (``here``), and the batches with
    which facts are kept that were told under its own number."""
    return [dict(row) for row in await work.connection.fetch(_TOLD, lot_id)]


async def stand_apart(work: Work, batch: Any) -> Sequence[Mapping[str, Any]]:
    """The batches that stand under a batch's aliases, each with its state and since when it is known."""
    lots = alias_lots(batch.site_id, batch.material, batch.aliases)
    return list(await work.connection.fetch(_APART, lots, batch.id)) if lots else []


async def _keep(work: Work, told: Iterable[Lot], named: Mapping[UUID, Any]) -> None:
    """Keep under which other numbers, as their batches have them, something was told that goes to those ``named``."""
    of_them = [(lot.id, named[lot.id]) for lot in sorted(told, key=lambda lot: lot.id)]
    rows = [
        {"lot_id": id, "batch_lot_id": batch["lot_id"], "number": alias, "told_at": clock.now()}
        for id, batch in of_them
        for alias in batch["aliases"]
        if alias_lots(batch["site_id"], batch["material"], [alias]) == [id]
    ]
    await bulk.insert(work, ToldUnder, rows, "ON CONFLICT DO NOTHING")


async def sold_since(work: Work, batch_id: UUID) -> str | None:
    """The day on which the site was sold, after a batch of who sold it was begun; None where it was not."""
    day: str | None = await work.connection.fetchval(_SOLD, batch_id)
    return day


async def _batches_named(work: Work, lots: Sequence[Lot], *, of_any_maker: bool = False) -> dict[UUID, Any]:
    """The batch of each lot that is the alias of one alone, of who made the lot, and no batch of its own."""
    found = await named_by(work, lots) if lots else {}
    if not found:
        return {}
    ids = {row["batch_id"] for rows in found.values() for row in rows}
    whose = {row["id"]: dict(row) for row in await work.connection.fetch(_WHOSE, list(ids))}
    every = {id: [dict(row) | whose[row["batch_id"]] for row in rows] for id, rows in found.items()}
    own = {
        id: [row for row in rows if of_any_maker or any(lot.id == id and _made_by(lot, row) for lot in lots)]
        for id, rows in every.items()
    }
    named = {id: rows[0] for id, rows in own.items() if len(rows) == 1}
    apart = {row["lot_id"] for row in await work.connection.fetch(_OF_THEIR_OWN, [*named])} if named else set()
    return {id: row for id, row in named.items() if id not in apart}


def _of_its_maker(fact: Fact, named: Mapping[UUID, Any]) -> Mapping[UUID, Any]:
    lots = {lot.id: lot for lot in _lots_of(fact)}
    return {id: row for id, row in named.items() if id in lots and _made_by(lots[id], row)}


def _made_by(lot: Any, batch: Mapping[str, Any]) -> bool:
    """Whether a lot is of a batch's maker. A flag does not say whose its lot is: it is, as long as the site is, too."""
    maker = getattr(lot, "partner_id", None)
    return maker in batch["makers"] if maker else bool(batch["is_its_makers_site"])


def _of_its_batch(lot: Lot, batches: Mapping[UUID, Any]) -> Lot:
    row = batches.get(lot.id)
    return lot.model_copy(update={"id": row["lot_id"], "number": row["number"]}) if row else lot


def _is_of_it(fact: Fact, batches: Mapping[UUID, Any], beside: Sequence[Recorded[Any]]) -> bool:
    """Whether what is told under an alias is told of its batch. ``beside`` are the facts that came with it."""
    if not isinstance(fact, BatchStartReported | BatchCompletionReported) or fact.lot.id not in batches:
        return True
    batch = batches[fact.lot.id]
    others = batch["other_statements"] or []
    others = json.loads(others) if isinstance(others, str) else others
    told = {batch["start_source"], batch["completion_source"], *(each["source"] for each in others)}
    told |= {each.fact.source.name for each in beside if each.fact.lot.id == batch["lot_id"]}
    return fact.source.name in told


def _lots_of(fact: Any) -> Sequence[Lot]:
    if hasattr(fact, "lots"):
        return tuple(fact.lots)
    return (fact.lot,) if fact.lot else ()


def _about(fact: F, lots: Sequence[Lot]) -> F:
    """A lot that a fact names by two numbers is one."""
    if hasattr(fact, "lots"):
        return fact.model_copy(update={"lots": tuple({lot.id: lot for lot in lots}.values())})
    return fact.model_copy(update={"lot": lots[0]}) if lots else fact
