"""Entering facts: the ledger, its buckets and their freshness in the one transaction that handles the events.

Hot path: six statements for a batch, whatever its size.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from kpi.facts.ledger import Dimensions, Entry, Measured, Proof, Source, Statement, Thing, enter, sums
from runtime.work import Work

_COUNTING = """
SELECT id, subject_id, measure, value, occurred_at, month, partner_id, site_id, product_id,
       event_id, type, topic, key, recorded_at
FROM measured_fact
WHERE measure = ANY($1::text[]) AND subject_id = ANY($2::uuid[]) AND reversed_by IS NULL AND reverses IS NULL
"""
# OFFSET keeps the planner on the index, an event at a time: of a table that has just grown it would guess wrongly.
_PROVEN = """
SELECT proven.* FROM unnest($1::uuid[]) AS asked (event_id),
LATERAL (SELECT event_id, measure, subject_id FROM measured_fact WHERE event_id = asked.event_id OFFSET 0) AS proven
"""
_REVERSED = """
UPDATE measured_fact SET reversed_by = new.reversed_by
FROM unnest($1::uuid[], $2::uuid[]) AS new (id, reversed_by) WHERE measured_fact.id = new.id
"""
_INSERT = """
INSERT INTO measured_fact (id, subject_id, measure, value, occurred_at, month, partner_id, site_id, product_id,
                           event_id, type, topic, key, recorded_at, count, reverses, reversed_by)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::numeric[], $5::text[], $6::date[], $7::uuid[], $8::uuid[],
                     $9::uuid[], $10::uuid[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::int[],
                     $16::uuid[], $17::uuid[])
"""
_ADD = """
INSERT INTO bucket AS kept (measure, month, partner_id, site_id, product_id, level, count, total)
SELECT * FROM unnest($1::text[], $2::date[], $3::uuid[], $4::uuid[], $5::uuid[], $6::numeric[], $7::bigint[],
                     $8::numeric[])
ON CONFLICT (measure, month, partner_id, site_id, product_id, level)
DO UPDATE SET count = kept.count + excluded.count, total = kept.total + excluded.total
"""
_FRESHEN = """
INSERT INTO freshness AS kept (measure, partner_id, as_of)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::timestamptz[])
ON CONFLICT (measure, partner_id) DO UPDATE SET as_of = greatest(kept.as_of, excluded.as_of)
"""


async def enter_statements(work: Work, statements: Sequence[Statement]) -> None:
    """Enter what facts state. What was entered before, under the same event, is passed over."""
    if not statements:
        return
    connection = work.connection
    measures = {measure for statement in statements for measure in statement.measures}
    counting = await load_counting(connection, measures, {statement.subject_id for statement in statements})
    proven = await _proven(connection, {statement.source.event_id for statement in statements})
    new, reversed_entries = enter(statements, counting, proven)
    if not new:
        return
    if reversed_entries:
        # Before the insert: only one entry of a thing counts at a time, and an index watches over it.
        marks = [entry.reversed_by for entry in reversed_entries]
        await connection.execute(_REVERSED, [entry.id for entry in reversed_entries], marks)
    await connection.execute(_INSERT, *_columns([_row(entry) for entry in new]))
    await _add_to_buckets(connection, new)


async def load_counting(connection: Any, measures: Iterable[str], subjects: Iterable[UUID]) -> dict[Thing, Entry]:
    """The entries of these measures that count now of these subjects."""
    rows = await connection.fetch(_COUNTING, list(measures), list(subjects))
    return {(row["measure"], row["subject_id"]): _entry(row) for row in rows}


async def _proven(connection: Any, events: Iterable[UUID]) -> list[Proof]:
    return [tuple(row) for row in await connection.fetch(_PROVEN, list(events))]


async def _add_to_buckets(connection: Any, entries: Sequence[Entry]) -> None:
    # In one order everywhere, so that two partitions' transactions never wait for one another in a circle.
    changed = sorted(sums(entries).items(), key=lambda item: tuple(str(part) for part in item[0]))
    await connection.execute(_ADD, *_columns([(*key, *added) for key, added in changed]))
    newest: dict[tuple[str, UUID], datetime] = {}
    for entry in entries:
        key = entry.measured.measure, entry.measured.dimensions.partner_id
        recorded_at = entry.measured.source.recorded_at
        newest[key] = max(recorded_at, newest.get(key, recorded_at))
    await connection.execute(_FRESHEN, *_columns([(*key, as_of) for key, as_of in sorted(newest.items())]))


def _columns(rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True))


def _row(entry: Entry) -> tuple[Any, ...]:
    measure, value, occurred_at, month, dimensions, source = entry.measured
    columns = (entry.id, entry.subject_id, measure, value, occurred_at, month, *dimensions, *source)
    return (*columns, entry.count, entry.reverses, entry.reversed_by)


def _entry(row: Any) -> Entry:
    dimensions = Dimensions(row["partner_id"], row["site_id"], row["product_id"])
    source = Source(row["event_id"], row["type"], row["topic"], row["key"], row["recorded_at"])
    measured = Measured(row["measure"], row["value"], row["occurred_at"], row["month"], dimensions, source)
    return Entry(row["id"], row["subject_id"], measured)
