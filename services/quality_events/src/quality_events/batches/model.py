"""A batch, and how what is said about it changes it. Every way in, one record or hundreds, ends in these methods."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Column, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field
from uuid_utils.compat import uuid7

from contracts import DayOrMonth, Grant, Lot, Moment, Role, Side, clock
from contracts.batches import BatchRecordReceived, BatchRecordReviewed, BatchRecordRevised, BatchTerminated
from contracts.quality_events import BatchManufactured, BatchStarted
from quality_events.batches import record, reported
from quality_events.batches.corrected import REVIEWABLE, Corrected
from quality_events.batches.reported import ReportedRecord
from quality_events.batches.stages import BatchStage, Stage
from quality_events.batches.terms import Authority, Completion, Source, Start, beside
from quality_events.batches.terms import BatchState as State
from quality_events.genealogy.model import BatchLink, Lineage
from quality_events.metadata import Table
from runtime import bulk
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting

RECORDERS: Final[frozenset[Role | Grant]] = frozenset(
    {Role.quality, Role.msat, Side.maker(Role.partner_quality), Side.maker(Role.partner_operations)}
)
"""Who may record by hand what a partner's MES did not send."""

MAKERS_QUALITY: Final = Side.maker(Role.partner_quality)
QUALITIES: Final[frozenset[Role | Grant]] = frozenset({Role.quality, MAKERS_QUALITY})
MAKING: Final = frozenset({State.announced, State.in_process})
MADE: Final = frozenset({State.manufactured, State.under_review, State.dispositioned})
BEGUN: Final = frozenset(State) - {State.announced}
OPEN: Final = MAKING | {State.manufactured}
GOES_ON: Final = frozenset(State) - {State.terminated}
AUTHORS: Final = frozenset({"record_authors", "record_received_by"})


