"""Entering results in bulk."""

from collections.abc import Sequence
from uuid import UUID

from contracts import Fact, Recorded
from contracts.sample_tracking import ResultsReported
from kpi.facts.commands import enter_statements
from kpi.facts.ledger import Source
from kpi.facts.locking import AMONG_OTHERS, ONE_AT_A_TIME
from kpi.once import of_results
from kpi.results.model import SupersededResult, statements
from runtime import bulk
from runtime.work import Work

# A result and its amendment may be handled at once, for they are on different partitions. Whoever amends waits until
# the others are done, and they until it is; without an amendment nobody waits for anybody. A transaction asks in one
# mode for all of its runs: two that first were among others, and then wanted to be alone, would wait for each other.
# What is amended has its investigations' conclusions count with it: whoever counts those waits, too.
_ALONE = f"SELECT pg_advisory_xact_lock(hashtextextended('kpi.results', 0)); {ONE_AT_A_TIME}"
_SUPERSEDED = """
SELECT result_id, event_id, type, topic, key, recorded_at FROM superseded_result WHERE result_id = ANY($1::uuid[])
"""


async def enter(work: Work, facts: Sequence[Recorded[ResultsReported]]) -> None:
    """Count evaluated results; take back what an amendment replaces."""
    results = [result for recorded in facts for result in recorded.fact.results]
    amended = [result.supersedes for result in results if result.supersedes is not None]
    await work.connection.execute(_ALONE if any(map(_amends, work.handling)) else AMONG_OTHERS)
    rows = await work.connection.fetch(_SUPERSEDED, [*amended, *(result.result_id for result in results)])
    known: dict[UUID, Source] = {row["result_id"]: Source(*tuple(row)[1:]) for row in rows}
    found, newly = statements(facts, known)
    found += await of_results.report(work, facts)
    superseded = ({"result_id": result_id, **source._asdict()} for result_id, source in newly.items())
    await bulk.insert(work, SupersededResult, superseded, "ON CONFLICT DO NOTHING")
    await enter_statements(work, found)


def _amends(recorded: Recorded[Fact]) -> bool:
    fact = recorded.fact
    return isinstance(fact, ResultsReported) and any(
        each is not None for result in fact.results for each in (result.supersedes, result.superseded_by)
    )
