"""Versions of the batch record that a maker's system gave, each kept as it came, and what became of it.

They come in any order, and before the batch itself. None of them moves the batch: the maker's quality hands one in.
"""

from collections.abc import Collection, Iterable, Mapping
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
from runtime.problems import RuleViolated

DECIDED: Final = frozenset({BatchState.dispositioned, BatchState.terminated})


class RecordStanding(StrEnum):
    """What became of a version that a system gave."""

    stands = "stands"
    """It is the record that is reviewed."""
    superseded = "superseded"
    """Its source gave a later revision, or it was there before the record that stands was handed in, which is not
    another source's."""
    waits = "waits"
    """The maker's own system says something else than what stands: the maker's quality hands it in, or a later one."""
    late = "late"
    """The same of a batch that was decided, or given up."""
    set_aside = "set_aside"
    """The maker's quality said that nobody will hand it in, and why."""
    beside = "beside"
    """A system that is not the maker's own gave it: it is shown, and stands for nothing."""


WAITING: Final = (RecordStanding.waits, RecordStanding.late)


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
    set_aside_by: str | None = None
    set_aside_at: datetime | None = Field(default=None, sa_type=INSTANT)
    set_aside_reason: str | None = None

    def is_what_stands(self, batch: RecordColumns) -> bool:
        """Whether it is the record that was handed in last."""
        return (batch.record_digest, batch.record_complete) == (self.digest, self.complete)

    @property
    def is_the_makers(self) -> bool:
        """Whether the maker's own system gave it."""
        return self.authority >= Authority.maker


def standing(state: BatchState, batch: RecordColumns, given: Iterable[ReportedRecord]) -> dict[UUID, RecordStanding]:
    """What became of each version, in whichever order they came."""
    versions = list(given)
    last: dict[str, int] = {}
    for each in versions:
        if each.set_aside_at is None or each.is_what_stands(batch):
            last[each.source] = max(each.revision, last.get(each.source, each.revision))
    stand = {each.source for each in versions if each.is_the_makers and each.is_what_stands(batch)}
    seen = _there_before(batch, versions)
    return {each.id: _became(state, batch, each, last, stand, seen) for each in versions}


def not_handed_in(state: BatchState, batch: RecordColumns, given: Iterable[ReportedRecord]) -> list[ReportedRecord]:
    """The versions of the maker's own systems that say something else than the record that stands."""
    return _of(state, batch, given, *WAITING)


def set_aside(state: BatchState, batch: RecordColumns, given: Iterable[ReportedRecord]) -> list[ReportedRecord]:
    """The versions of which the maker said that nobody will hand them in."""
    return _of(state, batch, given, RecordStanding.set_aside)


def refuse_what_waits_for_nobody(
    version: ReportedRecord, state: BatchState, batch: RecordColumns, given: Iterable[ReportedRecord]
) -> None:
    """Raise RuleViolated for a version that need not be set aside: it waits for no hand that takes it in."""
    became = standing(state, batch, given)[version.id]
    if became not in WAITING:
        said = f"version {version.record_version} of {version.source} is {became.replace('_', ' ')}"
        raise RuleViolated(f"{said}: what waits, or is late, is set aside", fields=["reported_record_id"])


def _of(
    state: BatchState, batch: RecordColumns, given: Iterable[ReportedRecord], *standings: RecordStanding
) -> list[ReportedRecord]:
    versions = list(given)
    became = standing(state, batch, versions)
    found = [each for each in versions if became[each.id] in standings]
    return sorted(found, key=lambda each: (each.source, each.revision, each.digest))


def _there_before(batch: RecordColumns, given: Iterable[ReportedRecord]) -> set[str]:
    """The digests of the versions that were here when the record that stands was handed in."""
    handed_in = batch.record_received_at
    return {each.digest for each in given if handed_in and each.received_at <= handed_in}


def _became(
    state: BatchState,
    batch: RecordColumns,
    version: ReportedRecord,
    last: Mapping[str, int],
    stand: Collection[str],
    seen: Collection[str],
) -> RecordStanding:
    """``stand`` are the sources of which a version stands: what a person handed in beside them speaks for all.

    ``seen`` are the digests that were here when it was handed in: what came after that nobody had before them, however
    long ago it was changed.
    """
    if version.is_what_stands(batch):
        return RecordStanding.stands
    if not version.is_the_makers:
        return RecordStanding.beside
    if version.set_aside_at is not None:
        return RecordStanding.set_aside
    handed_in = batch.record_received_at if not stand or version.source in stand else None
    before = handed_in is not None and moments.is_before(moments.read(version.changed_at), handed_in)
    if version.revision < last[version.source] or (before and version.digest in seen):
        return RecordStanding.superseded
    return RecordStanding.late if state in DECIDED else RecordStanding.waits
