"""What is stored of a batch: what readers see of it, what was stated of its making, and what of its record."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Numeric
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts import DayOrMonth, Lot, Moment, Quantity, Side, clock
from contracts.quality_events import BatchManufactured, BatchStarted
from quality_events import moments
from quality_events.batches import twice
from quality_events.batches.terms import Authority, Completion, Source, Start, beside
from quality_events.batches.terms import BatchState as State
from quality_events.metadata import INSTANT
from quality_events.quantities import apart, together
from runtime.problems import RuleViolated
from runtime.work import Versioned


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
    work_order: str | None = None
    aliases: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Other numbers of the same goods: the sponsor's, that of a pack lot, or one that was corrected."""
    markets: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """For which it is meant, ISO 3166-1 alpha-2; empty is unknown."""
    ppq: bool = False
    """Whether it is one of the batches that qualify the process (FDA process validation guidance, 2011)."""
    applied_changes: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """By their numbers."""
    termination_reason: str | None = None
    taken_over_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """From when on the site, and the making, is its present maker's: it was sold in the middle of it."""


class RecordColumns(SQLModel):
    """The batch record as it was received last, and who reviewed it (21 CFR 211.188, 211.192)."""

    record_version: str | None = None
    record_digest: str | None = None
    record_complete: bool | None = None
    record_received_at: datetime | None = Field(default=None, sa_type=INSTANT)
    record_received_by: str | None = None
    record_authors: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Who made an entry in any version of it."""
    reviewed_side: Side | None = Field(default=None, sa_type=String)
    """The side that reviewed this version last: the maker comes before the sponsor."""
    maker_reviewed_by: str | None = None
    maker_reviewed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    sponsor_reviewed_by: str | None = None
    sponsor_reviewed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    reviews_undone_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """When last the start, the completion or the record itself became another than what could be reviewed before."""
    rejected_everywhere_at: datetime | None = Field(default=None, sa_type=INSTANT)
    rejected_everywhere_by: str | None = None
    """The disposition under whose signature it was rejected for every market, also for those that come later."""

    @property
    def awaits_maker(self) -> bool:
        """Whether the maker's quality unit is to review the record, which is complete."""
        return bool(self.record_complete) and self.reviewed_side is None

    @property
    def awaits_sponsor(self) -> bool:
        """Whether the maker's quality unit has reviewed the record, and the sponsor's has not."""
        return self.reviewed_side == Side.maker

    def undo_reviews(self) -> None:
        """What was reviewed is not what there is now.

        By the clock, and not by when the transaction began: it waited for a decision, if one was being taken.
        """
        if self.record_version is not None:
            self.reviews_undone_at = clock.now()
        self.reviewed_side = None
        self.maker_reviewed_by = self.maker_reviewed_at = None
        self.sponsor_reviewed_by = self.sponsor_reviewed_at = None


