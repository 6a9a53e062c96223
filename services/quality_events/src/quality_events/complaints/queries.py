"""Reads of complaints."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import col

from directory.names import names_of
from quality_events import clocks
from quality_events.complaints.model import Complaint
from quality_events.complaints.schemas import ComplaintRead, ComplaintState
from quality_events.settings import sponsor
from runtime.work import Work
from serving.listing import days, equal, whether

_OPEN = Complaint.state != ComplaintState.answered
_OF = ("product_id", "batch_id", "lot_id", "site_id", "partner_id")


def _late_for_safety(work: Work) -> ColumnElement[bool]:
    due_at = col(Complaint.safety_due_at)
    return due_at.is_not(None) & (due_at < work.now) & col(Complaint.safety_passed_at).is_(None)


FILTERS = (
    equal(Complaint, *("number", "state", "market", "category", "severity", "lot_number", *_OF))
    | {
        "overdue": whether(Complaint.overdue, "it is not answered, and its time has passed"),
        "safety_overdue": whether(_late_for_safety, "it is not passed to drug safety, and the time for it has passed"),
        "open": whether(lambda _: _OPEN, "it is not answered"),
    }
    | days(Complaint.received_at, "received")
)


async def show(work: Work, complaints: Sequence[Complaint]) -> list[ComplaintRead]:
    """The complaints with names and clocks."""
    names, zone = await names_of(work, complaints), sponsor().zone.key
    return [
        ComplaintRead.model_validate(
            dict(one)
            | names.of(one)
            | {
                "due_on": clocks.last_day(one.due_at, zone),
                "overdue": one.is_overdue(work.now),
                "safety_overdue": one.is_late_for_safety(work.now),
            }
            | {"in_time": one.was_in_time(work.now)}
        )
        for one in complaints
    ]
