"""Lots and all that is recorded of them are whose who made them, whichever fact tells so, and whenever it comes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from contracts import Fact, Moment, Recorded
from contracts.batches import BatchTerminated
from contracts.quality_events import BatchManufactured, BatchStarted
from contracts.sites import SiteTransferred
from runtime import bulk
from runtime.handled import unread
from runtime.subscriptions import Subscriptions
from runtime.timers import Timer
from runtime.work import Work
from sample_tracking.lots.makers import Sale, maker_of
from sample_tracking.lots.model import SiteSale
from sample_tracking.results import statements
from sample_tracking.results.model import Result
from sample_tracking.results.queries import IN_ORDER
from sample_tracking.results.report import moment_text

GROUP: Final = "makers"
"""The group of the handlers: an upgrade is told all batches and sales once more."""
_OF_LOTS: Final = (BatchStarted, BatchManufactured, BatchTerminated)
_READ: Final = [(fact, GROUP) for fact in (*_OF_LOTS, SiteTransferred)]
_AT_ONCE: Final = 2000
# Whoever issues, answers or verifies one of these holds it while it waits for those who learn of lots.
_HELD_BY_OTHERS: Final = ("coa", "test_order", "transcription")
_KEEP: Final = """
INSERT INTO known_lot AS known (lot_id, site_id, named_id, named_in, ended, ended_in, closed, settled)
SELECT *, false, false FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::int[])
ON CONFLICT (lot_id) DO UPDATE SET site_id = excluded.site_id, settled = false,
    named_id = CASE WHEN known.named_in > excluded.named_in THEN known.named_id ELSE excluded.named_id END,
    named_in = greatest(known.named_in, excluded.named_in),
    ended = CASE WHEN excluded.ended_in IS NULL OR known.ended_in > excluded.ended_in
        THEN known.ended ELSE excluded.ended END,
    ended_in = greatest(known.ended_in, excluded.ended_in)
"""
_AT_SITES: Final = "SELECT lot_id, maker_id FROM known_lot WHERE site_id = ANY ($1::uuid[])"
_ANEW: Final = "UPDATE known_lot SET settled = false WHERE site_id = ANY ($1::uuid[]) RETURNING lot_id, site_id"
_TOLD: Final = "SELECT lot_id, site_id, named_id, ended FROM known_lot WHERE lot_id = ANY ($1::uuid[]) ORDER BY lot_id"
_UNSETTLED: Final = "SELECT lot_id FROM known_lot WHERE NOT settled ORDER BY lot_id LIMIT $1"
_SALES: Final = "SELECT * FROM site_sale WHERE site_id = ANY ($1::uuid[]) ORDER BY site_id, effective_at, id"
_SETTLE: Final = """
UPDATE known_lot SET maker_id = made.by_id, settled = true
FROM unnest($1::uuid[], $2::uuid[]) AS made (lot_id, by_id) WHERE known_lot.lot_id = made.lot_id
"""
_LOCK: Final = "SELECT FROM {} WHERE lot_id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE"
_OF_ANOTHER: Final = """
SELECT id FROM result JOIN unnest($1::uuid[], $2::uuid[]) AS made (lot_id, by_id) USING (lot_id)
WHERE partner_id <> by_id
"""
_MOVE: Final = """
UPDATE {table} SET {sets}, version = version + 1, updated_at = $3
FROM unnest($1::uuid[], $2::uuid[]) AS made (lot_id, by_id)
WHERE {table}.lot_id = made.lot_id AND partner_id <> by_id
"""
_THE_MAKERS: Final = """partner_id = by_id, parties = ARRAY(
    SELECT DISTINCT one FROM unnest(ARRAY[by_id, laboratory_partner_id]) AS one WHERE one IS NOT NULL ORDER BY one)"""
_MOVES: Final = {
    "result_set": _THE_MAKERS,
    "transcription": _THE_MAKERS,
    "test_order": "partner_id = by_id",  # a laboratory's alone: who made the lot reads none
    # What it says of its maker stays as it was drafted, and perhaps signed.
    "coa": f"{_THE_MAKERS}, named_maker_id = coalesce(named_maker_id, partner_id)",
}


def keep_makers(subscriptions: Subscriptions) -> Subscriptions:
    """Listen to whose lots are, by handlers that come before others of the same facts: they lock what is held there."""
    for fact in _OF_LOTS:
        subscriptions.on_batch(fact, GROUP)(_told)
    subscriptions.on_batch(SiteTransferred, GROUP)(_sold)
    return subscriptions


async def _told(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    await _lock(work, {each.fact.lot.id for each in work.handling if isinstance(each.fact, _OF_LOTS)})
    newest = {each.fact.lot.id: each for each in sorted(facts, key=lambda each: each.sequence)}
    rows = [_kept(each) for _, each in sorted(newest.items())]
    await work.connection.execute(statements.ALONE)
    await work.connection.execute(_KEEP, *map(list, zip(*rows, strict=True)))
    await _settle(work, newest)


def _kept(recorded: Recorded[Any]) -> tuple[Any, ...]:
    lot, ended = recorded.fact.lot, _ended(recorded.fact)
    about = (lot.id, lot.site_id, lot.partner_id, recorded.sequence)
    return (*about, moment_text(ended) if ended else None, recorded.sequence if ended else None)


def _ended(fact: Fact) -> Moment | None:
    if isinstance(fact, BatchManufactured):
        return fact.completed_at or fact.occurred_at
    return fact.occurred_at if isinstance(fact, BatchTerminated) else None


async def _sold(work: Work, facts: Sequence[Recorded[SiteTransferred]]) -> None:
    names = ("site_id", "from_partner_id", "partner_id", "effective_on", "effective_at")
    rows = [{"id": each.id} | {name: getattr(each.fact, name) for name in names} for each in facts]
    await bulk.insert(work, SiteSale, rows, "ON CONFLICT (id) DO NOTHING")
    by_site = {each.fact.site_id: each for each in facts}
    known = {row["lot_id"]: row["maker_id"] for row in await work.connection.fetch(_AT_SITES, list(by_site))}
    makers = await _makers(work, known)
    await _lock(work, {lot_id for lot_id, maker_id in makers.items() if maker_id != known[lot_id]})
    await work.connection.execute(statements.ALONE)
    rows = await work.connection.fetch(_ANEW, list(by_site))
    await _settle(work, {row["lot_id"]: by_site[row["site_id"]] for row in rows})


async def _settle(work: Work, causes: Mapping[UUID, Recorded[Any] | None]) -> None:
    """Work out who made lots, and let what is recorded of them be that one's; not while something is still to be read
    again: what was sold long ago would be the seller's once more until its sale is read."""
    if not causes or await unread(work, *_READ, everywhere=False):
        return
    makers = await _makers(work, causes)
    await work.connection.execute(_SETTLE, *_pairs(makers))
    await _move(work, makers, causes)


