"""What a deviation concerns: its lots, and the equipment that others are made on, too."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.quality_events import DeviationLinked
from quality_events import moments
from quality_events.deviations.late import LateAmended
from quality_events.deviations.lots import DeviationLot, concerned
from quality_events.deviations.terms import OPEN, SPONSOR, DeviationState
from runtime.lifecycle import transition


class Concerning(LateAmended):
    """A departure, when it happened, and what may have been under way."""

    occurred_at: str

    @transition(source=OPEN, target=None, by=SPONSOR)
    def name_equipment(
        self, shared_equipment: Sequence[str], lots: Sequence[DeviationLot], now: datetime
    ) -> DeviationLinked:
        """Quality says on which equipment other lots are made, too: it concerns those as well."""
        self.shared_equipment = sorted({*shared_equipment})
        return self._linked(concerned(lots), now)

    def _linked(self, lots: Sequence[DeviationLot], now: datetime) -> DeviationLinked:
        cancelled = self.state == DeviationState.cancelled
        return DeviationLinked.of(self, now, **self._concerns(lots), cancelled=cancelled)

    def _concerns(self, lots: Sequence[DeviationLot]) -> dict[str, Any]:
        return {"lots": tuple(lot.lot for lot in lots), "departure_occurred_at": moments.read(self.occurred_at)}
