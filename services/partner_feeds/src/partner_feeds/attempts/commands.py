"""One attempt at a message: its place is saved in the transaction that publishes the rows up to there.

Two processes may work on one message, for neither knows whether the other still runs. Each begins its transactions by
looking whether the place is where it left it, and stops where it was moved. So every row is answered once.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from partner_feeds.attempts import statements
from partner_feeds.attempts.batches import Batch, Form
from partner_feeds.feeds.model import Feed
from partner_feeds.language import AnyMapping, load_any
from partner_feeds.mappings.commands import live
from partner_feeds.mappings.model import MappingVersion
from partner_feeds.messages.model import Message
from partner_feeds.messages.source import piece_of
from partner_feeds.records.answers import MOST_NOTICES, REST, Answer, Refused, RowError
from partner_feeds.reporting.codes import Scope
from partner_feeds.reporting.outcomes import OPEN, Counts, Outcome, RowOutcome, looked_at_again
from partner_feeds.reporting.report import Reporting, report
from partner_feeds.translation.about import Origin
from runtime.work import Work


class Overtaken(Exception):
    """Another process works on this message, or has finished it."""


@dataclass(slots=True)
class Attempt:
    """An attempt as this process knows it."""

    message: Message
    feed: Feed
    form: Form
    scope: Scope
    place: int
    first_piece: bytes
    """The beginning of what was sent, which most messages do not exceed."""


@lru_cache(maxsize=32)
def compiled(document: str) -> AnyMapping:
    """The mapping of a document, which is known to be valid. Reading one takes as long as translating 1,000 records."""
    return load_any(document)


async def begin(work: Work, message_id: UUID) -> Attempt | None:
    """Take up a message at its place; None when nothing is left to do."""
    message = await work.session.get(Message, message_id)
    if message is None or not message.under_way:
        return None
    feed = await work.session.get_one(Feed, message.feed_id)
    version = await live(work, feed.mapping) if feed.mapping else None
    label = version.label if version else None
    key = (message.id, message.attempt)
    begun = await work.connection.fetchrow(statements.BEGIN, *key, version.id if version else None, label, work.now)
    mapping_id, place, begun_at = begun or await work.connection.fetchrow(statements.READ, *key)
    if version is None or version.id != mapping_id:
        version = await work.session.get(MappingVersion, mapping_id) if mapping_id else None
    mapping = await asyncio.to_thread(compiled, version.document) if version else None
    origin = Origin(message.file_name, day_in(feed, message.received_at))
    return Attempt(
        message=message,
        feed=feed,
        form=Form(feed.mapping, mapping, message.content_type, feed.time_zone, begun_at, origin),
        scope=Scope(feed, message.id, mapping, day_in(feed, message.received_at), message.backfill, message.sent_by),
        place=place,
        first_piece=await piece_of(work, message.id, 0) or b"",
    )


def day_in(feed: Feed, instant: datetime) -> date:
    """The day in the time zone of the feed's systems."""
    return instant.astimezone(ZoneInfo(feed.time_zone)).date()


async def save(work: Work, attempt: Attempt, batch: Batch) -> int:
    """Answer a batch of rows and conclude the message with its last ones; gives the new place. Raises Overtaken.

    The attempt has that place once this is committed, and not before: giving it up begins where it was.
    """
    await _claim(work, attempt)
    reporting = await _report(work, attempt, batch.answers)
    place = max((answer.row for answer in batch.answers), default=attempt.place)
    counts, reason = await _save(work, attempt, reporting, place)
    if batch.last:
        await _conclude(work, attempt, counts, reason, is_whole=not any(map(_ends, batch.answers)))
    return place


async def still_at_it(work: Work, attempt: Attempt) -> None:
    """Say that this process works on the message, though it has not come further. Raises Overtaken."""
    await _claim(work, attempt)
    await work.connection.execute(statements.TOUCH, attempt.message.id, attempt.message.attempt)