class Batch(Corrected, Waiting, Table, table=True):
    """One lot in the making. ``lot_id`` is the same in every service's facts; ``number`` is the lot's number."""

    sorted_by: ClassVar[Collection[str]] = {"id", "number"}
    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id"}
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.announced: {Side.maker},
        State.in_process: {Side.maker},
        State.manufactured: {Side.maker},
    }
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
    sellers: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    """Who made it before, each ``until`` it sold the site or was ``succeeded`` by law, in their order; None: nobody."""

    @classmethod
    def announce(cls, lot: Lot) -> Self:
        """A batch that somebody spoke of; its start, its completion or both are still to come. It is its maker's."""
        values: dict[str, Any] = (
            _NOTHING_KNOWN
            | {name: [] for name in _LISTS}
            | {
                "id": uuid7(),
                "created_at": (now := clock.now()),
                "updated_at": now,
                "lot_id": lot.id,
                "number": lot.number,
                "material": lot.material,
                "product_id": lot.product_id,
                "site_id": lot.site_id,
                "partner_id": lot.partner_id,
                "parties": [lot.partner_id],
            }
        )
        batch = bulk.instance(cls, values)
        batch.pass_turn(now)
        return batch

    def record_start(self, reported: Start) -> BatchStarted | None:
        """What a report of the start changes: None for an old revision, or one that adds nothing.

        What the maker says goes before what others say; of equals the first stands. What does not stand is kept
        beside it, and fills in what is missing.
        """
        if self.started_at is None:
            late = {State.manufactured: self.add_start, State.announced: self.start}
            return late.get(self.state, self.add_late_start)(reported)
        if reported.source.name == self.start_source:
            return self.amend_start(reported) if reported.source.revision > self.start_revision else None
        if reported.source.authority > self.start_authority:
            source = Source(self.start_source or "", self.start_revision, self.start_authority)
            self.keep_beside(beside("start", source, self.started_at, self.planned_at_start))
            return self.amend_start(reported)
        before = self.planned
        self.keep_beside(reported.written())
        return self.batch_started() if self.planned != before else None

    def record_completion(self, reported: Completion) -> BatchManufactured | None:
        """What a report of the completion changes: None for an old revision, and for what does not stand.

        Of a batch that was terminated none stands.
        """
        if self.state == State.terminated:
            self.keep_beside(reported.written())
            return None
        if (stood := self.completion_as_it_stands) is None:
            return self.complete(reported)
        if reported.source.name == self.completion_source:
            return self.amend_completion(reported) if reported.source.revision > self.completion_revision else None
        if reported.source.authority > self.completion_authority:
            amended = self.amend_completion(reported)
            self.keep_beside(stood)
            return amended
        self.keep_beside(reported.written())
        return None

    @transition(source={State.announced}, target=State.in_process, by=RECORDERS)
    def start(self, reported: Start) -> BatchStarted:
        """The making begins."""
        return self.take_start(reported)

    @transition(source={State.manufactured}, target=None, by=RECORDERS)
    def add_start(self, reported: Start) -> BatchStarted:
        """The start of a batch whose completion was reported first."""
        if self.started_at is not None:
            raise RuleViolated(f"the start of {self.number} is known: {self.started_at}")
        return self.take_start(reported)

    @transition(source={State.under_review, State.dispositioned, State.terminated}, target=None, by=())
    def add_late_start(self, reported: Start) -> BatchStarted:
        """The start of a batch that went on, or was given up, before anybody reported it."""
        self.undo_reviews()
        return self.take_start(reported)

    @transition(source=BEGUN, target=None, by=())
    def amend_start(self, reported: Start) -> BatchStarted:
        """The source corrects what it said about the start; a record that was reviewed with it is reviewed again."""
        before = self.batch_started() if self.started_at else None
        after = self.take_start(reported)
        if after != before or reported.other_inputs:
            self.undo_reviews()
        return after

    @transition(source=MAKING, target=State.manufactured, by=RECORDERS)
    def complete(self, reported: Completion) -> BatchManufactured:
        """The batch is made; it is not released by this."""
        return self.take_completion(reported)

    @transition(source=MADE, target=None, by=())
    def amend_completion(self, reported: Completion) -> BatchManufactured:
        """The source corrects what it said about the completion; what was reviewed with it is reviewed again."""
        before, after = self.batch_manufactured(), self.take_completion(reported)
        if after != before:
            self.undo_reviews()
        return after

    @transition(source=MAKING, target=State.terminated, by=QUALITIES)
    def terminate(self, reason: str, now: datetime) -> BatchTerminated:
        """The making is given up; that it began stays (FDA quality metrics: lots started count in lot acceptance)."""
        self.termination_reason = reason
        return BatchTerminated.of(self, now, reason=reason)

    @transition(source=GOES_ON, target=None, by=RECORDERS)
    def describe(
        self,
        work_order: str | None,
        aliases: Sequence[str] | None,
        manufacture_date: Moment | None,
        expiry_date: DayOrMonth | None,
        applied_changes: Sequence[str] | None,
        merged: bool,
    ) -> BatchManufactured | None:
        """State what else is known of it; what is left out stays as it was. The dates of a merge are its inputs'.

        When a batch that is made expires is told, and which other numbers it has. Other dates, changes and numbers than
        were reviewed undo the reviews: what is told under another number counts for its release.
        """
        if merged and (manufacture_date or expiry_date):
            raise RuleViolated(f"{self.number} is part of a merge: its dates are the earliest of the inputs', and stay")
        dates = (manufacture_date, expiry_date)
        return self.take_description(work_order, aliases, dates, applied_changes)

    @transition(source=BEGUN | MAKING, target=None, by={Role.quality, Role.regulatory, Role.msat}, when="goes_on")
    def intend(self, markets: Sequence[str], ppq: bool) -> None:
        """Say for which markets it is meant, and whether it qualifies the process."""
        if not self.goes_on:
            raise RuleViolated(f"{self.number} was terminated: it is meant for no market")
        self.markets, self.ppq = sorted(set(markets)), ppq

    @transition(source=OPEN, target=None, by=RECORDERS)
    def record_stage(self, stage: Stage, known: BatchStage | None, by: str) -> BatchStage:
        """A step of the making at one of the maker's sites, or what is known of it by now."""
        return BatchStage.state(self.id, stage, known, by)

    @transition(source=OPEN, target=None, by=RECORDERS)
    def descend(self, lineage: Lineage) -> list[BatchLink]:
        """It came of other batches; a merge counts as made and expires with the first of them."""
        return self.take_lineage(lineage)

    @transition(source=REVIEWABLE, target=None, by=QUALITIES)
    def record_late_stage(self, stage: Stage, known: BatchStage | None, by: str) -> BatchStage | None:
        """A step that was found out, or is another, after the record was handed in, which is reviewed again."""
        made = self.take_late_stage(stage, known, by)
        if made:
            self.undo_reviews()
        return made

    @transition(source=REVIEWABLE, target=None, by=QUALITIES)
    def descend_late(self, lineage: Lineage) -> list[BatchLink]:
        """What it came of was found out after its record was handed in, which is reviewed again, by another person."""
        links = self.take_lineage(lineage)
        self.record_authors = record.authors([lineage.by], self)
        self.undo_reviews()
        return links

    @transition(source={State.manufactured}, target=State.under_review, by={MAKERS_QUALITY})
    def take_record(
        self,
        stages: Sequence[BatchStage],
        record_version: str,
        digest: str,
        complete: bool,
        authors: Sequence[str],
        by: str,
        now: datetime,
    ) -> BatchRecordReceived:
        """The maker hands in the batch record, by its digest. Raises RuleViolated while a stage has not ended."""
        if running := record.not_ended(stages):
            raise RuleViolated(f"{self.number}: stages have not ended: {', '.join(running)}", missing=running)
        self.record_authors = record.authors([*authors, *record.persons(self, stages)], self)
        record.take(self, record_version, digest, complete, by, now)
        return BatchRecordReceived.of(self, now)

    @transition(source=REVIEWABLE, target=None, by={MAKERS_QUALITY}, independent_of=AUTHORS, when="awaits_maker")
    def review_record(self, by: str, now: datetime) -> BatchRecordReviewed:
        """The maker's quality unit reviews the record first (21 CFR 211.192)."""
        if not self.awaits_maker:
            raise RuleViolated(record.why_not_makers(self))
        self.reviewed_side, self.maker_reviewed_by, self.maker_reviewed_at = Side.maker, by, now
        return BatchRecordReviewed.of(self, now)

    @transition(
        source=REVIEWABLE,
        target=None,
        by={Role.quality},
        independent_of=AUTHORS | {"maker_reviewed_by"},
        when="awaits_sponsor",
    )
    def review_record_as_sponsor(self, by: str, now: datetime) -> BatchRecordReviewed:
        """The sponsor's quality unit reviews the record after the maker's."""
        if not self.awaits_sponsor:
            raise RuleViolated(record.why_not_sponsors(self))
        self.reviewed_side, self.sponsor_reviewed_by, self.sponsor_reviewed_at = Side.sponsor, by, now
        return BatchRecordReviewed.of(self, now)

    @transition(source=REVIEWABLE, target=None, by={MAKERS_QUALITY})
    def revise_record(
        self, record_version: str, digest: str, complete: bool, authors: Sequence[str], by: str, now: datetime
    ) -> BatchRecordRevised:
        """The maker hands in a new version, which nobody has reviewed yet."""
        if record_version == self.record_version or digest == self.record_digest:
            raise RuleViolated(f"{self.number}: {self.record_version} with this digest is what there is: revise both")
        self.record_authors = record.authors(authors, self)
        record.take(self, record_version, digest, complete, by, now)
        self.undo_reviews()
        return BatchRecordRevised.of(self, now)

    @transition(source=GOES_ON, target=None, by={MAKERS_QUALITY}, independent_of=AUTHORS)
    def set_aside_record(
        self, version: ReportedRecord, given: Sequence[ReportedRecord], reason: str, by: str, now: datetime
    ) -> None:
        """The maker says of a version that its system gave that nobody hands it in, and why; it stays to be seen."""
        reported.refuse_what_waits_for_nobody(version, self.state, self, given)
        version.set_aside_by, version.set_aside_at, version.set_aside_reason = by, now, reason

    @transition(source={State.under_review}, target=State.dispositioned, by=())
    def decide(self) -> None:
        """Each market for which it is meant is decided."""

    def turn(self) -> Collection[Side]:
        """The maker's while it makes it, or has to hand in or review its record, and then the sponsor's."""
        if self.state not in REVIEWABLE:
            return super().turn()
        reviewed: Mapping[Side | None, Collection[Side]] = {None: {Side.maker}, Side.maker: {Side.sponsor}}
        return reviewed.get(self.reviewed_side, ())


_LISTS = ("stage_yields", "other_statements", "aliases", "markets", "applied_changes", "record_authors")
_NOTHING_KNOWN = dict.fromkeys(bulk.columns_of(Batch)) | {
    "version": 1,
    "state": State.announced,
    "ppq": False,
    **dict.fromkeys(("start_revision", "completion_revision"), 0),
    **dict.fromkeys(("start_authority", "completion_authority"), Authority.maker),
}
