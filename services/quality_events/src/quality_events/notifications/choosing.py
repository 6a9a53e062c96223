"""Which kind of notification is due: by what registrations say of a cause's products, whenever that becomes known.

In the US a drug and a biologic have clocks of their own. While nobody has said which a product is, the shorter one runs
and says so; what becomes known later opens the other kind from the same awareness, and then ends this one.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, String, cast, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from contracts.complaints import AuthorityRegime, NotificationCause
from contracts.registrations import RegistrationChanged
from directory.registered import applications_on
from quality_events.copies.known import KnownFact
from quality_events.notifications import rules
from quality_events.notifications.commands import CAUSES, Cause, alone, is_alone, open_for, record_of
from quality_events.notifications.model import AuthorityNotification
from quality_events.notifications.rules import Choice
from quality_events.notifications.schemas import NotificationState as State
from quality_events.notifications.schemas import OpenNotification
from quality_events.readiness.terms import Told
from quality_events.regimes import regime_of
from runtime.problems import NotFound, RuleViolated
from runtime.timers import record_by_record
from runtime.work import Work

_KIND: Final = RegistrationChanged.__name__


async def open_by_rule(
    work: Work, cause: Cause, market: str, aware_at: datetime, product_id: UUID | None, *, possible_class_i: bool
) -> AuthorityNotification:
    """The notification that a market asks for of a cause in a product; None is one that is not known."""
    await alone(work, cause.id, market)
    products = [product_id] if product_id and _asks(market) else []
    (choice,) = await _choices(work, market, products, aware_at, possible_class_i=possible_class_i)
    opened = await open_for(work, cause, market, aware_at, choice)
    await settle(work, cause.type, cause.id, market)
    return opened


async def open_by_hand(work: Work, body: OpenNotification) -> AuthorityNotification:
    """Open one that a person states. Raises NotFound for a cause that there is not."""
    model = CAUSES.get(body.cause_type)
    if model is None:
        raise RuleViolated(f"cause_type: no {body.cause_type} is kept here yet; state what led to it")
    record = await work.session.get(model, body.cause_id)
    if record is None:
        raise NotFound(body.cause_type, body.cause_id)
    cause, product_id = Cause(body.cause_type, body.cause_id), record.product_id
    if body.kind is None:
        return await open_by_rule(work, cause, body.market, body.aware_at, product_id, possible_class_i=True)
    products = (product_id,) if product_id and _asks(body.market) else ()
    stated = await open_for(
        work, cause, body.market, body.aware_at, Choice(body.kind, stated=True, product_ids=products)
    )
    await settle(work, cause.type, cause.id, body.market)
    return stated


async def settle(work: Work, type: NotificationCause, id: UUID, market: str) -> None:
    """Let the kinds that are due of a cause in a market be those that its products' registrations ask for, as known."""
    if not _asks(market):
        return
    await alone(work, id, market)
    await work.flush()
    of = AuthorityNotification
    rounds = select(of).where(of.cause_id == id, of.market == market).order_by(of.kind, col(of.round))
    held = await work.session.scalars(rounds.with_for_update().execution_options(populate_existing=True))
    for each in {one.kind: one for one in held.all()}.values():
        await _settle(work, each)


async def _settle(work: Work, found: AuthorityNotification) -> None:
    record = await record_of(work, found.cause_type, found.cause_id)
    learnt = [record.product_id] if found.state == State.due and record and record.product_id else []
    products = found.product_ids or learnt
    if found.state == State.replaced or not products:
        return
    choices = await _choices(work, found.market, products, found.aware_at, possible_class_i=True)
    asked = {each.kind: each for each in choices}
    own, cause = asked.pop(found.kind, None), Cause(NotificationCause(found.cause_type), found.cause_id)
    # What a person stated stands beside what is known, and not beside what is assumed.
    due = [each for each in asked.values() if not (found.kind_stated and each.assumed)]
    others = [await open_for(work, cause, found.market, found.aware_at, each) for each in due]
    if found.state == State.due and not own and not found.kind_stated:
        await work.flush()  # what takes its place is there
        told = found.replace(others[0], work.now, record)
        work.publish(*[told] if told else [], of=found)
        return
    if found.state == State.due:
        told = found.rest_on(own or Choice(found.kind, product_ids=tuple(products)), work.now, record)
        work.publish(*[told] if told else [], of=found)
    elif found.state == State.not_required and found.kind_assumed and own and not own.assumed:
        # It was waived while nobody knew whether it was of this kind: that it is, is news.
        await open_for(work, cause._replace(news_at=work.now), found.market, found.aware_at, own)
    found.kind_read = sum(each.read for each in choices)
    work.publish(of=found)


async def _choices(
    work: Work, market: str, product_ids: Collection[UUID], aware_at: datetime, *, possible_class_i: bool
) -> Sequence[Choice]:
    """The kinds that are asked for, each with the products that ask for it; one alone where no product is known."""
    kind_for, day = rules.kind_for, rules.day_of(market, aware_at)
    if not product_ids:
        kind = kind_for(market, possible_class_i=possible_class_i)
        return [Choice(kind, assumed=rules.is_assumed(market, ()))]
    rows = select(KnownFact).where(KnownFact.kind == _KIND, col(KnownFact.about).in_(map(str, product_ids)))
    told: defaultdict[str, list[Told]] = defaultdict(list)
    for each in await work.session.scalars(rows):
        told[each.about].append(Told(each.key, each.sequence, each.said))
    found: dict[Any, Choice] = {}
    for id in sorted(product_ids):
        by = applications_on(told[str(id)], market, day)
        kind = kind_for(market, possible_class_i=possible_class_i, applications=by)
        known = found.get(kind, Choice(kind))
        assumed, read = known.assumed or rules.is_assumed(market, by), known.read + len(told[str(id)])
        found[kind] = Choice(kind, assumed=assumed, product_ids=(*known.product_ids, id), read=read)
    return [*found.values()]


def _asks(market: str) -> bool:
    """Whether it is by registrations that a market's kinds are chosen."""
    return regime_of(market) is AuthorityRegime.us


def _told_since(_: Work) -> Select[Any]:
    """Those of whose products more is known of registrations than when their kind was chosen."""
    of, later = AuthorityNotification, aliased(AuthorityNotification)
    same = (later.cause_id == of.cause_id, later.market == of.market, later.kind == of.kind)
    about = col(KnownFact.about) == func.any(cast(of.product_ids, ARRAY(String)))
    known = select(func.count()).select_from(KnownFact).where(KnownFact.kind == _KIND, about).scalar_subquery()
    last = ~select(later.id).where(*same, later.round > of.round).exists()
    return select(of).where(of.regime == AuthorityRegime.us, known != of.kind_read, last).order_by(col(of.id))


async def _settle_again(work: Work, found: AuthorityNotification) -> None:
    """Where somebody opens another one of the cause just now it waits for the next time: the row is held here."""
    if await is_alone(work, found.cause_id, found.market):
        await _settle(work, found)


telling = record_by_record("notification-kinds", 30.0, AuthorityNotification, _told_since, _settle_again)
