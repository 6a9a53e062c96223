"""Use cases of audits."""

from uuid import UUID

from contracts import Role
from contracts.audits import AuditKind
from directory import queries as directory
from quality_events.audits import queries
from quality_events.audits.model import AuditRemark, SiteAudit, refuse_long_ago
from quality_events.audits.schemas import PlanAudit, RemarkAudit, ReportAudit
from quality_events.changes.queries import country_of
from quality_events.findings.model import AuditFinding
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work


async def plan(work: Work, body: PlanAudit) -> SiteAudit:
    """Plan an audit, or state one that took place and nobody had planned here.

    Raises RuleViolated for a day of which nothing could be told any more, and for a second surveillance audit of a site
    before the first has its report.
    """
    site = await directory.named_site(work, body.site_id, "site_id")
    refuse_long_ago("planned_on", body.planned_on, await directory.zone_of(work, site.id), work.now)
    known = await queries.surveillance_of(work, site.id) if body.kind == AuditKind.surveillance else None
    if known:
        raise RuleViolated(f"{known.number} of this site is {known.state}: the next surveillance follows its report")
    number = await next_number(work, "AUD", "audit_number")
    given = body.model_dump()
    audit, scheduled = SiteAudit.plan(number=number, partner_id=site.partner_id, now=work.now, **given)
    work.add(audit)
    work.publish(scheduled, of=audit)
    return audit


async def report(work: Work, id: UUID, body: ReportAudit) -> SiteAudit:
    """Send the report: its findings are raised with it, and without any the audit is closed."""
    audit, sent_at = await work.get(SiteAudit, id), body.sent_at or work.now
    local, country = await zone(work, audit), await country_of(work, audit.site_id)
    completed = audit.report_findings(body.outcome, body.report, body.findings, sent_at, local, work.now)
    work.publish(completed, of=audit)
    for found in body.findings:
        number = await next_number(work, "FIND", "finding_number")
        given = found.model_dump() | {"zone": local, "country": country, "sent_at": sent_at}
        finding, raised = AuditFinding.raise_at(audit, number=number, **given)
        work.add(finding)
        work.publish(raised, of=finding)
    if not body.findings:
        audit.close(work.now)
    return audit


async def remark(work: Work, id: UUID, body: RemarkAudit) -> AuditRemark:
    """Say something to the other auditors. The audit itself does not change by it: its partner would see that."""
    if await work.session.get(SiteAudit, id) is None:
        raise NotFound("site audit", id)
    return work.add(AuditRemark(audit_id=id, remark=body.remark, said_by=work.principal.subject))


async def is_quality(work: Work, _: SiteAudit) -> bool:
    """Whether it is the sponsor's quality unit that acts."""
    return Role.quality in work.principal.roles


async def zone(work: Work, audit: SiteAudit) -> str | None:
    """By whose local days its dates are counted."""
    return await directory.zone_of(work, audit.site_id)
