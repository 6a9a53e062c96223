"""An audit on paper: with its findings, which are raised with its report."""

from sqlmodel import col, select

from quality_events.audits.schemas import SiteAuditRead
from quality_events.findings.model import AuditFinding
from runtime.work import Work
from serving.in_words import words
from serving.printed import Form

_COLUMNS = ("Finding", "Class", "Clause", "Area", "State", "Evidence")


async def form(work: Work, shown: SiteAuditRead) -> Form | None:
    """Each finding as it stands, in the order of the report. Before that there are none, for anybody."""
    query = select(AuditFinding).where(AuditFinding.audit_id == shown.id).order_by(col(AuditFinding.id))
    rows = [row(each) for each in await work.session.scalars(query)]
    return Form("Audit", {}, _COLUMNS, rows) if rows else None


def row(finding: AuditFinding) -> list[str]:
    """One finding: how weighty it is, which clause is not met, and where it stands."""
    kind, area, state = (words(each) for each in (finding.classification, finding.area, finding.state))
    return [finding.number, kind, finding.clause, area, state, finding.evidence]