class StatedColumns(BatchFields, Versioned):
    """What was stated of the start and the completion, by whom, and what others say."""

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

    manufacture_date: str | None = None
    """As given, as the start is."""
    expiry_date: str | None = None

    def state_dates(self, manufacture_date: Moment | None, expiry_date: DayOrMonth | None) -> None:
        """Take over what is given of both. Raises RuleViolated for a batch that expires before it is made."""
        made = moments.written(manufacture_date) if manufacture_date else self.manufacture_date
        expires = moments.written(expiry_date) if expiry_date else self.expiry_date
        if made and expires and moments.is_before(moments.read_ahead(expires), moments.read(made)):
            raise RuleViolated(f"expiry_date {expires} lies before manufacture_date {made}", fields=["expiry_date"])
        self.manufacture_date, self.expiry_date = made, expires

    @property
    def goes_on(self) -> bool:
        """Whether it was not given up."""
        return self.state != State.terminated

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
    def of_another_making(self) -> list[dict[str, Any]]:
        """What is said of a start after it was made, and of a completion before it began: of one making they are not.

        It was made when that was reported, where no day of it is told. And what is said of a second completion.
        """
        dates = (self.started_at, self.completed_at or self.completion_reported)
        began, made = (moments.read(each) if each else None for each in dates)
        own = {"of": "start", "source": self.start_source, "at": self.started_at}
        dated = [(each, moments.read(each["at"])) for each in (own, *self.other_statements) if each["at"]]
        after = [each for each, at in dated if each["of"] == "start" and made and moments.is_before(made, at)]
        before = [each for each, at in dated if each["of"] != "start" and began and moments.is_before(at, began)]
        return [*after, *before, *(each for each in self.second_completions if each not in before)]

    @property
    def second_completions(self) -> list[dict[str, Any]]:
        """What other records say of its completion that are not shown to tell of the one that stands."""
        if (stands := self.completion_as_it_stands) is None:
            return []
        return [each for each in self.other_statements if twice.is_another(each, stands)]

    @property
    def completion_as_it_stands(self) -> dict[str, Any] | None:
        """The completion as it is kept where another one displaces it."""
        if self.completion_source is None:
            return None
        source = Source(self.completion_source, self.completion_revision, self.completion_authority)
        return beside("completion", source, self.completed_at, self.actual, self.yield_percent)

    @property
    def planned(self) -> Quantity | None:
        """What was to be made: as the start says that stands, or else as another one does, whichever came first."""
        others = (each["quantity"] for each in self.other_statements if each["of"] == "start")
        other = next(filter(None, others), None)
        return self.planned_at_start or (Quantity.model_validate(other) if other else None)

    @property
    def planned_at_start(self) -> Quantity | None:
        """What was to be made, as the start says that stands."""
        return together(self.planned_quantity, self.planned_unit)

    @property
    def actual(self) -> Quantity | None:
        """What was made."""
        return together(self.actual_quantity, self.actual_unit)

    def join(self, lot: Lot) -> bool:
        """Take over the product, where it was not known before. Tells whether anything changed."""
        if self.product_id is not None or lot.product_id is None:
            return False
        self.product_id = lot.product_id
        return True

    def refuse_backwards(self, field: str) -> None:
        """Raise RuleViolated, with the field that a person states, for a completion before the beginning."""
        if not (self.started_at and self.completed_at):
            return
        if moments.is_before(moments.read(self.completed_at), moments.read(self.started_at)):
            detail = (
                f"{self.number} began {self.started_at} and was made {self.completed_at}: it begins before it is made"
            )
            raise RuleViolated(detail, fields=[field])

    def keep_beside(self, said: dict[str, Any]) -> None:
        """Keep what another source says, in its newest revision, in an order that is not that of arrival."""
        kept = {(each["of"], each["source"]): each for each in self.other_statements}
        known = kept.setdefault((said["of"], said["source"]), said)
        if known["revision"] < said["revision"]:
            kept[said["of"], said["source"]] = said
        if list(kept.values()) != self.other_statements:
            self.other_statements = [kept[key] for key in sorted(kept)]

    def take_start(self, reported: Start) -> BatchStarted:
        """Let a statement of the start stand."""
        self.started_at, self.started_on = moments.written(reported.started_at), moments.sortable(reported.started_at)
        self.start_source, self.start_revision = reported.source.name, reported.source.revision
        self.start_authority = reported.source.authority
        self.planned_quantity, self.planned_unit = apart(reported.planned)
        return self.batch_started()

    def batch_started(self) -> BatchStarted:
        """The fact, as the start stands."""
        return BatchStarted.of(self, moments.read(self.started_at or ""), planned_quantity=self.planned)

    def take_completion(self, reported: Completion) -> BatchManufactured:
        """Let a statement of the completion stand."""
        completed = reported.completed_at
        self.completed_at = None if completed is None else moments.written(completed)
        self.completed_on = None if completed is None else moments.sortable(completed)
        self.completion_source, self.completion_revision = reported.source.name, reported.source.revision
        self.completion_authority = reported.source.authority
        self.actual_quantity, self.actual_unit = apart(reported.actual)
        self.yield_percent = reported.yield_percent
        self.stage_yields = [value.model_dump(mode="json") for value in reported.stage_yields]
        self.completion_reported = moments.written(reported.reported_on)
        return self.batch_manufactured()

    @property
    def told_when_made(self) -> tuple[str | None, list[str]]:
        """When it expires and its other numbers: they may become known after it is made."""
        return self.expiry_date, self.aliases

    def told_anew(self, before: tuple[str | None, list[str]]) -> BatchManufactured | None:
        """What is told of a batch that is made, and of which another expiry or other numbers are known than before."""
        made = self.completion_source is not None
        return self.batch_manufactured() if made and self.told_when_made != before else None

    def batch_manufactured(self) -> BatchManufactured:
        """The fact, as the completion stands."""
        completed = moments.read(self.completed_at) if self.completed_at else None
        reported = self.completion_reported or self.started_at or self.created_at.date().isoformat()
        at = completed or moments.read(reported)
        return BatchManufactured.of(self, at, completed_at=completed, actual_quantity=self.actual)

    def facts(self) -> list[BatchStarted | BatchManufactured]:
        """What was published of it, as it is now."""
        facts: list[BatchStarted | BatchManufactured] = [self.batch_started()] if self.started_at else []
        return [*facts, self.batch_manufactured()] if self.completion_source else facts
