"""What is said about a disposition: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from contracts.complaints import AuthorityRegime as Regime
from quality_events.metadata import INSTANT
from runtime.bodies import Body, Code, Digest, Line, Reason, Words
from serving.shown import Answer, Ref, Shown


class DispositionState(StrEnum):
    """What is decided of a batch for one market."""

    open = "open"
    confirmed = "confirmed"
    """The maker's qualified person or quality unit answers for its stages."""
    released = "released"
    released_for_processing = "released_for_processing"
    rejected = "rejected"
    stopped = "stopped"
    withdrawn = "withdrawn"
    """Recalled."""
    not_intended = "not_intended"
    """It was open, and the batch is no longer meant for the market."""


class Entered(StrEnum):
    """What an entry of a register is of: a decision, or that the follow-up of one is closed."""

    released = "released"
    released_for_processing = "released_for_processing"
    follow_up_closed = "follow_up_closed"
    """What it was released for processing on is done: what it went into may be released."""
    rejected = "rejected"
    stopped = "stopped"
    resumed = "resumed"
    withdrawn = "withdrawn"


class ConfirmStages(Body):
    """The maker answers for its stages, which it names, and names each deviation that it had."""

    stages: list[Line] = Field(max_length=200, examples=[["granulation", "compression"]])
    """All that were done at its sites, as the batch has them; where none is stated, `making`."""
    deviations: list[Code] = Field(default=[], max_length=500, examples=[["DEV-2026-00042"]])


class Decide(Body):
    """A decision names the readiness on which it rests, by its digest, and why it is taken."""

    readiness_digest: Digest
    justification: Words = Field(examples=["Every condition is met; the minor deviation has no impact on the batch"])
    weighed: list[Code] = Field(default=[], max_length=500, examples=[["DEV-2026-00042"]])
    """The records that were weighed, by their numbers."""


class ReleaseForProcessing(Decide):
    """By when what it waits for is done."""

    follow_up_on: Day


class CloseFollowUp(Reason):
    """Why what was waited for is done, by the readiness on which that rests."""

    readiness_digest: Digest


class Reject(Decide):
    """Whether it is for safety or contamination: then it goes to no market."""

    every_market: bool = False


class Stop(Decide):
    """Stopped or resumed: what was assessed of the impact."""

    impact: Words = Field(examples=["The affected pallets are in the warehouse of the wholesaler, none was sold"])


class DispositionFields(SQLModel):
    """What readers see of a disposition as it is stored."""

    number: str
    state: DispositionState = Column(default=DispositionState.open, sa_type=String)
    batch_id: UUID
    lot_id: UUID
    site_id: UUID
    partner_id: UUID
    market: str
    regime: Regime = Column(sa_type=String)
    confirmed_by: str | None = None
    confirmed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    confirmed_stages: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    confirmed_record_version: str | None = None
    """The version of the batch record that its quality unit had reviewed."""
    confirmed_deviations: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    decided_at: datetime | None = Column(default=None, sa_type=INSTANT)
    follow_up_on: date | None = None
    follow_up_closed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    right_first_time: bool | None = None
    """Null before each intended market is decided."""


class DispositionRead(DispositionFields, Shown):
    """A disposition as its readers see it."""

    batch: Ref
    """Its number is the lot's, its name the material."""
    site: Ref | None
    partner: Ref | None


class DecisionFields(SQLModel):
    """What is stored of a decision; nothing of it changes."""

    disposition_id: UUID
    batch_id: UUID
    decision: Entered = Column(sa_type=String)
    market: str
    regime: Regime = Column(sa_type=String)
    legal_entity: str
    register_number: int
    capacity: str | None = None
    """By which the qualified person certified; null where a quality unit decides."""
    decided_by: str
    decided_at: datetime = Column(sa_type=INSTANT)
    justification: str
    impact: str | None = None
    """What was assessed of the impact, where it was stopped or resumed."""
    weighed: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    follows: str | None = None
    """The disposition under whose signature it was taken, for every market, or the recall that withdrew it; null of one
    that was signed itself."""
    readiness_digest: str | None = None
    readiness: str | None = None
    """As it was signed, in canonical JSON: its SHA-256 is the digest. Null where a recall withdrew it."""


class DecisionRead(DecisionFields, Shown):
    """A decision of the register."""


class Decisions(Answer):
    """The decisions of a disposition, the oldest first."""

    items: list[DecisionRead]


class BatchRegister(Answer):
    """The register of a legal entity for a regime."""

    legal_entity: str
    regime: Regime
    entries: int
    last_number: int
    missing: int
    """Numbers below the last one that no entry has; each of them is to be explained."""


class BatchRegisters(Answer):
    """All registers, by their legal entities and regimes."""

    items: list[BatchRegister]


class RegisterEntry(Answer):
    """One decision as the register has it."""

    disposition: Ref
    batch: Ref
    """Its number is the lot's, its name the material."""
    decision: Entered
    market: str
    capacity: str | None
    decided_by: str
    decided_at: datetime
    justification: str
    impact: str | None
    weighed: list[str]
    follows: str | None
    """The disposition under whose signature it was taken, for every market, or the recall that withdrew it; null of one
    that was signed itself."""
    readiness_digest: str | None
    """Null where a recall withdrew it: no readiness is signed with that."""


class RegisterLine(Answer):
    """A number of the register."""

    number: int
    entry: RegisterEntry | None
    """Null where the number is missing: nothing is left out in silence."""