async def give_up(work: Work, attempt: Attempt, reason: str) -> None:
    """Refuse the rest of a message that our own fault keeps from being translated. Raises Overtaken."""
    await _claim(work, attempt)
    row = attempt.place + 1
    error = RowError.of(row, "", "", f"from this row on nothing was read: {reason}")
    reporting = Reporting([RowOutcome.of(REST, Outcome.refused, [error])], [])
    counts, first_reason = await _save(work, attempt, reporting, row)
    await _conclude(work, attempt, counts, first_reason, is_whole=False)


async def _claim(work: Work, attempt: Attempt) -> None:
    place = await work.connection.fetchval(statements.LOCK, attempt.message.id, attempt.message.attempt)
    if place != attempt.place:
        raise Overtaken


async def _report(work: Work, attempt: Attempt, answers: Sequence[Answer]) -> Reporting:
    """Take the rows. In a replay only those are taken that were refused, or never reached.

    What was in conflict or unjudged was taken, as far as it could be: it is only looked at again. By another mapping it
    may have another id, or other content, and would be reported a second time.
    """
    if attempt.message.attempt == 1 or not answers:
        return await report(work, attempt.scope, answers, keep=True)
    found = await work.connection.fetch(statements.BEFORE, attempt.message.id, [answer.row for answer in answers])
    before = {row["row"]: Outcome(row["outcome"]) for row in found}
    found_so = [(answer, None if _ends(answer) else before.get(answer.row)) for answer in answers]
    left = [answer for answer, was in found_so if was in (None, Outcome.refused)]
    open_ = [answer for answer, was in found_so if was in (Outcome.conflict, Outcome.unjudged)]
    taken = await report(work, attempt.scope, left, keep=True)
    again = await report(work, attempt.scope, open_, keep=False, again=True)
    rows = taken.rows + [looked_at_again(row, before[row.row]) for row in again.rows]
    return Reporting(sorted(rows, key=lambda row: row.row), taken.notices + again.notices)


def _ends(answer: Answer) -> bool:
    """Whether nothing behind it was read: that says nothing of its row, which may have been taken before."""
    return isinstance(answer, Refused) and answer.rest_unread


async def _save(work: Work, attempt: Attempt, reporting: Reporting, place: int) -> tuple[Counts, str]:
    """Save the rows and the place; give the counts of the attempt so far, and the first reason why a row is open."""
    key, rows = (attempt.message.id, attempt.message.attempt), reporting.rows
    if rows:
        errors = [json.dumps([asdict(error) for error in row.errors]) if row.errors else None for row in rows]
        outcomes = [str(row.outcome) for row in rows]
        await work.connection.execute(statements.SAVE_ROWS, *key, [row.row for row in rows], outcomes, errors)
    counts = Counts.of(row.outcome for row in rows)
    first = next((row.errors[0] for row in rows if row.errors), None)
    reason = f"row {first.row}: {first.field + ': ' if first.field else ''}{first.reason}" if first else ""
    notices = json.dumps(reporting.notices[:MOST_NOTICES])
    values = (*key, place, *astuple(counts), reason, notices, MOST_NOTICES)
    *so_far, first_reason = await work.connection.fetchrow(statements.ADVANCE, *values)
    return Counts(*so_far), first_reason


async def _conclude(work: Work, attempt: Attempt, counts: Counts, first_reason: str, *, is_whole: bool) -> None:
    """Let the message pass on. What an earlier attempt left open and this one did not meet again is settled by it, if
    it came to the end of the message; else it stays open."""
    message = await work.get(Message, attempt.message.id)
    if not message.under_way or message.attempt != attempt.message.attempt:
        raise Overtaken
    if message.attempt > 1:
        if is_whole:
            await work.connection.execute(statements.FORGET, message.id, message.attempt, list(OPEN))
        else:
            counts = Counts(*await work.connection.fetchrow(statements.COUNT_LEFT, message.id, message.attempt))
    if fact := message.conclude(counts, first_reason, work.now):
        work.publish(fact, of=message)
