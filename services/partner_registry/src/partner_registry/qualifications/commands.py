"""Use cases of qualifications, and what happens to them as time passes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts import Fact
from contracts.qualifications import EndCause, QualificationState
from partner_registry.audits import audit_for, open_findings
from partner_registry.days import Spell, local_day
from partner_registry.names import zone
from partner_registry.partners import company
from partner_registry.partners.model import Partner
from partner_registry.qualifications import queries
from partner_registry.qualifications.gaps import CERTIFICATE
from partner_registry.qualifications.grounds import AT_RISK
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.owners import SOLD, carried_on, steps, succeeded
from partner_registry.qualifications.periods import IN_FORCE
from partner_registry.qualifications.remarks import remark_on
from partner_registry.qualifications.schemas import (
    AnswerItems,
    ApproveWithConditions,
    Evidence,
    PlanQualification,
    WaiveAudit,
)
from partner_registry.risk.standing import SiteRisk
from partner_registry.sites.held import held
from partner_registry.sites.model import Site
from runtime.attribution import forget_reason
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.timers import record_by_record
from runtime.work import Work

_MAY_BEGIN = frozenset({QualificationState.in_assessment, QualificationState.suspended})
"""From which it comes into force, while nobody takes away what it rests on."""


async def plan(work: Work, body: PlanQualification) -> Qualification:
    """Plan a qualification. Raises NotFound for an unknown site, RuleViolated for a scope that is open already."""
    site = await held(work, body.site_id)
    _check_open(work, site)
    if known := await queries.open_for(work, body):
        raise RuleViolated(f"{known.number} is {known.state} for this scope and purpose already")
    made, planned = Qualification.plan(
        **body.model_dump(),
        number=await next_number(work, "QUAL", "qualification_number"),
        partner_id=site.partner_id,
        proposed_by=(await work.session.get_one(Partner, site.partner_id)).registered_by,
        by=work.principal.subject,
        now=work.now,
    )
    work.add(made)
    work.publish(planned, of=made)
    return made


async def provide_evidence(work: Work, qualification_id: UUID, body: Evidence) -> Qualification:
    """Bring a document for an item, by either side."""
    found = await work.get(Qualification, qualification_id)
    found.provide_evidence(body.item, body.evidence, work.principal.subject, work.principal.partner_id is None)
    return found


async def answer(work: Work, qualification_id: UUID, body: AnswerItems) -> Qualification:
    """Say what was found of items; why is kept for the sponsor's own people."""
    found, by = await work.get(Qualification, qualification_id), work.principal.subject
    found.answer(body.answers, by, work.now)
    (await remark_on(work, found)).answered(body.answers, by)
    return found


async def waive_audit(work: Work, qualification_id: UUID, body: WaiveAudit) -> Qualification:
    """Let something else stand for the audit; why, and what risk that is, is kept for the sponsor's own people."""
    found, by = await work.get(Qualification, qualification_id), work.principal.subject
    held, where = await band(work, found), await zone(work, found)
    (await remark_on(work, found)).waived(body.risk, body.reason, by)
    # The reason stands in the past of what nobody else reads: in the qualification's its partner would read it.
    await forget_reason(work)
    found.waive_audit(body.basis, body.until, held, by, where, work.now)
    return found


async def approve(work: Work, qualification_id: UUID) -> Qualification:
    """Approve it. The first one makes its partner active, where nothing proposes its suspension."""
    found = await work.get(Qualification, qualification_id)
    return await _counts(work, found, found.approve(*await _grounds(work, found)))


async def approve_with_conditions(work: Work, qualification_id: UUID, body: ApproveWithConditions) -> Qualification:
    """Approve it under conditions. The first one makes its partner active."""
    found = await work.get(Qualification, qualification_id)
    return await _counts(work, found, found.approve_with_conditions(body.conditions, *await _grounds(work, found)))


async def reinstate(work: Work, qualification_id: UUID, body: Reason) -> Qualification:
    """Judge the days again on which no certificate carried it, by those that are confirmed now."""
    found = await work.get(Qualification, qualification_id)
    grounds = await _grounds(work, found)
    uncovered, adverse = await queries.uncovered(work, found), await queries.adverse(work, found)
    work.publish(found.reinstate(body.reason, uncovered, adverse, await audit_for(work, found), *grounds), of=found)
    return found


async def _grounds(work: Work, found: Qualification) -> tuple[list[str], Sequence[str], str | None, str, datetime]:
    """What an approval rests on beside the qualification itself, in the order in which its transitions ask for it.

    Held until the approval is kept, but where there is none: who suspends what is in force may hold a certificate.
    """
    _check_open(work, await work.session.get_one(Site, found.site_id), found.partner_id)
    certificates = await queries.certificates(work, found, hold=found.state in _MAY_BEGIN)
    findings = await open_findings(work, found.site_id)
    return certificates, findings, await band(work, found), await zone(work, found), work.now


