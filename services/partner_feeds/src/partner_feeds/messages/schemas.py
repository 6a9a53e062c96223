"""Bodies of requests and answers about messages."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import SQLModel

from partner_feeds.messages.model import MessageFields, MessageState
from partner_feeds.reporting.outcomes import Outcome
from serving.shown import Ref, Shown

MOST_LINES = 1_000
"""Rows, and errors, in one answer; the rest is at ``more``."""


class RowErrorRead(BaseModel):
    """What was wrong, and in ``reason`` what would be right."""

    row: int
    """The line at which the row begins (the header is line 1), or the event's place in its batch, from 1."""
    field: str
    """The column, or the JSON path; empty when the whole row is meant."""
    value: str
    reason: str


class RowRead(BaseModel):
    """One row and what became of it."""

    row: int
    """As in errors; 0 of what was not read: the whole message, or what is behind the row that its error names."""
    outcome: Outcome


class RowInFull(RowRead):
    """A row with what was wrong in it."""

    errors: list[RowErrorRead]


class CountsRead(SQLModel):
    """Rows by their outcome."""

    model_config = {"json_schema_serialization_defaults_required": True}

    accepted: int = 0
    duplicate: int = 0
    amended: int = 0
    conflict: int = 0
    unjudged: int = 0
    left_out: int = 0
    without_record: int = 0
    refused: int = 0

    @property
    def open(self) -> int:
        """Those that somebody must look at."""
        return self.conflict + self.unjudged + self.refused


class CellRead(BaseModel):
    """A value beside where it stands."""

    source: str
    """The column, or the path."""
    written: str
    read: str | None
    """As what it is read; null where only the records say it."""


class RowValues(BaseModel):
    """What a row that is taken says, and what it becomes."""

    row: int
    cells: list[CellRead]
    records: list[dict[str, Any]]
    """Each with its type as `record`, and its fields as an event's data would have them."""


class MessageAnswer(CountsRead):
    """The answer to a sender. A dry run has no message and no state."""

    message_id: UUID | None
    feed: str | None
    state: MessageState | None
    notices: list[str]
    records: list[RowRead]
    errors: list[RowErrorRead]
    values: list[RowValues]
    """Of a dry run that asks for them: the first rows that are taken, each value beside where it stands."""
    more: str | None
    """Where all rows are listed, when they are more than this answer holds."""


class MessageRead(MessageFields, CountsRead, Shown):
    """A message as its readers see it."""

    content_type: Literal[
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/json",
        "application/jsonl",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "application/xml",
        "text/xml",
    ]
    partner: Ref | None
    mapping: str | None
    """The version that translated it last."""
    rows_done: int
    rows_total: int | None
    """None while the translation is under way: rows are counted as they are read."""
    notices: list[str]

    @classmethod
    def of(cls, message: Any, translation: Any, partner: Ref | None) -> "MessageRead":
        """The readable form of a message and of its latest translation, which may not have begun."""
        done = translation.model_dump(warnings=False) if translation else {}
        counts = {name: done.get(name, 0) for name in CountsRead.model_fields}
        rows = sum(counts.values())
        return cls.model_validate(
            message.model_dump(warnings=False)
            | counts
            | {"partner": partner, "mapping": done.get("mapping"), "notices": done.get("notices", [])}
            | {"rows_done": rows, "rows_total": None if message.under_way else rows}
        )
