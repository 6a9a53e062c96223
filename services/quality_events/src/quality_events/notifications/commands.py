"""Use cases of notifications of authorities."""

from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlmodel import col, select

from contracts.complaints import NotificationCause
from quality_events.complaints.model import Complaint
from quality_events.deviations.model import Deviation
from quality_events.notifications import rules
from quality_events.notifications.model import AuthorityNotification
from quality_events.notifications.rules import Choice
from quality_events.notifications.schemas import NotificationState
from quality_events.oos_investigations.model import OosInvestigation
from quality_events.regimes import regime_of
from runtime.numbers import next_number
from runtime.work import Work

_OF_CAUSE: Final = "hashtextextended('quality-events.notification' || $1, 0)"
_ALONE: Final = f"SELECT pg_advisory_xact_lock({_OF_CAUSE})"
_IF_ALONE: Final = f"SELECT pg_try_advisory_xact_lock({_OF_CAUSE})"
CAUSES: Final[dict[NotificationCause, Any]] = {
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


async def alone(work: Work, cause_id: UUID, market: str) -> None:
    """Wait for whoever else opens notifications of a cause in a market."""
    await work.connection.execute(_ALONE, f"{cause_id}/{market}")


async def is_alone(work: Work, cause_id: UUID, market: str) -> bool:
    """As ``alone``, without a wait: False where somebody else opens one just now."""
    return bool(await work.connection.fetchval(_IF_ALONE, f"{cause_id}/{market}"))


async def open_for(work: Work, cause: Cause, market: str, aware_at: datetime, choice: Choice) -> AuthorityNotification:
    """The notification of a cause in a market, opened or the one that there is: two facts about a cause make one.

    Its clock starts with the earliest awareness that anybody states. A waiver does not outlast new evidence.
    """
    await alone(work, cause.id, market)
    given: dict[str, Any] = {"cause_type": cause.type, "cause_id": cause.id, "market": market, "kind": choice.kind}
    latest = select(AuthorityNotification.id).filter_by(**given).order_by(col(AuthorityNotification.round).desc())
    known = await work.session.scalar(latest.limit(1))
    notification = await work.get(AuthorityNotification, known) if known else None
    of_it = await record_of(work, cause.type, cause.id)
    if notification is None or rules.is_outdated(notification.waived_at, cause.news_at):
        round = notification.round + 1 if notification else 1
        given |= {"number": await next_number(work, "NTF", "notification_number")}
        given |= {"regime": regime_of(market), "round": round}
        products = {*choice.product_ids, *(notification.product_ids if notification else ())}
        given |= {"product_ids": sorted(products), "kind_stated": choice.stated, "kind_assumed": choice.assumed}
        given |= {"kind_read": choice.read}
        opened, due = AuthorityNotification.open(work.now, of_it, aware_at=cause.since(aware_at, round), **given)
        work.add(opened)
        work.publish(due, of=opened)
        return opened
    since = cause.since(aware_at, notification.round)
    notification.concern(choice)
    if notification.state == NotificationState.replaced:
        work.publish(notification.ask_again(since, work.now, of_it), of=notification)
    elif notification.state != NotificationState.not_required and since < notification.aware_at:
        told = notification.learn_awareness(since, work.now, of_it)
        work.publish(*[told] if told else [], of=notification)
    else:
        work.publish(of=notification)
    return notification


async def cause_of(work: Work, notification: AuthorityNotification) -> Any:
    """The record of which it is; None of one of which none is kept here."""
    return await record_of(work, notification.cause_type, notification.cause_id)


async def record_of(work: Work, type: NotificationCause, id: UUID) -> Any:
    """The record that is a cause; None of one of which none is kept here."""
    model = CAUSES.get(NotificationCause(type))
    return await work.session.get(model, id) if model else None
