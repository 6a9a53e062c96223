"""Use cases of notifications of authorities."""

from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlmodel import col, select

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
    news_at: datetime | None = None
    """When it was confirmed, or reopened with new evidence."""

    def since(self, aware_at: datetime, round: int) -> datetime:
        """When the clock of a round starts: of a further one not before the news that made it necessary."""
        return max(aware_at, self.news_at) if self.news_at and round > 1 else aware_at


async def open_for(
    work: Work, cause: Cause, market: str, aware_at: datetime, kind: NotificationKind
) -> AuthorityNotification:
    """The notification of a cause in a market, opened or the one that there is: two facts about a cause make one.

    Its clock starts with the earliest awareness that anybody states. A waiver does not outlast new evidence.
    """
    await work.connection.execute(_ALONE, f"{cause.id}/{market}/{kind}")
    given: dict[str, Any] = {"cause_type": cause.type, "cause_id": cause.id, "market": market, "kind": kind}
    latest = select(AuthorityNotification.id).filter_by(**given).order_by(col(AuthorityNotification.round).desc())
    known = await work.session.scalar(latest.limit(1))
    notification = await work.get(AuthorityNotification, known) if known else None
    of_it = await _record(work, cause.type, cause.id)
    if notification is None or rules.is_outdated(notification.waived_at, cause.news_at):
        round = notification.round + 1 if notification else 1
        given |= {"number": await next_number(work, "NTF", "notification_number")}
        given |= {"regime": regime_of(market), "round": round}
        opened, due = AuthorityNotification.open(work.now, of_it, aware_at=cause.since(aware_at, round), **given)
        work.add(opened)
        work.publish(due, of=opened)
        return opened
    since = cause.since(aware_at, notification.round)
    if notification.state != NotificationState.not_required and since < notification.aware_at:
        told = notification.learn_awareness(since, work.now, of_it)
        work.publish(*[told] if told else [], of=notification)
    return notification


async def cause_of(work: Work, notification: AuthorityNotification) -> Any:
    """The record of which it is; None of one of which none is kept here."""
    return await _record(work, notification.cause_type, notification.cause_id)


async def _record(work: Work, type: NotificationCause, id: UUID) -> Any:
    model = _CAUSES.get(NotificationCause(type))
    return await work.session.get(model, id) if model else None


async def open_by_hand(work: Work, body: OpenNotification) -> AuthorityNotification:
    """Open one that a person states. Raises NotFound for a cause that there is not."""
    model = _CAUSES.get(body.cause_type)
    if model is None:
        raise RuleViolated(f"cause_type: no {body.cause_type} is kept here yet; state what led to it")
    if await work.session.get(model, body.cause_id) is None:
        raise NotFound(body.cause_type, body.cause_id)
    kind = body.kind or rules.kind_for(body.market, possible_class_i=True)
    return await open_for(work, Cause(body.cause_type, body.cause_id), body.market, body.aware_at, kind)
