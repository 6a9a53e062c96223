"""Continued process verification of one attribute: pure rules (FDA process validation 2011, stage 3; Western Electric).

The middle and the spread by which a run is judged are those of the first thirty lots, or of all while there are fewer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from contracts.transfer_batches import RunRule
from tech_transfer.statistics import capability, tolerance

BASELINE: Final = 30
"""Lots from which on the bound of Ppk must reach more than with the PPQ batches."""
SIGMAS: Final = 3
IN_A_RUN: Final = 8


@dataclass(frozen=True, slots=True)
class Signal:
    """A lot at which a run rule was broken."""

    rule: RunRule
    lot: str


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
