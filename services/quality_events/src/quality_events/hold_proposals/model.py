"""A proposal to hold a batch, and its lifecycle: what became known of a site after the making (EU GMP 1.4 xv, 7.8)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint

from contracts import Role, Side
from contracts.batches import HoldProposalAnswered, HoldProposed
from contracts.quality_events import QualityEventsBallHeld
from quality_events.batches.model import Batch
from quality_events.concerned import about
from quality_events.hold_proposals.rules import together
from quality_events.hold_proposals.schemas import HoldProposalFields
from quality_events.hold_proposals.schemas import HoldProposalState as State
from quality_events.metadata import Table
from runtime.lifecycle import transition
from runtime.turns import Waiting
from runtime.work import Versioned

ANSWERERS: Final = frozenset({Role.quality, Role.qp})
PROPOSERS: Final = frozenset({Role.auditor, Role.quality, Role.qp})


class HoldProposal(HoldProposalFields, Waiting, Versioned, Table, table=True):
    """What became known of a batch's site asks for a hold. It holds nothing: quality places one, or says why not."""

    __tablename__ = "hold_proposal"
    __table_args__ = (
        ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        ForeignKeyConstraint(["hold_id"], ["batch_hold.id"]),
    )

    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.open: {Side.sponsor}}

    @property
    def parties(self) -> tuple[()]:
        """No partner hears of it: what is held it is told by the hold."""
        return ()

    @classmethod
    def propose(
        cls, reasons: Sequence[str], now: datetime, batch: Batch | None = None, **given: Any
    ) -> tuple[Self, HoldProposed]:
        """Somebody, or what was told of the site, asks for a hold."""
        proposal = cls(reasons=sorted(reasons), **given)
        return proposal, HoldProposed.of(proposal, now, reasons=tuple(proposal.reasons), **_maker(batch))

    def learn(self, reasons: Iterable[str]) -> bool:
        """More became known of the site before anybody answered. Tells whether it was not known."""
        before, self.reasons = self.reasons, together([*self.reasons, *reasons])
        return self.reasons != before

    @transition(source={State.open}, target=State.placed, by=ANSWERERS, independent_of={"proposed_by"})
    def place(self, hold_id: UUID, by: str, now: datetime, batch: Batch | None = None) -> HoldProposalAnswered:
        """Quality holds the batch."""
        self.hold_id = hold_id
        return self._answered(by, now, batch)

    @transition(source={State.open}, target=State.declined, by=ANSWERERS, independent_of={"proposed_by"})
    def decline(self, reason: str, by: str, now: datetime, batch: Batch | None = None) -> HoldProposalAnswered:
        """Quality says why the batch goes on."""
        self.decline_reason = reason
        return self._answered(by, now, batch)

    def _answered(self, by: str, now: datetime, batch: Batch | None) -> HoldProposalAnswered:
        self.answered_by, self.answered_at = by, now
        return HoldProposalAnswered.of(self, now, **_maker(batch))


def _maker(batch: Batch | None) -> dict[str, UUID | None]:
    """Whose batch it is, and of which product: its site is that of which something became known."""
    return {name: id for name, id in about(batch).items() if name != "site_id"}
