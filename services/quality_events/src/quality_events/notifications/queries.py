"""Reads of notifications of authorities."""

from collections.abc import Sequence

from sqlmodel import col

from contracts import DueAt
from quality_events.notifications.model import AuthorityNotification
from quality_events.notifications.schemas import NotificationRead, NotificationState
from runtime.work import Work
from serving.listing import Filter, days, equal, whether

_DUE = AuthorityNotification.state == NotificationState.due
FILTERS = (
    equal(AuthorityNotification, *("number", "state", "regime", "market", "kind", "cause_type", "cause_id"))
    | {
        "overdue": whether(AuthorityNotification.overdue, "it is due, and its time has passed"),
        "open": whether(lambda _: _DUE, "it is due"),
        "due_before": Filter(
            DueAt, lambda _, instant: _DUE & (col(AuthorityNotification.due_at) < instant), "due before", many=False
        ),
    }
    | days(AuthorityNotification.aware_at, "known")
)


async def show(work: Work, notifications: Sequence[AuthorityNotification]) -> list[NotificationRead]:
    """The notifications with their clocks."""
    return [
        NotificationRead.model_validate(
            dict(one) | {"overdue": one.is_overdue(work.now), "in_time": one.was_in_time(work.now)}
        )
        for one in notifications
    ]
