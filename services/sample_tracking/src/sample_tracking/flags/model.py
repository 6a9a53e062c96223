"""A flag on a result's data and its lifecycle (ALCOA+; MHRA, GXP Data Integrity Guidance, 2018)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Grant, Role, Side
from contracts.data_integrity import DataIntegrityFlagged, FlagFact, FlaggedLot, UnitsRule, ValueContradictionFlagged
from contracts.data_integrity import FlagState as State
from runtime.lifecycle import transition
from runtime.turns import Waiting
from runtime.work import Versioned
from sample_tracking.flags.schemas import FlagFields, Rule
from sample_tracking.metadata import Table
from sample_tracking.results.fields import ResultState
from sample_tracking.results.model import Result

ANSWER: Final[frozenset[Role | Grant]] = frozenset({Side.laboratory(Role.partner_quality), Role.quality})
"""The laboratory's quality unit; the sponsor's for one that has no login."""
HOLDS_UP: Final = frozenset({State.open, State.confirmed})
"""Nobody approves a result while a flag of it is in one of these."""


class DataIntegrityFlag(FlagFields, Waiting, Versioned, Table, table=True):
    """What speaks against a result's data. A result has one by each rule that raises it."""

    __tablename__ = "data_integrity_flag"
    __table_args__ = (UniqueConstraint("result_id", "rule"),)

    sides: ClassVar[Mapping[Side, str]] = {Side.laboratory: "laboratory_partner_id"}
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.open: {Side.laboratory},
        State.answered: {Side.sponsor},
    }
    site_id: UUID
    """Where the lot was made."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @property
    def lot(self) -> FlaggedLot:
        """The lot in the published words."""
        return FlaggedLot(id=self.lot_id, number=self.lot_number, material=self.material, site_id=self.site_id)

    @classmethod
    def of(cls, result: Result, rule: Rule, why: str, now: datetime) -> tuple[Self, FlagFact]:
        """A rule raises it on a result."""
        same = ("set_id", "lot_id", "lot_number", "material", "test", "stage", "site_id", "laboratory_site_id")
        flag = cls(
            result_id=result.id,
            laboratory_partner_id=result.laboratory_partner_id,
            parties=[result.laboratory_partner_id],
            rule=rule,
            why=why,
            after_approval=result.state == ResultState.approved,
            **{name: getattr(result, name) for name in same},
        )
        return flag, flag._told(State.open, now)

    @transition(source={State.open}, target=State.answered, by=ANSWER)
    def answer(self, explanation: str, by: str, now: datetime) -> FlagFact:
        """The laboratory explains it: its result may be approved, and the sponsor decides what the answer is worth."""
        self.explanation, self.answered_by, self.answered_at = explanation, by, now
        return self._told(State.answered, now)

    @transition(source={State.answered}, target=State.accepted, by={Role.quality}, independent_of={"answered_by"})
    def accept(self, reason: str, by: str, now: datetime) -> FlagFact:
        """The explanation suffices."""
        return self._decided(State.accepted, reason, by, now)

    @transition(source={State.answered}, target=State.confirmed, by={Role.quality}, independent_of={"answered_by"})
    def confirm(self, reason: str, by: str, now: datetime) -> FlagFact:
        """It is a data integrity problem: nobody approves the result, and what is approved stays marked."""
        return self._decided(State.confirmed, reason, by, now)

    @transition(source={State.open}, target=State.lapsed, by=())
    def lapse(self, now: datetime) -> FlagFact:
        """By what became known it is not raised."""
        return self._told(State.lapsed, now)

    @transition(source={State.lapsed}, target=State.open, by=())
    def raise_again(self, why: str, now: datetime) -> FlagFact:
        """By what became known it is raised after all."""
        self.why = why
        return self._told(State.open, now)

    def _decided(self, state: State, reason: str, by: str, now: datetime) -> FlagFact:
        self.decision_reason, self.decided_by, self.decided_at = reason, by, now
        return self._told(state, now)

    def _told(self, state: State, now: datetime) -> FlagFact:
        # What readers of before know as a rule is an enumeration that stays as it is.
        fact = ValueContradictionFlagged if self.rule == UnitsRule.value_contradicted else DataIntegrityFlagged
        return fact.of(self, now, state=state)
