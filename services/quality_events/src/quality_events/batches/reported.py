"""Versions of the batch record that a maker's system gave, each kept as it came, and what became of it.

They come in any order, and before the batch itself. None of them moves the batch: the maker's quality hands one in.
"""

from collections.abc import Iterable
from datetime import datetime
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


class RecordStanding(StrEnum):
    """What became of a version that a system gave."""

    stands = "stands"
    """It is the record that is reviewed."""
    superseded = "superseded"
    """Its source gave a later revision, or it was changed before the record that stands was handed in."""
    waits = "waits"
    """The maker's own system says something else than what stands: the maker's quality hands it in, or a later one."""
    late = "late"
    """The same of a batch that was decided, or given up."""
    beside = "beside"
    """A system that is not the maker's own gave it: it is shown, and stands for nothing."""


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
    """Who sent it, or else which system."""


def standing(state: BatchState, batch: RecordColumns, given: Iterable[ReportedRecord]) -> dict[UUID, RecordStanding]:
    """What became of each version, in whichever order they came."""
    versions = list(given)
    last: dict[str, int] = {}
    for each in versions:
        last[each.source] = max(each.revision, last.get(each.source, each.revision))
    return {each.id: _became(state, batch, each, last[each.source]) for each in versions}


def not_handed_in(state: BatchState, batch: RecordColumns, given: Iterable[ReportedRecord]) -> list[ReportedRecord]:
    """The versions of the maker's own systems that say something else than the record that stands."""
    versions = list(given)
    became = standing(state, batch, versions)
    open_ = [each for each in versions if became[each.id] in (RecordStanding.waits, RecordStanding.late)]
    return sorted(open_, key=lambda each: (each.source, each.revision, each.digest))


def _became(state: BatchState, batch: RecordColumns, version: ReportedRecord, last: int) -> RecordStanding:
    if (batch.record_digest, batch.record_complete) == (version.digest, version.complete):
        return RecordStanding.stands
    if version.authority < Authority.maker:
        return RecordStanding.beside
    handed_in = batch.record_received_at
    if version.revision < last or (handed_in and moments.is_before(moments.read(version.changed_at), handed_in)):
        return RecordStanding.superseded
    return RecordStanding.late if state in DECIDED else RecordStanding.waits
