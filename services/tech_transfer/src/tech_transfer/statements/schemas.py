"""Bodies of requests and answers about statements."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlmodel import Field as Column
from sqlmodel import String

from contracts import Day
from runtime.bodies import Body, Digest, Words
from tech_transfer.gates.terms import STATED, GateRule
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class TransferStatementState(StrEnum):
    """Whether a statement counts."""

    stated = "stated"
    withdrawn = "withdrawn"


def _is_stated(rule: GateRule) -> GateRule:
    if rule not in STATED:
        raise ValueError(f"{rule} follows from records of its own: state one of {', '.join(STATED)}")
    return rule


class State(Body):
    """That something is so, by what one knows it, and the SHA-256 digest of that."""

    transfer_id: UUID
    rule: Annotated[GateRule, AfterValidator(_is_stated)] = Field(examples=["transfer_plan"])
    evidence: Words = Field(examples=["TP-0042 version 2, approved by both units"])
    """What shows it, in words, such as a document with its number and version."""
    digest: Digest
    """SHA-256 of what shows it, in hexadecimal."""
    valid_to: Day | None = None
    """The last day on which it counts; none where it has none."""


class StatementFields(OfTransfer):
    """What readers see of a statement."""

    state: TransferStatementState = Column(default=TransferStatementState.stated, sa_type=String)
    rule: GateRule = Column(sa_type=String)
    evidence: str
    """What shows it, in words, such as a document with its number and version."""
    digest: str
    """SHA-256 of what shows it, in hexadecimal."""
    valid_to: date | None = None
    """The last day on which it counts; null where it has none."""
    stated_by: str
    """The subject of who stated it."""
    withdrawal_reason: str | None = None


class TransferStatementRead(StatementFields, PartRead):
    """A statement as its readers see it."""
