"""A file that is only tried: what would become of it. Nothing of it is kept."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict

from partner_feeds.attempts.batches import Batches, Form
from partner_feeds.messages.schemas import MOST_LINES, CellRead, MessageAnswer, RowErrorRead, RowRead, RowValues
from partner_feeds.messages.source import Spooled
from partner_feeds.records.answers import MOST_NOTICES, Accepted, Answer, Notice
from partner_feeds.reporting.codes import Scope
from partner_feeds.reporting.outcomes import Counts, Outcome, RowOutcome
from partner_feeds.reporting.report import Reporting, report
from partner_feeds.reporting.revisions import Revisions
from partner_feeds.reporting.within import MOST_RECORDS, WithinFile
from partner_feeds.translation.beside import records_of
from runtime.database import Context
from runtime.work import Store
from serving.uploads import Upload

Report = Callable[[Sequence[Answer]], Awaitable[Reporting]]


def by_mapping() -> Report:
    """What the mapping alone makes of rows: no feed is asked what it knows, and each is held against those above it."""
    within = WithinFile()

    async def run(answers: Sequence[Answer]) -> Reporting:
        rows = [within.outcome(answer) for answer in answers if not isinstance(answer, Notice)]
        return Reporting(rows, [answer.text for answer in answers if isinstance(answer, Notice)])

    return run


def by_feed(store: Store, context: Context, scope: Scope) -> Report:
    """What the feed would answer to rows, with the sites, products and records that are known now."""
    within = Revisions()

    async def run(answers: Sequence[Answer]) -> Reporting:
        so_far = within if len(within) < MOST_RECORDS else Revisions()
        async with store.work(context) as work:
            return await report(work, scope, answers, keep=False, within=so_far)

    return run


async def dry_run(form: Form, upload: Upload, reporter: Report, feed: str | None) -> MessageAnswer:
    """The answer that the file would get. It comes when the last row is read, however long that takes."""
    batches, last = Batches(form, Spooled(upload.file)), False
    counts, rows, notices = Counts(), list[RowOutcome](), list[str]()
    errors, values = list[RowErrorRead](), list[RowValues]()
    while not last:
        batch = await asyncio.to_thread(batches.take)
        reporting, last = await reporter(batch.answers), batch.last
        counts += Counts.of(row.outcome for row in reporting.rows)
        rows += reporting.rows[: MOST_LINES - len(rows)]
        notices += reporting.notices[: MOST_NOTICES - len(notices)]
        refused = {row.row for row in reporting.rows if row.outcome is Outcome.refused}
        shown = (each for each in batch.answers if isinstance(each, Accepted) and each.cells)
        values += [_values(each) for each in shown if each.row not in refused]
        found = [error for row in reporting.rows for error in row.errors]
        errors += [RowErrorRead(**asdict(error)) for error in found[: MOST_LINES - len(errors)]]
    return MessageAnswer(
        message_id=None,
        feed=feed,
        state=None,
        notices=notices,
        records=[RowRead(row=row.row, outcome=row.outcome) for row in rows],
        errors=errors,
        values=values,
        more=None,
        **asdict(counts),
    )


def _values(answer: Accepted) -> RowValues:
    cells = [CellRead(**cell._asdict()) for cell in answer.cells]
    return RowValues(row=answer.row, cells=cells, records=records_of(answer.records))
