"""A contradiction: one record, told twice under the same revision, and not the same. A data integrity event."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts import Role, Side
from contracts.partner_feeds import PartnerFeedsBallHeld
from partner_feeds.metadata import Table
from runtime.lifecycle import transition
from runtime.turns import Waiting
from runtime.work import Versioned

QUALITY = frozenset({Role.quality})


class ContradictionState(StrEnum):
    """Whether somebody has found out what is true."""

    open = "open"
    settled = "settled"


class ContradictionFields(SQLModel):
    """What readers see of a contradiction as it is stored."""

    feed_id: UUID = Field(foreign_key="feed.id")
    feed: str
    partner_id: UUID
    """Who sent it."""
    maker_id: UUID
    """Whose lot it is about, or whose lots the feed reports on."""
    site_id: UUID
    """The maker's."""
    product_id: UUID | None = None
    message_id: UUID = Field(foreign_key="message.id")
    row: int
    """Where the other content stood first."""
    first_message_id: UUID | None = Field(default=None, foreign_key="message.id")
    """What stays came in this message; null of what was reported before this was kept."""
    first_row: int | None = None
    record: str
    """The record's type, such as TestResult."""
    record_id: str
    revision: int
    content: dict[str, Any] = Field(sa_type=JSONB)
    """What was reported the second time, and was not taken."""
    owner: str | None = None
    """Who finds out what is true."""
    state: ContradictionState = Field(default=ContradictionState.open, sa_type=String)


class Contradiction(ContradictionFields, Waiting, Versioned, Table, table=True):
    """What was reported first stays, until the partner sends a higher revision."""

    sides: ClassVar[Mapping[Side, str]] = {Side.sender: "partner_id"}
    ball = PartnerFeedsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        ContradictionState.open: frozenset({Side.sender, Side.sponsor})
    }

    digest: int = Field(sa_type=BigInteger)
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @transition(source={ContradictionState.open}, target=None, by=QUALITY)
    def assign(self, owner: str | None, by: str) -> None:
        """Somebody finds out what is true."""
        self.owner = owner or by

    @transition(source={ContradictionState.open}, target=ContradictionState.settled, by=QUALITY)
    def settle(self) -> None:
        """Quality knows what is true, and says it with the reason.

        What was reported first stays. Where that is wrong, its sender corrects it by a higher revision. The rows are no
        conflict any more when their message is replayed.
        """
