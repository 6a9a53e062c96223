"""An excursion of the process and its lifecycle (EU GMP 5.39 and 5.15; 21 CFR 211.100(b)).

A maker's system records an exception, or an alarm at a limit. That is no deviation yet: the maker's quality unit
decides what it means.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Role, Side
from contracts.quality_events import QualityEventsBallHeld
from quality_events.excursions.schemas import ExcursionFields
from quality_events.excursions.terms import ExcursionOutcome, Told
from quality_events.excursions.terms import ExcursionState as State
from quality_events.metadata import INSTANT, Table
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

_WEIGHED: Final = ("event_id", "step", "kind", "text", "value", "limit", "unit", "risk", "occurred_at")
"""What a decision rests on: where a later revision says another, it is decided anew."""


class ProcessExcursion(ExcursionFields, Waiting, Versioned, Table, table=True):
    """One excursion of one batch, as its source told it last. The batch is not released while it is open.

    Of one source there is one for each lot of which it told it. Those of lots that it does not name any more are
    withdrawn where somebody had decided them, and else are open: no source alone takes one from a batch.
    """

    __tablename__ = "process_excursion"
    __table_args__ = (
        ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        ForeignKeyConstraint(["deviation_id"], ["deviation.id"]),
    )

    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id"}
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.open: {Side.maker}}
    ball = QualityEventsBallHeld
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
    reopened_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """When what was decided last came undone: the sponsor did not follow it, or no deviation deals with it now."""

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided what it means."""
        return self.state == State.open

    @classmethod
    def report(cls, number: str, told: Told) -> Self:
        """A maker's system tells of it for the first time."""
        return cls(number=number, **_columns(told))

    def take(self, told: Told) -> bool:
        """Keep what a later revision tells of the same lot, and say whether anything changed. What a decision rests on
        reopens it."""
        if told.source_revision <= self.source_revision:
            return False
        said = _columns(told)
        differs = any(getattr(self, name) != said[name] for name in _WEIGHED)
        if self.state == State.withdrawn or (self.state == State.decided and differs):
            self.amend(f"revision {told.source_revision} of its source tells it otherwise")
        for name, value in said.items():
            setattr(self, name, value)
        return True

    @transition(source={State.open}, target=State.decided, by={Side.maker(Role.partner_quality)})
    def decide(
        self,
        outcome: ExcursionOutcome,
        reason: str,
        deviation_id: UUID | None,
        source_revision: int,
        by: str,
        now: datetime,
    ) -> None:
        """The maker's quality unit says what it means, as it read it: nothing, with the reason, or a deviation."""
        if source_revision != self.source_revision:
            why = f"{self.number} is told otherwise now, in revision {self.source_revision}: read it, and decide that"
            raise RuleViolated(why, fields=["source_revision"])
        if outcome is ExcursionOutcome.deviation and deviation_id is None:
            why = "an outcome of deviation names the one that deals with it: raise it first (POST /v1/deviations)"
            raise RuleViolated(why, fields=["deviation_id"])
        if outcome is ExcursionOutcome.no_impact and deviation_id is not None:
            raise RuleViolated("what a deviation deals with has the outcome deviation", fields=["outcome"])
        self.outcome, self.decision, self.deviation_id = outcome, reason, deviation_id
        self.decided_by, self.decided_at, self.reopened_because = by, now, None

    @transition(source={State.decided}, target=State.open, by={Role.quality})
    def reopen(self, reason: str, now: datetime) -> None:
        """The sponsor's quality unit does not follow what was decided, and says why."""
        self._undo(reason)
        self.reopened_at = now

    @transition(source={State.decided, State.withdrawn}, target=State.open, by=())
    def amend(self, reason: str) -> None:
        """Its source tells it otherwise than when it was decided, or withdrawn."""
        self._undo(reason)

    @transition(source={State.open, State.decided}, target=State.withdrawn, by=())
    def withdraw(self, revision: int) -> None:
        """Its source names another lot, which may be another partner's: so it is not named here."""
        self._undo(f"revision {revision} of its source is not about this one")

    @transition(source={State.decided}, target=State.open, by=())
    def lapse(self, reason: str, now: datetime) -> None:
        """The deviation that dealt with it does so no longer: nobody has decided what it means."""
        self._undo(reason)
        self.reopened_at = now

    def come_back(self, since: datetime) -> None:
        """Its batch is its former maker's again, who decides anew what another one decided since then."""
        if self.decided_at and self.decided_at >= since:
            self.amend("who had decided it turned out to have no part in the making of its batch")

    def leave(self, revision: int, told_again: bool) -> None:
        """Its source names another lot: what was decided stands for nothing, and what was not its maker's quality
        decides here. ``told_again``: there is another one of this lot, which was told since."""
        if told_again or not self.is_open:
            self.withdraw(revision)
        else:
            self.reopened_because = f"revision {revision} of its source names another lot: was it of this one?"

    def _undo(self, reason: str) -> None:
        self.outcome = self.decision = self.deviation_id = self.decided_by = self.decided_at = None
        self.reopened_because = reason


def _columns(told: Told) -> dict[str, Any]:
    lot = told.lot
    of_it = {name: getattr(told, name) for name in Told.__slots__ if name != "lot"}
    return of_it | {"lot_id": lot.id, "site_id": lot.site_id, "partner_id": lot.partner_id, "parties": [lot.partner_id]}
