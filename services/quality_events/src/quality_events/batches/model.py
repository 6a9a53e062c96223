"""A batch, and how what is said about it changes it. Every way in, one record or hundreds, ends in these methods."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import Integer, Numeric, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String
from uuid_utils.compat import uuid7

from contracts import Grant, Lot, Quantity, Role, Side, clock
from contracts.quality_events import BatchManufactured, BatchStarted
from quality_events import moments
from quality_events.batches.terms import Authority, Completion, Source, Start, beside
from quality_events.batches.terms import BatchState as State
from quality_events.metadata import Table
from runtime import bulk
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

RECORDERS: frozenset[Role | Grant] = frozenset(
    {Role.quality, Role.msat, Side.maker(Role.partner_quality), Side.maker(Role.partner_operations)}
)
"""Who may record by hand what a partner's MES did not send."""


class BatchFields(SQLModel):
    """What readers see of a batch as it is stored."""

    lot_id: UUID
    number: str
    material: str
    product_id: UUID | None = None
    site_id: UUID
    partner_id: UUID
    state: State = Field(default=State.announced, sa_type=String)
    yield_percent: Decimal | None = Field(default=None, sa_type=Numeric)
    due_on: date | None = None


class Batch(BatchFields, Waiting, Versioned, Table, table=True):
    """One lot in the making. ``lot_id`` is the same in every service's facts; ``number`` is the lot's number."""

    sorted_by: ClassVar[Collection[str]] = {"id", "number"}
    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id"}
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.announced: {Side.maker},
        State.in_process: {Side.maker},
    }
    started_at: str | None = None
    """As given: an instant, a day or a month."""
    started_on: date | None = None
    start_source: str | None = None
    start_revision: int = 0
    start_authority: Authority = Field(default=Authority.maker, sa_type=Integer)
    planned_quantity: Decimal | None = Field(default=None, sa_type=Numeric)
    planned_unit: str | None = None
    completed_at: str | None = None
    completed_on: date | None = None
    completion_reported: str | None = None
    """When it was reported: what dates the completion where the source gives no date of it."""
    completion_source: str | None = None
    completion_revision: int = 0
    completion_authority: Authority = Field(default=Authority.maker, sa_type=Integer)
    actual_quantity: Decimal | None = Field(default=None, sa_type=Numeric)
    actual_unit: str | None = None
    stage_yields: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    other_statements: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    """What others say of the start and the completion; it does not stand, and it stays to be seen."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def announce(cls, lot: Lot) -> Self:
        """A batch that somebody spoke of; its start, its completion or both are still to come. It is its maker's."""
        values = _NOTHING_KNOWN | {
            "id": uuid7(),
            "created_at": (now := clock.now()),
            "updated_at": now,
            "lot_id": lot.id,
            "number": lot.number,
            "material": lot.material,
            "product_id": lot.product_id,
            "site_id": lot.site_id,
            "partner_id": lot.partner_id,
            "stage_yields": [],
            "other_statements": [],
            "parties": [lot.partner_id],
        }
        batch = bulk.instance(cls, values)
        batch.pass_turn(now)
        return batch

    def join(self, lot: Lot) -> bool:
        """Take over the product, where it was not known before. Tells whether anything changed."""
        if self.product_id is not None or lot.product_id is None:
            return False
        self.product_id = lot.product_id
        return True

    def record_start(self, reported: Start) -> BatchStarted | None:
        """What a report of the start changes: None for an old revision, or one that adds nothing.

        What the maker says goes before what others say; of equals the first stands. What does not stand is kept
        beside it, and fills in what is missing.
        """
        if self.started_at is None:
            return self.add_start(reported) if self.state == State.manufactured else self.start(reported)
        if reported.source.name == self.start_source:
            return self.amend_start(reported) if reported.source.revision > self.start_revision else None
        if reported.source.authority > self.start_authority:
            source = Source(self.start_source or "", self.start_revision)
            self._keep_beside(beside("start", source, self.started_at, self._planned_at_start))
            return self.amend_start(reported)
        before = self.planned
        self._keep_beside(reported.written())
        return self._batch_started() if self.planned != before else None

    def record_completion(self, reported: Completion) -> BatchManufactured | None:
        """What a report of the completion changes: None for an old revision, and for what does not stand."""
        if self.completion_source is None:
            return self.complete(reported)
        if reported.source.name == self.completion_source:
            return self.amend_completion(reported) if reported.source.revision > self.completion_revision else None
        if reported.source.authority > self.completion_authority:
            source = Source(self.completion_source, self.completion_revision)
            self._keep_beside(beside("completion", source, self.completed_at, self.actual, self.yield_percent))
            return self.amend_completion(reported)
        self._keep_beside(reported.written())
        return None

    @transition(source={State.announced}, target=State.in_process, by=RECORDERS)
    def start(self, reported: Start) -> BatchStarted:
        """The making begins."""
        return self._take_start(reported)

    @transition(source={State.manufactured}, target=None, by=RECORDERS)
    def add_start(self, reported: Start) -> BatchStarted:
        """The start of a batch whose completion was reported first."""
        if self.started_at is not None:
            raise RuleViolated(f"the start of {self.number} is known: {self.started_at}")
        return self._take_start(reported)

    @transition(source={State.in_process, State.manufactured}, target=None, by=())
    def amend_start(self, reported: Start) -> BatchStarted:
        """The source corrects what it said about the start."""
        return self._take_start(reported)

    @transition(source={State.announced, State.in_process}, target=State.manufactured, by=RECORDERS)
    def complete(self, reported: Completion) -> BatchManufactured:
        """The batch is made; it is not released by this."""
        return self._take_completion(reported)

    @transition(source={State.manufactured}, target=None, by=())
    def amend_completion(self, reported: Completion) -> BatchManufactured:
        """The source corrects what it said about the completion."""
        return self._take_completion(reported)

    def facts(self) -> list[BatchStarted | BatchManufactured]:
        """What was published of it, as it is now."""
        facts: list[BatchStarted | BatchManufactured] = [self._batch_started()] if self.started_at else []
        return [*facts, self._batch_manufactured()] if self.completion_source else facts

    @property
    def lot(self) -> Lot:
        """The lot as facts name it."""
        return Lot(
            id=self.lot_id,
            number=self.number,
            material=self.material,
            product_id=self.product_id,
            site_id=self.site_id,
            partner_id=self.partner_id,
        )

    @property
    def planned(self) -> Quantity | None:
        """What was to be made: as the start says that stands, or else as another one does, whichever came first."""
        others = (each["quantity"] for each in self.other_statements if each["of"] == "start")
        other = next(filter(None, others), None)
        return self._planned_at_start or (Quantity.model_validate(other) if other else None)

    @property
    def _planned_at_start(self) -> Quantity | None:
        if self.planned_quantity is None or self.planned_unit is None:
            return None
        return Quantity(value=self.planned_quantity, unit=self.planned_unit)

    @property
    def actual(self) -> Quantity | None:
        """What was made."""
        if self.actual_quantity is None or self.actual_unit is None:
            return None
        return Quantity(value=self.actual_quantity, unit=self.actual_unit)

    def _keep_beside(self, said: dict[str, Any]) -> None:
        """Keep what another source says, in its newest revision, in an order that is not that of arrival."""
        kept = {(each["of"], each["source"]): each for each in self.other_statements}
        known = kept.setdefault((said["of"], said["source"]), said)
        if known["revision"] < said["revision"]:
            kept[said["of"], said["source"]] = said
        if list(kept.values()) != self.other_statements:
            self.other_statements = [kept[key] for key in sorted(kept)]

    def _plan(self, planned: Quantity | None) -> None:
        self.planned_quantity = planned.value if planned else None
        self.planned_unit = planned.unit if planned else None

    def _take_start(self, reported: Start) -> BatchStarted:
        self.started_at, self.started_on = moments.written(reported.started_at), moments.sortable(reported.started_at)
        self.start_source, self.start_revision = reported.source.name, reported.source.revision
        self.start_authority = reported.source.authority
        self._plan(reported.planned)
        return self._batch_started()

    def _batch_started(self) -> BatchStarted:
        return BatchStarted.of(self, moments.read(self.started_at or ""), planned_quantity=self.planned)

    def _take_completion(self, reported: Completion) -> BatchManufactured:
        completed = reported.completed_at
        self.completed_at = None if completed is None else moments.written(completed)
        self.completed_on = None if completed is None else moments.sortable(completed)
        self.completion_source, self.completion_revision = reported.source.name, reported.source.revision
        self.completion_authority = reported.source.authority
        self.actual_quantity = reported.actual.value if reported.actual else None
        self.actual_unit = reported.actual.unit if reported.actual else None
        self.yield_percent = reported.yield_percent
        self.stage_yields = [value.model_dump(mode="json") for value in reported.stage_yields]
        self.completion_reported = moments.written(reported.reported_on)
        return self._batch_manufactured()

    def _batch_manufactured(self) -> BatchManufactured:
        completed = moments.read(self.completed_at) if self.completed_at else None
        reported = self.completion_reported or self.started_at or self.created_at.date().isoformat()
        at = completed or moments.read(reported)
        return BatchManufactured.of(self, at, completed_at=completed, actual_quantity=self.actual)


_NOTHING_KNOWN = dict.fromkeys(bulk.columns_of(Batch)) | {
    "version": 1,
    "state": State.announced,
    "start_revision": 0,
    "start_authority": Authority.maker,
    "completion_revision": 0,
    "completion_authority": Authority.maker,
}
