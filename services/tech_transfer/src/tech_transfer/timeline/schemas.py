"""Answers about who held the ball, and when gates will be passed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from contracts.tech_transfer import Gate
from contracts.transfer_closure import DayHolder
from serving.shown import Answer, Ref
from tech_transfer.gates.terms import Unit


class HeldDaysRead(Answer):
    """How many days count to somebody."""

    holder: DayHolder
    """To whom the days count."""
    days: int


class HeldDayRead(Answer):
    """A day by which a gate is late, to whom it counts, and for which record."""

    day: date
    """Local to the receiving site."""
    holder: DayHolder
    """To whom the day counts."""
    unit: Unit | None
    """Who owed the next step; null where nobody can say."""
    rule: str | None
    """What was asked for; `decision` where a decision waited, `hold` where the transfer rested."""
    record_type: str | None
    """Of which kind the record is that was waited for; null where it was none."""
    record: Ref | None
    """The record that was waited for; null where it was none, or the reader may not know of it."""


class GateSlip(Answer):
    """By how much a gate is later than it was planned first, and to whom those days count."""

    gate: Gate
    first_planned_on: date
    ended_on: date | None
    """The day on which it was passed, or the transfer was given up."""
    slip_days: int
    """Days after the first planned one until that day, or today: those of `by_side` together."""
    by_side: Sequence[HeldDaysRead]
    days: Sequence[HeldDayRead]
    """For a partner those that count to it."""


class TransferTimeline(Answer):
    """Who held the ball of a transfer, day by day."""

    transfer_id: UUID
    number: str
    today: date
    """Local to the receiving site: it counts as it began."""
    gates: Sequence[GateSlip]
