"""Entering batches, deviations and investigations, and judging what they mean for right first time."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from contracts import Recorded
from contracts.quality_events import BatchManufactured
from kpi.batches.model import BatchFlaw, Flaw, Judged, Judgement, changed
from kpi.facts.commands import enter_statements, load_counting
from kpi.facts.ledger import Source, Statement
from kpi.measures import Code
from runtime import bulk
from runtime.work import Work

# A batch and its flaws come from different topics and may be handled at once. Quality events are few: one transaction
# at a time is enough, and it also keeps two of them from waiting for one another's buckets in a circle.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('kpi.quality-events', 0))"
_COLUMNS = "batch_id, source_id, sequence, holds, event_id, type, topic, key, recorded_at"
_OF_BATCHES = f"SELECT {_COLUMNS} FROM batch_flaw WHERE batch_id = ANY($1::uuid[])"  # noqa: S608
_BATCHES_OF = "SELECT DISTINCT batch_id FROM batch_flaw WHERE source_id = ANY($1::uuid[])"
_OR_RENEW = """
ON CONFLICT (batch_id, source_id) DO UPDATE SET sequence = excluded.sequence, holds = excluded.holds,
    event_id = excluded.event_id, type = excluded.type, topic = excluded.topic, key = excluded.key,
    recorded_at = excluded.recorded_at
"""


async def enter_batches(work: Work, facts: Sequence[Recorded[BatchManufactured]]) -> None:
    """Count batches that are made, with what is known already against them."""
    await work.connection.execute(_ONE_AT_A_TIME)
    judged, _ = await _load(work.connection, {fact.fact.batch_id for fact in facts})
    await enter_statements(work, [statement for fact in facts for statement in judged.make(fact)])


async def enter_quality_events(
    work: Work, statements: Sequence[Statement], judgements: Sequence[Judgement] = ()
) -> None:
    """Count deviations or investigations, and judge their batches."""
    await work.connection.execute(_ONE_AT_A_TIME)
    found = list(statements)
    if judgements:
        sources = list({judgement.source_id for judgement in judgements})
        known = {row["batch_id"] for row in await work.connection.fetch(_BATCHES_OF, sources)}
        named = {batch_id for judgement in judgements for batch_id in judgement.batch_ids}
        judged, loaded = await _load(work.connection, known | named)
        found += [statement for judgement in judgements for statement in judged.judge(judgement)]
        await bulk.insert(work, BatchFlaw, map(_row, changed(loaded, judged)), _OR_RENEW)
    await enter_statements(work, found)


async def _load(connection: Any, batch_ids: Iterable[UUID]) -> tuple[Judged, list[Flaw]]:
    ids = list(batch_ids)
    judged = Judged()
    loaded = []
    for row in await connection.fetch(_OF_BATCHES, ids):
        batch_id, source_id, sequence, holds, *source = row
        flaw = Flaw(batch_id, source_id, sequence, holds, Source(*source))
        judged.flaws[batch_id][source_id] = flaw
        loaded.append(flaw)
    counting = await load_counting(connection, [Code.right_first_time], ids)
    judged.counted = {batch_id: entry.measured for (_, batch_id), entry in counting.items()}
    return judged, loaded


def _row(flaw: Flaw) -> dict[str, Any]:
    columns = {name: getattr(flaw, name) for name in ("batch_id", "source_id", "sequence", "holds")}
    return columns | flaw.source._asdict()
