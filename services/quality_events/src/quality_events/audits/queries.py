"""Reads of audits."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from directory.names import names_of
from quality_events.audits.model import TO_BE_DONE, AuditRemark, SiteAudit
from quality_events.audits.schemas import AuditState, SiteAuditRead
from runtime.work import Work
from serving.listing import days, equal, whether

_REFERENCES = {"site": "site_id", "partner": "partner_id"}
FILTERS = (
    equal(SiteAudit, *("number", "state", "site_id", "partner_id", "kind", "mode", "outcome"))
    | {
        "overdue": whether(SiteAudit.overdue, "the report is beyond its due date"),
        "open": whether(lambda _: SiteAudit.state != AuditState.closed, "it is not closed"),
    }
    | days(SiteAudit.planned_on, "planned")
)


async def show(work: Work, audits: Sequence[SiteAudit]) -> list[SiteAuditRead]:
    """The audits with names."""
    names = await names_of(work, audits, _REFERENCES)
    return [
        SiteAuditRead.model_validate(
            dict(one) | names.of(one, references=_REFERENCES) | {"overdue": one.is_overdue(work.now)}
        )
        for one in audits
    ]


async def surveillance_of(work: Work, site_id: UUID) -> SiteAudit | None:
    """The surveillance audit of a site that has no report yet."""
    of_it = (SiteAudit.site_id == site_id, SiteAudit.kind == "surveillance", col(SiteAudit.state).in_(TO_BE_DONE))
    return await work.session.scalar(select(SiteAudit).where(*of_it).with_for_update())


async def remarks_of(work: Work, audit_id: UUID) -> Sequence[AuditRemark]:
    """What the auditors said to each other, oldest first."""
    query = select(AuditRemark).where(AuditRemark.audit_id == audit_id).order_by(col(AuditRemark.id))
    return (await work.session.scalars(query)).all()
