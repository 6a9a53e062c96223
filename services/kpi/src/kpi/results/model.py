"""Results that a newer revision replaced. The two are different keys: either may come first."""

from collections.abc import Iterable, MutableMapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field

from contracts import Recorded
from contracts.sample_tracking import ResultsReported
from kpi.facts import reading
from kpi.facts.ledger import Source, Statement
from kpi.metadata import Table


class SupersededResult(Table, table=True):
    """A result that no longer counts, and the event of the revision that replaced it."""

    __tablename__ = "superseded_result"

    result_id: UUID = Field(primary_key=True)
    event_id: UUID
    type: str
    topic: str
    key: str
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))


def statements(
    facts: Iterable[Recorded[ResultsReported]], superseded: MutableMapping[UUID, Source]
) -> tuple[list[Statement], dict[UUID, Source]]:
    """What results state, and which results they newly supersede; ``superseded`` is what was known before.

    An amended result is entered and reversed, in whichever order it and its amendment come: the ledger tells the story.
    Where it was out of specification it stays one, for an amendment is the laboratory's alone.
    """
    found: list[Statement] = []
    newly: dict[UUID, Source] = {}
    for recorded in facts:
        source = Source.of(recorded)
        amended = {result.supersedes for result in recorded.fact.results}
        for result in recorded.fact.results:
            counted = reading.result(recorded.fact, source, result)
            if result.result_id in amended:
                # By the same set: an event cannot prove that a test counts, and that it does not.
                measures = tuple(each for each in counted.measures if each not in reading.OF_WHAT_IS_AMENDED)
                found.append(counted._replace(measures=measures))
            else:
                by = superseded.get(result.result_id)
                found.append(counted._replace(ended_by=by and by.event_id))
                if by:
                    found.append(Statement(result.result_id, reading.OF_WHAT_IS_AMENDED, (), by))
            amends = result.supersedes
            if amends is not None and amends not in superseded:
                superseded[amends] = newly[amends] = source
                found.append(Statement(amends, reading.OF_WHAT_IS_AMENDED, (), source))
    return found, newly
