"""A decision of a gate and its lifecycle: three people sign it, of both units and quality (21 CFR 11; EU Annex 11)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from sqlmodel import ARRAY, Field, String

from contracts import Role, Side
from contracts.tech_transfer import GateDecided, GateVerdict
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from tech_transfer.decisions import rules
from tech_transfer.decisions.schemas import DecisionFields, ProposeDecision
from tech_transfer.decisions.schemas import DecisionState as State
from tech_transfer.gates.terms import Unmet
from tech_transfer.metadata import Table
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import WaitingPart, columns_of

_MEANING: Final = "the gate is decided so, by what is met and what is open"
SIGNERS: Final = ("sending_signed_by", "sending_signed_at", "receiving_signed_by", "receiving_signed_at")


class GateDecision(DecisionFields, WaitingPart, Table, table=True):
    """What becomes of a gate. Taken it is when three people signed: of either unit one, and last the quality unit."""

    __tablename__ = "gate_decision"

    signed_as: ClassVar[Mapping[str, str]] = {
        "transfer": "transfer_number",
        "gate": "gate",
        "decision": "verdict",
        "because": "reason",
        "open": "unmet",
        "to be done": "conditions",
    }
    signed_apart: ClassVar[Collection[str]] = ("state", "signed_by")
    signed_later: ClassVar[Collection[str]] = (*SIGNERS, "quality_signed_by", "decided_at")
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.proposed: {Side.sponsor}}
    signed_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Who signed so far: the next one is somebody else."""

    @classmethod
    def propose(
        cls, transfer: Transfer, body: ProposeDecision, unmet: Sequence[Unmet], *, number: str, by: str
    ) -> Self:
        """Raises RuleViolated where another gate is decided next, or what is open does not allow it."""
        if transfer.state != body.gate.value:
            why = f"gate: {transfer.number} stands at {transfer.state}, and not at {body.gate}"
            raise RuleViolated(why, fields=["gate"])
        rules.refuse_unfit(body.verdict, unmet, body.conditions)
        given: dict[str, Any] = columns_of(transfer) | {
            "gate": body.gate,
            "verdict": body.verdict,
            "reason": body.reason,
            "unmet": [each.as_kept for each in unmet],
            "conditions": [each.model_dump(mode="json") for each in body.conditions],
        }
        return cls(number=number, proposed_by=by, **given)

    @transition(
        source={State.proposed},
        target=None,
        by={Side.sender(Role.partner_quality)},
        independent_of={"signed_by"},
        when="awaits_senders_partner",
        signed=_MEANING,
    )
    def sign_as_sender(self, unmet: Sequence[Unmet], by: str, now: datetime) -> None:
        """The sending unit signs, where it is a partner's."""
        if not self.awaits_senders_partner:
            raise RuleViolated(f"{self.number}: the sending unit signed it, or is the sponsor's own")
        self._sign_for_sender(unmet, by, now)

    @transition(
        source={State.proposed},
        target=None,
        by={Role.msat},
        independent_of={"signed_by"},
        when="awaits_sponsors_unit",
        signed=_MEANING,
    )
    def sign_for_own_unit(self, unmet: Sequence[Unmet], by: str, now: datetime) -> None:
        """The sending unit signs, where it is the sponsor's own."""
        if not self.awaits_sponsors_unit:
            raise RuleViolated(f"{self.number}: the sending unit signed it, or is a partner's")
        self._sign_for_sender(unmet, by, now)

    @transition(
        source={State.proposed},
        target=None,
        by={Side.receiver(Role.partner_quality)},
        independent_of={"signed_by"},
        when="awaits_receiver",
        signed=_MEANING,
    )
    def sign_as_receiver(self, unmet: Sequence[Unmet], by: str, now: datetime) -> None:
        """The receiving unit signs."""
        if not self.awaits_receiver:
            raise RuleViolated(f"{self.number}: the receiving unit signed it")
        rules.refuse_changed(self.number, self.unmet, unmet)
        self.receiving_signed_by, self.receiving_signed_at = by, now
        self.signed_by = [*self.signed_by, by]

    @transition(
        source={State.proposed},
        target=State.taken,
        by={Role.quality},
        independent_of={"signed_by"},
        when="awaits_quality",
        signed=_MEANING,
    )
    def sign(self, unmet: Sequence[Unmet], by: str, now: datetime) -> GateDecided:
        """The sponsor's quality signs last, and by that the gate is decided."""
        if not self.awaits_quality:
            raise RuleViolated(f"{self.number}: both units sign it before quality does")
        rules.refuse_changed(self.number, self.unmet, unmet)
        self.quality_signed_by, self.decided_at = by, now
        self.signed_by = [*self.signed_by, by]
        key = {"transfer_id": self.transfer_id, "decision_id": self.id}
        return self.tell(GateDecided, now, signers=self.signed_by, **key)

    @transition(source={State.proposed}, target=State.withdrawn, by={Role.msat, Role.quality})
    def withdraw(self) -> None:
        """It shall be proposed otherwise."""

    @transition(source={State.taken, State.proposed}, target=State.void, by=())
    def avoid(self) -> None:
        """Quality went back to this gate or to an earlier one; or it was proposed, and the transfer is cancelled."""

    def _sign_for_sender(self, unmet: Sequence[Unmet], by: str, now: datetime) -> None:
        rules.refuse_changed(self.number, self.unmet, unmet)
        self.sending_signed_by, self.sending_signed_at = by, now
        self.signed_by = [*self.signed_by, by]

    @property
    def awaits_senders_partner(self) -> bool:
        """Whether the sending partner has to sign."""
        return not self.sent_by_sponsor and self.sending_signed_by is None

    @property
    def awaits_sponsors_unit(self) -> bool:
        """Whether the sponsor's own sending unit has to sign."""
        return self.sent_by_sponsor and self.sending_signed_by is None

    @property
    def awaits_receiver(self) -> bool:
        """Whether the receiving unit has to sign."""
        return self.receiving_signed_by is None

    @property
    def awaits_quality(self) -> bool:
        """Whether both units signed, and quality is next."""
        return self.sending_signed_by is not None and self.receiving_signed_by is not None

    @property
    def passes(self) -> bool:
        """Whether the transfer goes on by it."""
        return self.verdict in (GateVerdict.passed, GateVerdict.conditional)

    def turn(self) -> Collection[Side]:
        """Who has to sign next: either unit, in any order, and then quality."""
        if self.state != State.proposed:
            return set()
        sender = Side.sponsor if self.sent_by_sponsor else Side.sender
        owing = {sender: self.sending_signed_by is None, Side.receiver: self.awaits_receiver}
        return {side for side, owes in owing.items() if owes} or {Side.sponsor}
