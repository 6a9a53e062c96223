"""What is said about batches, by the hundred: a few statements of SQL, and the model's own rules in between."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts import Fact, Lot, Recorded, clock
from quality_events.batches.locking import LOCK_LOTS
from quality_events.batches.model import Batch
from quality_events.lots import with_products_of_codes
from runtime import bulk
from runtime.attribution import rows_caused_by
from runtime.work import Work

_WITHOUT_PRODUCT = """
SELECT * FROM batch WHERE product_id IS NULL AND material = ANY($1::text[]) ORDER BY lot_id FOR NO KEY UPDATE
"""
_AMONG_OTHERS = "SELECT pg_advisory_xact_lock_shared(hashtextextended('quality-events.lots', 0))"
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('quality-events.lots', 0))"
_KNOWN = "SELECT lot_id, id FROM batch WHERE lot_id = ANY($1::uuid[])"
_OF_BATCHES = "SELECT lot_id, partner_id, product_id FROM batch WHERE lot_id = ANY($1::uuid[])"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one report says about one batch; ``change`` applies it and gives the fact that follows, if one does."""

    lot: Lot
    cause: Recorded[Fact]
    change: Callable[[Batch], Fact | None]


Caused = list[tuple[Fact, Recorded[Fact]]]


async def record(work: Work, statements: Iterable[Statement]) -> Mapping[UUID, Batch]:
    """Apply statements to their batches, announcing those that are new, and publish. Gives the batches by lot id."""
    await among_others(work)
    by_lot: dict[UUID, list[Statement]] = {}
    for statement in sorted(statements, key=lambda statement: statement.lot.id):
        by_lot.setdefault(statement.lot.id, []).append(statement)
    there = {row["lot_id"] for row in await work.connection.fetch(_KNOWN, list(by_lot))}
    new = {lot_id: Batch.announce(of_it[0].lot) for lot_id, of_it in by_lot.items() if lot_id not in there}
    applied = {lot_id: _apply(batch, by_lot[lot_id]) for lot_id, batch in new.items()}
    facts_of = {lot_id: facts for lot_id, (facts, _) in applied.items()}
    causes = {new[lot_id].id: found or [by_lot[lot_id][0].cause] for lot_id, (_, found) in applied.items()}
    await rows_caused_by(work, causes)
    written = await bulk.insert_giving(
        work, Batch, map(_row, new.values()), "lot_id", "ON CONFLICT (lot_id) DO NOTHING"
    )
    # In one step, and in one order, with what another handler announced in between: nothing is locked before that.
    known = await _locked(work, by_lot.keys() - written)
    facts_of |= await _change(work, known, by_lot)
    batches = new | known
    for lot_id, facts in facts_of.items():
        for fact, cause in facts:
            work.publish(fact, of=batches[lot_id], cause=cause)
    return batches


async def batches_of(work: Work, reports: Iterable[Recorded[Any]]) -> Mapping[UUID, Batch]:
    """The batches by lot id of reports that stand beside them: nothing of a batch itself changes, no fact follows."""
    return await record(work, [Statement(each.fact.lot, each, lambda batch: None) for each in reports])


async def among_others(work: Work) -> None:
    """What every transaction takes first that may make a batch: they go on beside each other."""
    await work.connection.execute(_AMONG_OTHERS)


async def alone(work: Work) -> None:
    """What a transaction takes first that names lots of which no batch may be known yet.

    Beside one that makes the batch at this moment, neither would see the other, and they would never be joined.
    """
    await work.connection.execute(_ALONE)


async def learn_products(work: Work, products: Mapping[str, UUID]) -> list[UUID]:
    """Batches that began before their product was registered are of it: published anew. Gives their lots."""
    rows = await work.connection.fetch(_WITHOUT_PRODUCT, list(products))
    batches = [bulk.instance(Batch, row) for row in rows]
    for batch in batches:
        batch.product_id, batch.version, batch.updated_at = products[batch.material], batch.version + 1, clock.now()
    await bulk.update(work, Batch, map(_row, batches))
    for batch in batches:
        work.publish(*batch.facts(), of=batch)
    return [batch.lot_id for batch in batches]


async def as_known(work: Work, lots: Sequence[Lot]) -> list[Lot]:
    """The lots, each with the maker of its batch, and with the product that this or its material's code tells.

    Who tells of a lot may know of its site's present owner alone, and what was made before a sale is the seller's.
    """
    rows = await work.connection.fetch(_OF_BATCHES, [lot.id for lot in lots])
    known = {row["lot_id"]: {name: row[name] for name in ("partner_id", "product_id") if row[name]} for row in rows}
    lots = [
        lot.model_copy(update=known.get(lot.id, {}) | ({"product_id": lot.product_id} if lot.product_id else {}))
        for lot in lots
    ]
    return await with_products_of_codes(work, lots)


async def announce(work: Work, lots: Iterable[Lot]) -> Mapping[UUID, UUID]:
    """The batches' ids by lot id. A product's lot without a known batch is announced, and is its maker's.

    Whoever speaks of a lot becomes no party to its batch by that. A lot of a raw material (it has no product) is no
    batch of anybody's here and is missing from the answer.
    """
    by_id = {lot.id: lot for lot in lots}
    known = await _known(work, by_id)
    missing = [lot for id, lot in sorted(by_id.items()) if id not in known and lot.product_id is not None]
    if missing:
        # Without a conflict target, which would need a partner's policy to see a row that is only being written.
        await bulk.insert(work, Batch, (_row(Batch.announce(lot)) for lot in missing), "ON CONFLICT DO NOTHING")
        known = await _known(work, by_id)
    return known


async def _known(work: Work, lot_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    return {row["lot_id"]: row["id"] for row in await work.connection.fetch(_KNOWN, list(lot_ids))}


async def _locked(work: Work, lot_ids: Iterable[UUID]) -> dict[UUID, Batch]:
    rows = await work.connection.fetch(LOCK_LOTS, list(lot_ids))
    return {row["lot_id"]: bulk.instance(Batch, row) for row in rows}


async def _change(
    work: Work, known: Mapping[UUID, Batch], by_lot: Mapping[UUID, Sequence[Statement]]
) -> dict[UUID, Caused]:
    facts_of: dict[UUID, Caused] = {}
    changed: list[Batch] = []
    causes: dict[UUID, list[Recorded[Fact]]] = {}
    for lot_id, batch in known.items():
        facts_of[lot_id], found = _apply(batch, by_lot[lot_id])
        if found:
            batch.version, batch.updated_at = batch.version + 1, clock.now()
            changed.append(batch)
            causes[batch.id] = found
    await rows_caused_by(work, causes)
    await bulk.update(work, Batch, map(_row, changed))
    return facts_of


def _row(batch: Batch) -> bulk.Row:
    """What a batch holds, for a bulk statement: most of its columns are null for most of its life, and need no name."""
    return {name: value for name, value in batch if value is not None}


def _apply(batch: Batch, statements: Sequence[Statement]) -> tuple[Caused, list[Recorded[Fact]]]:
    """The facts that follow, each with its cause; and all causes of a change, also of one that nobody is told."""
    facts, causes = [], []
    for statement in statements:
        others = batch.other_statements
        joined = batch.join(statement.lot)
        if fact := statement.change(batch):
            facts.append((fact, statement.cause))
        if fact or joined or batch.other_statements is not others:
            causes.append(statement.cause)
    batch.pass_turn(clock.now())
    return facts, causes
