"""Amendments of results as they were told: one may come before what it amends, and be of another lot, test or method.

Only with what it amends is it known whether it concerns a method transfer. So each is kept, and taken then.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, col, select

from contracts import Recorded
from contracts.sample_tracking import EvaluatedResult, ResultsReported
from runtime import bulk
from runtime.work import Work
from tech_transfer.metadata import Table

One = tuple[ResultsReported, EvaluatedResult]
Told = Mapping[UUID, Sequence[One]]
"""Amendments, by what they amend."""
_AMONG_OTHERS: Final = "SELECT pg_advisory_xact_lock_shared(hashtextextended('tech-transfer.amendments', 0))"
_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('tech-transfer.amendments', 0))"
"""An amendment may be of another lot than what it amends: neither is kept while the other is not seen."""


class ToldAmendment(Table, table=True):
    """A result that amends another one; its id is its own."""

    __tablename__ = "told_amendment"

    id: UUID = Field(primary_key=True)
    supersedes: UUID
    said: dict[str, Any] = Field(sa_type=JSONB)
    """The fact, of this result alone."""


async def keep(work: Work, facts: Sequence[Recorded[ResultsReported]]) -> None:
    """Keep the amendments among results, and let none come beside results that are taken now."""
    rows = {
        found.result_id: {
            "id": found.result_id,
            "supersedes": found.supersedes,
            "said": each.fact.model_copy(update={"results": (found,)}).model_dump(mode="json"),
        }
        for each in facts
        for found in each.fact.results
        if found.supersedes
    }
    await work.connection.execute(_ALONE if rows else _AMONG_OTHERS)
    newest = "ON CONFLICT (id) DO UPDATE SET supersedes = excluded.supersedes, said = excluded.said"
    await bulk.insert(work, ToldAmendment, rows.values(), newest)


async def of(work: Work, ids: Collection[UUID]) -> Told:
    """What amends some results, and what amends that, as far as it was told."""
    told = defaultdict[UUID, list[One]](list)
    asked, seen = {*ids}, set[UUID]()
    while asked:
        found = select(ToldAmendment).where(col(ToldAmendment.supersedes).in_(asked))
        rows = [*await work.session.scalars(found.order_by(col(ToldAmendment.id)))]
        seen |= asked
        for each in rows:
            fact = ResultsReported.model_validate(each.said)
            told[each.supersedes].append((fact, fact.results[0]))
        asked = {each.id for each in rows} - seen
    return told
