"""A hold of a batch: a record beside the batch's state, which goes on by itself (EU GMP 1.4 xv; 21 CFR 211.22(a))."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Grant, Lot, Role, Side
from contracts.batches import BatchHeld, BatchHoldLifted
from quality_events.batches.model import Batch
from quality_events.holds.schemas import HoldFields
from quality_events.holds.terms import HoldState as State
from quality_events.metadata import Table
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

SPONSORS = frozenset({Role.quality, Role.qp})
MAKERS = frozenset({Side.maker(Role.partner_quality)})
HOLDERS: frozenset[Role | Grant] = SPONSORS | MAKERS


class BatchHold(HoldFields, Waiting, Versioned, Table, table=True):
    """Why a batch is not to go on. It stands until who placed it, the maker or the sponsor, lifts it."""

    __tablename__ = "batch_hold"
    __table_args__ = (ForeignKeyConstraint(["batch_id"], ["batch.id"]),)

    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id"}
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def place(
        cls, batch: Batch, *, number: str, side: Side, markets: Sequence[str], reason: str, by: str, now: datetime
    ) -> tuple[Self, BatchHeld]:
        """Hold a batch in any state: what is held is its way to a market, not its making."""
        hold = cls(
            batch_id=batch.id,
            lot_id=batch.lot_id,
            site_id=batch.site_id,
            partner_id=batch.partner_id,
            number=number,
            by_side=side,
            markets=sorted(set(markets)),
            reason=reason,
            placed_by=by,
            parties=list(batch.parties),
        )
        return hold, BatchHeld.of(hold, now, lot=batch.lot)

    @property
    def is_sponsors(self) -> bool:
        """Whether the sponsor placed it."""
        return self.by_side == Side.sponsor

    @property
    def is_makers(self) -> bool:
        """Whether the maker placed it."""
        return self.by_side == Side.maker

    @transition(source={State.open}, target=State.lifted, by=SPONSORS, when="is_sponsors")
    def lift(self, lot: Lot, reason: str, by: str, now: datetime) -> BatchHoldLifted:
        """The sponsor lifts a hold of its own."""
        return self._lift(Side.sponsor, lot, reason, by, now)

    @transition(source={State.open}, target=State.lifted, by=MAKERS, when="is_makers")
    def lift_as_maker(self, lot: Lot, reason: str, by: str, now: datetime) -> BatchHoldLifted:
        """The maker lifts a hold of its own."""
        return self._lift(Side.maker, lot, reason, by, now)

    def leave_to_sponsor(self, since: datetime) -> bool:
        """Let it be the sponsor's to lift, and stay with its partner, where this placed it since it was told to have
        the batch, which turned out to be another's. Tells whether it did."""
        if not self.is_makers or self.created_at < since:
            return False
        self.by_side = Side.sponsor
        return True

    def turn(self) -> Collection[Side]:
        """That of who placed it, as long as it is open."""
        return {Side(self.by_side)} if self.state == State.open else ()

    def _lift(self, side: Side, lot: Lot, reason: str, by: str, now: datetime) -> BatchHoldLifted:
        if side != self.by_side:
            raise RuleViolated(f"{self.number} was placed by the {self.by_side}: only its quality unit lifts it")
        self.lifted_by, self.lifted_at, self.lift_reason = by, now, reason
        return BatchHoldLifted.of(self, now, lot=lot)
