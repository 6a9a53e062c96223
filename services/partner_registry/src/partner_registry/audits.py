"""What is known of the sponsor's audits of sites, from the facts of quality_events."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, String, col, select

from contracts.audits import AuditCompleted, AuditKind, AuditOutcome
from partner_registry.metadata import Table
from partner_registry.qualifications.model import Qualification
from runtime.work import Work

OF_THE_SITE: Final = frozenset({AuditKind.qualification, AuditKind.surveillance, AuditKind.for_cause})
"""Kinds by which the site itself is judged: who helps it before an authority comes does not audit it."""


class KnownAudit(Table, table=True):
    """An audit that has its report."""

    __tablename__ = "known_audit"

    id: UUID = Field(primary_key=True)
    site_id: UUID = Field(foreign_key="site.id")
    conducted_on: date
    outcome: AuditOutcome = Field(sa_type=String)
    report: str
    """Its digest."""


async def keep(work: Work, fact: AuditCompleted) -> None:
    """Once, however often it is told."""
    row = {"id": fact.audit_id} | {
        name: getattr(fact, name) for name in ("site_id", "conducted_on", "outcome", "report")
    }
    await work.session.execute(insert(KnownAudit).values(row).on_conflict_do_nothing())


async def last_of(work: Work, site_id: UUID) -> KnownAudit | None:
    """The last audit of a site."""
    latest = (col(KnownAudit.conducted_on).desc(), col(KnownAudit.id).desc())
    return await work.session.scalar(select(KnownAudit).where(KnownAudit.site_id == site_id).order_by(*latest).limit(1))


async def audit_for(work: Work, found: Qualification) -> dict[str, Any] | None:
    """The last audit of a qualification's site, as the qualification keeps it."""
    last = await last_of(work, found.site_id)
    if last is None:
        return None
    return {"audited_on": last.conducted_on.isoformat(), "outcome": last.outcome, "report": last.report}
