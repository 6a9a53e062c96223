"""What becomes of agreements as days pass: versions take effect; agreements go on, end, expire, and are warned of."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Select, and_, case, func, literal
from sqlmodel import col, or_, select

from contracting.agreement_versions.model import AgreementVersion
from contracting.agreement_versions.schemas import OPEN as UNSIGNED
from contracting.agreement_versions.schemas import VersionState
from contracting.agreement_versions.told import tell
from contracting.agreements import timeline
from contracting.agreements.model import Agreement
from contracting.agreements.schemas import IN_FORCE, OPEN, AgreementState
from contracting.agreements.timeline import Next, Signed, Turn
from contracting.clauses.model import AgreementClause
from contracting.clauses.terms import Clause
from contracting.joint_decisions.model import JointDecision
from contracting.joint_decisions.schemas import JointDecisionState
from contracting.obligations.commands import recompute_for
from contracting.settings import sponsor_zone, today
from contracts.contracting import AgreementSuperseded, Renewal
from gxp.clocks import first_instant
from runtime.problems import RuleViolated
from runtime.timers import record_by_record
from runtime.work import Work

_ONE_DAY: Final = timedelta(days=1)


async def follow(work: Work, agreement: Agreement) -> None:
    """Do everything with it that is due by now, in the order of days, and warn of what is to be decided."""
    changed = False
    while following := timeline.next_turn(agreement, await _signed(work, agreement), today(work.now)):
        await _do(work, agreement, following)
        await work.session.flush()
        changed = True
    if changed:  # what was judged by a version is judged anew by those that are in force now
        await recompute_for(work, agreement)
    if days := timeline.warning_due(agreement, today(work.now)):
        work.publish(agreement.warn(days, await current(work, agreement), work.now), of=agreement)


async def refuse_unfollowed(work: Work, agreement: Agreement) -> None:
    """Let nothing be decided of an agreement with which the calendar is not done yet.

    Else what comes of it would hang on whether the timer or who decides was there first. Raises RuleViolated.
    """
    if due := timeline.next_turn(agreement, await _signed(work, agreement), today(work.now)):
        why = f"{agreement.number}: its {due.turn} of {due.on} is due and being done: ask again in some seconds"
        raise RuleViolated(why, headers={"Retry-After": "5"})


async def current(work: Work, agreement: Agreement) -> AgreementVersion:
    """The version in force of an agreement that has one, or the last one that was."""
    return await work.session.get_one(AgreementVersion, agreement.current_version_id)


async def _do(work: Work, agreement: Agreement, following: Next) -> None:
    at = _began(work, following.on)
    if following.version_id:
        await _take_effect(work, agreement, following.version_id)
        return
    version = await current(work, agreement)
    if following.turn is Turn.renewal:
        work.publish(agreement.renew_by_itself(version, at), of=agreement)
        return
    ending = agreement.terminate if following.turn is Turn.end else agreement.expire
    work.publish(ending(version, at), of=agreement)
    version.end(following.on - _ONE_DAY)
    work.publish(of=version)
    waiting = VersionState.signed, *UNSIGNED
    query = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement.id)
    for each in await work.session.scalars(query.where(col(AgreementVersion.state).in_(waiting)).with_for_update()):
        each.lapse(f"{agreement.number} is over since {agreement.ended_on}")
    of_it = JointDecision.agreement_id == agreement.id, JointDecision.state == JointDecisionState.proposed
    for proposed in await work.session.scalars(select(JointDecision).where(*of_it).with_for_update()):
        proposed.lapse()


async def _take_effect(work: Work, agreement: Agreement, version_id: UUID) -> None:
    version = await work.session.get_one(AgreementVersion, version_id, with_for_update=True)
    at = _began(work, version.effective_from, version.signed_at)
    if agreement.current_version_id:
        before = await work.session.get_one(AgreementVersion, agreement.current_version_id, with_for_update=True)
        before.supersede(version.effective_from - _ONE_DAY)
        told = tell(AgreementSuperseded, before, at, superseded_by=version.version_number)
        work.publish(told, of=agreement)
    version.take_effect(work.now)
    effective = agreement.take_effect(version, at)
    for each in version.clauses:
        said = Clause.model_validate(each)
        own = {name: getattr(said, name) for name in Clause.model_fields}
        work.session.add(AgreementClause(agreement_id=agreement.id, version_id=version.id, **own))
    work.publish(effective, of=agreement)


def _began(work: Work, day: date, not_before: datetime | None = None) -> datetime:
    """The instant at which a day of the sponsor's began, or if that is later at which it was signed."""
    began = first_instant(day, sponsor_zone())
    return max(began, not_before) if not_before else min(began, work.now)


async def _signed(work: Work, agreement: Agreement) -> list[Signed]:
    of_it = AgreementVersion.agreement_id == agreement.id, AgreementVersion.state == VersionState.signed
    query = select(col(AgreementVersion.id), col(AgreementVersion.effective_from)).where(*of_it)
    return [Signed(id, day) for id, day in (await work.session.execute(query)).all()]


def due(day: date) -> Any:
    """The condition that there may be something to do with an agreement on a day, as ``follow`` works it out."""
    now = literal(day, Date)
    takes_effect = (
        select(literal(1))
        .where(
            col(AgreementVersion.agreement_id) == col(Agreement.id),
            AgreementVersion.state == VersionState.signed,
            col(AgreementVersion.effective_from) <= now,
        )
        .correlate(Agreement)
        .exists()
    )
    in_force = col(Agreement.state).in_(IN_FORCE)
    own = case((_ends_alone(), None), else_=col(Agreement.expires_on))
    last, decide = func.least(own, col(Agreement.ends_on)), decide_by()
    given = case((col(Agreement.warned_for) == decide, col(Agreement.warned_days)), else_=timeline.WARNINGS[0] + 1)
    warnings = [and_(decide - now <= days, given > days) for days in timeline.WARNINGS]
    warned = and_(col(Agreement.state) == AgreementState.effective, decide >= now, or_(*warnings))
    return or_(takes_effect, and_(in_force, or_(last < now, and_(_goes_on(), decide < now))), warned)


def decide_by() -> Any:
    """``timeline.decide_by`` in SQL, of what is in force; null where it has no last day."""
    notice = case((_goes_on(), func.coalesce(col(Agreement.notice_days), 0)), else_=0)
    return col(Agreement.expires_on) - notice


def _goes_on() -> Any:
    return and_(col(Agreement.renewal) == Renewal.automatic, col(Agreement.state) == AgreementState.effective)


def _ends_alone() -> Any:
    return and_(col(Agreement.renewal) == Renewal.automatic, col(Agreement.ends_on).is_not(None))


def _due(work: Work) -> Select[Any]:
    open_ones = col(Agreement.state).in_(OPEN)
    return select(Agreement).where(open_ones, due(today(work.now))).order_by(col(Agreement.id))


timer = record_by_record("agreements-followed", 5.0, Agreement, _due, follow, at_once=50)
