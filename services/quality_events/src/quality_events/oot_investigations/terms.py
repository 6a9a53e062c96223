"""Words of investigations of results that are out of trend, and what is told of one such result."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from contracts import Lot
from contracts.out_of_trend import OotDetected
from contracts.sample_tracking import Evaluation
from quality_events import clocks, moments


class OotState(StrEnum):
    """Where an investigation stands."""

    phase_1 = "phase_1"
    """The laboratory looks for a cause."""
    awaiting_approval = "awaiting_approval"
    """The laboratory says what it found; whether that ends it is not for itself to decide."""
    phase_2 = "phase_2"
    """The manufacturer's quality unit looks at the whole process."""
    concluded = "concluded"
    withdrawn = "withdrawn"
    """By what is known now there is nothing to investigate."""


OPEN: Final = frozenset(OotState) - {OotState.concluded, OotState.withdrawn}
IN_TREND: Final = "by the results that are known now it is not out of trend, or it counts no more"
AS_OOS: Final = "it is out of specification, and is investigated as that"
_TAKEN_OVER: Final = {
    *("result_id", "test", "stage", "value", "unit", "laboratory_site_id", "laboratory_partner_id"),
    *("basis", "lower", "upper", "points", "holds"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A result as one fact tells that it is, or is not any more, out of trend."""

    detected: OotDetected
    sequence: int
    """Of two facts about one result the higher was told later."""
    told_at: datetime
    """When it was told: nobody could know of it before, however long ago the result was made."""
    zone: str | None
    """The time zone of the lot's site, where that is known."""
    as_oos: bool = False
    """An OOS investigation of the result is there."""

    @property
    def is_a_trend(self) -> bool:
        """Whether this says that the result is out of trend, and no more than that; whatever else is known of it."""
        return self.detected.holds and self.detected.evaluation is not Evaluation.out_of_specification

    @property
    def nothing(self) -> str | None:
        """Why there is nothing to investigate; None where there is."""
        if self.as_oos or self.detected.evaluation is Evaluation.out_of_specification:
            return AS_OOS
        return None if self.detected.holds else IN_TREND

    def columns(self) -> dict[str, Any]:
        """What is kept of it, whichever facts came before. Batch and product are joined apart."""
        lot: Lot = self.detected.lot
        return {
            **self.detected.model_dump(include=_TAKEN_OVER),
            **lot.model_dump(include={"material", "site_id", "partner_id"}),
            "lot_id": lot.id,
            "lot_number": lot.number,
            "occurred_at": moments.written(self.detected.occurred_at),
            "sequence": self.sequence,
            "aware_at": self.told_at,
            "due_at": clocks.due_at(self.told_at, clocks.OOT_DUE_DAYS, self.zone),
            "due_zone": self.zone,
            "parties": sorted({lot.partner_id, self.detected.laboratory_partner_id}),
            "withdrawn_because": self.nothing,
        }
