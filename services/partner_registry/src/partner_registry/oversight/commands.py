"""Use cases of oversight: a plan follows from what is known of a site, and comes into force."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contracts import Fact
from contracts.oversight import RiskScoreChanged, SegmentChanged
from contracts.registrations import RegistrationChanged
from contracts.sites import SiteClosed
from partner_registry.audits import last_of
from partner_registry.oversight import queries, sources
from partner_registry.oversight.model import ACKNOWLEDGE_WORKING_DAYS, FOR_CAUSE, Announcement, OversightPlan
from partner_registry.oversight.schemas import NoteAudit, TightenPlan
from partner_registry.partners.succession import aliases
from partner_registry.risk.commands import risk_of
from partner_registry.risk.floors import reassess_by
from partner_registry.sites.model import Site
from runtime.numbers import next_number
from runtime.timers import record_by_record
from runtime.work import Work


async def derive(work: Work, fact: RiskScoreChanged | SegmentChanged) -> None:
    """What a fact means for the sites that it is about: from all that is known now, whatever was told in between."""
    about: Any
    if isinstance(fact, RiskScoreChanged):
        about, cause = Site.id == fact.site_id, f"risk {fact.band}"
    else:
        company = {fact.partner_id, *await aliases(work, [fact.partner_id])}
        about, cause = col(Site.partner_id).in_(company), f"segment {fact.after or 'unknown'}"
    for site in (await work.session.scalars(select(Site).where(about).order_by("id"))).all():
        await _derive(work, site, cause)


async def owned_anew(work: Work, site: Site, cause: str = "owner changed") -> None:
    """The site has another owner, or that is known by another record: its plan follows from the segment of that one."""
    if await queries.plan_of(work, site.id):
        await _derive(work, site, cause)


async def sources_changed(work: Work, fact: RegistrationChanged | SiteClosed) -> None:
    """Another site is registered, or one closes: whether one is the sole source is looked at again."""
    cause = f"registration {fact.number}" if isinstance(fact, RegistrationChanged) else "a source closes"
    for site in await sources.beside(work, fact):
        if await queries.plan_of(work, site.id):
            await _derive(work, site, cause)


async def _derive(work: Work, site: Site, cause: str) -> None:
    risk = await risk_of(work, site)  # locked: of two facts that come at once one sees what the other made
    before = await queries.plan_of(work, site.id)
    cause_on = await queries.cause_on(work, site, before)
    on = await queries.situation_of(work, site, risk, for_cause=cause_on is not None)
    if before and before.partner_id == site.partner_id and before.follows_from(on, cause_on):
        return
    last = await last_of(work, site.id)
    plan, changed = OversightPlan.derive(
        on,
        before,
        work.now,
        cause_on,
        number=await next_number(work, "PLAN", "oversight_plan_number"),
        site_id=site.id,
        partner_id=site.partner_id,
        cause=cause,
        caused_by_id=work.cause.id if work.cause else None,
        caused_by_type=work.cause.type if work.cause else None,
        last_audit_on=last.conducted_on if last else None,
        acknowledge_by=reassess_by(work.now, ACKNOWLEDGE_WORKING_DAYS, site.time_zone, site.country),
    )
    if before:
        before.supersede()
        work.publish(of=before)
        await work.session.flush()
    work.add(plan)
    work.publish(changed, of=plan)


async def acknowledge(work: Work, id: UUID) -> OversightPlan:
    """Quality has seen it; its partner is told what concerns it."""
    plan = await work.get(OversightPlan, id)
    _tell(work, plan, plan.acknowledge(by=work.principal.subject, now=work.now))
    return plan


async def tighten(work: Work, id: UUID, body: TightenPlan) -> OversightPlan:
    """Look more closely until a day."""
    plan = await work.get(OversightPlan, id)
    _tell(work, plan, plan.tighten(**dict(body), by=work.principal.subject, now=work.now))
    return plan


async def note_audit(work: Work, id: UUID, body: NoteAudit) -> OversightPlan:
    """Say when the site was audited last."""
    plan = await work.get(OversightPlan, id)
    _tell(work, plan, plan.note_audit(body.last_audit_on, work.now))
    return plan


async def take_audit(work: Work, site_id: UUID) -> None:
    """The interval of a site runs from its last audit; a plan that is derived later knows of it by then."""
    site, last = await work.session.get(Site, site_id), await last_of(work, site_id)
    if site is None or last is None:
        return
    await risk_of(work, site)  # locked: a plan that is being derived is there afterwards
    plan = await queries.plan_of(work, site_id)
    if plan and (changed := plan.take_audit(last.conducted_on, work.now)):
        _tell(work, plan, changed)
        if FOR_CAUSE in plan.derived:  # which asks for one no more, where this is the one that it asked for
            await work.session.flush()
            await _derive(work, site, f"audit of {last.conducted_on}")


async def _come_into_force(work: Work, plan: OversightPlan) -> None:
    _tell(work, plan, plan.come_into_force(work.now))


async def _look_again(work: Work, plan: OversightPlan) -> None:
    if changed := plan.look_again(work.now):
        _tell(work, plan, changed)
    else:
        work.publish(of=plan)


def _tell(work: Work, plan: OversightPlan, changed: Fact) -> None:
    announced = plan.announce(work.now)
    work.publish(changed, of=plan)
    if announced:
        work.publish(announced, of=Announcement([plan.partner_id], plan.version))


in_force = record_by_record(
    "oversight-plan-in-force", 30.0, OversightPlan, queries.to_come_into_force, _come_into_force
)
looked_at_again = record_by_record(
    "oversight-plan-looked-at-again", 30.0, OversightPlan, queries.to_look_at_again, _look_again
)
