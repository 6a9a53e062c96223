"""Bodies of requests and answers about actions."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlmodel import Field as Column
from sqlmodel import String

from contracts import Day
from contracts.tech_transfer import Gate
from runtime.bodies import Body, Digest, Line, Reason, Words
from tech_transfer.gates.terms import GateRule, Unit
from tech_transfer.metadata import INSTANT
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class ActionCause(StrEnum):
    """Why an action was opened."""

    condition = "condition"
    """A gate was passed with it, or failed for it."""
    no_longer_true = "no_longer_true"
    """A gate was passed by something that is not so any more."""


class ActionState(StrEnum):
    """Where an action stands."""

    open = "open"
    done = "done"
    settled = "settled"
    """What it was opened for is so again by itself."""


class FinishTransferAction(Body):
    """What was done, and the SHA-256 digest of what shows it."""

    outcome: Words = Field(examples=["The analytical lead is named in the plan"])
    evidence: Digest


class AssignAction(Reason):
    """Who does it, until when, and why this is said."""

    owner: Line = Field(examples=["Ana Novak"])
    due_on: Day = Field(examples=["2036-02-28"])


class ActionFields(OfTransfer):
    """What readers see of an action."""

    number: str
    state: ActionState = Column(default=ActionState.open, sa_type=String)
    cause: ActionCause = Column(sa_type=String)
    """Why it was opened."""
    gate: Gate = Column(sa_type=String)
    rule: GateRule = Column(sa_type=String)
    decision_id: UUID | None = None
    """Of the decision that it is a condition of."""
    text: str
    """What has to be done."""
    unit: Unit = Column(sa_type=String)
    """Who has to do it: the sponsor, either unit, a laboratory, or an authority."""
    owner: str | None = None
    due_on: date | None = None
    outcome: str | None = None
    evidence: str | None = None
    done_by: str | None = None
    settled_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When what it was opened for was so again."""


class ActionRead(ActionFields, PartRead):
    """An action as its readers see it."""
