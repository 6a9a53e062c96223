"""What is said about an audit: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day, HappenedAt
from contracts.audits import AuditKind, AuditMode, AuditOutcome, FindingArea, FindingClass
from quality_events.metadata import INSTANT
from runtime.bodies import Body, Digest, Line, Reason, Words
from serving.shown import Answer, Ref, Shown


class AuditState(StrEnum):
    """Where an audit stands."""

    planned = "planned"
    confirmed = "confirmed"
    conducted = "conducted"
    reported = "reported"
    closed = "closed"


class AuditorOfTeam(Body):
    """Who audits, as what, and whether the person declared to be independent of the site (ISO 19011, 4 e)."""

    name: Line = Field(examples=["Mira Vidmar"])
    function: Line = Field(examples=["lead auditor"])
    subject: Line | None = Field(None, examples=["mira.vidmar"])
    """The subject of the person's login; left out of who never acts here, such as an interpreter."""
    independent: bool = False


class PlanAudit(Body):
    """Which site is audited, why, how, when and by whom."""

    site_id: UUID
    kind: AuditKind
    mode: AuditMode = AuditMode.on_site
    scope: Words = Field(examples=["Quality system, compression and coating of tablets"])
    planned_on: Day
    team: list[AuditorOfTeam] = Field(default=[], max_length=50)


class NameTeam(Body):
    """Who audits now, instead of who was named before."""

    team: list[AuditorOfTeam] = Field(min_length=1, max_length=50)


class PostponeAudit(Reason):
    """A later day, and why."""

    planned_on: Day


class ConductAudit(Body):
    """On which day the audit ended."""

    conducted_on: Day


class ReportedFinding(Body):
    """A finding of the report."""

    classification: FindingClass
    area: FindingArea
    clause: Line = Field(examples=["EU GMP 4.8"])
    """Or the norm that was not met."""
    evidence: Words = Field(examples=["Batch record 240117, page 12: entries of 3 March were made on 5 March"])


class ReportAudit(Body):
    """What the report says, and the digest by which it is seen later that it is this one."""

    outcome: AuditOutcome
    report: Digest = Field(examples=["0b" * 32])
    findings: list[ReportedFinding] = Field(default=[], max_length=500)
    sent_at: HappenedAt | None = None
    """When the site was sent the report, where that was before it is told here: its time to answer runs since then."""


class RemarkAudit(Body):
    """A remark for the sponsor's own people."""

    remark: Words = Field(examples=["Ask for the audit trail of the balance again"])


class AuditTeamMember(Answer):
    """Who audits."""

    name: str
    function: str
    subject: str | None = None
    independent: bool


class AuditPostponement(Answer):
    """When an audit was to be, when it is instead, and why."""

    before: date
    after: date
    reason: str
    by: str
    at: datetime


class AuditFields(SQLModel):
    """What readers see of an audit as it is stored."""

    number: str
    state: AuditState = Column(default=AuditState.planned, sa_type=String)
    site_id: UUID
    partner_id: UUID
    kind: AuditKind = Column(sa_type=String)
    mode: AuditMode = Column(sa_type=String)
    scope: str
    planned_on: date
    first_planned_on: date
    """By which the interval is judged, whatever was postponed."""
    team: list[Any] = Column(default_factory=list, sa_type=JSONB)
    postponements: list[Any] = Column(default_factory=list, sa_type=JSONB)
    confirmed_by: str | None = None
    confirmed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    conducted_on: date | None = None
    conducted_by: str | None = None
    """Who prepared the report: somebody else signs it."""
    report_due_at: datetime | None = Column(default=None, sa_type=INSTANT)
    reported_at: datetime | None = Column(default=None, sa_type=INSTANT)
    outcome: AuditOutcome | None = Column(default=None, sa_type=String)
    report: str | None = None
    """Its digest."""
    closed_at: datetime | None = Column(default=None, sa_type=INSTANT)


class SiteAuditRead(AuditFields, Shown):
    """An audit as its readers see it."""

    site: Ref | None
    partner: Ref | None
    team: list[AuditTeamMember]
    postponements: list[AuditPostponement]
    overdue: bool
    """The report is beyond its due date."""


class AuditRemarkRead(Answer):
    """A remark, as the sponsor's people see it."""

    id: UUID
    remark: str
    said_by: str
    created_at: datetime
