"""The genealogy of a batch in one statement, however far it goes and however many lots went in."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from quality_events.batches.model import Batch
from quality_events.genealogy.amounts import MADE, Exceeded, Gone, by_parent
from quality_events.genealogy.schemas import Genealogy
from runtime.work import Work

# A feed may report a circle, which nobody can refuse any more: UNION goes round it once. OFFSET 0 keeps each step a
# look into the indexes; without it the edges of all batches would be joined first.
UP: Final = """
WITH RECURSIVE up (id) AS (
    SELECT $1::uuid
    UNION SELECT edge.parent_id FROM up, LATERAL (
        SELECT parent_id FROM batch_edge WHERE child_id = up.id OFFSET 0) AS edge
)
"""
"""How a statement begins that is about a batch ($1) and all that it came of."""
DOWN: Final = """
WITH RECURSIVE down (id) AS (
    SELECT unnest($1::uuid[])
    UNION SELECT edge.child_id FROM down, LATERAL (
        SELECT child_id FROM batch_edge WHERE parent_id = down.id OFFSET 0) AS edge
)
"""
"""How a statement begins that is about batches ($1) and all that they went into."""
_GIVEN: Final = "SELECT * FROM batch_given($1::uuid[])"
_WENT_IN: Final = """
SELECT id FROM batch WHERE id IN (SELECT parent_id FROM batch_edge WHERE child_id = $1)
AND state = ANY ($2) AND actual_quantity IS NOT NULL
"""
"""The batches that are told to have gone into one, also those that no input names, and how much was made of each."""
_LEFT_OUT: Final = "SELECT material, number FROM inputs_left_out($1)"
_MADE_OF: Final = "SELECT DISTINCT batch_id FROM lot_went_in WHERE lot_id = ANY ($1::uuid[]) ORDER BY batch_id"
_BY_ALIAS: Final = """
SELECT part.batch_id, part.material, part.number, parent.id AS parent_id, parent.number AS known_as, parent.aliases_at
FROM (SELECT batch_id, lot_id, material, number, parent_id FROM input_parent
      UNION SELECT batch_id, lot_id, material, number, parent_id FROM used_parent) AS part
JOIN batch AS parent ON parent.id = part.parent_id AND parent.lot_id <> part.lot_id
WHERE {} = $1 ORDER BY part.batch_id, part.material, part.number, parent.number
"""
_GENEALOGY = f"""
{UP}, down (id) AS (
    SELECT $1::uuid
    UNION SELECT edge.child_id FROM down, LATERAL (
        SELECT child_id FROM batch_edge WHERE parent_id = down.id OFFSET 0) AS edge
), edge AS (
    SELECT found.* FROM up, LATERAL (SELECT * FROM batch_edge WHERE child_id = up.id OFFSET 0) AS found
    UNION SELECT found.* FROM down, LATERAL (SELECT * FROM batch_edge WHERE parent_id = down.id OFFSET 0) AS found
), related (kind, id) AS (
    SELECT 'ancestor', id FROM up WHERE id <> $1 UNION ALL SELECT 'descendant', id FROM down WHERE id <> $1
), material AS (
    SELECT DISTINCT part.lot_id, part.batch_id FROM up, LATERAL (
        SELECT lot_id, batch_id FROM lot_went_in WHERE batch_id = up.id OFFSET 0) AS part
), event AS (
    SELECT 'deviation' AS kind, one.id, one.number, one.state, one.classification, '{{}}'::text[] AS markets,
           up.id AS batch_id
    FROM up JOIN deviation_lot AS lot ON lot.batch_id = up.id AND lot.left_out_by_revision IS NULL
    JOIN deviation AS one ON one.id = lot.deviation_id AND one.state NOT IN ('closed', 'cancelled')
    UNION ALL
    SELECT 'oos', one.id, one.number, one.state, NULL, '{{}}', up.id
    FROM up JOIN oos_investigation AS one ON one.batch_id = up.id AND one.state <> 'concluded'
    UNION ALL
    SELECT 'oot', one.id, one.number, one.state, NULL, '{{}}', up.id
    FROM up JOIN oot_investigation AS one ON one.batch_id = up.id AND one.state NOT IN ('concluded', 'withdrawn')
    UNION ALL
    SELECT 'deviation', one.id, one.number, one.state, one.classification, '{{}}', material.batch_id
    FROM material JOIN deviation_lot AS lot ON lot.lot_id = material.lot_id AND lot.batch_id IS NULL
    JOIN deviation AS one ON one.id = lot.deviation_id AND one.state NOT IN ('closed', 'cancelled')
        AND lot.left_out_by_revision IS NULL
    UNION ALL
    SELECT 'oos', one.id, one.number, one.state, NULL, '{{}}', material.batch_id
    FROM material JOIN oos_investigation AS one ON one.lot_id = material.lot_id AND one.batch_id IS NULL
        AND one.state <> 'concluded'
    UNION ALL
    SELECT 'oot', one.id, one.number, one.state, NULL, '{{}}', material.batch_id
    FROM material JOIN oot_investigation AS one ON one.lot_id = material.lot_id AND one.batch_id IS NULL
        AND one.state NOT IN ('concluded', 'withdrawn')
    UNION ALL
    SELECT 'hold', one.id, one.number, one.state, NULL, one.markets, up.id
    FROM up JOIN batch_hold AS one ON one.batch_id = up.id AND one.state = 'open'
    UNION ALL
    SELECT 'excursion', one.id, one.number, one.state, NULL, '{{}}', up.id
    FROM up JOIN process_excursion AS one ON one.batch_id = up.id AND one.state = 'open'
), input AS (
    SELECT DISTINCT ON (part.lot_id) part.lot_id, part.material, part.number, batch.id AS batch_id,
           CASE WHEN part.quantity IS NOT NULL
               THEN jsonb_build_object('value', part.quantity::text, 'unit', part.unit) END AS quantity
    FROM batch_input_now AS part LEFT JOIN input_parent AS known ON known.batch_id = $1 AND known.id = part.id
    LEFT JOIN batch ON batch.id = known.parent_id
    WHERE part.batch_id = $1 ORDER BY part.lot_id, part.quantity IS NULL, part.source, batch.lot_id <> part.lot_id
)
SELECT related.kind, batch.material, batch.number, jsonb_build_object(
    'id', batch.id, 'material', batch.material, 'number', batch.number, 'state', batch.state) AS said
