"""What is published of a deviation as a whole, as it is now."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from contracts import Moment
from contracts.quality_events import DeviationAmended, DeviationLinked, DeviationRaised
from quality_events import moments
from quality_events.deviations.lots import DeviationLot
from quality_events.deviations.terms import Report, State

if TYPE_CHECKING:
    from quality_events.deviations.model import Deviation


def raised(deviation: "Deviation", report: Report) -> DeviationRaised:
    """It was recorded."""
    return DeviationRaised(
        **common(deviation, report.occurred_at),
        title=deviation.title,
        category=deviation.category,
        lots=report.lots,
        proposed_classification=report.proposed_classification,
        sponsor_aware_at=deviation.sponsor_aware_at,
        due_at=deviation.due_at,
    )


def amended(deviation: "Deviation", lots: Sequence[DeviationLot], reported_at: datetime) -> DeviationAmended:
    """What is said of it was corrected; it concerns these lots now."""
    return DeviationAmended(
        **common(deviation, reported_at),
        title=deviation.title,
        category=deviation.category,
        lots=tuple(lot.lot for lot in lots),
        classification=deviation.classification,
        departure_occurred_at=moments.read(deviation.occurred_at),
        sponsor_aware_at=deviation.sponsor_aware_at,
        due_at=deviation.due_at,
    )


def linked(deviation: "Deviation", lots: Sequence[DeviationLot], now: datetime) -> DeviationLinked:
    """What it concerns is known better than when it was recorded."""
    return DeviationLinked(
        **common(deviation, now),
        lots=tuple(lot.lot for lot in lots),
        classification=deviation.classification,
        departure_occurred_at=moments.read(deviation.occurred_at),
        sponsor_aware_at=deviation.sponsor_aware_at,
        due_at=deviation.due_at,
        closed_at=deviation.closed_at,
        cancelled=deviation.state == State.cancelled,
    )


def common(deviation: "Deviation", occurred_at: Moment) -> dict[str, Any]:
    """What every fact about it carries."""
    return {
        "deviation_id": deviation.id,
        "number": deviation.number,
        "site_id": deviation.site_id,
        "partner_id": deviation.partner_id,
        "product_id": deviation.product_id,
        "batch_ids": tuple(deviation.batch_ids),
        "partner_aware_at": deviation.partner_aware_at,
        "historic": deviation.historic,
        "occurred_at": occurred_at,
    }
