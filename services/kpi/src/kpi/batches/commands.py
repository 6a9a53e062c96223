"""Entering batches, deviations and investigations, and judging what they mean for right first time."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from contracts import Recorded
from contracts.quality_events import BatchManufactured
from kpi.batches.model import BatchFlaw, Flaw, Judged, Judgement, changed
from kpi.facts.commands import enter_statements, load_counting
from kpi.facts.ledger import Source, Statement
from kpi.facts.locking import AMONG_OTHERS, ONE_AT_A_TIME
from kpi.measures import Code
from kpi.once import commands as once
from kpi.once import of_results
from kpi.once.of_lots import Goods, names_of
from runtime import bulk
from runtime.work import Work

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
    await work.connection.execute(ONE_AT_A_TIME)
    goods = Goods()
    batch_ids = {fact.fact.batch_id for fact in facts}
    loaded = await once.load(work, [goods.made], names_of(facts), batch_ids)
    judged, _ = await _load(work.connection, batch_ids | {*goods.made.said})
    found = [statement for fact in facts for statement in judged.make(fact)]
    found += [statement for fact in facts for statement in goods.make(fact, judged.flawed)]
    await once.keep(work, [goods.made], loaded)
    await enter_statements(work, found)


async def enter_quality_events(
    work: Work, statements: Sequence[Statement], judgements: Sequence[Judgement] = ()
) -> None:
    """Count deviations or investigations, and judge their batches."""
    await work.connection.execute(ONE_AT_A_TIME)
    found = list(statements)
    if judgements:
        sources = list({judgement.source_id for judgement in judgements})
        known = {row["batch_id"] for row in await work.connection.fetch(_BATCHES_OF, sources)}
        named = {batch_id for judgement in judgements for batch_id in judgement.batch_ids}
        goods = Goods()
        await once.load(work, [goods.made], (), known | named)
        judged, loaded = await _load(work.connection, known | named | {*goods.made.said})
        for judgement in judgements:
            found += judged.judge(judgement)
            found += goods.judge(known | named, judgement.source, judged.flawed)
        await bulk.insert(work, BatchFlaw, map(_row, changed(loaded, judged)), _OR_RENEW)
    await enter_statements(work, found)


async def enter_investigations(
    work: Work,
    statements: Sequence[Statement],
    judgements: Sequence[Judgement] = (),
    concluded: Sequence[of_results.Concluding] = (),
) -> None:
    """Count investigations, judge their batches, and count what was concluded of a test once."""
    await work.connection.execute(f"{AMONG_OTHERS}; {ONE_AT_A_TIME}")
    found = await of_results.conclude(work, concluded) if concluded else []
    await enter_quality_events(work, [*statements, *found], judgements)


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
