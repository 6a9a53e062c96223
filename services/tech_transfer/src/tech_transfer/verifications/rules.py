"""Continued process verification of one attribute: pure rules (FDA process validation 2011, stage 3; Western Electric).

The middle and the spread by which a run is judged are those of the first thirty lots, or of all while there are fewer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from contracts.transfer_batches import RunRule
from tech_transfer.statistics import capability, tolerance
from tech_transfer.transfer_batches.begun import begun_before

BASELINE: Final = 30
"""Lots from which on the bound of Ppk must reach more than with the PPQ batches."""
SIGMAS: Final = 3
IN_A_RUN: Final = 8


@dataclass(frozen=True, slots=True)
class Signal:
    """A lot at which a run rule was broken."""

    rule: RunRule
    lot: str


@dataclass(frozen=True, slots=True)
class MadeLot:
    """A lot of the product that the receiving site made, and what is known of it."""

    number: str
    bulk: UUID
    started_at: str | None
    rejected: bool
    """Or given up on the way."""
    strength: str | None
    """None where nothing told it."""
    qualifying: bool
    """Whether it is a batch of the PPQ series."""


def left_out(lots: Sequence[MadeLot], strength: str, closed_at: datetime) -> dict[str, str]:
    """By number the lots that are no part of a verification of a strength, each with why.

    Part of it are the batches of the PPQ series, and lots that were begun after the transfer was closed; of several
    lots of one bulk the first.
    """
    found, first = dict[str, str](), dict[UUID, str]()
    for lot in lots:
        if why := _why_out(lot, strength, closed_at):
            found[lot.number] = why
        elif first.setdefault(lot.bulk, lot.number) != lot.number:
            found[lot.number] = f"it is of one bulk with {first[lot.bulk]}"
    return found


def _why_out(lot: MadeLot, strength: str, closed_at: datetime) -> str | None:
    if lot.started_at is None:
        return "it is not known when its making began"
    before = not lot.qualifying and begun_before(lot.started_at, closed_at)
    if before is None:
        return "it is not known whether it was begun after the transfer was closed"
    if before:
        return "it was begun before the transfer was closed, and is no PPQ batch"
    if lot.rejected:
        return "it was rejected or given up"
    if lot.strength != strength:
        return f"it is of {lot.strength}" if lot.strength else "nothing told of which strength it is"
    return None


def asked(lots: int) -> float:
    """What the lower bound of Ppk must reach, by how many lots there are."""
    return capability.CONTINUED if lots >= BASELINE else capability.AT_PPQ


def signals(lots: Sequence[tuple[str, Decimal]]) -> list[Signal]:
    """The signals of lots in the order in which they were made: one beyond 3 s, and each eighth in a row on one side.

    Of lots that do not vary, and of fewer than two, there is none.
    """
    baseline = [value for _, value in lots[:BASELINE]]
    if len(set(baseline)) < 2:
        return []
    mean, sd = tolerance.mean_and_sd(baseline)
    found, side, run = list[Signal](), 0, 0
    for lot, value in lots:
        away = float(value) - mean
        if abs(away) > SIGMAS * sd:
            found.append(Signal(RunRule.beyond_three_s, lot))
        now = (away > 0) - (away < 0)
        run = run + 1 if now and now == side else abs(now)
        side = now
        if run == IN_A_RUN:
            found.append(Signal(RunRule.eight_on_one_side, lot))
            run = 0
    return found
