"""What hangs on a message, in bulk: its bytes, its attempts, its rows, and the records that are known."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from partner_feeds.metadata import Table


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


class KnownRecord(Table, table=True):
    """A record that was published, as its sender knows it."""

    __tablename__ = "known_record"

    feed_id: UUID = Field(primary_key=True)
    fact: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    revision: int
    digest: int = Field(sa_type=BigInteger)
    """Of the content: tells when something else comes under a known id and revision."""
    lot_id: UUID | None = None
    """Of what is said about one batch."""


class LotStart(Table, table=True):
    """When the making of a lot began, as reported: dates what a press reports without any date."""

    __tablename__ = "lot_start"

    lot_id: UUID = Field(primary_key=True)
    started: str
    """An instant, a day or a month."""
