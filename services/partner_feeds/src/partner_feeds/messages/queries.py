"""Reads of messages."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, or_, select, tuple_

from directory.names import names_of
from partner_feeds.feeds.model import Feed
from partner_feeds.feeds.queries import is_named
from partner_feeds.messages.model import Message, Translation
from partner_feeds.messages.schemas import (
    MOST_LINES,
    CountsRead,
    MessageAnswer,
    MessageRead,
    RowErrorRead,
    RowInFull,
    RowRead,
)
from partner_feeds.reporting.outcomes import Outcome
from runtime.work import Work

_ROWS = """
SELECT row, outcome, errors::text FROM message_row
WHERE message_id = $1 AND row > $2 AND ($3::text IS NULL OR outcome = $3) ORDER BY row LIMIT $4
"""
_OPEN = """
SELECT errors::text FROM message_row WHERE message_id = $1 AND errors IS NOT NULL ORDER BY row LIMIT $2
"""


async def readable(work: Work, messages: Sequence[Message]) -> list[MessageRead]:
    """Messages with how far they are, and whose they are."""
    keys = [(message.id, message.attempt) for message in messages]
    which = tuple_(col(Translation.message_id), col(Translation.attempt)).in_(keys)
    found = (await work.session.scalars(select(Translation).where(which))).all() if keys else ()
    by_message = {translation.message_id: translation for translation in found}
    known = await names_of(work, messages, {"partner": "partner_id"})
    return [MessageRead.of(each, by_message.get(each.id), known.ref(each.partner_id)) for each in messages]


def of_feed(_: Work, named: Sequence[str]) -> Any:
    """The condition of messages of feeds, each named by its id or its code."""
    return col(Message.feed_id).in_(select(Feed.id).where(or_(*map(is_named, named))))


async def rows(work: Work, message_id: UUID, after: int, outcome: Outcome | None, limit: int) -> list[RowInFull]:
    """The rows of a message behind a row, in order."""
    found = await work.connection.fetch(_ROWS, message_id, after, outcome, limit)
    return [RowInFull(row=row, outcome=outcome, errors=json.loads(errors or "[]")) for row, outcome, errors in found]


async def answer(work: Work, message_id: UUID, *, again: bool, more: str) -> MessageAnswer:
    """The answer to the sender of a message; ``again`` when it had been received before."""
    message = await work.get(Message, message_id)
    (read,) = await readable(work, [message])
    lines = await rows(work, message_id, -1, None, MOST_LINES + 1)
    errors = await _errors(work, message_id) if read.open else []
    counts = CountsRead(**read.model_dump(include=set(CountsRead.model_fields)))
    notices, records = read.notices, [RowRead(row=line.row, outcome=line.outcome) for line in lines]
    if again:
        again_taken = {"duplicate": read.accepted + read.duplicate + read.amended, "accepted": 0, "amended": 0}
        counts = counts.model_copy(update=again_taken)
        notices = [_received_before(read), *notices]
        records = [_as_duplicate(record) for record in records]
    return MessageAnswer(
        message_id=message.id,
        feed=message.feed,
        state=message.state,
        notices=notices,
        records=records[:MOST_LINES],
        errors=errors[:MOST_LINES],
        values=[],
        more=more if max(len(lines), len(errors)) > MOST_LINES else None,
        **counts.model_dump(),
    )


async def _errors(work: Work, message_id: UUID) -> list[RowErrorRead]:
    found = await work.connection.fetch(_OPEN, message_id, MOST_LINES + 1)
    return [RowErrorRead(**error) for row in found for error in json.loads(row["errors"] or "[]")]


def _received_before(message: MessageRead) -> str:
    notice = f"received before, on {message.received_at:%Y-%m-%d %H:%M} UTC"
    if not message.open:
        return notice
    return f"{notice}; POST /v1/messages/{message.id}/replay tries its open rows again"


def _as_duplicate(record: RowRead) -> RowRead:
    taken = record.outcome in (Outcome.accepted, Outcome.amended)
    return RowRead(row=record.row, outcome=Outcome.duplicate) if taken else record
