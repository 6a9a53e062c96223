"""What is known of the sponsor's audits of sites and of what they found, from the facts of quality_events."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, String, col, select

from contracts.audits import (
    AuditCompleted,
    AuditKind,
    AuditOutcome,
    FindingClass,
    FindingClosed,
    FindingOverdue,
    FindingRaised,
)
from partner_registry.metadata import INSTANT, Table
from partner_registry.qualifications.model import Qualification
from partner_registry.sites.model import Site
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


class KnownFinding(Table, table=True):
    """A critical finding of an audit: while it is open, the site is not qualified."""

    __tablename__ = "known_finding"

    id: UUID = Field(primary_key=True)
    site_id: UUID = Field(foreign_key="site.id")
    number: str
    closed: bool


class OverdueFinding(Table, table=True):
    """A finding of an audit that was not answered in time."""

    __tablename__ = "overdue_finding"

    id: UUID = Field(primary_key=True)
    site_id: UUID = Field(foreign_key="site.id")
    number: str
    overdue_at: datetime = Field(sa_type=INSTANT)


async def keep(work: Work, fact: AuditCompleted) -> None:
    """Once, however often it is told."""
    row = {"id": fact.audit_id} | {
        name: getattr(fact, name) for name in ("site_id", "conducted_on", "outcome", "report")
    }
    await work.session.execute(insert(KnownAudit).values(row).on_conflict_do_nothing())


async def keep_finding(work: Work, fact: FindingRaised | FindingClosed) -> None:
    """A critical one, whichever of its facts is told first; what is closed is not raised again."""
    if fact.classification != FindingClass.critical or await work.session.get(Site, fact.site_id) is None:
        return
    closed = isinstance(fact, FindingClosed)
    row = {"id": fact.finding_id, "site_id": fact.site_id, "number": fact.number, "closed": closed}
    statement = insert(KnownFinding).values(row)
    closing = statement.on_conflict_do_update(index_elements=["id"], set_={"closed": True})
    await work.session.execute(closing if closed else statement.on_conflict_do_nothing())


async def open_findings(work: Work, site_id: UUID) -> Sequence[str]:
    """The numbers of a site's critical findings that nobody has closed."""
    still = (KnownFinding.site_id == site_id, col(KnownFinding.closed).is_(False))
    return (await work.session.scalars(select(KnownFinding.number).where(*still).order_by(KnownFinding.number))).all()


async def keep_overdue(work: Work, fact: FindingOverdue) -> None:
    """Once, however often it is told."""
    row = {"id": fact.finding_id, "site_id": fact.site_id, "number": fact.number, "overdue_at": fact.occurred_at}
    await work.session.execute(insert(OverdueFinding).values(row).on_conflict_do_nothing())


async def overdue_of(work: Work, site_id: UUID) -> Sequence[OverdueFinding]:
    """A site's findings that were overdue, the first one first."""
    of = OverdueFinding
    found = select(of).where(of.site_id == site_id).order_by(col(of.overdue_at), col(of.id))
    return (await work.session.scalars(found)).all()


async def last_of(work: Work, site_id: UUID) -> KnownAudit | None:
    """The last audit of a site; of one day the one that was unacceptable."""
    worse = case((col(KnownAudit.outcome) == AuditOutcome.unacceptable, 1), else_=0)
    latest = (col(KnownAudit.conducted_on).desc(), worse.desc(), col(KnownAudit.id).desc())
    return await work.session.scalar(select(KnownAudit).where(KnownAudit.site_id == site_id).order_by(*latest).limit(1))


async def audit_for(work: Work, found: Qualification) -> dict[str, Any] | None:
    """The last audit of a qualification's site, as the qualification keeps it."""
    last = await last_of(work, found.site_id)
    if last is None:
        return None
    return {"audited_on": last.conducted_on.isoformat(), "outcome": last.outcome, "report": last.report}
