"""Facts of quality_events about audits of sites and what was found at them (EU GMP 7.8; ICH Q10 2.7)."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import Day, DueAt


class AuditKind(StrEnum):
    """Why a site is audited."""

    qualification = "qualification"
    surveillance = "surveillance"
    for_cause = "for_cause"
    inspection_support = "inspection_support"


class AuditMode(StrEnum):
    """How a site is audited."""

    on_site = "on_site"
    remote = "remote"
    shared_report = "shared_report"
    """By the report of somebody else's audit."""


class AuditOutcome(StrEnum):
    """What the report says of the site."""

    acceptable = "acceptable"
    acceptable_with_findings = "acceptable_with_findings"
    unacceptable = "unacceptable"
    """The site should get no new work; whether its qualification is suspended, quality decides."""


class FindingClass(StrEnum):
    """How serious a finding is."""

    critical = "critical"
    major = "major"
    minor = "minor"
    recommendation = "recommendation"


class FindingArea(StrEnum):
    """What a finding is about."""

    quality_system = "quality_system"
    data_integrity = "data_integrity"
    facilities = "facilities"
    equipment = "equipment"
    production = "production"
    laboratory = "laboratory"
    materials = "materials"
    packaging = "packaging"


class AuditFact(Fact):
    """What every fact about one audit carries."""

    audit_id: UUID
    number: str
    site_id: UUID
    partner_id: UUID
    kind: AuditKind
    mode: AuditMode
    planned_on: Day
    first_planned_on: Day
    """By which the interval between audits is judged, however often it was postponed."""


@fact("io.entente.AuditScheduled.v1", topic="quality-events.audit", key="audit_id")
class AuditScheduled(AuditFact):
    """An audit is planned for a day, follows its plan to another one, or the site's quality confirmed the day."""

    confirmed: bool


@fact("io.entente.AuditPostponed.v1", topic="quality-events.audit", key="audit_id")
class AuditPostponed(AuditFact):
    """An audit that is planned takes place later than it was to."""

    before: Day
    reason: str


@fact("io.entente.AuditCompleted.v1", topic="quality-events.audit", key="audit_id")
class AuditCompleted(AuditFact):
    """The report of an audit was signed and sent."""

    conducted_on: Day
    """The last day of the audit."""
    outcome: AuditOutcome
    report: str
    """SHA-256 of the report, in hexadecimal."""
    critical: int
    """How many findings there are of this class, as of the others."""
    major: int
    minor: int
    recommendation: int


class FindingFact(Fact):
    """What every fact about one finding carries."""

    finding_id: UUID
    number: str
    audit_id: UUID
    site_id: UUID
    partner_id: UUID
    classification: FindingClass
    area: FindingArea
    first_due_at: DueAt
    """By when it was to be answered: what is measured."""
    due_at: DueAt
    """By when it is to be answered now: later than the first where an answer was rejected."""
    round: int
    """The first answer is asked for in round 1; each rejection begins another."""


@fact("io.entente.FindingRaised.v1", topic="quality-events.audit-finding", key="finding_id")
class FindingRaised(FindingFact):
    """The report of an audit has a finding."""


@fact("io.entente.FindingResponded.v1", topic="quality-events.audit-finding", key="finding_id")
class FindingResponded(FindingFact):
    """The site's quality stated causes and what it does until when."""


@fact("io.entente.FindingResponseRejected.v1", topic="quality-events.audit-finding", key="finding_id")
class FindingResponseRejected(FindingFact):
    """The auditor does not accept the answer; the next round begins."""

    reason: str
    escalate: bool
    """The second answer, or a later one, was rejected: this is no longer for those who tried."""


@fact("io.entente.FindingClosed.v1", topic="quality-events.audit-finding", key="finding_id")
class FindingClosed(FindingFact):
    """The auditor verified what was done, or of a lesser finding what is to be done."""


@fact("io.entente.FindingOverdue.v1", topic="quality-events.audit-finding", key="finding_id")
class FindingOverdue(FindingFact):
    """The first due date passed, which is ``occurred_at``, without an answer that stands; told once."""
