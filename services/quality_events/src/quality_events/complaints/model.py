"""A complaint and its lifecycle (EU GMP 8; 21 CFR 211.198)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Classification, Lot, Role, Side
from contracts.complaints import ComplaintCategory, ComplaintClosed, ComplaintReceived
from contracts.quality_events import QualityEventsBallHeld
from quality_events import clocks
from quality_events.batches.model import Batch
from quality_events.clocks import Sponsor
from quality_events.complaints.schemas import ComplaintFields
from quality_events.complaints.schemas import ComplaintState as State
from quality_events.metadata import Table
from runtime.deadlines import Deadline
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

QUALITY: Final = frozenset({Role.quality})
SPONSOR: Final = frozenset({Side.sponsor})
OPEN: Final = frozenset({State.received, State.triaged, State.investigating})


class Complaint(ComplaintFields, Deadline, Waiting, Versioned, Table, table=True):
    """What somebody outside complained of. The sponsor's alone until it is shared with the lot's maker."""

    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id"}
    due: ClassVar[Mapping[StrEnum, str]] = dict.fromkeys(sorted(OPEN), "due_at")
    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = dict.fromkeys(sorted(OPEN), SPONSOR)
    parties: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))

    @classmethod
    def receive(
        cls, sponsor: Sponsor, batch: Batch | None, now: datetime, first_aware_at: datetime | None, **given: Any
    ) -> tuple[Self, ComplaintReceived]:
        """The sponsor received it. Raises RuleViolated for what lies ahead, and for a batch of another product."""
        received_at = given["received_at"]
        if received_at > now:
            raise RuleViolated(f"received_at: {received_at.isoformat()} lies ahead")
        aware_at = min(received_at, first_aware_at or received_at)
        due_at = sponsor.days_after(received_at, clocks.COMPLAINT_DAYS)
        complaint = cls(first_aware_at=aware_at, due_at=due_at, **given)
        if batch:
            complaint._concern(batch)
        complaint._start_safety_clock(sponsor)
        return complaint, complaint._received(now)

    @transition(source={State.received}, target=State.triaged, by=QUALITY)
    def triage(
        self, category: ComplaintCategory, severity: Classification, sponsor: Sponsor, now: datetime
    ) -> ComplaintReceived:
        """Quality says what it is. An adverse event that was suspected once is still to be passed on."""
        self.category, self.severity = category, severity
        self._start_safety_clock(sponsor)
        return self._received(now)

    @transition(source={State.received, State.triaged}, target=None, by=QUALITY, when="not_shared")
    def join(self, batch: Batch, reason: str | None, now: datetime) -> ComplaintReceived:
        """The batch became known, or was another. A person says so: a number on a pack may be two makers'.

        Raises RuleViolated once its maker sees it, and where nobody says why it is a lot of another number or not the
        one that was joined before.
        """
        if not self.not_shared:
            raise RuleViolated(
                f"{self.number} is shared with the maker of {self.lot_number}: receive another complaint"
            )
        if reason is None and (why := self._surprises(batch)):
            raise RuleViolated(f"{why}: if it is this lot all the same, say why", fields=["reason"])
        if self.batch_id:
            self.product_id = batch.product_id
        self._concern(batch)
        return self._received(now)

    def _surprises(self, batch: Batch) -> str | None:
        printed = self.lot_as_printed
        if self.batch_id:
            return f"{self.number} was joined to the lot {self.lot_number}"
        if printed is None or printed in (batch.number, *batch.aliases):
            return None
        return f"the pack says {printed}, and the lot is {batch.number}"

    @transition(source={State.triaged}, target=None, by=QUALITY, when="to_share")
    def share(self, now: datetime) -> ComplaintReceived:
        """The lot's maker is to investigate it: it sees the complaint from now on, and is a party to it."""
        if self.shared_at:
            raise RuleViolated(f"{self.number} is shared with the maker of {self.lot_number} already")
        if self.partner_id is None:
            raise RuleViolated(f"nobody has said which batch {self.number} concerns: join that first")
        self.parties, self.shared_at = [self.partner_id], now
        return self._received(now)

    @transition(
        source={State.triaged}, target=State.investigating, by={Side.maker(Role.partner_quality)}, when="shared_at"
    )
    def investigate(self, findings: str, retention_sample: str, evidence: str, by: str, now: datetime) -> None:
        """The maker's quality states what it found, and what its retention sample looks like (EU GMP 8.10)."""
        if not self.shared_at:
            raise RuleViolated(f"{self.number} is not shared with its maker")
        self.findings, self.retention_sample, self.evidence = findings, retention_sample, evidence
        self.investigated_by, self.investigated_at = by, now

    @transition(source=OPEN, target=None, by={Role.quality, Role.regulatory}, when="owed_to_safety")
    def pass_to_safety(self, now: datetime) -> None:
        """A suspected adverse event was passed to drug safety, in time or late (21 CFR 314.80; GVP module VI).

        How drug safety calls the case is kept there: the maker would read it here.
        """
        if not self.owed_to_safety:
            raise RuleViolated(f"{self.number} is no suspected adverse event, or was passed on")
        self.safety_passed_at = now

    @transition(source={State.triaged, State.investigating}, target=State.answered, by=QUALITY)
    def give_answer(self, substantiated: bool | None, answer: str, now: datetime) -> ComplaintClosed:
        """Quality answers it. What no maker investigated nobody can call substantiated, or not."""
        if self.owed_to_safety:
            raise RuleViolated(f"{self.number} is a suspected adverse event: pass it to drug safety first")
        if substantiated is not None and self.state != State.investigating:
            raise RuleViolated(f"substantiated: nobody investigated {self.number}: null, or share it with its maker")
        self.substantiated, self.answer, self.answered_at = substantiated, answer, now
        return ComplaintClosed.of(self, now)

    def turn(self) -> Collection[Side]:
        """Quality's, but for what the maker is to investigate; drug safety is to be told meanwhile."""
        if self.state != State.triaged or not self.shared_at:
            return super().turn()
        return {Side.maker, Side.sponsor} if self.owed_to_safety else {Side.maker}

    @property
    def lot(self) -> Lot | None:
        """The lot, where the batch is known."""
        if not (self.lot_id and self.lot_number and self.material and self.site_id and self.partner_id):
            return None
        return Lot(
            id=self.lot_id,
            number=self.lot_number,
            material=self.material,
            product_id=self.product_id,
            site_id=self.site_id,
            partner_id=self.partner_id,
        )

    @property
    def not_shared(self) -> bool:
        """Whether no maker sees it yet."""
        return self.shared_at is None

    @property
    def to_share(self) -> bool:
        """Whether there is a maker that does not see it yet."""
        return self.partner_id is not None and self.shared_at is None

    @property
    def owed_to_safety(self) -> bool:
        """Whether it is still to be passed to drug safety."""
        return self.safety_due_at is not None and self.safety_passed_at is None

    @property
    def concerns_authorities(self) -> bool:
        """Whether authorities are to be notified: it is counterfeit, or may have to be recalled as class I."""
        return self.category == ComplaintCategory.counterfeit or self.severity == Classification.critical

    def was_in_time(self, now: datetime) -> bool | None:
        """Whether it was answered in time; None while there is time."""
        if self.answered_at is not None:
            return self.answered_at <= self.due_at
        return False if self.is_overdue(now) else None

    def is_late_for_safety(self, now: datetime) -> bool:
        """Whether it should have been passed to drug safety by now."""
        return self.owed_to_safety and self.safety_due_at is not None and self.safety_due_at < now

    def _start_safety_clock(self, sponsor: Sponsor) -> None:
        if self.category == ComplaintCategory.adverse_event and self.safety_due_at is None:
            self.safety_due_at = sponsor.working_days_after(self.first_aware_at, clocks.SAFETY_WORKING_DAYS)

    def _concern(self, batch: Batch) -> None:
        lot = batch.lot
        if self.product_id and lot.product_id and lot.product_id != self.product_id:
            raise RuleViolated(f"batch_id: the lot {lot.number} is of another product than the complaint")
        self.batch_id, self.lot_id, self.lot_number, self.material = batch.id, lot.id, lot.number, lot.material
        self.site_id, self.partner_id = lot.site_id, lot.partner_id
        self.product_id = self.product_id or lot.product_id

    def _received(self, now: datetime) -> ComplaintReceived:
        return ComplaintReceived.of(self, now)
