"""A gap between two sites and its lifecycle, and a search that found none (ICH Q9; WHO TRS 1044 annex 4, 6.5)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final, Self

from sqlmodel import ARRAY, Field, String

from contracts import Classification, Grant, Role, Side
from contracts.transfer_gaps import GapClosed, GapIdentified, GapOutcome
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from tech_transfer.gaps.schemas import GapFields, GapSearchFields, IdentifyGap
from tech_transfer.gaps.terms import GapState as State
from tech_transfer.gaps.terms import SearchState
from tech_transfer.metadata import Table
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import PartOfTransfer, WaitingPart, columns_of

FINDERS: Final[frozenset[Role | Grant]] = frozenset(
    {Role.msat, Side.sender(Role.partner_quality), Side.receiver(Role.partner_quality)}
)
"""Who compares the sites: both units and the sponsor."""
_GRAVITY: Final = tuple(Classification)
_RISK: Final = "what is left of the gap is a risk that is taken"
_AGREED: Final = ("sending_agreed_by", "sending_agreed_at", "receiving_agreed_by", "receiving_agreed_at")


class Gap(GapFields, WaitingPart, Table, table=True):
    """Something is otherwise at the receiving site. Both units agree to what is done about it."""

    __tablename__ = "gap"

    signed_as: ClassVar[Mapping[str, str]] = {
        "gap": "gap_number",
        "transfer": "transfer_number",
        "differs in": "what",
        "at the sending site": "sending",
        "at the receiving site": "receiving",
        "severity": "severity",
        "mitigation": "mitigation",
        "what is left of it": "residual_risk",
        "evidence": "evidence",
    }
    signed_apart: ClassVar[Collection[str]] = ("state",)
    signed_later: ClassVar[Collection[str]] = ("ended_by", "ended_at")
    agreed_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Who agreed to the mitigation so far: the other unit's is somebody else."""

    @classmethod
    def identify(
        cls, transfer: Transfer, body: IdentifyGap, gap_number: str, by: str, now: datetime
    ) -> tuple[Self, GapIdentified]:
        """The sites differ. Raises RuleViolated where the transfer has ended."""
        transfer.refuse_ended()
        own: dict[str, Any] = columns_of(transfer) | {"gap_number": gap_number, "identified_by": by}
        own |= body.model_dump(include={"category", "what", "severity"})
        own |= {"was_critical": body.severity == Classification.critical}
        own |= body.model_dump(mode="json", include={"sending", "receiving"})
        gap = cls(**own)
        if body.proposed:
            gap.propose(**body.proposed.model_dump(), by=by)
        return gap, gap.tell(GapIdentified, now)

    @transition(source={State.identified}, target=None, by=FINDERS)
    def propose(self, mitigation: str, owner: str, due_on: date, by: str) -> None:
        """Say what is done about it. Whoever agreed to another mitigation is asked anew."""
        self.mitigation, self.mitigation_by, self.owner, self.due_on = mitigation, by, owner, due_on
        self._ask_anew()

    @transition(
        source={State.identified},
        target={State.identified, State.mitigation_agreed},
        by={Side.sender(Role.partner_quality)},
        independent_of={"agreed_by"},
        when="awaits_senders_partner",
    )
    def agree_as_sender(self, by: str, now: datetime) -> None:
        """The sending unit agrees, where it is a partner's."""
        if not self.awaits_senders_partner:
            raise RuleViolated(
                f"{self.gap_number}: there is no mitigation, or the sending partner need not agree to it"
            )
        self._agree("sending", by, now)

    @transition(
        source={State.identified},
        target={State.identified, State.mitigation_agreed},
        by={Role.msat},
        independent_of={"agreed_by"},
        when="awaits_sponsors_unit",
    )
    def agree_for_own_unit(self, by: str, now: datetime) -> None:
        """The sending unit agrees, where it is the sponsor's own."""
        if not self.awaits_sponsors_unit:
            raise RuleViolated(f"{self.gap_number}: there is no mitigation, or it is not the sponsor's unit to agree")
        self._agree("sending", by, now)

    @transition(
        source={State.identified},
        target={State.identified, State.mitigation_agreed},
        by={Side.receiver(Role.partner_quality)},
        independent_of={"agreed_by"},
        when="awaits_receiver",
    )
    def agree_as_receiver(self, by: str, now: datetime) -> None:
        """The receiving unit agrees."""
        if not self.awaits_receiver:
            raise RuleViolated(f"{self.gap_number}: there is no mitigation, or the receiving unit agreed to it")
        self._agree("receiving", by, now)

    @transition(
        source={State.identified, State.mitigation_agreed},
        target={State.identified, State.mitigation_agreed},
        by={Role.quality},
    )
    def rate(self, severity: Classification) -> None:
        """Quality says that it is more or less serious. To a graver one both units have to agree once more.

        One that was critical once is still ended by two, and how it ends is signed of the severity that it has then.
        """
        graver = _GRAVITY.index(severity) > _GRAVITY.index(Classification(self.severity))
        if severity != self.severity:
            self._endorse_anew()
        self.severity = severity
        self.was_critical = self.was_critical or self.is_critical
        if graver:
            self._back()

    @transition(source={State.mitigation_agreed}, target=State.identified, by={Role.quality})
    def reconsider(self) -> None:
        """What was agreed does not do, or what was endorsed of it: another mitigation is to be proposed."""
        self._back()

    @transition(source={State.mitigation_agreed}, target=State.closed, by={Role.msat, Role.quality}, when="is_lesser")
    def close(self, evidence: str, by: str, now: datetime) -> GapClosed:
        """It is mitigated, as the evidence shows."""
        self._refuse_critical()
        self.evidence = evidence
        return self._end(GapOutcome.closed, by, now)

    @transition(
        source={State.mitigation_agreed},
        target=State.accepted,
        by={Role.quality},
        independent_of={"mitigation_by"},
        when="is_lesser",
        signed=_RISK,
    )
    def accept(self, residual_risk: str, by: str, now: datetime) -> GapClosed:
        """Quality takes the risk that is left."""
        self._refuse_critical()
        self.residual_risk = residual_risk
        return self._end(GapOutcome.accepted, by, now)

    @transition(
        source={State.mitigation_agreed},
        target=None,
        by={Role.msat},
        independent_of={"mitigation_by"},
        when="awaits_endorsement",
        signed="the critical gap can end so",
    )
    def endorse(self, residual_risk: str, evidence: str | None, by: str, now: datetime) -> None:
        """MSAT signs first how a critical one ends: by evidence that it is mitigated, or as a risk that is left."""
        if not self.awaits_endorsement:
            raise RuleViolated(f"{self.gap_number}: it never was critical, or MSAT has signed how it ends")
        self.residual_risk, self.evidence = residual_risk, evidence
        self.endorsed_by, self.endorsed_at = by, now

    @transition(
        source={State.mitigation_agreed},
        target={State.closed, State.accepted},
        by={Role.quality},
        independent_of={"mitigation_by", "endorsed_by"},
        when="is_endorsed",
        signed=_RISK,
    )
    def sign_off(self, by: str, now: datetime) -> GapClosed:
        """Quality signs second, and by that a critical one ends."""
        if not self.is_endorsed:
            raise RuleViolated(f"{self.gap_number}: it never was critical, or MSAT has not signed how it ends")
        outcome = GapOutcome.closed if self.evidence else GapOutcome.accepted
        self.state = State(outcome.value)
        return self._end(outcome, by, now)

    @transition(source=set(State), target=None, by={Role.msat, Role.quality})
    def foretell(self) -> None:
        """A deviation at the receiving site is one that it gave warning of: the link is a record of its own."""

    @property
    def is_critical(self) -> bool:
        """Whether no gate is passed before both units agree to what is done about it."""
        return self.severity == Classification.critical

    @property
    def is_lesser(self) -> bool:
        """Whether one person ends it."""
        return not self.was_critical

    @property
    def awaits_senders_partner(self) -> bool:
        """Whether the sending partner has to agree."""
        return not self.sent_by_sponsor and self._to_agree and self.sending_agreed_by is None

    @property
    def awaits_sponsors_unit(self) -> bool:
        """Whether the sponsor's own sending unit has to agree."""
        return self.sent_by_sponsor and self._to_agree and self.sending_agreed_by is None

    @property
    def awaits_receiver(self) -> bool:
        """Whether the receiving unit has to agree."""
        return self._to_agree and self.receiving_agreed_by is None

    @property
    def awaits_endorsement(self) -> bool:
        """Whether MSAT has to sign how one ends that is critical, or was so."""
        return self.was_critical and self.endorsed_by is None

    @property
    def is_endorsed(self) -> bool:
        """Whether quality is to sign how such a one ends."""
        return self.was_critical and self.endorsed_by is not None

    def turn(self) -> Collection[Side]:
        """Of a mitigation those units that have not agreed; before there is one, and once it is agreed, the sponsor."""
        if self.state in (State.closed, State.accepted):
            return set()
        sender = Side.sponsor if self.sent_by_sponsor else Side.sender
        owing = {sender: self._to_agree and self.sending_agreed_by is None, Side.receiver: self.awaits_receiver}
        return {side for side, owes in owing.items() if owes} or {Side.sponsor}

    @property
    def _to_agree(self) -> bool:
        return self.state == State.identified and self.mitigation is not None

    def _agree(self, unit: str, by: str, now: datetime) -> None:
        setattr(self, f"{unit}_agreed_by", by)
        setattr(self, f"{unit}_agreed_at", now)
        self.agreed_by = [*self.agreed_by, by]
        if self.sending_agreed_by and self.receiving_agreed_by:
            self.state = State.mitigation_agreed

    def _back(self) -> None:
        self.state = State.identified
        self._endorse_anew()
        self._ask_anew()

    def _endorse_anew(self) -> None:
        self.residual_risk = self.evidence = self.endorsed_by = self.endorsed_at = None

    def _ask_anew(self) -> None:
        for name in _AGREED:
            setattr(self, name, None)
        self.agreed_by = []

    def _refuse_critical(self) -> None:
        if self.was_critical:
            raise RuleViolated(f"{self.gap_number} is critical, or was so: MSAT and quality both sign how it ends")

    def _end(self, outcome: GapOutcome, by: str, now: datetime) -> GapClosed:
        self.ended_by, self.ended_at = by, now
        return self.tell(GapClosed, now, outcome=outcome)


class GapSearch(GapSearchFields, PartOfTransfer, Table, table=True):
    """Somebody looked for gaps in a category, and found no other than those that are recorded."""

    __tablename__ = "gap_search"

    @transition(source={SearchState.done}, target=SearchState.withdrawn, by={Role.msat, Role.quality})
    def withdraw(self, reason: str) -> None:
        """It was not looked at after all, or not well enough."""
        self.withdrawal_reason = reason
