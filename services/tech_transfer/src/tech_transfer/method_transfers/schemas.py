"""Bodies of requests and answers about method transfers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import ForeignKey, String

from contracts.method_transfers import AttributeVerdict
from runtime.bodies import Body, Code, Digest, Plain, Reason, Words
from serving.shown import Answer, Ref
from tech_transfer.metadata import INSTANT
from tech_transfer.method_transfers.judging import TransferSide
from tech_transfer.method_transfers.protocol import MethodCriterionRead, Protocol, ProtocolFields, TransferLotRead
from tech_transfer.method_transfers.terms import MethodTransferState
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class PlanMethodTransfer(Protocol):
    """Which method goes from which laboratory to which, and how that is shown."""

    transfer_id: UUID
    method: Code = Field(examples=["HPLC-014"])
    sending_laboratory_site_id: UUID | None = None
    """A partner's site; none where a laboratory of the sponsor's own hands over."""
    laboratory_site_id: UUID
    """The laboratory that takes it over."""
    needed_for_batches: bool = True
    """Whether results by it are needed of the transfer's batches before the validation."""


class FollowUp(Protocol):
    """The protocol that takes the place of one before, and why."""

    reason: Words = Field(examples=["the mobile phase was prepared wrongly; the instruction says how now"])
    science_reason: Words | None = Field(None, examples=["the method's own intermediate precision is 2.4 %"])
    """Why less is asked for than before, or other lots or exclusions are chosen than were to be tested, where it is."""


class Waive(Body):
    """Why the laboratory need not show it."""

    justification: Words = Field(examples=["the same method is in use there for the 5 mg strength"])


class InvestigateFailure(Body):
    """What the failure, or the turn of a verdict, came from."""

    investigation: Words = Field(examples=["the reference standard was past its retest date"])


class InvalidateRun(Reason):
    """A laboratory cause takes results out, by evidence; they stay to be seen. Those of a run, or those that are named:
    a feed knows no runs."""

    side: TransferSide = Field(examples=["receiving"])
    """Of which of the two laboratories the results are."""
    run: Annotated[int | None, Field(ge=1, le=10_000, examples=[1]), Plain] = None
    result_ids: list[UUID] | None = Field(None, min_length=1, max_length=500)
    """Of results of that laboratory, where no run is named."""
    evidence: Digest = Field(examples=["0b" * 32])
    """SHA-256 of what shows it."""

    @model_validator(mode="after")
    def _names_either(self) -> Self:
        if (self.run is None) == (self.result_ids is None):
            raise ValueError("run, result_ids: name a run, or the results of a feed, which knows no runs")
        return self


class MethodTransferFields(ProtocolFields, OfTransfer):
    """What readers see of a method transfer as it is stored."""

    number: str
    state: MethodTransferState = Column(default=MethodTransferState.planned, sa_type=String)
    attempt: int = 1
    """Counted over all protocols for this method and laboratory in one transfer."""
    follows_id: UUID | None = Column(default=None, foreign_key="method_transfer.id")
    """The attempt, or protocol, before."""
    followed_by_id: UUID | None = Column(
        default=None, sa_column_args=[ForeignKey("method_transfer.id", deferrable=True, initially="DEFERRED")]
    )
    sending_laboratory_site_id: UUID | None = None
    sending_laboratory_partner_id: UUID | None = None
    """None: a laboratory of the sponsor's own hands over."""
    laboratory_site_id: UUID
    """The site of the laboratory that takes the method over."""
    laboratory_partner_id: UUID
    """Whose the laboratory is that takes the method over."""
    needed_for_batches: bool = True
    reason: str | None = None
    """Why it follows the one before."""
    science_reason: str | None = None
    """Why it asks for less than the one before, or is of other lots or with other exclusions."""
    planned_by: str
    sending_approved_by: str | None = None
    sending_approved_at: datetime | None = Column(default=None, sa_type=INSTANT)
    receiving_approved_by: str | None = None
    receiving_approved_at: datetime | None = Column(default=None, sa_type=INSTANT)
    quality_approved_by: str | None = None
    frozen_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """Only what was tested after it counts."""
    sending_complete: bool = False
    """The planned number of results is there from the sending laboratory."""
    receiving_complete: bool = False
    evaluated_by: str | None = None
    """The subject of who held the results against the criteria; null before that."""
    attributes: list[Any] = Column(default_factory=list, sa_type=JSONB)
    did_not_pass: bool | None = Column(default=False, nullable=False)
    """Whether the last evaluation found anything that did not pass: kept where results change after it. A partner reads
    it once it is concluded; null before that."""
    results_digest: str | None = None
    """SHA-256 over canonical JSON of the results that were evaluated."""
    concluded_by: str | None = None
    concluded_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When quality signed what came of it; null before that."""
    entitled_from: date | None = None
    """The laboratory's local day of the signature, of one that passed or was waived."""
    report_digest: str | None = None
    """SHA-256 over canonical JSON of the protocol, the results' digest and the verdicts without numbers: what proves
    the entitlement."""
    justification: str | None = None
    """Of a waiver."""
    results_released: bool = False
    """Whether the sponsor lets the receiving laboratory read the sending one's results."""
    reevaluated: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """What the criteria say since results were amended after it was concluded; beside what was concluded."""
    reevaluated_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When the results were judged again after it was concluded; null where they were not."""
    suspended_from: date | None = None
    """From which local day on the entitlement that rested on it is suspended."""
    investigation: str | None = None


class LotVerdict(Answer):
    """How one of several lots compares; the verdict is that of their average."""

    lot: str
    difference: Decimal | None = None
    ci90: tuple[Decimal, Decimal] | None = None


class AttributeRead(AttributeVerdict):
    """One attribute held against its criteria. A partner that does not read the results of both laboratories reads the
    verdict and why, and none of the numbers."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    lots: tuple[LotVerdict, ...] = ()
    """How each of several lots compares; else empty."""


class MethodTransferRead(MethodTransferFields, PartRead):
    """A method transfer as its readers see it."""

    laboratory: Ref | None
    laboratory_partner: Ref | None
    sending_laboratory: Ref | None
    sending_laboratory_partner: Ref | None
    lots: list[TransferLotRead]
    criteria: list[MethodCriterionRead]
    attributes: list[AttributeRead]
    reevaluated: list[AttributeRead]
    planned_results: int
    """Of each laboratory for each attribute."""
    results_before: int
    """How many results were reported by the protocol that this one follows, as far as who asks reads them: they stay,
    and are listed by that one's id (`follows_id`)."""
