"""Use cases of notifications of authorities."""

from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlmodel import select

from contracts.complaints import NotificationCause, NotificationKind
from quality_events.complaints.model import Complaint
from quality_events.deviations.model import Deviation
from quality_events.notifications import rules
from quality_events.notifications.model import AuthorityNotification
from quality_events.notifications.schemas import NotificationState, OpenNotification
from quality_events.oos_investigations.model import OosInvestigation
from quality_events.regimes import regime_of
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work

_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('quality-events.notification' || $1, 0))"
_CAUSES: Final[dict[NotificationCause, Any]] = {
    NotificationCause.complaint: Complaint,
    NotificationCause.deviation: Deviation,
    NotificationCause.oos: OosInvestigation,
}


class Cause(NamedTuple):
    """Of what an authority is to be notified."""

    type: NotificationCause
    id: UUID


async def open_for(
    work: Work, cause: Cause, market: str, aware_at: datetime, kind: NotificationKind
) -> AuthorityNotification:
    """The notification of a cause in a market, opened or the one that there is: two facts about a cause make one.

    Its clock starts with the earliest awareness that anybody states.
    """
    await work.connection.execute(_ALONE, f"{cause.id}/{market}/{kind}")
    given: dict[str, Any] = {"cause_type": cause.type, "cause_id": cause.id, "market": market, "kind": kind}
    known = await work.session.scalar(select(AuthorityNotification.id).filter_by(**given))
    if known is None:
        number = await next_number(work, "NTF", "notification_number")
        opened, due = AuthorityNotification.open(
            work.now, number=number, regime=regime_of(market), aware_at=aware_at, **given
        )
        work.add(opened)
        work.publish(due, of=opened)
        return opened
    notification = await work.get(AuthorityNotification, known)
    if notification.state != NotificationState.not_required and aware_at < notification.aware_at:
        told = notification.learn_awareness(aware_at, work.now)
        work.publish(*[told] if told else [], of=notification)
    return notification


async def open_by_hand(work: Work, body: OpenNotification) -> AuthorityNotification:
    """Open one that a person states. Raises NotFound for a cause that there is not."""
    model = _CAUSES.get(body.cause_type)
    if model is None:
        raise RuleViolated(f"cause_type: no {body.cause_type} is kept here yet; state what led to it")
    if await work.session.get(model, body.cause_id) is None:
        raise NotFound(body.cause_type, body.cause_id)
    kind = body.kind or rules.kind_for(body.market, possible_class_i=True)
    return await open_for(work, Cause(body.cause_type, body.cause_id), body.market, body.aware_at, kind)
