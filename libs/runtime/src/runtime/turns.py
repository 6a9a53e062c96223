"""Whose turn it is: the state of a record names the side that owes its next step."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel, String

from contracts import BallHeld, Holder, Side


class Waiting(SQLModel):
    """The columns of a record whose next step somebody owes.

    They are kept, and the fact is told, with each change through the session; bulk writers call ``pass_turn``.
    """

    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {}
    """By state the sides that owe the next step. In a state that is not named nobody owes one."""
    ball: ClassVar[type[BallHeld] | None] = None
    """The fact that tells each change; None where the facts of the record itself tell as much."""

    awaited_side: Holder | None = Field(default=None, sa_type=String)
    awaited_partner_id: UUID | None = None
    """Which partner; None where it is the sponsor's turn, or not one partner's alone."""
    awaited_since: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))

    def turn(self) -> Collection[Side]:
        """The sides that owe the next step now."""
        return self.turns.get(getattr(self, "state"), ())  # noqa: B009

    def pass_turn(self, now: datetime) -> BallHeld | None:
        """Note whose turn it has become, and give the fact; None where nothing of that changed."""
        side, partner_id = holder(self, self.turn())
        if (side, partner_id) == (self.awaited_side, self.awaited_partner_id):
            return None
        self.awaited_side, self.awaited_partner_id = side, partner_id
        self.awaited_since = now if side else None
        return ball_held(self, self.ball, now) if self.ball else None


def holder(record: Any, sides: Collection[Side]) -> tuple[Holder | None, UUID | None]:
    """Who of a record's sides is meant, and which partner. A side that no partner is known for is nobody's guess."""
    partners = {getattr(record, record.sides[side]) for side in sides if side is not Side.sponsor}
    if None in partners:
        return Holder.unknown, None
    if not partners:
        return Holder.sponsor if sides else None, None
    return Holder.both if Side.sponsor in sides else Holder.partner, partners.pop() if len(partners) == 1 else None


def ball_held(record: Any, ball: type[BallHeld], now: datetime) -> BallHeld:
    """The fact that tells whose turn a record says it is."""
    number = getattr(record, "number", None)
    about = {"subject_type": record.__tablename__, "subject_id": record.id, "number": number and str(number)}
    about |= {"side": record.awaited_side or Holder.nobody, "awaited_partner_id": record.awaited_partner_id}
    return ball(**about, why=str(record.state), occurred_at=now)
