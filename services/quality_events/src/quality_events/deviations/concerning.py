"""What a deviation concerns: its lots, and the equipment that others are made on, too."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts import Moment
from contracts.quality_events import DeviationLinked
from quality_events import moments
from quality_events.deviations.late import LateAmended
from quality_events.deviations.lots import DeviationLot, concerned, only_product
from quality_events.deviations.terms import OPEN, SPONSOR, DeviationState
from runtime.lifecycle import transition
from runtime.problems import RuleViolated


class Concerning(LateAmended):
    """A departure, when it happened, and what may have been under way."""

    occurred_at: str
    batch_ids: list[UUID]

    @transition(source=OPEN, target=None, by=SPONSOR)
    def name_equipment(
        self, shared_equipment: Sequence[str], since: Moment | None, lots: Sequence[DeviationLot], now: datetime
    ) -> DeviationLinked:
        """Quality says on which equipment other lots are made, too, and since when it concerns those as well."""
        if since and moments.is_ahead(since, now):
            raise RuleViolated(f"since {moments.written(since)} lies ahead", fields=["since"])
        self.shared_equipment = sorted({*shared_equipment})
        self.equipment_since = moments.written(since) if since else None
        return self._linked(concerned(lots), now)

    def _take(self, lots: Sequence[DeviationLot]) -> None:
        """What it has of the lots that it concerns."""
        self.product_id = only_product(lot.lot for lot in lots)
        self.batch_ids = list(dict.fromkeys(lot.batch_id for lot in lots if lot.batch_id))

    def _linked(self, lots: Sequence[DeviationLot], now: datetime) -> DeviationLinked:
        cancelled = self.state == DeviationState.cancelled
        return DeviationLinked.of(self, now, **self._concerns(lots), cancelled=cancelled)

    def _concerns(self, lots: Sequence[DeviationLot]) -> dict[str, Any]:
        return {"lots": tuple(lot.lot for lot in lots), "departure_occurred_at": moments.read(self.occurred_at)}
