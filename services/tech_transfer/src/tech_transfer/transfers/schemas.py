"""What is said about a transfer: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from contracts.qualifications import Purpose
from contracts.tech_transfer import Gate, TransferKind
from runtime.bodies import Body, Country, Digest, Line, Reason, Words
from serving.shown import Answer
from tech_transfer.metadata import INSTANT
from tech_transfer.transfers.shown import PartRead


class TechTransferState(StrEnum):
    """Where a transfer stands: at the gate that is decided next, or past all of them."""

    initiation = Gate.initiation.value
    planning = Gate.planning.value
    knowledge_transfer = Gate.knowledge_transfer.value
    process_development = Gate.process_development.value
    validation = Gate.validation.value
    readiness = Gate.readiness.value
    closure = "closure"
    """Every gate is passed; the report is to be written and signed."""
    closed = "closed"
    on_hold = "on_hold"
    cancelled = "cancelled"


AT_A_GATE = frozenset(TechTransferState(gate.value) for gate in Gate)
LIVE = AT_A_GATE | {TechTransferState.closure}


class PackageEnd(StrEnum):
    """What became of what was handed over, where the transfer is cancelled."""

    returned = "returned"
    destroyed = "destroyed"


class TeamMember(Body):
    """Who works on it, of which unit, and as what."""

    person: Line = Field(examples=["Ana Novak"])
    unit: Line = Field(examples=["receiving unit"])
    """Of which unit or department the person is, in words."""
    role: Line = Field(examples=["process engineer"])
    """As what the person works on it, in words, such as process engineer."""


class GateDay(Body):
    """By which day a gate is to be passed."""

    gate: Gate = Field(examples=["planning"])
    planned_on: Day = Field(examples=["2036-03-31"])


class StartTransfer(Body):
    """What is to be handed over, from where to where, and by when."""

    title: Line = Field(examples=["Tablets 10 mg to a second site"])
    product_id: UUID
    strengths: list[Line] = Field(min_length=1, max_length=50, examples=[["10 mg"]])
    kind: TransferKind = Field(examples=["process_and_analytical"])
    purpose: Purpose = Field(examples=["commercial"])
    sending_unit: Line = Field(examples=["Plant 1, tablets"])
    sending_site_id: UUID | None = None
    """A partner's site; none where a site of the sponsor's own hands over."""
    receiving_site_id: UUID
    markets: list[Country] = Field(min_length=1, max_length=100)
    success_criteria: list[Words] = Field(default_factory=list, max_length=100)
    team: list[TeamMember] = Field(default_factory=list, max_length=200)
    began_on: Day | None = None
    """The receiving site's day on which it began, where that was before it was recorded here."""
    planned: list[GateDay] = Field(default_factory=list, max_length=len(Gate))
    """The last day of each gate; one that is not named has the usual number of weeks after the one before."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        for name in ("strengths", "markets"):
            if len(set(given := getattr(self, name))) < len(given):
                raise ValueError(f"{name}: name each once")
        if self.sending_site_id == self.receiving_site_id:
            raise ValueError("receiving_site_id: a transfer goes from one site to another")
        return self


class Describe(Body):
    """Who works on it and what counts as a success, as it is from now on."""

    success_criteria: list[Words] = Field(max_length=100, examples=[["three conforming batches in a row"]])
    team: list[TeamMember] = Field(max_length=200)


class Replan(Reason):
    """Other days for gates that are not passed yet, and why."""

    planned: list[GateDay] = Field(min_length=1, max_length=len(Gate))


class ReopenGate(Reason):
    """To which gate quality goes back, and why."""

    gate: Gate = Field(examples=["initiation"])


class ConfirmPackage(Body):
    """What became of what was handed over, and the SHA-256 digest of what shows it."""

    outcome: PackageEnd = Field(examples=["destroyed"])
    evidence: Digest


class TransferFields(SQLModel):
    """What readers see of a transfer as it is stored."""

    number: str
    title: str
    state: TechTransferState = Column(default=TechTransferState.initiation, sa_type=String)
    product_id: UUID
    strengths: list[str] = Column(sa_type=ARRAY(String))
    kind: TransferKind = Column(sa_type=String)
    purpose: Purpose = Column(sa_type=String)
    sending_unit: str
    """As people call it."""
    sending_site_id: UUID | None = None
    sending_partner_id: UUID | None = None
    """None: the sponsor hands over."""
    receiving_site_id: UUID
    receiving_partner_id: UUID
    markets: list[str] = Column(sa_type=ARRAY(String))
    success_criteria: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    team: list[Any] = Column(default_factory=list, sa_type=JSONB)
    planned: list[Any] = Column(default_factory=list, sa_type=JSONB)
    first_planned: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """The days with which it started, from which a slip is counted."""
    began_on: date
    held_at: TechTransferState | None = Column(default=None, sa_type=String)
    """The gate at which it rests, while it is on hold."""
    cancellation_requested_by: str | None = None
    cancelled_at: datetime | None = Column(default=None, sa_type=INSTANT)
    package_outcome: PackageEnd | None = Column(default=None, sa_type=String)
    package_evidence: str | None = None


class GateDayRead(Answer):
    """By which day a gate is to be passed."""

    gate: Gate
    planned_on: date


class TeamMemberRead(Answer):
    """Who works on it, of which unit, and as what."""

    person: str
    unit: str
    """Of which unit or department the person is, in words."""
    role: str
    """As what the person works on it, in words, such as process engineer."""


class TransferRead(TransferFields, PartRead):
    """A transfer as its readers see it."""

    team: list[TeamMemberRead]
    planned: list[GateDayRead]
    first_planned: list[GateDayRead]


class TransferDetail(TransferRead):
    """A transfer by itself."""

    forecast_on: date | None
    """When the last gate will be passed as things stand; null where all are, and where the transfer has ended."""
