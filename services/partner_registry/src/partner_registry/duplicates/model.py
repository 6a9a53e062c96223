"""Two partners that may be one company, and what a person decides. It is asked once."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from contracts import Role, Side
from contracts.partner_registry import PartnerRegistryBallHeld
from partner_registry.duplicates.schemas import DuplicateFields
from partner_registry.duplicates.schemas import DuplicateState as State
from partner_registry.metadata import Table
from runtime.lifecycle import transition
from runtime.turns import Waiting
from runtime.work import Versioned

DECIDERS: Final = frozenset({Role.sourcing, Role.quality})


class DuplicateCandidate(DuplicateFields, Waiting, Versioned, Table, table=True):
    """That two partners look like one company. No partner hears of it: it would hear of another one."""

    __tablename__ = "duplicate_candidate"

    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.open: {Side.sponsor}}

    @property
    def parties(self) -> tuple[()]:
        """Whom else the sponsor works with is its own."""
        return ()

    @transition(source={State.open, State.different}, target=State.same, by=DECIDERS)
    def call_same(self, reason: str, by: str, now: datetime) -> None:
        """They are one company."""
        self._decide(reason, by, now)

    @transition(source={State.open, State.same}, target=State.different, by=DECIDERS)
    def call_different(self, reason: str, by: str, now: datetime) -> None:
        """They are two."""
        self._decide(reason, by, now)

    def _decide(self, reason: str, by: str, now: datetime) -> None:
        self.decision_reason, self.decided_by, self.decided_at = reason, by, now
