"""Versions of the batch record that a maker's system gave, each kept as it came, and which of them is to stand.

They come in any order, and before the batch itself: what stands is worked out from all of them.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import Integer
from sqlmodel import Field
from uuid_utils.compat import uuid7

from quality_events import moments
from quality_events.batches.fields import RecordColumns
from quality_events.batches.terms import Authority, BatchState
from quality_events.metadata import INSTANT, Table

DECIDED: Final = frozenset({BatchState.dispositioned, BatchState.terminated})


class Standing(StrEnum):
    """What became of a version that a system gave."""

    stands = "stands"
    """It is the record that is reviewed."""
    superseded = "superseded"
    """Another version stands, or another one waits."""
    waits = "waits"
    """For the batch to be made, for its stages to end, or for a version that is complete."""
    late = "late"
    """It says something else than the record with which the batch was decided, or given up."""


class ReportedRecord(Table, table=True):
    """One version of a batch's record, as one system gave it."""

    __tablename__ = "reported_record"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    batch_id: UUID = Field(foreign_key="batch.id")
    source: str
    revision: int
    record_version: str
    """As the record states it, or else its revision."""
    digest: str
    complete: bool
    status: str | None = None
    """The maker's own word."""
    changed_at: str
    """When the record was last changed, as given: an instant, a day or a month."""
    authority: Authority = Field(sa_type=Integer)
    received_at: datetime = Field(sa_type=INSTANT)
    received_by: str
    """Who sent it, or else which system: no second person to it."""

    @property
    def rank(self) -> tuple[int, date, str]:
        """What orders the last versions of several sources: the maker's own go before a granted system's."""
        return self.authority, moments.sortable(moments.read(self.changed_at)), self.source


def newest(versions: Iterable[ReportedRecord]) -> ReportedRecord | None:
    """The last version, by its revision, of the record that was changed last, in whichever order they came."""
    last = {each.source: each for each in sorted(versions, key=lambda each: (each.revision, each.digest))}
    return max(last.values(), key=lambda each: each.rank, default=None)


def not_taken(batch: RecordColumns, versions: Iterable[ReportedRecord]) -> ReportedRecord | None:
    """The newest version, where it came after the record that there is and says something else than that."""
    found = newest(versions)
    if found is None or _is(batch, found):
        return None
    return None if batch.record_received_at and found.received_at <= batch.record_received_at else found


def to_take(
    state: BatchState, batch: RecordColumns, versions: Iterable[ReportedRecord], running: Iterable[str]
) -> ReportedRecord | None:
    """The version that is to stand now.

    The review begins with a complete version after every stage has ended. A later one that is not complete stands as
    well, in whichever order the two came, and cannot be reviewed.
    """
    given = list(versions)
    begins = state == BatchState.manufactured and any(each.complete for each in given) and not list(running)
    return not_taken(batch, given) if begins or state == BatchState.under_review else None


def standing(state: BatchState, batch: RecordColumns, given: Iterable[ReportedRecord]) -> dict[UUID, Standing]:
    """What became of each version."""
    versions = list(given)
    open_ = not_taken(batch, versions)
    waits = Standing.late if state in DECIDED else Standing.waits
    found = {each.id: Standing.stands if _is(batch, each) else Standing.superseded for each in versions}
    return found | ({open_.id: waits} if open_ else {})


def _is(batch: RecordColumns, version: ReportedRecord) -> bool:
    return (batch.record_digest, batch.record_complete) == (version.digest, version.complete)
