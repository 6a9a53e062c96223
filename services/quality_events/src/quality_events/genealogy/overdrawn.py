"""Batches of which more is told to have gone into others than was made: kept, so that all are told the same of them.

A maker reads how much went out of its own batches alone, and adds nothing up of another's: it reads that this does not
add up, and nothing of who else used how much. Beside what is told at this moment neither telling sees the other: each
notes which lots it is about, and they are looked at once it is here for everybody.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import Field, col, select

from contracts import Recorded
from contracts.batch_records import MaterialUseReported
from contracts.batches import BatchesLinked
from contracts.partner_feeds import BatchCompletionReported, BatchStartReported
from contracts.quality_events import BatchManufactured, BatchStarted
from quality_events.batches.aliases import told_of_batches
from quality_events.batches.model import Batch
from quality_events.genealogy.amounts import MADE, MORE, Exceeded
from quality_events.genealogy.queries import gone_of
from quality_events.metadata import INSTANT, Table
from runtime.subscriptions import Subscriptions
from runtime.work import Identified, Work

GROUP: Final = "amounts"
"""The group of the handlers: an upgrade is told all of it once more, for what was overdrawn by then."""
AT_ONCE: Final = 10_000
"""So many lots are looked at in one transaction."""
_TOLD_OF: Final = """
INSERT INTO amount_told (id, lot_id) SELECT gen_random_uuid(), lot_id FROM (
    SELECT unnest($1::uuid[]) AS lot_id
    UNION SELECT part.lot_id FROM batch AS child JOIN batch_input AS part ON part.batch_id = child.id
    WHERE child.lot_id = ANY ($1)
    UNION SELECT lot_id FROM material_use WHERE source = ANY ($2::text[]) AND lot_id IS NOT NULL
) AS told
"""
"""The lots themselves, and what went into them, also by an earlier revision."""
_NEXT: Final = """
DELETE FROM amount_told WHERE id IN (SELECT id FROM amount_told LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING lot_id
"""
_MAY_BE: Final = """
SELECT id FROM batch WHERE id IN (
    SELECT id FROM batch WHERE lot_id = ANY ($1::uuid[])
    UNION SELECT parent_id FROM input_parent WHERE lot_id = ANY ($1)
    UNION SELECT parent_id FROM used_parent WHERE lot_id = ANY ($1)
) AND (
    EXISTS (SELECT FROM overdrawn_batch AS known WHERE known.id = batch.id OFFSET 0)
    OR state = ANY ($2) AND actual_quantity IS NOT NULL AND (
        EXISTS (SELECT FROM batch_link AS link WHERE link.parent_id = batch.id OFFSET 0)
        OR EXISTS (SELECT FROM input_parent AS part WHERE part.parent_id = batch.id OFFSET 0)
        OR EXISTS (SELECT FROM used_parent AS part WHERE part.parent_id = batch.id OFFSET 0)))
ORDER BY lot_id
"""
_NO_MORE: Final = "DELETE FROM overdrawn_batch WHERE id = ANY ($1::uuid[])"
_WENT_IN: Final = """
WITH part (parent_id, told_at) AS (
    SELECT parent_id, told_at FROM input_parent WHERE batch_id = $1
    UNION ALL SELECT parent_id, told_at FROM used_parent WHERE batch_id = $1
    UNION ALL SELECT parent_id, created_at FROM batch_link WHERE child_id = $1
)
SELECT batch.material, batch.number,
       greatest(one.asked_at, CASE WHEN count(*) = count(part.told_at) THEN min(part.told_at) END) AS at
FROM part JOIN batch ON batch.id = part.parent_id JOIN overdrawn_batch AS one ON one.id = batch.id
WHERE one.asked_at IS NOT NULL GROUP BY batch.id, one.id ORDER BY batch.material, batch.number
"""


class AmountTold(Identified, Table, table=True):
    """Something was told of how much of a lot was made, or went into others: it is to be looked at."""

    __tablename__ = "amount_told"

    lot_id: UUID


class OverdrawnBatch(Identified, Table, table=True):
    """A batch of which more is told to have gone into others than was made. Its id is the batch's."""

    __tablename__ = "overdrawn_batch"

    asked_at: datetime = Field(sa_type=INSTANT)
    """When that was found, and asked about wherever it went: what was decided after that has weighed it."""


def keep_amounts(subscriptions: Subscriptions) -> None:
    """Listen to all that tells how much of a batch was made, or went into others. What keeps it stands before."""
    for fact in (BatchStartReported, BatchCompletionReported, BatchStarted, BatchManufactured):
        subscriptions.on_batch(fact, GROUP)(_of_lots)
    subscriptions.on_batch(BatchesLinked, GROUP)(_linked)
    subscriptions.on_batch(MaterialUseReported, GROUP)(_used)


async def _of_lots(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    await _note(work, {each.fact.lot.id for each in await told_of_batches(work, facts)})


async def _linked(work: Work, facts: Sequence[Recorded[BatchesLinked]]) -> None:
    await _note(work, {each.fact.parent_lot.id for each in facts})


async def _used(work: Work, facts: Sequence[Recorded[MaterialUseReported]]) -> None:
    await _note(work, sources={each.fact.source.name for each in facts})


async def _note(work: Work, lot_ids: Collection[UUID] = (), sources: Collection[str] = ()) -> None:
    await work.connection.execute(_TOLD_OF, list(lot_ids), list(sources))


async def found_overdrawn(work: Work) -> list[UUID]:
    """The batches that are newly overdrawn, by what was told since this was asked last; those that are no more are
    forgotten."""
    lots = {row["lot_id"] for row in await work.connection.fetch(_NEXT, AT_ONCE)}
    ids = [row["id"] for row in await work.connection.fetch(_MAY_BE, list(lots), list(MADE))] if lots else []
    if not ids:
        return []
    gone = await gone_of(work, ids)
    batches = await work.session.scalars(select(Batch).where(col(Batch.id).in_(ids)).order_by(col(Batch.lot_id)))
    is_one = {each.id: Exceeded.of(each, gone.get(each.id, ())) is not None for each in batches}
    known = set(await work.session.scalars(select(OverdrawnBatch.id).where(col(OverdrawnBatch.id).in_(ids))))
    await work.connection.execute(_NO_MORE, [id for id in known if not is_one[id]])
    return [id for id in ids if is_one[id] and id not in known]


async def overdrawn_inputs(work: Work, batch_id: UUID) -> list[tuple[str, datetime]]:
    """Each overdrawn batch that went into one, in words, and since when it is known that it went in, and that it is."""
    rows = await work.connection.fetch(_WENT_IN, batch_id)
    return [(f"{row['material']} {row['number']}: {MORE}", row["at"]) for row in rows]
