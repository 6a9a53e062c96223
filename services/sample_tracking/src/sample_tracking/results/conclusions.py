"""How investigations of results stand: one that is found invalid stays to be seen, and stands on no certificate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import col, select

from contracts import Recorded
from contracts.quality_events import OosConcluded, OosConclusion, OosReopened
from runtime.work import Work
from sample_tracking.results import statements
from sample_tracking.results.model import Result
from sample_tracking.results.queries import IN_ORDER

CONCLUSIONS: Final = (OosConcluded, OosReopened)
"""Until they are read, nobody can say which results were found invalid."""
Conclusion = Recorded[OosConcluded] | Recorded[OosReopened]


async def take(work: Work, facts: Sequence[Conclusion]) -> None:
    """Investigations were concluded or reopened; in whatever order that comes, the last of each is what holds.

    No certificate is issued meanwhile. Raises LookupError for a result that was never recorded here, of which no
    investigation can be.
    """
    await work.connection.execute(statements.AMONG_OTHERS)
    ids = {each.fact.result_id for each in facts}
    in_order = select(Result).where(col(Result.id).in_(ids)).order_by(*IN_ORDER).with_for_update()
    found = await work.session.scalars(in_order, execution_options={"populate_existing": True})
    results = {one.id: one for one in found}
    if unknown := sorted(str(id) for id in ids - results.keys()):
        raise LookupError(f"no result {', '.join(unknown)} was recorded here")
    for each in facts:
        results[each.fact.result_id].take_conclusion(_invalidated_at(each), each.sequence)


def _invalidated_at(recorded: Conclusion) -> datetime | None:
    fact = recorded.fact
    invalid = isinstance(fact, OosConcluded) and fact.conclusion is OosConclusion.invalidated
    return recorded.time if invalid else None
