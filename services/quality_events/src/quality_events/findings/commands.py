"""Use cases of findings beyond one record."""

from uuid import UUID

from sqlmodel import select

from directory import queries as directory
from quality_events.audits.model import SiteAudit
from quality_events.capas.model import Capa
from quality_events.findings import queries
from quality_events.findings.model import AuditFinding
from quality_events.findings.schemas import VerifyFinding
from runtime.problems import RuleViolated
from runtime.work import Work


async def verify(work: Work, id: UUID, body: VerifyFinding) -> AuditFinding:
    """Close it, and with the last one its audit.

    Raises RuleViolated for a CAPA that is not of this partner, or by which this finding is not settled.
    """
    finding = await work.get(AuditFinding, id)
    if body.capa_number:
        named = (Capa.number == body.capa_number, Capa.partner_id == finding.partner_id)
        capa = await work.session.scalar(select(Capa).where(*named))
        if capa is None:
            raise RuleViolated(f"capa_number: {body.capa_number} is no CAPA of the partner of {finding.number}")
        finding.check_capa(capa, body.all_due_on)
    audit = await work.get(SiteAudit, finding.audit_id)  # locked: of two who close at once one sees the other's
    work.publish(finding.verify(**dict(body), by=work.principal.subject, now=work.now), of=finding)
    await work.session.flush()
    if not await queries.any_open(work, audit.id):
        audit.close(work.now)
        work.publish(of=audit)
    return finding


async def zone(work: Work, finding: AuditFinding) -> str | None:
    """By whose local days its dates are counted."""
    return await directory.zone_of(work, finding.site_id)
