"""Reads of findings."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from directory.names import names_of
from quality_events.audits.model import SiteAudit
from quality_events.findings.model import AuditFinding
from quality_events.findings.schemas import FindingRead, FindingState
from runtime.work import Work
from serving.listing import days, equal, whether
from serving.shown import Ref

_REFERENCES = {"site": "site_id", "partner": "partner_id"}
_OPEN = AuditFinding.state != FindingState.closed
FILTERS = (
    equal(AuditFinding, *("number", "state", "audit_id", "site_id", "partner_id", "classification", "area"))
    | {
        "overdue": whether(AuditFinding.overdue, "it waits for an answer beyond the first due date"),
        "open": whether(lambda _: _OPEN, "it is not closed"),
    }
    | days(AuditFinding.created_at, "raised")
)


async def show(work: Work, findings: Sequence[AuditFinding]) -> list[FindingRead]:
    """The findings with their audits and names."""
    names = await names_of(work, findings, _REFERENCES)
    query = select(SiteAudit.id, SiteAudit.number, SiteAudit.scope)
    found = await work.session.execute(query.where(col(SiteAudit.id).in_({one.audit_id for one in findings})))
    audits = {id: Ref(id=id, number=number, name=scope) for id, number, scope in found}
    return [
        FindingRead.model_validate(
            dict(one)
            | names.of(one, references=_REFERENCES)
            | {"audit": audits[one.audit_id], "overdue": one.is_overdue(work.now)}
        )
        for one in findings
    ]


async def any_open(work: Work, audit_id: UUID) -> bool:
    """Whether an audit has a finding that is not closed."""
    query = select(AuditFinding.id).where(AuditFinding.audit_id == audit_id, _OPEN).limit(1)
    return await work.session.scalar(query) is not None