FROM related JOIN batch ON batch.id = related.id
UNION ALL SELECT 'link', parent_id::text, child_id::text, to_jsonb(edge) FROM edge
UNION ALL SELECT 'event', kind, number, to_jsonb(event) FROM event
UNION ALL SELECT 'input', material, number, to_jsonb(input) FROM input
ORDER BY 1, 2, 3, 4
"""  # noqa: S608


async def genealogy(work: Work, batch: Batch) -> Genealogy:
    """What went into a batch and what it went into, over all steps, with what is open on it and its ancestors."""
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for kind, _, _, said in await work.connection.fetch(_GENEALOGY, batch.id):
        rows[kind].append(json.loads(said) if isinstance(said, str) else said)
    unsaid = {UUID(each["parent_id"]) for each in rows["link"] if each["quantity"] is None}
    return Genealogy.of(batch, rows, await gone_of(work, sorted(unsaid)))


async def gone_of(work: Work, batch_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Gone]]:
    """What is told of how much of each batch went into others: of its own batches to a partner, of others nothing."""
    return by_parent(await work.connection.fetch(_GIVEN, list(batch_ids))) if batch_ids else {}


async def exceeded(work: Work, batch_id: UUID) -> list[Exceeded]:
    """What went into a batch and of which more is told to have gone on than was made, and how much that is.

    Only of what who asks sees all that went out of it.
    """
    ids = [row["id"] for row in await work.connection.fetch(_WENT_IN, batch_id, list(MADE))]
    gone = {id: told for id, told in (await gone_of(work, ids)).items() if all(each.child_id for each in told)}
    parents = await work.session.scalars(select(Batch).where(col(Batch.id).in_(gone)).order_by(Batch.number))
    return [found for each in parents if (found := Exceeded.of(each, gone[each.id]))]


async def by_alias(work: Work, batch_id: UUID) -> list[UUID]:
    """The batches into which one went by another number of it."""
    rows = await work.connection.fetch(_BY_ALIAS.format("part.parent_id"), batch_id)
    return list(dict.fromkeys(row["batch_id"] for row in rows))


async def known_by_alias(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """What went into a batch by another number of it: how it was named, which batch it is, and since when."""
    return [dict(row) for row in await work.connection.fetch(_BY_ALIAS.format("part.batch_id"), batch_id)]


async def left_out(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """The lots that a start named in an earlier revision, and that nothing names any more, as far as who asks sees."""
    return [dict(row) for row in await work.connection.fetch(_LEFT_OUT, batch_id)]


async def batches_made_of(work: Work, lot_ids: Sequence[UUID]) -> list[UUID]:
    """The batches into which lots went that may be no batches themselves: one step forward."""
    return [row["batch_id"] for row in await work.connection.fetch(_MADE_OF, list(lot_ids))]
