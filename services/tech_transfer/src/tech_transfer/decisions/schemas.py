"""Bodies of requests and answers about decisions of gates."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import String

from contracts import Day
from contracts.tech_transfer import Gate, GateVerdict
from runtime.bodies import Body, Line, Words
from serving.shown import Answer
from tech_transfer.gates.terms import GateRule, Unit
from tech_transfer.metadata import INSTANT
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class DecisionState(StrEnum):
    """Where a decision stands."""

    proposed = "proposed"
    taken = "taken"
    withdrawn = "withdrawn"
    void = "void"
    """Quality went back to its gate or an earlier one, or the transfer was cancelled before it was taken."""


class GateCondition(Body):
    """What has to be done of what is open, by whom, and before the next gate is decided."""

    rule: GateRule = Field(examples=["team"])
    action: Words = Field(examples=["Name the analytical lead"])
    """What has to be done."""
    unit: Unit = Field(examples=["receiving"])
    """Who has to do it: the sponsor, either unit, a laboratory, or an authority."""
    owner: Line = Field(examples=["Ana Novak"])
    due_on: Day = Field(examples=["2036-02-28"])


class ProposeDecision(Body):
    """What shall become of the gate that is decided next."""

    transfer_id: UUID
    gate: Gate = Field(examples=["initiation"])
    """The one at which the transfer stands: so nobody decides another than he looked at."""
    verdict: GateVerdict = Field(examples=["passed"])
    reason: Words | None = None
    """Needed of one that failed."""
    conditions: list[GateCondition] = Field(default_factory=list, max_length=100)
    """What has to be done of what is open: needed where it is passed with conditions, and of one that failed."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.verdict == GateVerdict.passed and self.conditions:
            raise ValueError("conditions: a gate that is simply passed has none; say that its verdict is conditional")
        if self.verdict != GateVerdict.passed and not self.conditions:
            raise ValueError(f"conditions: a gate that is {self.verdict} has at least one, with its owner and last day")
        if self.verdict == GateVerdict.failed and self.reason is None:
            raise ValueError("reason: say why it failed")
        return self


class DecisionFields(OfTransfer):
    """What readers see of a decision."""

    number: str
    state: DecisionState = Column(default=DecisionState.proposed, sa_type=String)
    gate: Gate = Column(sa_type=String)
    verdict: GateVerdict = Column(sa_type=String)
    reason: str | None = None
    unmet: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """What was not so when it was proposed."""
    conditions: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """What has to be done of what was open; each is an action once it is decided."""
    proposed_by: str
    sending_signed_by: str | None = None
    sending_signed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    receiving_signed_by: str | None = None
    receiving_signed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    quality_signed_by: str | None = None
    decided_at: datetime | None = Column(default=None, sa_type=INSTANT)


class UnmetRead(Answer):
    """What a gate asks for and was not so."""

    rule: GateRule
    why: str


class GateConditionRead(Answer):
    """What has to be done, by whom, and until when."""

    rule: GateRule
    action: str
    """What has to be done."""
    unit: Unit
    """Who has to do it: the sponsor, either unit, a laboratory, or an authority."""
    owner: str
    due_on: Day


class GateDecisionRead(DecisionFields, PartRead):
    """A decision as its readers see it."""

    unmet: list[UnmetRead]
    conditions: list[GateConditionRead]
