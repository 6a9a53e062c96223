"""A message: what a partner's system sent, and what became of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts import Grant, Role, Side
from contracts.partner_feeds import MessageQuarantined, PartnerFeedsBallHeld
from partner_feeds.metadata import Table
from partner_feeds.reporting.outcomes import Counts
from runtime.lifecycle import transition
from runtime.turns import Waiting
from runtime.work import Versioned

SENDERS: frozenset[Role | Grant] = frozenset(
    {
        Role.quality, Role.supply, Role.lab, Role.msat,
        *map(Side.sender, (Role.partner_quality, Role.partner_operations, Role.partner_lab, Role.partner_system)),
    }
)  # fmt: skip
"""Who may send, and have refused rows tried again: the sender's own system and people, and the sponsor's for it."""


class MessageState(StrEnum):
    """What became of a message."""

    received = "received"
    """Its bytes are safe; the translation is under way."""
    translated = "translated"
    partly_translated = "partly_translated"
    """Some rows are open: refused, in conflict with what was reported before, or not to be judged."""
    quarantined = "quarantined"
    """Every row was refused."""
    replaying = "replaying"
    replayed = "replayed"
    """After a correction every row was taken."""
    dismissed = "dismissed"


UNDER_WAY = {MessageState.received, MessageState.replaying}
_WITH_OPEN_ROWS = {MessageState.partly_translated, MessageState.quarantined}


class MessageFields(SQLModel):
    """What readers see of a message as it is stored."""

    feed_id: UUID = Field(foreign_key="feed.id")
    feed: str
    partner_id: UUID
    content_type: str
    size: int = Field(sa_type=BigInteger)
    sha256: str
    sender_message_id: str | None = None
    """What the sender calls the message (header Message-Id)."""
    file_name: str | None = None
    received_at: datetime = Field(sa_type=DateTime(timezone=True))
    attempt: int = 1
    """How often it has been translated; each attempt keeps its own counts."""
    dismissal_reason: str | None = None
    state: MessageState = Field(default=MessageState.received, sa_type=String)


class Message(MessageFields, Waiting, Versioned, Table, table=True):
    """What arrived at once on one feed. The bytes never change, which ``sha256`` shows."""

    sorted_by: ClassVar[Collection[str]] = {"id"}
    sides: ClassVar[Mapping[Side, str]] = {Side.sender: "partner_id"}
    ball = PartnerFeedsBallHeld
    # The sender corrects its rows, or the sponsor its mapping.
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = dict.fromkeys(
        _WITH_OPEN_ROWS, frozenset({Side.sender, Side.sponsor})
    )
    sent_by: str | None = None
    """Whose token sent it. None of messages from before this was kept."""
    traceparent: str | None = None
    """The trace of the request that brought it; the translation continues it, also after a restart."""
    backfill: bool = False
    """It came while its feed loaded the past."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @property
    def under_way(self) -> bool:
        """Whether its rows are still being answered."""
        return self.state in UNDER_WAY

    def conclude(self, counts: Counts, first_reason: str, now: datetime) -> MessageQuarantined | None:
        """Pass on as the translation came out. The fact reports that rows were refused."""
        if not counts.open:
            if self.state == MessageState.replaying:
                self.complete_replay()
            else:
                self.translate()
            return None
        if counts.rows > counts.refused:
            self.translate_partly()
            return self._quarantined(counts.refused, first_reason, now) if counts.refused else None
        return self.quarantine(counts.refused, first_reason, now)

    @transition(source={MessageState.received}, target=MessageState.translated, by=())
    def translate(self) -> None:
        """Every row was taken."""

    @transition(source=UNDER_WAY, target=MessageState.partly_translated, by=())
    def translate_partly(self) -> None:
        """Some rows were taken; the open ones wait: for a correction, or for somebody who can tell what they mean."""

    @transition(source=UNDER_WAY, target=MessageState.quarantined, by=())
    def quarantine(self, refused: int, first_reason: str, now: datetime) -> MessageQuarantined:
        """No row was taken."""
        return self._quarantined(refused, first_reason, now)

    @transition(source=_WITH_OPEN_ROWS, target=MessageState.replaying, by=SENDERS)
    def replay(self) -> None:
        """Try the open rows again with today's mapping, registry and specifications."""
        self.attempt += 1

    @transition(source={MessageState.replaying}, target=MessageState.replayed, by=())
    def complete_replay(self) -> None:
        """No row is open any more."""

    @transition(source=_WITH_OPEN_ROWS, target=MessageState.dismissed, by={Role.quality})
    def dismiss(self, reason: str) -> None:
        """Nothing more will come of the open rows; the reason stays with the message."""
        self.dismissal_reason = reason

    def _quarantined(self, refused: int, first_reason: str, now: datetime) -> MessageQuarantined:
        return MessageQuarantined.of(self, now, refused=refused, first_reason=first_reason)


class MessageChunk(Table, table=True):
    """A piece of the bytes as they came. Inserted only."""

    __tablename__ = "message_chunk"

    message_id: UUID = Field(primary_key=True, foreign_key="message.id")
    number: int = Field(primary_key=True)
    """From 0, in order."""
    bytes: bytes


class Translation(Table, table=True):
    """How far one attempt at a message is. ``place`` moves in the transaction that publishes the rows up to it."""

    __tablename__ = "translation"

    message_id: UUID = Field(primary_key=True, foreign_key="message.id")
    attempt: int = Field(primary_key=True)
    mapping_id: UUID | None = None
    """The version that was live when the attempt began: a resumed one goes on with the same."""
    mapping: str | None = None
    place: int = 0
    """The last row that is answered."""
    accepted: int = 0
    duplicate: int = 0
    amended: int = 0
    conflict: int = 0
    unjudged: int = 0
    left_out: int = 0
    without_record: int = 0
    refused: int = 0
    first_reason: str = ""
    notices: list[str] = Field(sa_type=JSONB)
    begun_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))


class MessageRow(Table, table=True):
    """What became of one row, and in which attempt."""

    __tablename__ = "message_row"

    message_id: UUID = Field(primary_key=True)
    row: int = Field(primary_key=True)
    attempt: int
    outcome: str
    errors: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB)
