"""HTTP words for audits."""

from uuid import UUID

from fastapi import APIRouter

from quality_events.audits import commands, queries
from quality_events.audits.model import PLANNERS, SiteAudit
from quality_events.audits.schemas import (
    AuditRemarkRead,
    ConductAudit,
    NameTeam,
    PlanAudit,
    PostponeAudit,
    RemarkAudit,
    ReportAudit,
    SiteAuditRead,
)
from quality_events.findings.printed import form
from runtime.access import READERS, SPONSORS, allowed
from runtime.routes import Command, CommandRoute, Query
from serving.actions import Actions

LOADS = {"zone": commands.zone, "quality": commands.is_quality}
audits = Actions("audits", SiteAudit, SiteAuditRead, queries.show, loads=LOADS, form=form)
audits.create(commands.plan, PlanAudit, *PLANNERS)
audits.post("confirmation", SiteAudit.confirm)
audits.post("postponement", SiteAudit.postpone, PostponeAudit)
audits.post("team", SiteAudit.name_team, NameTeam)
audits.post("conduct", SiteAudit.conduct, ConductAudit)
audits.post("report", SiteAudit.report_findings, ReportAudit, commands.report)
audits.get()
audits.list(queries.FILTERS)
remarking = APIRouter(prefix="/audits", tags=["audits"], route_class=CommandRoute)


@remarking.post("/{site_audit_id}/remarks", status_code=201)
@allowed(*PLANNERS)
async def remark(site_audit_id: UUID, body: RemarkAudit, work: Command) -> AuditRemarkRead:
    """Say something that the site does not read, nor that it was said."""
    return AuditRemarkRead.model_validate(dict(await commands.remark(work, site_audit_id, body)))


@audits.router.get("/{site_audit_id}/remarks")
@allowed(*(SPONSORS & READERS))
async def remarks(site_audit_id: UUID, work: Query) -> list[AuditRemarkRead]:
    """What the auditors said to each other, oldest first."""
    await work.get(SiteAudit, site_audit_id)
    return [AuditRemarkRead.model_validate(dict(each)) for each in await queries.remarks_of(work, site_audit_id)]