async def _makers(work: Work, lot_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    rows = await work.connection.fetch(_TOLD, list(lot_ids))
    found = await work.connection.fetch(_SALES, list({row["site_id"] for row in rows}))
    sales = defaultdict[UUID, list[Sale]](list)
    for site_id, of_site in groupby(found, key=itemgetter("site_id")):
        names = ("from_partner_id", "partner_id", "effective_on", "effective_at")
        sales[site_id] = [Sale(**{name: each[name] for name in names}) for each in of_site]
    return {row["lot_id"]: maker_of(row["named_id"], row["ended"], sales[row["site_id"]]) for row in rows}


async def _lock(work: Work, lot_ids: Collection[UUID]) -> None:
    for table in _HELD_BY_OTHERS:
        await work.connection.execute(_LOCK.format(table), sorted(lot_ids))


async def _move(work: Work, makers: Mapping[UUID, UUID], causes: Mapping[UUID, Recorded[Any] | None]) -> None:
    """Give what is recorded to who made the lots; whoever hears of their results is told these anew.

    A result before its set, as whoever reviews one locks them.
    """
    ids = [row["id"] for row in await work.connection.fetch(_OF_ANOTHER, *_pairs(makers))]
    in_order = select(Result).where(col(Result.id).in_(ids)).order_by(*IN_ORDER).with_for_update()
    moved = (await work.session.scalars(in_order, execution_options={"populate_existing": True})) if ids else ()
    for result in moved:
        told = result.belong_to(makers[result.lot_id])
        work.publish(told, of=result, cause=causes[result.lot_id])
    await work.session.flush()
    for table, sets in _MOVES.items():
        await work.connection.execute(_MOVE.format(table=table, sets=sets), *_pairs(makers), work.now)


def _pairs(makers: Mapping[UUID, UUID]) -> tuple[list[UUID], list[UUID]]:
    return [*makers.keys()], [*makers.values()]


async def settle(work: Work) -> None:
    """Work out who made those lots of which something was told while not all was read, as after an upgrade."""
    lots = [row["lot_id"] for row in await work.connection.fetch(_UNSETTLED, _AT_ONCE)]
    if lots and not await unread(work, *_READ, everywhere=False):
        await _lock(work, lots)
        await work.connection.execute(statements.ALONE)
        await _settle(work, dict.fromkeys(lots))


timer = Timer("makers-settled", 5, settle)
