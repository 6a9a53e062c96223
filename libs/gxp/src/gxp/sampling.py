"""Single sampling plans by attributes, normal inspection (MIL-STD-105E, table II-A; ISO 2859-1, table 2-A)."""

from decimal import Decimal
from typing import Final, NamedTuple

LETTERS: Final = "ABCDEFGHJKLMNPQR"
_SIZES: Final = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
QUALITIES: Final = tuple(
    Decimal(step) * power
    for power in (Decimal("0.01"), Decimal("0.1"), Decimal(1))
    for step in ("1.0", "1.5", "2.5", "4.0", "6.5")
)
"""Acceptance quality limits, in per cent defective."""
_FIRST: Final = 14
"""The table is made of diagonals: this one accepts none, each further one accepts what stands in ``_ACCEPTS``."""
_ACCEPTS: Final = {14: 0, 17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21}
_ARROWS: Final = {15: 14, 16: 17}
"""To the plan above, and to the one below."""


class Plan(NamedTuple):
    """How many units are inspected, and how many of them may be defective."""

    inspected: int
    accept: int


def plan(letter: str, quality: Decimal) -> Plan:
    """The plan of a code letter and an acceptance quality limit; an arrow of the table is followed.

    Raises ValueError for a letter or a limit that the table does not have, and where an arrow leads out of it.
    """
    if letter not in LETTERS or quality not in QUALITIES:
        known = ", ".join(map(str, QUALITIES))
        raise ValueError(f"the table has the letters {LETTERS} and the quality limits {known}")
    at, column = LETTERS.index(letter), QUALITIES.index(quality)
    diagonal = min(max(at + column, _FIRST), max(_ACCEPTS))
    diagonal = _ARROWS.get(diagonal, diagonal)
    if diagonal - column >= len(_SIZES):
        raise ValueError(f"for the letter {letter} and {quality} the table has no plan: its arrow leads out of it")
    return Plan(_SIZES[diagonal - column], _ACCEPTS[diagonal])
