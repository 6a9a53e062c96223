"""A joint decision and its lifecycle: one side proposes, the other answers."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracting.agreement_versions.terms import Party
from contracting.agreements.model import Agreement
from contracting.authority import OF_COMMERCE, OF_QUALITY, PARTNERS, SIGNERS
from contracting.joint_decisions.schemas import DecisionSubject, JointDecisionFields
from contracting.joint_decisions.schemas import JointDecisionState as State
from contracting.metadata import Table
from contracts import Side
from contracts.contracting import ContractingBallHeld
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

DECIDERS: Final = SIGNERS | PARTNERS


class JointDecision(JointDecisionFields, Waiting, Versioned, Table, table=True):
    """What both sides decide together of an agreement. Both read it from the beginning."""

    __tablename__ = "joint_decision"

    sides: ClassVar[Mapping[Side, str]] = {Side.acceptor: "partner_id"}
    ball = ContractingBallHeld
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def propose(cls, agreement: Agreement, side: Party, by: str, **said: Any) -> Self:
        """A side proposes it to the other."""
        of_it: dict[str, Any] = {
            "agreement_id": agreement.id,
            "agreement_number": agreement.number,
            "kind": agreement.kind,
        }
        of_it |= {"partner_id": agreement.partner_id, "parties": [agreement.partner_id]}
        return cls(proposed_by_side=side, proposed_by=by, **of_it, **said)

    @property
    def powerless(self) -> frozenset[str]:  # type: ignore[override]
        """Who does not decide this: a review is the quality units', all else those of commerce and law."""
        return OF_COMMERCE if self.subject == DecisionSubject.review else OF_QUALITY

    @transition(source={State.proposed}, target=State.agreed, by=DECIDERS)
    def agree(self, side: Party, by: str, now: datetime) -> None:
        """The other side agrees."""
        self._refuse_own(side)
        self.answered_by, self.answered_at = by, now

    @transition(source={State.proposed}, target=State.declined, by=DECIDERS)
    def decline(self, side: Party, reason: str, by: str, now: datetime) -> None:
        """The other side does not agree, and says why."""
        self._refuse_own(side)
        self.answered_by, self.answered_at, self.decline_reason = by, now, reason

    @transition(source={State.proposed}, target=State.withdrawn, by=DECIDERS)
    def withdraw(self, side: Party) -> None:
        """Who proposed it takes it back."""
        if side != self.proposed_by_side:
            raise RuleViolated(f"the {self.proposed_by_side} proposed it: agree, or decline and say why")

    @transition(source={State.proposed}, target=State.lapsed, by=())
    def lapse(self) -> None:
        """Its agreement ended before it was answered."""

    def turn(self) -> Collection[Side]:
        """The other side's, until it answered."""
        if self.state != State.proposed:
            return set()
        return {Side.acceptor if self.proposed_by_side == Party.sponsor else Side.sponsor}

    def _refuse_own(self, side: Party) -> None:
        if side == self.proposed_by_side:
            raise RuleViolated(f"the {side} proposed it: the other side answers")
