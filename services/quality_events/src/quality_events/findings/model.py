"""A finding of an audit and its lifecycle: answered in rounds, accepted, and verified (EU GMP 1.4 xiv; ISO 19011)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Role, Side
from contracts import audits as facts
from contracts.audits import FindingClass
from contracts.quality_events import QualityEventsBallHeld
from quality_events import clocks
from quality_events.audits.model import AUDITORS, SiteAudit
from quality_events.capas.model import Capa
from quality_events.capas.schemas import CapaState
from quality_events.findings import schemas
from quality_events.findings.schemas import FindingFields
from quality_events.findings.schemas import FindingState as State
from quality_events.metadata import Table
from runtime.deadlines import PublishedDeadline
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

WEIGHTY: Final = frozenset({FindingClass.critical, FindingClass.major})


class AuditFinding(FindingFields, PublishedDeadline, Waiting, Versioned, Table, table=True):
    """What is not as it should be at a site. Its partner answers; who audits decides whether that will do."""

    __tablename__ = "audit_finding"
    __table_args__ = (ForeignKeyConstraint(["audit_id"], ["site_audit.id"]),)

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    due: ClassVar[Mapping[StrEnum, str]] = {State.raised: "first_due_at"}
    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.raised: {Side.owner},
        State.responded: {Side.sponsor},
        State.accepted: {Side.sponsor},
    }
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def raise_at(
        cls, audit: SiteAudit, *, number: str, zone: str | None, sent_at: datetime, **found: Any
    ) -> tuple[Self, facts.FindingRaised]:
        """The report was sent; since then the site has its time to answer."""
        due_at = clocks.due_at(sent_at, clocks.FINDING_DAYS, zone)
        finding = cls(
            audit_id=audit.id,
            number=number,
            site_id=audit.site_id,
            partner_id=audit.partner_id,
            parties=list(audit.parties),
            first_due_at=due_at,
            due_at=due_at,
            **found,
        )
        return finding, facts.FindingRaised.of(finding, sent_at)

    @transition(source={State.raised}, target=State.responded, by={Side.owner(Role.partner_quality)})
    def respond(
        self, actions: Sequence[schemas.FindingAction], zone: str | None, by: str, now: datetime
    ) -> facts.FindingResponded:
        """The site's quality states causes, and what it does about each until when: a day that is not over."""
        today = clocks.day_of(now, zone)
        if past := sorted({each.due_on for each in actions if each.due_on < today}):
            days = ", ".join(map(str, past))
            why = f"{days}: name the day until which it will be done; of what is done already {today}"
            raise RuleViolated(f"{self.number}: due_on lies in the past: {why}", fields=["actions"])
        self.actions = [each.model_dump(mode="json") for each in actions]
        self.responded_by, self.responded_at = by, now
        return facts.FindingResponded.of(self, now)

    @transition(source={State.responded}, target=State.accepted, by=AUDITORS)
    def accept(self, by: str, now: datetime) -> None:
        """What the site does will do."""
        self.accepted_by, self.accepted_at = by, now

    @transition(source={State.responded}, target=State.raised, by=AUDITORS)
    def reject(self, reason: str, zone: str | None, by: str, now: datetime) -> facts.FindingResponseRejected:
        """It will not do: another answer is due soon. The answer that was rejected is kept."""
        answered = {"round": self.round, "actions": self.actions, "responded_by": self.responded_by}
        answered["responded_at"] = self.responded_at and self.responded_at.isoformat()
        rejected = {"reason": reason, "rejected_by": by, "rejected_at": now.isoformat()}
        self.rejections = [*self.rejections, answered | rejected]
        self.actions, self.responded_by, self.responded_at = [], None, None
        self.round += 1
        self.due_at = clocks.due_at(now, clocks.NEXT_ANSWER_DAYS, zone)
        escalate = len(self.rejections) >= clocks.REJECTIONS_BEFORE_ESCALATION
        return facts.FindingResponseRejected.of(self, now, reason=reason, escalate=escalate)

    def check_capa(self, capa: Capa, all_due_on: date | None) -> None:
        """Raises RuleViolated for a CAPA by which a critical or a major one is not settled: it is to have worked, or
        its days are known, or those of all that is done are; one that was cancelled, or did not work, settles none."""
        waits = capa.state == CapaState.open and all_due_on is not None
        if self.classification in WEIGHTY and not (capa.is_effective_or_dated or waits):
            what = f"{capa.number} is {capa.state.replace('_', ' ')}"
            name = "name one that is planned or was effective, or the day until which all is done (all_due_on)"
            raise RuleViolated(f"{self.number} is {self.classification}, and {what}: {name}", fields=["capa_number"])

    @transition(source={State.accepted}, target=State.closed, by=AUDITORS)
    def verify(
        self, evidence_seen: str | None, capa_number: str | None, all_due_on: date | None, by: str, now: datetime
    ) -> facts.FindingClosed:
        """Of a critical or a major one evidence was seen, and a CAPA or a day is named; of others the plan will do."""
        if self.classification in WEIGHTY:
            named = {"evidence_seen": evidence_seen, "capa_number or all_due_on": capa_number or all_due_on}
            if missing := [name for name, given in named.items() if not given]:
                lacks = " and ".join(missing)
                raise RuleViolated(f"{self.number} is {self.classification}: state {lacks}", missing=missing)
        self.evidence_seen, self.capa_number, self.all_due_on = evidence_seen, capa_number, all_due_on
        self.closed_by, self.closed_at = by, now
        return facts.FindingClosed.of(self, now)

    @transition(source={State.raised}, target=None, by=())
    def fall_overdue(self, now: datetime) -> facts.FindingOverdue:
        """The first due date has passed, and no answer stands. Another round does not move it."""
        return facts.FindingOverdue.of(self, self.passed(now))