async def _counts(work: Work, found: Qualification, fact: Fact) -> Qualification:
    work.publish(fact, of=found)
    await _activates(work, found)
    return found


async def _activates(work: Work, found: Qualification) -> None:
    partner = await work.get(Partner, found.partner_id)
    if found.state in IN_FORCE:
        await company.begin(work, partner, f"{found.number} is {found.state}")


async def band(work: Work, found: Qualification) -> str | None:
    """The band of the site's risk that is in force; None where it is not known, for not all of it was assessed."""
    # Held by what is assessed: what raises the risk is told before that rests on it, or after.
    held: Any = {"read": True} if found.state in _MAY_BEGIN else None
    risk = await work.session.get(SiteRisk, found.site_id, with_for_update=held, populate_existing=True)
    return risk.band if risk and (risk.band in AT_RISK or not risk.at_least) else None


async def review(work: Work, site_id: UUID, reason: str, on: date) -> None:
    """Suspend what no certificate of the site covers any more, since a local day of it: that scope, and no other."""
    await work.flush()
    for found in await work.session.scalars(queries.in_force_at(site_id).with_for_update()):
        if not await queries.certificates(work, found):
            work.publish(found.lose_ground(reason, on, await zone(work, found), work.now, CERTIFICATE), of=found)


async def end_with_site(work: Work, site: Site, reason: str, on: date) -> None:
    """Withdraw all that counts, or is to, at a site that is closed since a local day of it."""
    await work.flush()
    held = queries.living_at(site.id).with_for_update().execution_options(populate_existing=True)
    for found in (await work.session.scalars(held)).all():
        work.publish(found.cease(reason, on, site.time_zone, work.now, EndCause.closed), of=found)


async def pass_on(work: Work, site: Site, on: date, inactive: Sequence[Spell]) -> None:
    """The site is sold since a local day of it: what is in force since goes on as its buyer's, all else ends.

    On the days on which the seller was not active itself, ``inactive``, nothing counts.
    """
    await work.flush()
    held = queries.living_at(site.id).with_for_update().execution_options(populate_existing=True)
    for found in (await work.session.scalars(held)).all():
        if found.partner_id == site.partner_id:
            continue  # planned with the buyer since
        if told := steps(found, on, work.now, inactive):
            number = await next_number(work, "QUAL", "qualification_number")
            made, changed = carried_on(found, site, number, told, work.now)
            made.proposed_by = (await work.session.get_one(Partner, site.partner_id)).registered_by
            work.publish(*changed, of=work.add(made))
            await _activates(work, made)
        work.publish(found.cease(SOLD, on, site.time_zone, work.now, EndCause.sold), of=found)


async def succeed(work: Work, site: Site, reason: str, on: date, not_active_since: date | None) -> None:
    """The site's owner merged into another company since a day: all that counts, or is to, goes on as that one's.

    Of an owner that was not active itself nothing counts from then on: it is suspended with its successor.
    """
    await work.flush()
    held = queries.living_at(site.id).with_for_update().execution_options(populate_existing=True)
    for found in (await work.session.scalars(held)).all():
        found.partner_id, found.parties = site.partner_id, [site.partner_id]
        if not_active_since and found.state in IN_FORCE:
            since, why = max(on, not_active_since), f"{reason}, and was not active"
            work.publish(found.lose_ground(why, since, site.time_zone, work.now), of=found)
        else:
            work.publish(*succeeded(found, reason, on, work.now), of=found)
            await _activates(work, found)


def _check_open(work: Work, site: Site, owner_id: UUID | None = None) -> None:
    """Raises RuleViolated for a site that is closed today, or sold, whether or not the clock has come to it."""
    if owner_id not in (None, site.partner_id):
        raise RuleViolated(f"{site.number} belongs to another partner since {site.owned_since}: plan that one's own")
    if since := site.closed_since(local_day(work.now, site.time_zone), work.now):
        raise RuleViolated(f"{site.number} is closed since {since}: no site that is closed is qualified")


async def take_audit(work: Work, site_id: UUID) -> None:
    """What is assessed at a site rests on its last audit, whichever report was told of last."""
    for found in (await work.session.scalars(queries.in_assessment_at(site_id).with_for_update())).all():
        if last := await audit_for(work, found):
            before = found.audit
            found.take_audit(last)
            if found.audit != before:
                work.publish(of=found)


async def _warn(work: Work, found: Any) -> None:
    work.publish(found.warn(work.now), of=found)


async def _expire(work: Work, found: Any) -> None:
    work.publish(found.expire(await zone(work, found), work.now), of=found)


async def _lapse(work: Work, found: Any) -> None:
    work.publish(found.lapse(await zone(work, found), work.now), of=found)


timers = [
    record_by_record("qualification-expiring", 30.0, Qualification, queries.to_warn_of, _warn),
    record_by_record("qualification-expired", 30.0, Qualification, queries.ended, _expire),
    record_by_record("condition-overdue", 30.0, Qualification, queries.lapsed, _lapse),
]
