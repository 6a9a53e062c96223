"""Process limits and their lifecycle (21 CFR 211.103, 211.111, 211.186(b)(7); EU GMP 4.18, 5.39)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Role, Side
from contracts.quality_events import QualityEventsBallHeld
from gxp.clocks import ONE_DAY
from quality_events.metadata import Table
from quality_events.process_limits.schemas import ProcessLimitsFields, StateProcessLimits
from quality_events.process_limits.terms import LimitsState as State
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

STATERS: Final = frozenset({Role.quality, Role.msat})
QUALITY: Final = frozenset({Role.quality})


class ProcessLimits(ProcessLimitsFields, Waiting, Versioned, Table, table=True):
    """One version of the limits of a product at its maker. Of those on a day the one that began last counts.

    As an element of the master record they are stated by one person and checked by another one (21 CFR 211.186(a)).
    """

    __tablename__ = "process_limits"

    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.proposed: {Side.sponsor}}
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    def turn(self) -> Collection[Side]:
        """As its state says; whether they are withdrawn the sponsor says too."""
        return {Side.sponsor} if self.withdrawal_open else super().turn()

    @property
    def withdrawal_open(self) -> bool:
        """Whether somebody proposed to withdraw them, and nobody answered."""
        return self.state == State.confirmed and self.withdrawal_proposed_by is not None

    @property
    def unquestioned(self) -> bool:
        """Whether nobody proposed to withdraw them."""
        return not self.withdrawal_open

    @classmethod
    def state_anew(cls, body: StateProcessLimits, number: str, product_id: UUID, revision: int, by: str) -> Self:
        """A new version, which the maker reads; it counts once somebody else confirmed it."""
        given = body.model_dump(exclude={"yields", "hold_times"})
        return cls(
            **given,
            **body.stored,
            number=number,
            product_id=product_id,
            revision=revision,
            stated_by=by,
            parties=[body.partner_id],
        )

    @transition(source={State.proposed}, target=State.confirmed, by=QUALITY, independent_of={"stated_by"})
    def confirm(self, by: str, now: datetime) -> None:
        """Somebody else compared them with the master record: from now on they count on their days."""
        self.confirmed_by, self.confirmed_at = by, now

    @transition(source={State.proposed}, target=State.rejected, by=QUALITY)
    def reject(self, reason: str) -> None:
        """The master record says something else: they never counted."""
        self.reason = reason

    @transition(source={State.confirmed}, target=None, by=STATERS, when="unquestioned")
    def propose_withdrawal(self, effective_on: date, reason: str, by: str) -> None:
        """They are to count no more for what begins on this day or later; from their first day on they never did.

        Until somebody else withdraws them they count: by one person alone no batch is judged by others.
        """
        if self.withdrawal_open:
            why = f"{self.number} is to be withdrawn from {self.withdrawal_on} on: somebody else does so (withdrawal)"
            raise RuleViolated(f"{why}, or refuse that first (withdrawal-refusal)")
        if effective_on < self.valid_from:
            why = f"{self.number} counts from {self.valid_from} on: effective_on is no earlier than that"
            raise RuleViolated(why, fields=["effective_on"])
        self.withdrawal_on, self.reason, self.withdrawal_proposed_by = effective_on, reason, by

    @transition(
        source={State.confirmed},
        target=State.withdrawn,
        by=QUALITY,
        independent_of={"withdrawal_proposed_by"},
        when="withdrawal_open",
    )
    def withdraw(self, by: str) -> None:
        """Somebody else agrees: they count as was proposed (21 CFR 211.186(a))."""
        if self.withdrawal_on is None:
            raise RuleViolated(f"{self.number}: nobody proposed to withdraw it: that comes first (withdrawal-proposal)")
        self.valid_to, self.withdrawn_by = self.withdrawal_on - ONE_DAY, by

    @transition(source={State.confirmed}, target=None, by=QUALITY, when="withdrawal_open")
    def refuse_withdrawal(self, reason: str) -> None:
        """They go on to count."""
        if not self.withdrawal_open:
            raise RuleViolated(f"{self.number}: nobody proposed to withdraw it")
        self.withdrawal_on, self.withdrawal_proposed_by, self.reason = None, None, reason
