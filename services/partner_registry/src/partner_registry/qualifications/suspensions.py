"""What suspends a site's qualifications by itself beside certificates: an audit, or what an authority decided."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlmodel import select

from contracts.audits import AuditCompleted
from contracts.partner_registry import RegulatoryInspectionClassified
from partner_registry.audits import OF_THE_SITE
from partner_registry.days import local_day
from partner_registry.qualifications import queries
from partner_registry.qualifications.grounds import UNACCEPTABLE, rests_on
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.periods import approved_at
from partner_registry.risk.floors import OUTCOMES, raised_by
from partner_registry.risk.standing import RiskFloor
from partner_registry.sites.model import Site
from runtime.work import Work


async def after_audit(work: Work, fact: AuditCompleted) -> None:
    """Suspend what rests on an earlier audit than this one, which was unacceptable."""
    site = await work.session.get(Site, fact.site_id)
    if site is None or fact.kind not in OF_THE_SITE or fact.outcome != UNACCEPTABLE:
        return
    told = {"audited_on": fact.conducted_on.isoformat(), "outcome": fact.outcome}
    reason = f"the audit {fact.number} of {fact.conducted_on} was unacceptable"
    sent: Any = fact.occurred_at
    await _suspend(
        work, site, reason, local_day(sent, site.time_zone), lambda found: rests_on(found.audit, told) is told
    )


async def after_inspection(work: Work, fact: RegulatoryInspectionClassified) -> None:
    """Suspend what was approved before a decision against the site was known; each letter tells that anew."""
    site = await work.session.get(Site, fact.site_id)
    if site is None or fact.outcome not in OUTCOMES:
        return
    decision, *_ = raised_by(fact, fact.inspection_id)
    first = await work.session.scalar(select(RiskFloor.holds_from).where(RiskFloor.id == decision.id))
    told: Any = fact.occurred_at
    known = min(told, first or told)
    day = fact.classified_on or local_day(known, site.time_zone)
    reason = f"{fact.number} was classified {fact.outcome}"
    await _suspend(work, site, reason, day, lambda found: (approved_at(found.periods) or known) <= known)


async def _suspend(work: Work, site: Site, reason: str, on: date, lost: Callable[[Qualification], bool]) -> None:
    await work.flush()
    held = queries.in_force_at(site.id).with_for_update().execution_options(populate_existing=True)
    for found in (await work.session.scalars(held)).all():
        if lost(found):
            work.publish(found.lose_ground(reason, on, site.time_zone, work.now), of=found)
