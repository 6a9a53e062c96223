"""What scores of a risk come to: pure rules (ICH Q9(R1), annex I.2 FMEA, and 5.1 on how formal an assessment is).

The norm leaves the thresholds to the company. These are ours, and stand here only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from contracts.tech_transfer import Gate

WORST: Final = 5
"""Each of the three scores goes from 1 to this."""
LOW_UP_TO: Final = 20
MEDIUM_UP_TO: Final = 60
"""Of 125; what is more is high."""


class RiskClass(StrEnum):
    """How urgent a risk is."""

    low = "low"
    medium = "medium"
    high = "high"


@dataclass(frozen=True, slots=True)
class Scores:
    """How bad a failure would be, how likely it is, and how hard it is to see: each from 1 to 5, 5 is the worst."""

    severity: int
    occurrence: int
    detection: int

    @property
    def priority(self) -> int:
        """The product of the three, from 1 to 125."""
        return self.severity * self.occurrence * self.detection

    @property
    def risk_class(self) -> RiskClass:
        """By the priority; what would be as bad as can be is never low, however unlikely."""
        if self.priority > MEDIUM_UP_TO:
            return RiskClass.high
        low = self.priority <= LOW_UP_TO and self.severity < WORST
        return RiskClass.low if low else RiskClass.medium

    def rises_over(self, before: "Scores") -> bool:
        """Whether it is worse than before: the priority or the class is higher."""
        order = list(RiskClass)
        worse = order.index(self.risk_class) > order.index(before.risk_class)
        return worse or self.priority > before.priority


def is_scored(gate: Gate, series: Sequence[dict[str, Any]]) -> bool:
    """Whether a series has scores of a gate, or of a later one."""
    order = list(Gate)
    return any(order.index(Gate(each["gate"])) >= order.index(gate) for each in series)
