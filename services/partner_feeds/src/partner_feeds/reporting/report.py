"""A batch of rows into published facts: registry, known records and outbox, each in one statement."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from contracts.partner_feeds import Reported
from directory import queries as directory
from partner_feeds import interpreted, specifications
from partner_feeds.feeds import vocabulary
from partner_feeds.records.answers import MOST_NOTICES, Answer, Notice, short
from partner_feeds.reporting import contradicting, known, mismatches, starts
from partner_feeds.reporting.codes import Codes, Scope
from partner_feeds.reporting.judging import Judge
from partner_feeds.reporting.outcomes import Outcome, RowOutcome, outcome_of
from partner_feeds.reporting.revisions import TAKEN, Novelty, Revisions
from partner_feeds.reporting.rows import Row, refuse_moved, resolve
from partner_feeds.reporting.sets import Result, in_sets
from partner_feeds.values.texts import nearest
from runtime.work import Work


@dataclass(frozen=True, slots=True)
class About:
    """What a fact is about: the partner's record, whose revision orders its facts."""

    parties: Sequence[UUID]
    version: int


@dataclass(frozen=True, slots=True)
class Reporting:
    """What became of a batch of rows, and what the sender should know besides."""

    rows: list[RowOutcome]
    notices: list[str]


async def report(
    work: Work,
    scope: Scope,
    answers: Sequence[Answer],
    *,
    keep: bool,
    again: bool = False,
    within: Revisions | None = None,
) -> Reporting:
    """Publish what is new in the rows, with this transaction; or only find it, where nothing is to be kept.

    ``again``: the rows were taken before, and are only looked at. By another mapping a result may then be another than
    it was; where quality has decided about it, that is no contradiction. ``within`` is what the batches before these
    rows say, of a file of which nothing is kept.
    """
    codes = Codes.of(answers)
    found = await directory.look_up(work, codes.products, codes.sites)
    judge = Judge(await specifications.in_force(work, found.products.values()))
    rows = await asyncio.to_thread(resolve, scope, found, judge, answers)
    await _compare(work, scope, rows, keep=keep, within=within)
    await contradicting.look(work, scope, rows, keep=keep)
    await _interpreted(work, scope.feed.id, rows, again=again)
    if keep:
        await _publish(work, scope, rows)
        results = (fact for row in rows for fact in row.facts if isinstance(fact, Result))
        await vocabulary.note(work, scope.feed, {id for each in results if (id := each.lot.product_id)})
        await mismatches.note(work, scope, (each for row in rows for each in row.mismatches))
    notices = [_with_row(answer) for answer in answers if isinstance(answer, Notice)]
    if any(row.materials for row in rows):
        products = await directory.codes(work)
        notices += await asyncio.to_thread(lambda: list(islice(_of_materials(rows, products), MOST_NOTICES)))
    notices += [notice for row in rows for notice in (*_late(row), *_mismatching(row))]
    return Reporting([_outcome(row) for row in rows], notices)


async def _compare(work: Work, scope: Scope, rows: list[Row], *, keep: bool, within: Revisions | None) -> None:
    """Find what each record is. Rows that would carry one over to another lot are refused, and not compared."""
    feed_id = scope.feed.id
    while True:
        refuse_moved(rows, await known.moved(work.connection, feed_id, [each for row in rows for each in row.sent]))
        sent = [each for row in rows for each in row.sent]
        with suppress(known.MovedMeanwhile):
            async with work.savepoint():
                to_what_is_known = known.compare(
                    work.connection, feed_id, scope.message_id, sent, keep=keep, within=within
                )
                novelties = iter(await to_what_is_known)
                break
    for row in rows:
        row.novelties = list(islice(novelties, len(row.sent)))


async def _interpreted(work: Work, feed_id: UUID, rows: list[Row], *, again: bool) -> None:
    """What quality has decided about is open no more."""
    looked_at = [row for row in rows if row.unjudged or (again and row.conflicts)]
    asked = [(sent.id, sent.revision) for row in looked_at for sent in row.sent]
    decided = await interpreted.among(work, feed_id, asked)
    for row in looked_at if decided else ():
        known_ids = {sent.id for sent in row.sent if (sent.id, sent.revision) in decided}
        row.unjudged = {place: why for place, why in row.unjudged.items() if row.sent[place].id not in known_ids}
        if again:
            shown = set(map(short, known_ids))  # as an error shows them
            row.conflicts = [error for error in row.conflicts if error.value not in shown]


async def _publish(work: Work, scope: Scope, rows: list[Row]) -> None:
    """Publish what is new or amended, in the order of the rows; results last, for they are on a topic of their own."""
    facts: list[Reported] = []
    new: list[Result] = []
    amended: list[Result] = []
    for row in rows:
        for fact, novelty in zip(row.facts, row.novelties, strict=True):
            if novelty not in TAKEN:
                continue
            if not isinstance(fact, Result):
                facts.append(fact)
            elif novelty is Novelty.new:
                new.append(fact)
            else:
                amended.append(fact)
    await starts.note(work.connection, facts)
    for fact in await starts.dated(work.connection, facts):
        work.publish(fact, of=About(fact.parties, fact.source.revision))
    for results_of_lot in in_sets(new, amended, scope):
        revision = max(each.revision for each in results_of_lot.results)
        work.publish(results_of_lot, of=About(results_of_lot.parties, revision))


def _outcome(row: Row) -> RowOutcome:
    if row.errors:
        return RowOutcome.of(row.number, Outcome.refused, row.errors)
    # What a later revision, or what was reported first, stands in place of is not judged.
    unjudged = [error for place, error in row.unjudged.items() if row.novelties[place] not in _REPLACED]
    if row.conflicts:
        return RowOutcome.of(row.number, Outcome.conflict, [*row.conflicts, *unjudged])
    if unjudged:
        return RowOutcome.of(row.number, Outcome.unjudged, unjudged)
    if not row.facts:
        return RowOutcome(row.number, Outcome.left_out if row.left_out else Outcome.without_record)
    return RowOutcome(row.number, outcome_of(row.novelties))


def _with_row(notice: Notice) -> str:
    return notice.text if notice.row <= 1 else f"row {notice.row}: {notice.text}"


def _of_materials(rows: list[Row], products: Collection[str]) -> Iterator[str]:
    """Which lots are of no product, which is right for a raw material's and a slip of the pen for others."""
    for row in rows:
        for code in () if row.errors else row.materials:
            # About one slip away: products are the sponsor's, and nobody is shown what he did not nearly write.
            near = nearest(code, products, max(0.5, 1 - 1 / len(code)))
            yield f"row {row.number}: no product has the code {code}{near}; the lot is taken as one of a material"


_REPLACED = (Novelty.late, Novelty.contradicting)


def _mismatching(row: Row) -> list[str]:
    """Limits are the sponsor's: a sender is told that its own are others, and not which are right."""
    return [
        f"row {row.number}: the laboratory's limits of {each.test} are not those of the sponsor's specification: the "
        "sponsor's quality is told, and judges by its own"
        for each in row.mismatches
    ]


def _late(row: Row) -> list[str]:
    """What of a row stands behind a later revision, which came before it."""
    return [
        f"row {row.number}: {sent.fact} {sent.id} is known in a later revision, which stays; revision {sent.revision} "
        "is kept behind it"
        for sent, novelty in zip(row.sent, row.novelties, strict=True)
        if novelty is Novelty.late
    ]
