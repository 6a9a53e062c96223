"""An audit of a partner's site and its lifecycle (EU GMP 7.8; 21 CFR 211.84; ISO 19011)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Role, Side
from contracts import audits as facts
from contracts.audits import AuditOutcome, FindingClass
from contracts.quality_events import QualityEventsBallHeld
from quality_events import clocks
from quality_events.audits import schemas
from quality_events.audits.schemas import AuditFields
from quality_events.audits.schemas import AuditState as State
from quality_events.metadata import Table
from runtime.deadlines import Deadline
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

AUDITORS: Final = frozenset({Role.auditor})
PLANNERS: Final = frozenset({Role.auditor, Role.quality})
TO_BE_DONE: Final = frozenset({State.planned, State.confirmed, State.conducted})
"""The next one of a site is not planned before this one has its report."""


class SiteAudit(AuditFields, Deadline, Waiting, Versioned, Table, table=True):
    """The sponsor looks at how a partner works."""

    __tablename__ = "site_audit"

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    signed_as: ClassVar[Mapping[str, str]] = {
        "kind": "kind",
        "mode": "mode",
        "at": "site",
        "of": "partner",
        "scope": "scope",
        "conducted on": "conducted_on",
        "conducted by": "conducted_by",
    }
    signed_with: ClassVar[Mapping[str, str]] = {"audit_finding": "audit_id"}
    signed_apart: ClassVar[Collection[str]] = (
        *("state", "closed_at", "round", "due_at", "actions", "responded_by", "responded_at", "rejections"),
        *("accepted_by", "accepted_at", "evidence_seen", "capa_number", "all_due_on", "closed_by"),
    )
    """That its findings are answered and closed changes nothing of the report, and of them as it raised them."""
    due: ClassVar[Mapping[StrEnum, str]] = {State.conducted: "report_due_at"}
    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.planned: {Side.owner},
        State.confirmed: {Side.sponsor},
        State.conducted: {Side.sponsor},
    }
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def plan(cls, *, number: str, partner_id: UUID, now: datetime, **given: Any) -> tuple[Self, facts.AuditScheduled]:
        """An audit is to take place; the day is the site's to confirm."""
        audit = cls(
            number=number, partner_id=partner_id, parties=[partner_id], first_planned_on=given["planned_on"], **given
        )
        return audit, audit._scheduled(now, confirmed=False)

    @transition(source={State.planned}, target=State.confirmed, by={Side.owner(Role.partner_quality)})
    def confirm(self, by: str, now: datetime) -> facts.AuditScheduled:
        """The site's quality is ready on that day."""
        self.confirmed_by, self.confirmed_at = by, now
        return self._scheduled(now, confirmed=True)

    @transition(source={State.planned, State.confirmed}, target=State.planned, by=AUDITORS)
    def postpone(self, planned_on: date, reason: str, by: str, now: datetime) -> facts.AuditPostponed:
        """It takes place later, on a day that the site confirms anew. It is still judged by the first day."""
        before = self.planned_on
        if planned_on <= before:
            raise RuleViolated(f"{self.number} is planned on {before}: it is postponed to a later day")
        moved = {"before": before.isoformat(), "after": planned_on.isoformat(), "reason": reason}
        self.postponements = [*self.postponements, moved | {"by": by, "at": now.isoformat()}]
        self.planned_on = planned_on
        self.confirmed_by = self.confirmed_at = None
        return facts.AuditPostponed.of(self, now, before=before, reason=reason)

    @transition(source={State.planned}, target=None, by=())
    def follow_plan(self, due_on: date, now: datetime) -> facts.AuditScheduled | None:
        """The plan of oversight states another day. What was postponed stays so while the plan states the same."""
        if due_on == self.first_planned_on:
            return None
        self.planned_on = self.first_planned_on = due_on
        return self._scheduled(now, confirmed=False)

    @transition(source={State.planned, State.confirmed}, target=None, by=PLANNERS)
    def name_team(self, team: Sequence[schemas.AuditorOfTeam], by: str, quality: bool) -> None:
        """Say who audits, and who declared to be independent of the site: one of the team, or quality."""
        if self.team and by not in self.logins and not quality:
            raise RuleViolated(f"{self.number} has a team, and you are not of it: {self._who()} or quality changes it")
        self.team = [each.model_dump() for each in team]

    @transition(source={State.confirmed}, target=State.conducted, by=AUDITORS)
    def conduct(self, conducted_on: date, zone: str | None, by: str, now: datetime) -> None:
        """It took place; the clock of the report starts with the end of its last day."""
        if not self.team:
            raise RuleViolated(f"{self.number} has no team: name who audits, and that each is independent of the site")
        if dependent := [each["name"] for each in self.team if not each["independent"]]:
            who = ", ".join(dependent)
            raise RuleViolated(f"{self.number}: each of the team declares to be independent of the site; not: {who}")
        if by not in self.logins:
            raise RuleViolated(f"{self.number} is conducted by its team, with the login that it names: {self._who()}")
        if clocks.end_of(conducted_on - timedelta(1), zone) > now:
            raise RuleViolated(f"{self.number}: {conducted_on} lies ahead: an audit is conducted when it has ended")
        refuse_long_ago("conducted_on", conducted_on, zone, now)
        confirmed = clocks.day_of(self.confirmed_at, zone) if self.confirmed_at else conducted_on
        # One that took place before it was planned here is planned, and confirmed, for its day.
        if conducted_on < (first := min(self.planned_on, confirmed)):
            why = f"it was planned on {self.planned_on} and confirmed on {confirmed}: name {first} or later"
            raise RuleViolated(f"{self.number}: conducted_on: {why}", fields=["conducted_on"])
        self.conducted_on, self.conducted_by = conducted_on, by
        self.report_due_at = clocks.end_of(conducted_on + timedelta(clocks.AUDIT_REPORT_DAYS), zone)

    @transition(
        source={State.conducted},
        target=State.reported,
        by=AUDITORS,
        independent_of={"conducted_by"},
        signed="this is the report of the audit",
    )
    def report_findings(
        self,
        outcome: AuditOutcome,
        report: str,
        findings: Sequence[schemas.ReportedFinding],
        sent_at: datetime,
        zone: str | None,
        now: datetime,
    ) -> facts.AuditCompleted:
        """Somebody who did not conduct it signs what was found; the site is asked for its answers since it was sent."""
        if self.conducted_on and not clocks.end_of(self.conducted_on - timedelta(1), zone) <= sent_at <= now:
            raise RuleViolated(f"{self.number}: its report was sent after {self.conducted_on}, and not in the future")
        refuse_long_ago("sent_at", clocks.day_of(sent_at, zone), zone, now)
        counts = Counter(each.classification for each in findings)
        weighty = counts[FindingClass.critical] + counts[FindingClass.major] + counts[FindingClass.minor]
        if outcome == AuditOutcome.acceptable and weighty:
            raise RuleViolated(f"{self.number} has findings: it is acceptable_with_findings, or unacceptable")
        if outcome == AuditOutcome.acceptable_with_findings and not findings:
            raise RuleViolated(f"{self.number} has no findings: it is acceptable, or they are to be stated")
        if outcome == AuditOutcome.unacceptable and not weighty:
            raise RuleViolated(f"{self.number}: what makes the site unacceptable is to be stated as a finding")
        self.outcome, self.report, self.reported_at = outcome, report, sent_at
        numbers = {each.value: counts[each] for each in FindingClass}
        return facts.AuditCompleted.of(self, sent_at, **numbers)

    @transition(source={State.reported}, target=State.closed, by=())
    def close(self, now: datetime) -> None:
        """Its last finding is closed, or it had none."""
        self.closed_at = now

    @property
    def logins(self) -> Collection[str]:
        """The subjects of those of the team who act here."""
        return [each["subject"] for each in self.team if each.get("subject")]

    def _who(self) -> str:
        """Of the team, each with its login."""
        return ", ".join(f"{each['name']} ({each.get('subject') or 'no login is named'})" for each in self.team)

    def _scheduled(self, now: datetime, *, confirmed: bool) -> facts.AuditScheduled:
        return facts.AuditScheduled.of(self, now, confirmed=confirmed)


def refuse_long_ago(field: str, day: date, zone: str | None, now: datetime) -> None:
    """What is told too late is taken for a slip of the pen: deadlines would have run out before they were known."""
    days = clocks.AUDIT_TOLD_WITHIN_DAYS
    earliest = clocks.day_of(now, zone) - timedelta(days)
    if day < earliest:
        raise RuleViolated(f"{field}: {day} is more than {days} days ago: name {earliest} or later", fields=[field])


class AuditRemark(Versioned, Table, table=True):
    """What the auditors say to each other. The sponsor's alone: no partner reads a row of it, or that there is one."""

    __tablename__ = "audit_remark"
    __table_args__ = (ForeignKeyConstraint(["audit_id"], ["site_audit.id"]),)

    audit_id: UUID
    remark: str
    said_by: str
