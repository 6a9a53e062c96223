"""What is said about a qualification: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from contracts.qualifications import Purpose, QualificationState
from partner_registry.metadata import INSTANT
from partner_registry.qualifications.items import Item, Verdict
from partner_registry.sites.model import Activity
from runtime.bodies import Body, Digest, Line, Plain, Reason, Words
from serving.shown import Answer, Ref, Shown

Basis = Literal["shared_report", "third_party_report", "recognised_inspection", "remote"]
Outcome = Literal["acceptable", "acceptable_with_findings", "unacceptable"]


class PlanQualification(Body):
    """For what a site is to be qualified."""

    site_id: UUID
    activity: Activity = Field(examples=["drug_product"])
    dosage_form: Line | None = Field(None, examples=["tablet"])
    """Or the technology; none: whatever it makes by the activity."""
    product_ids: list[UUID] = Field(default_factory=list, max_length=200)
    """None: any product."""
    purpose: Purpose = Field(examples=["commercial"])


class Evidence(Body):
    """A document for an item."""

    item: Item
    evidence: Digest = Field(examples=["0b" * 32])
    """SHA-256 of the document."""


class ItemAnswer(Body):
    """What was found of an item."""

    item: Item
    verdict: Verdict
    reason: Words | None = None
    """Why it is not met, or not applicable: the sponsor's own people read it."""

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if self.verdict in (Verdict.not_met, Verdict.not_applicable) and not self.reason:
            raise ValueError(f"{self.item} is {self.verdict}: say why in its reason")
        return self


class AnswerItems(Body):
    """What was found of one or more items."""

    answers: list[ItemAnswer] = Field(min_length=1, max_length=len(Item))

    @model_validator(mode="after")
    def _once(self) -> Self:
        named = [each.item for each in self.answers]
        if twice := sorted({item for item in named if named.count(item) > 1}):
            raise ValueError(f"{', '.join(twice)} is answered twice")
        return self


class RecordAudit(Body):
    """The sponsor's audit of the site on which the qualification rests."""

    audited_on: Day = Field(examples=["2026-02-12"])
    outcome: Outcome = Field(examples=["acceptable_with_findings"])
    report: Digest = Field(examples=["0c" * 32])


class WaiveAudit(Reason):
    """On what the qualification rests instead of an audit, and until when."""

    basis: Basis = Field(examples=["shared_report"])
    risk: Words = Field(examples=["The report covers the same line; it is eight months old."])
    until: Day = Field(examples=["2026-11-30"])


class Condition(Body):
    """What must be done about an item that is not met, and what is not allowed until then."""

    item: Item
    text: Words = Field(examples=["Segregate the dispensing of hormones."])
    owner: Line = Field(examples=["Head of production"])
    side: Literal["sponsor", "partner"]
    due_on: Day = Field(examples=["2026-06-30"])
    not_allowed: Words = Field(examples=["No commercial batch of a hormone."])


class ApproveWithConditions(Body):
    """One condition at least for each item that is not met."""

    conditions: list[Condition] = Field(min_length=1, max_length=50)


class FulfilCondition(Body):
    """A condition, counted from 1, and by what is seen that it is fulfilled."""

    condition: Annotated[int, Field(ge=1, le=50, examples=[1]), Plain]
    evidence: Digest = Field(examples=["0d" * 32])


class ExtendCondition(Reason):
    """A later day for a condition, counted from 1."""

    condition: Annotated[int, Field(ge=1, le=50, examples=[1]), Plain]
    due_on: Day = Field(examples=["2026-09-30"])


class ItemRead(Answer):
    """An item, with its verdict where somebody gave one."""

    code: Item
    mandatory: bool
    evidence: list[str]
    verdict: Verdict | None
    reason: str | None
    """Why it is so; null for a partner."""
    by: str | None
    """Who said it; null for a partner."""
    at: datetime | None


class ConditionRead(Answer):
    """A condition, and whether it is fulfilled."""

    item: Item
    text: str
    owner: str
    side: str
    first_due_on: date
    due_on: date
    not_allowed: str
    fulfilled_at: datetime | None
    evidence: str | None


class EvidenceRead(Answer):
    """A document for an item."""

    item: Item
    evidence: str
    """SHA-256 of the document."""


class AuditRead(Answer):
    """The audit on which it rests."""

    audited_on: date
    outcome: Outcome
    report: str


class WaiverRead(Answer):
    """What stands for an audit."""

    basis: Basis
    risk: str | None
    """What is risked by it; null for a partner."""
    until: date
    reason: str | None
    """Why the audit is waived; null for a partner."""
    by: str | None
    """Who waived it; null for a partner."""


class Waived(Answer):
    """That something else stands for the audit, for everybody who reads the qualification or rests on it."""

    basis: Basis
    until: date


class QualificationPeriod(Answer):
    """A state from a local day of the site on, and when it was recorded."""

    state: QualificationState
    on: date
    at: datetime
    reason: str


class QualificationFields(SQLModel):
    """What readers see of a qualification as it is stored."""

    number: str
    state: QualificationState = Column(default=QualificationState.planned, sa_type=String)
    site_id: UUID = Column(foreign_key="site.id")
    partner_id: UUID
    activity: Activity = Column(sa_type=String)
    dosage_form: str | None = None
    product_ids: list[UUID] = Column(default_factory=list, sa_type=ARRAY(Uuid))
    purpose: Purpose = Column(sa_type=String)
    planned_by: str
    proposed_by: str | None = None
    """Who registered its partner, and assesses it no more than who planned it; null where no audit tells that."""
    items: list[Any] = Column(default_factory=list, sa_type=JSONB)
    audit: dict[str, Any] | None = Column(default=None, sa_type=JSONB)
    waiver: dict[str, Any] | None = Column(default=None, sa_type=JSONB)
    endorsed_by: str | None = None
    """The second function that agrees: MSAT, or of a laboratory the sponsor's own."""
    conditions: list[Any] = Column(default_factory=list, sa_type=JSONB)
    later_evidence: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """What was brought after the approval, for its conditions."""
    valid_from: date | None = None
    valid_to: date | None = None
    """The last local day of the site on which it counts."""
    ends_at: datetime | None = Column(default=None, sa_type=INSTANT)
    condition_due_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When the day of the next condition ends at the site."""
    prolonged: bool = False
    reason: str | None = None
    """Of the last suspension, rejection or withdrawal."""
    periods: list[Any] = Column(default_factory=list, sa_type=JSONB)


class QualificationRead(QualificationFields, Shown):
    """A qualification as its readers see it."""

    site: Ref
    partner: Ref
    products: list[Ref]
    items: list[ItemRead]
    audit: AuditRead | None  # type: ignore[assignment]
    waiver: WaiverRead | None  # type: ignore[assignment]
    waived: Waived | None
    """What of the waiver is read by who signs."""
    conditions: list[ConditionRead]
    later_evidence: list[EvidenceRead]
    periods: list[QualificationPeriod]
