"""A deviation and its lifecycle (ICH Q10 3.2.2). Clocks start with awareness, not with the record."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracts import Classification, Side
from contracts.quality_events import (
    DeviationAcknowledged,
    DeviationAmended,
    DeviationCancelled,
    DeviationClassified,
    DeviationClosed,
    DeviationLinked,
    DeviationOverdue,
    DeviationRaised,
    QualityEventsBallHeld,
)
from quality_events import clocks, moments
from quality_events.deviations.clock import DeviationFields
from quality_events.deviations.closure import missing, state_impacts
from quality_events.deviations.concerning import Concerning
from quality_events.deviations.late import LateAmended
from quality_events.deviations.linked import Event, LinkedEvent
from quality_events.deviations.lots import DeviationLot, batch_ids, concerned, only_product, parties_of, revise
from quality_events.deviations.terms import INVESTIGATORS, OPEN, PARTNER, SPONSOR, Report, Results, recurrence
from quality_events.deviations.terms import DeviationState as State
from quality_events.metadata import Table
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned


class Deviation(Concerning, Waiting, Versioned, Table, table=True):
    """A departure from an approved procedure or standard. It is the partner's at whose site it happened."""

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    signed_as: ClassVar[Mapping[str, str]] = {
        "about": "title",
        "class": "classification",
        "at": "site",
        "of": "partner",
        "product": "product",
        "lots": "lots",
        "root cause": "root_cause",
        "impact": "impact",
        "CAPA": "capa_reference",
        "without a CAPA because": "capa_justification",
    }
    signed_with: ClassVar[Mapping[str, str]] = {"deviation_lot": "deviation_id"}
    signed_apart: ClassVar[Collection[str]] = ("batch_ids", *LateAmended.signed_apart)
    signed_later: ClassVar[Collection[str]] = ("batch_id", "product_id")  # that a lot is a batch is no finding
    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        **{each: {Side.sponsor} for each in (State.reported, State.awaiting_approval)},
        **{each: {Side.owner} for each in (State.classified, State.under_investigation)},
    }
    batch_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    prepared_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Who ever classified, investigated or handed it in: somebody else closes it."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    def turn(self) -> Collection[Side]:
        """As its state says; what is proposed the partner answers first, and what was amended after the end quality."""
        if self.late_lot_ids:
            return {Side.sponsor}
        return {Side.owner} if self.cancellation_proposed and self.state in OPEN else super().turn()

    @classmethod
    def report(cls, report: Report, number: str) -> tuple[Self, list[DeviationLot], DeviationRaised]:
        """Record a deviation. Its clocks are set by what the partner knew and proposed."""
        due_at = clocks.due_at(report.partner_aware_at, clocks.DEVIATION_DUE_DAYS, report.zone)
        deviation = cls(
            **report.take(*DeviationFields.model_fields),
            number=number,
            source=report.source,
            source_revision=report.revision,
            product_id=only_product(report.lots),
            batch_ids=batch_ids(report.lots, report.batches),
            occurred_at=moments.written(report.occurred_at),
            notification_limit_hours=clocks.notification_limit(report.proposed_classification),
            notification_limit_revision=report.revision,
            due_at=due_at,
            first_due_at=due_at,
            due_zone=report.zone,
            reported_aware_at=report.partner_aware_at,
            parties=parties_of(report.partner_id, report.makers),
        )
        lots = [DeviationLot.of(deviation.id, lot, report.batches.get(lot.id)) for lot in report.lots]
        return deviation, lots, DeviationRaised.of(deviation, report.occurred_at, lots=report.lots)

    @transition(source=OPEN, target=None, by=())
    def amend(self, report: Report, lots: Sequence[DeviationLot]) -> tuple[list[DeviationLot], DeviationAmended]:
        """Take over a later revision of the partner's record; gives the lots that it adds, and the fact.

        An earlier awareness makes the clocks stricter; a later one counts when quality accepts it. A maker stays a
        party also when its last lot is out, for it has to learn that it is.
        """
        self.parties = parties_of(self.partner_id, {*self.parties, *report.makers})
        self.title, self.description, self.category = report.title, report.description, report.category
        self.occurred_at, self.discovered_at = moments.written(report.occurred_at), report.discovered_at
        self.source_revision = report.revision
        self.proposed_classification, self.reported_aware_at = report.proposed_classification, report.partner_aware_at
        self.take_clocks(report)
        self.drop_proposal()
        added = revise(self.id, lots, report)
        affected = [*concerned(lots), *added]
        self._take(affected)
        return added, self._amended(affected, report.sponsor_aware_at)

    @transition(source=OPEN, target=None, by=())
    def take_earlier_revision(
        self, report: Report, lots: Sequence[DeviationLot]
    ) -> tuple[list[DeviationLot], DeviationAmended | None]:
        """A revision that came after a newer one is overtaken, but not that the partner knew of it earlier, nor which
        lots it named: so clocks, and lots left out, are the same in whatever order the revisions come."""
        self.parties = parties_of(self.partner_id, {*self.parties, *report.makers})
        added = revise(self.id, lots, report, overtaken_by=self.source_revision)
        earlier = report.revision > self.awareness_accepted_revision and self.take_clocks(report)
        return added, self._amended(concerned(lots), report.sponsor_aware_at) if earlier or added else None

    @transition(source=set(State), target=None, by=())
    def link(self, lots: Sequence[DeviationLot], now: datetime) -> DeviationLinked:
        """Lots that it concerns turned out to be batches, or of a product. Nothing else of it changes."""
        affected = concerned(lots)
        self._take(affected)
        return self._linked(affected, now)

    @transition(source=OPEN, target=None, by=())
    def count_days_in(self, zone: str, lots: Sequence[DeviationLot], now: datetime) -> DeviationLinked:
        """The site's time zone became known: what is due was counted by UTC."""
        self.start(self.partner_aware_at, zone)
        return self._linked(concerned(lots), now)

    @transition(source={State.closed, State.cancelled}, target=None, by=SPONSOR, when="late_lot_ids")
    def answer_late_amendment(
        self, revision: int, reason: str, lots: Sequence[DeviationLot], by: str, now: datetime
    ) -> None:
        """Quality says why what was amended after the end changes nothing, or which deviation deals with it."""
        self.answer_late(revision, {"answer": reason, "answered_by": by, "answered_at": now}, lots)

    @transition(source=OPEN, target=None, by=SPONSOR, when="unacknowledged")
    def acknowledge(self, now: datetime) -> DeviationAcknowledged:
        """The sponsor confirms that it was told."""
        if self.acknowledged_at is not None:
            raise RuleViolated(f"{self.number} was acknowledged at {self.acknowledged_at.isoformat()}")
        self.acknowledged_at = now
        return DeviationAcknowledged.of(self, now)

    @transition(source={State.reported}, target=State.classified, by=SPONSOR)
    def classify(
        self, classification: Classification, reason: str | None, by: str, now: datetime
    ) -> DeviationClassified:
        """The sponsor says how serious the deviation is."""
        return self._classified(classification, reason, by, now)

    @transition(source={State.classified, State.under_investigation, State.awaiting_approval}, target=None, by=SPONSOR)
    def reclassify(self, classification: Classification, reason: str, by: str, now: datetime) -> DeviationClassified:
        """The sponsor changes its mind, with a reason. What depends on the class is judged by the new one from now."""
        if classification == self.classification:
            raise RuleViolated(f"{self.number} is classified as {classification} already")
        return self._classified(classification, reason, by, now)

    @transition(source={State.classified}, target=State.under_investigation, by=INVESTIGATORS)
    def investigate(self, owner: str | None, by: str) -> None:
        """Take up the investigation; whoever asks owns it unless another owner is named."""
        self.owner = owner or by
        self._prepared(by)

    @transition(source={State.under_investigation}, target=None, by=INVESTIGATORS)
    def record_results(self, results: Results, lots: Sequence[DeviationLot], by: str) -> None:
        """State what was found: root cause, impact on each batch, and the CAPA or why there is none."""
        self._prepared(by)
        state_impacts(self.number, concerned(lots), results.impacts or {})
        for name in ("root_cause_category", "root_cause", "impact", "capa_reference", "capa_justification"):
            setattr(self, name, getattr(results, name) or getattr(self, name))

    @transition(source={State.under_investigation}, target=State.awaiting_approval, by=INVESTIGATORS)
    def request_approval(self, by: str) -> None:
        """The investigation is done; the sponsor's quality unit may look at it."""
        self.return_reason, self.approval_requested_by = None, by
        self._prepared(by)

    @transition(source={State.awaiting_approval}, target=State.under_investigation, by=SPONSOR)
    def return_to_investigation(self, reason: str) -> None:
        """The investigation does not convince yet."""
        self.return_reason = reason

    @transition(
        source={State.awaiting_approval},
        target=State.closed,
        by=SPONSOR,
        independent_of={"prepared_by", "owner"},
        signed="the investigation is approved, and the deviation closed",
    )
    def close(
        self, lots: Sequence[DeviationLot], now: datetime, capa_cancelled: bool = False, earlier: Sequence[str] = ()
    ) -> DeviationClosed:
        """Approve and close. A major or critical one needs root cause, impact and a CAPA or a reason for none.

        ``earlier`` are those of its partner that it repeats.
        """
        classification = Classification(str(self.classification))
        if lacks := missing(self, classification, concerned(lots), capa_cancelled=capa_cancelled):
            raise RuleViolated(f"a {classification} deviation cannot close without {', '.join(lacks)}", missing=lacks)
        self.closed_at = now
        follows = {"recurrence": recurrence(len(earlier)), "recurrence_of": tuple(earlier)}
        return DeviationClosed.of(self, now, classification=classification, **follows)

    @transition(source=OPEN, target=State.cancelled, by=SPONSOR, independent_of={"reporter"}, when="by_hand")
    def cancel(self, reason: str, now: datetime) -> DeviationCancelled:
        """Quality approves that it was no deviation after all."""
        self.must_be_by_hand()
        self.cancellation_reason, self.cancelled_at = reason, now
        return DeviationCancelled.of(self, now, reason=reason)

    @transition(source=OPEN, target=None, by=SPONSOR, independent_of={"reporter"}, when="cancellation_proposable")
    def propose_cancellation(self, reason: str, by: str) -> None:
        """Quality holds that what the partner's system reported was no deviation; it is the partner's record, too."""
        self.ask_the_partner(reason, by)

    @transition(source=OPEN, target=State.cancelled, by=PARTNER, when="cancellation_proposed")
    def agree_to_cancellation(self, now: datetime) -> DeviationCancelled:
        """The partner's quality agrees that it was none."""
        reason = self.proposed_reason()
        self.cancelled_at = now
        return DeviationCancelled.of(self, now, reason=reason)

    @transition(source=OPEN, target=None, by=PARTNER, when="cancellation_proposed")
    def refuse_cancellation(self, reason: str) -> None:
        """The partner's quality holds that it was one: it goes on."""
        self.take_refusal(reason)

    @transition(source=OPEN, target=None, by=SPONSOR, when="cancellation_proposed")
    def withdraw_cancellation(self) -> None:
        """Quality takes back what it proposed, before the partner has answered: it goes on."""
        self.proposed_reason()
        self.drop_proposal()

    @transition(source=OPEN, target=None, by=INVESTIGATORS)
    def link_event(self, event: Event, by: str, side: Side) -> LinkedEvent:
        """Another event of the same partner has to do with it."""
        return LinkedEvent.between(self.id, self.partner_id, event, by, side)

    @transition(source=OPEN, target=None, by=INVESTIGATORS)
    def withdraw_link(self, links: Sequence[LinkedEvent], reason: str, by: str, side: Side, now: datetime) -> None:
        """The other event has nothing to do with it after all."""
        for link in links:
            link.withdraw(reason, by, side, now)

    @transition(source=OPEN, target=None, by=INVESTIGATORS)
    def request_extension(self, due_at: datetime, reason: str, by: str) -> None:
        """Ask for a later due date."""
        self.must_be_later(due_at)
        self.requested_due_at, self.extension_reason, self.extension_requested_by = due_at, reason, by

    @transition(
        source=OPEN, target=None, by=SPONSOR, independent_of={"extension_requested_by"}, when="requested_due_at"
    )
    def extend(self, due_at: datetime, reason: str) -> None:
        """Quality approves a later due date that another person asked for, or an earlier one than that, with a reason.

        The first due date is kept, and what is measured is that one.
        """
        self.take_extension(due_at, reason)

    @transition(source=OPEN, target=None, by=SPONSOR, when="later_awareness")
    def accept_awareness(self, reason: str, lots: Sequence[DeviationLot], now: datetime) -> DeviationAmended:
        """The clocks start later than was reported first, as the partner's amendment states."""
        self.accept_later_awareness(reason, self.source_revision)
        return self._amended(concerned(lots), now)

    @transition(source=OPEN, target=None, by=())
    def fall_overdue(self, now: datetime) -> DeviationOverdue:
        """The due date has passed."""
        return DeviationOverdue.of(self, self.passed(now))

    def _amended(self, lots: Sequence[DeviationLot], reported_at: datetime) -> DeviationAmended:
        return DeviationAmended.of(self, reported_at, **self._concerns(lots))

    def _prepared(self, by: str) -> None:
        self.prepared_by = sorted({*self.prepared_by, by})

    def _classified(
        self, classification: Classification, reason: str | None, by: str, now: datetime
    ) -> DeviationClassified:
        before = Classification(self.classification) if self.classification else None
        self.classification, self.classification_reason = classification, reason
        self.classified_by, self.classified_at = by, now
        self._prepared(by)
        self.drop_proposal()
        return DeviationClassified.of(self, now, before=before, reason=reason)
