"""Answers about the gates of a transfer."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from contracts.tech_transfer import Gate
from serving.shown import Answer, Ref
from tech_transfer.gates.terms import GateRule, Unit


class GateStanding(StrEnum):
    """Where a gate stands."""

    ahead = "ahead"
    next = "next"
    """It is decided next."""
    passed = "passed"
    conditional = "conditional"
    """It was passed, and what was open has owners."""
    no_longer_true = "no_longer_true"
    """It was passed by something that is not so any more: an action is open, and it does not fall back by itself."""


class Unmatched(Answer):
    """Something that a gate asks for and is not so, or not known to be."""

    rule: GateRule
    why: str
    unit: Unit
    """Who owes it."""
    since: datetime | None
    due_on: date | None
    """The day by which it is promised."""
    record_type: str | None
    """Of which kind the record is that it hangs on; null where it is none."""
    record: Ref | None
    """The record that it hangs on; null where it is none, or the reader may not know of it."""


class GateRead(Answer):
    """One gate."""

    gate: Gate
    standing: GateStanding
    planned_on: date
    first_planned_on: date
    forecast_on: date | None
    """When it will be passed as things stand; null of one that is passed, and where the transfer has ended."""
    decided_at: datetime | None
    decision_id: UUID | None
    """The decision by which it was passed; null before that."""
    unmet: Sequence[Unmatched]
    """Of one that was passed with conditions, also those. For partners empty where the transfer was cancelled."""
    blocked_by: Unit | None
    """Who owes what has been open for the longest time; null where nothing is open, or nobody can say."""
    blocked_since: datetime | None
    """Since when that has been open; null where nothing is open, or nobody can say."""


class TransferGates(Answer):
    """The gates of a transfer, in their order."""

    transfer_id: UUID
    number: str
    forecast_on: date | None
    """When the last gate will be passed as things stand."""
    gates: Sequence[GateRead]
