"""The transfer of a method to one laboratory, and its lifecycle (USP <1224>, <1226>; ICH Q2(R2); EU GMP 6.37)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from contracts import Grant, Role, Side
from contracts import method_transfers as facts
from contracts.method_transfers import MethodTransferKind, MethodTransferOutcome
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from tech_transfer.metadata import Table
from tech_transfer.method_transfers.judging import Judged, TransferSide, verdict_alone
from tech_transfer.method_transfers.judging import outcome as passes
from tech_transfer.method_transfers.practice import out_of_practice
from tech_transfer.method_transfers.protocol import proof_of
from tech_transfer.method_transfers.schemas import MethodTransferFields
from tech_transfer.method_transfers.stage import MethodTransferStage
from tech_transfer.method_transfers.terms import CONCLUDED, RUNNING, TESTING, TO_REPEAT, UNTESTED
from tech_transfer.method_transfers.terms import MethodTransferState as State
from tech_transfer.transfers.part import F

LABORATORY_ROLES: Final = (Role.partner_lab, Role.partner_quality)
SENDERS: Final[frozenset[Grant]] = frozenset(Side.sender(role) for role in LABORATORY_ROLES)
RECEIVERS: Final[frozenset[Grant]] = frozenset(Side.receiver(role) for role in LABORATORY_ROLES)
QUALITY: Final = frozenset({Role.quality})
EVALUATORS: Final = frozenset({Role.msat, Role.lab, Role.quality})
APPROVERS: Final = ("sending_approved_by", "receiving_approved_by")
_CONCLUDED: Final = "the laboratory passed or failed the transfer of the method, by the criteria that were frozen"


class MethodTransfer(MethodTransferStage, Table, table=True):
    """One attempt to show that a laboratory can test by a method. Its sides are the laboratories' partners."""

    __tablename__ = "method_transfer"

    sides: ClassVar[Mapping[Side, str]] = {
        Side.sender: "sending_laboratory_partner_id",
        Side.receiver: "laboratory_partner_id",
    }
    signed_as: ClassVar[Mapping[str, str]] = {
        "method": "method",
        "version": "method_version",
        "laboratory": "laboratory",
        "kind": "kind",
        "protocol": "protocol",
        "criteria": "criteria",
        "verdicts": "attributes",
        "because": "justification",
    }
    signed_apart: ClassVar[Collection[str]] = ("state", "results_released", "reevaluated", "reevaluated_at")
    signed_later: ClassVar[Collection[str]] = ("followed_by_id", "investigation", "suspended_from")
    # Not by what a partner does not read yet: the order would tell it.
    sorted_by: ClassVar[Collection[str]] = {"id", "created_at", *MethodTransferFields.model_fields} - {"did_not_pass"}

    @transition(
        source={State.planned},
        target=None,
        by=SENDERS,
        independent_of={"receiving_approved_by"},
        when="awaits_senders_partner",
    )
    def approve_as_sender(self, by: str, now: datetime) -> None:
        """The sending laboratory approves the protocol, where it is a partner's."""
        if not self.awaits_senders_partner:
            raise RuleViolated(f"{self.number}: the sending laboratory approved it, or is the sponsor's own")
        self.sending_approved_by, self.sending_approved_at = by, now

    @transition(
        source={State.planned},
        target=None,
        by={Role.msat},
        independent_of={"receiving_approved_by"},
        when="awaits_own_laboratory",
    )
    def approve_for_own_laboratory(self, by: str, now: datetime) -> None:
        """The sending laboratory approves the protocol, where it is the sponsor's own."""
        if not self.awaits_own_laboratory:
            raise RuleViolated(f"{self.number}: the sending laboratory approved it, or is a partner's")
        self.sending_approved_by, self.sending_approved_at = by, now

    @transition(
        source={State.planned},
        target=None,
        by=RECEIVERS,
        independent_of={"sending_approved_by"},
        when="awaits_receiver",
    )
    def approve_as_receiver(self, by: str, now: datetime) -> None:
        """The receiving laboratory approves the protocol."""
        if not self.awaits_receiver:
            raise RuleViolated(f"{self.number}: the receiving laboratory approved it, or it is a waiver")
        self.receiving_approved_by, self.receiving_approved_at = by, now

    @transition(
        source={State.planned},
        target=State.criteria_frozen,
        by=QUALITY,
        independent_of={"planned_by", *APPROVERS},
        when="awaits_quality",
    )
    def approve_protocol(self, by: str, now: datetime) -> facts.MethodTransferStarted:
        """Quality approves last; from now on nothing of the protocol changes, and testing may begin."""
        if not self.awaits_quality:
            raise RuleViolated(f"{self.number}: both laboratories approve it before quality does; a waiver is waived")
        if why := out_of_practice(MethodTransferKind(self.kind), self.sending_last_run_on, now.date()):
            raise RuleViolated(f"{self.number}: {why}")
        self.quality_approved_by, self.frozen_at = by, now
        return self.told(facts.MethodTransferStarted, now)

    @transition(source=TESTING, target=State.in_execution, by=SENDERS | RECEIVERS)
    def take_results(self) -> None:
        """A laboratory reports what it found."""

    @transition(source=TESTING, target=State.in_execution, by={Role.lab}, when="sent_by_sponsor")
    def take_own_results(self) -> None:
        """The sponsor's own laboratory reports what it found."""
        if not self.sent_by_sponsor:
            raise RuleViolated(f"{self.number}: a partner's laboratory hands it over, and reports itself")

    @transition(source=TESTING | {State.evaluated}, target=State.in_execution, by=())
    def follow_results(self) -> None:
        """Results came, or were amended or invalidated: what was evaluated before is to be evaluated anew."""
        self.evaluated_by, self.attributes, self.results_digest = None, [], None

    @transition(source={State.in_execution}, target=State.evaluated, by=EVALUATORS)
    def evaluate(
        self, verdicts: Sequence[Judged], missing: Sequence[str], surplus: Sequence[str], results_digest: str, by: str
    ) -> None:
        """All planned results, and no others, are held against the criteria. Raises RuleViolated for what lacks, and
        for more than is planned: which of them count is decided by evidence, and not by what they say."""
        if missing:
            raise RuleViolated(f"{self.number}: planned results lack: {'; '.join(missing)}", missing=[*missing])
        if surplus:
            why = f"{self.number}: there are more results than planned: {'; '.join(surplus)}; quality invalidates a"
            why += " run by evidence, or what a feed told by the results' ids"
            raise RuleViolated(why, surplus=[*surplus])
        self.evaluated_by, self.results_digest = by, results_digest
        self.attributes = [each.row() for each in verdicts]
        self.did_not_pass = not passes(verdicts)

    @transition(source={State.in_execution, State.evaluated}, target=State.in_execution, by=QUALITY)
    def invalidate_run(self) -> None:
        """A run is taken out for a laboratory cause, as an investigation of a result would; it stays to be seen."""
        self.follow_results()

    @transition(
        source={State.evaluated},
        target=CONCLUDED,
        by=QUALITY,
        independent_of={"planned_by", "evaluated_by"},
        signed=_CONCLUDED,
    )
    def conclude(self, today: date, by: str, now: datetime) -> facts.MethodTransferCompleted:
        """Quality signs: passed where each attribute is inside, and the laboratory is entitled from that day on."""
        inside = not self.did_not_pass
        self.state = State.passed if inside else State.failed
        self.entitled_from = today if inside else None
        return self._completed(MethodTransferOutcome(self.state.value), by, now)

    @transition(
        source={State.planned},
        target=State.waived,
        by=QUALITY,
        independent_of={"planned_by"},
        signed="the laboratory need not show that it can test by the method",
    )
    def waive(self, justification: str, today: date, by: str, now: datetime) -> facts.MethodTransferCompleted:
        """Quality decides that nothing has to be shown: the same method in use, a person moved."""
        self.justification, self.entitled_from = justification, today
        return self._completed(MethodTransferOutcome.waived, by, now)

    @transition(source=CONCLUDED, target=None, by=())
    def reevaluate(self, verdicts: Sequence[Judged], now: datetime) -> None:
        """Results were amended after it was concluded: what they say now stands beside what was concluded."""
        self.reevaluated, self.reevaluated_at = [each.row() for each in verdicts], now

    @transition(source=CONCLUDED, target=State.reopened, by=())
    def reopen(self, today: date, now: datetime) -> facts.MethodTransferRepeated:
        """The verdict turned by results that were amended: the entitlement that rests on it is suspended from today."""
        outcome = MethodTransferOutcome(str(self.state))
        self.suspended_from = today if outcome is MethodTransferOutcome.passed else None
        reason = "results that were amended turn what was concluded"
        return self.told(
            facts.MethodTransferRepeated, now, outcome=outcome, reason=reason, suspended_from=self.suspended_from
        )

    @transition(source=TO_REPEAT, target=None, by=QUALITY)
    def investigate(self, investigation: str) -> None:
        """Quality states what it came from; after that it may be repeated."""
        self.investigation = investigation

    @transition(source=TO_REPEAT, target=State.repeated, by=QUALITY, when="investigated")
    def repeat(self, follows: UUID, reason: str, now: datetime) -> facts.MethodTransferRepeated | None:
        """Another attempt by a new protocol takes its place."""
        if not self.investigated:
            raise RuleViolated(f"{self.number}: investigate first what it came from")
        self.followed_by_id = follows
        if self.state == State.reopened:  # which told it already
            return None
        outcome = MethodTransferOutcome.failed
        return self.told(facts.MethodTransferRepeated, now, outcome=outcome, reason=reason)

    @transition(source=UNTESTED, target=State.amended, by={Role.msat, Role.lab})
    def amend(self, follows: UUID) -> None:
        """The protocol, the specification or the method was revised: a new protocol is approved; the old one stays."""
        self.followed_by_id = follows

    @transition(
        source=RUNNING - UNTESTED,
        target=State.amended,
        by=QUALITY,
        independent_of={"planned_by"},
        when="may_be_amended",
    )
    def amend_tested(self, follows: UUID) -> None:
        """The same where results are there: they are known, so quality decides it, and none of them goes unjudged that
        could be judged."""
        if self.did_not_pass:
            raise RuleViolated(f"{self.number}: it was evaluated and did not pass: quality concludes it first")
        if not self.may_be_amended:
            raise RuleViolated(f"{self.number}: all planned results are there: evaluate it first")
        self.followed_by_id = follows

    @transition(
        source={State.planned},
        target=State.withdrawn,
        by=QUALITY,
        independent_of={"planned_by"},
        when="may_be_withdrawn",
    )
    def withdraw(self) -> None:
        """It was planned by mistake. What it would follow stays to be followed."""
        if not self.may_be_withdrawn:
            raise RuleViolated(f"{self.number} follows an earlier attempt, which does not go away: amend it")

    @transition(source=TESTING | {State.evaluated} | CONCLUDED | TO_REPEAT, target=None, by=QUALITY, when="may_release")
    def release_results(self) -> None:
        """The sponsor lets the receiving laboratory read the sending one's results."""
        if not self.may_release:
            raise RuleViolated(f"{self.number}: the results are released already")
        self.results_released = True

    def told(self, fact: type[F], now: datetime, **more: Any) -> F:
        """A fact about it."""
        about = {"method_transfer_number": self.number, "transfer_id": self.transfer_id}
        return self.tell(fact, now, **about, **more)

    def laboratory_of(self, side: TransferSide) -> tuple[UUID | None, UUID | None]:
        """The site and the partner of one of the laboratories; None is the sponsor's own."""
        if side is TransferSide.receiving:
            return self.laboratory_site_id, self.laboratory_partner_id
        return self.sending_laboratory_site_id, self.sending_laboratory_partner_id

    def _completed(self, outcome: MethodTransferOutcome, by: str, now: datetime) -> facts.MethodTransferCompleted:
        self.concluded_by, self.concluded_at = by, now
        # Both laboratories hear it, and see the digest: of numbers it would say to whoever tries them which they are.
        told = [verdict_alone(each) for each in self.attributes]
        said = {"results": self.results_digest, "verdicts": told, "because": self.justification}
        self.report_digest = proof_of(self, outcome=outcome, number=self.number, **said)
        return self.told(facts.MethodTransferCompleted, now, outcome=outcome, signed_by=by, attributes=told)
