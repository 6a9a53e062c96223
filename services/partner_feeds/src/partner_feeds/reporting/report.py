"""A batch of rows into published facts: registry, known records and outbox, each in one statement."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from contracts.partner_feeds import ProcessDataReported, Reported
from partner_feeds.directory import queries as directory
from partner_feeds.records.answers import MOST_NOTICES, Answer, Notice
from partner_feeds.reporting import known, starts
from partner_feeds.reporting.known import Novelty
from partner_feeds.reporting.outcomes import Outcome, RowOutcome
from partner_feeds.reporting.rows import Codes, Row, Scope, read_rows, refuse_moved
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


async def report(work: Work, scope: Scope, answers: Sequence[Answer], *, keep: bool) -> Reporting:
    """Publish what is new in the rows, with this transaction; or only say what is, where nothing is to be kept."""
    codes = Codes.of(answers)
    found = await directory.look_up(work, codes.products, codes.sites)
    rows = await asyncio.to_thread(read_rows, scope, found, answers)
    told = iter(await _compare(work, scope.feed.id, rows, keep=keep))
    novelties = [list(islice(told, len(row.sent))) for row in rows]
    if keep:
        await _publish(work, scope, rows, novelties)
    notices = [_said(answer) for answer in answers if isinstance(answer, Notice)]
    if any(row.materials for row in rows):
        products = await directory.codes(work)
        notices += await asyncio.to_thread(lambda: list(islice(_of_materials(rows, products), MOST_NOTICES)))
    notices += [said for row, novelty in zip(rows, novelties, strict=True) for said in _passed_over(row, novelty)]
    return Reporting([_outcome(row, novelty) for row, novelty in zip(rows, novelties, strict=True)], notices)


async def _compare(work: Work, feed_id: UUID, rows: list[Row], *, keep: bool) -> list[Novelty]:
    """What each record is, in order. Rows that would carry one over to another lot are refused, and not compared."""
    while True:
        refuse_moved(rows, await known.moved(work.connection, feed_id, [each for row in rows for each in row.sent]))
        with suppress(known.MovedMeanwhile):
            async with work.savepoint():
                sent = [each for row in rows for each in row.sent]
                return await known.compare(work.connection, feed_id, sent, keep=keep)


def _outcome(row: Row, novelties: list[Novelty]) -> RowOutcome:
    if row.errors:
        return RowOutcome.refused(row.number, tuple(row.errors))
    if Novelty.amended in novelties:
        return RowOutcome(row.number, Outcome.amended)
    if novelties and Novelty.new not in novelties:
        return RowOutcome(row.number, Outcome.duplicate)
    return RowOutcome(row.number, Outcome.accepted)


def _said(notice: Notice) -> str:
    return notice.text if notice.row <= 1 else f"row {notice.row}: {notice.text}"


def _of_materials(rows: list[Row], products: Collection[str]) -> Iterator[str]:
    """What lots are of no product, which is right for a raw material's and a slip of the pen for others."""
    for row in rows:
        for code in () if row.errors else row.materials:
            # About one slip away: products are the sponsor's, and nobody is shown what he did not nearly write.
            near = nearest(code, products, max(0.5, 1 - 1 / len(code)))
            yield f"row {row.number}: no product has the code {code}{near}; the lot is taken as one of a material"


def _passed_over(row: Row, novelties: list[Novelty]) -> list[str]:
    """What is not taken of a row although it is no mere repetition."""
    said = {
        Novelty.contradicting: "was reported before with other content, which stays; correct it by a revision above",
        Novelty.late: "is known in a later revision, which stays; nothing is taken of revision",
    }
    return [
        f"row {row.number}: {sent.fact} {sent.id} {said[novelty]} {sent.revision}"
        for sent, novelty in zip(row.sent, novelties, strict=True)
        if novelty in said
    ]


async def _publish(work: Work, scope: Scope, rows: list[Row], novelties: list[list[Novelty]]) -> None:
    """Publish what is new or amended, in the order of the rows; results last, for they are on a topic of their own."""
    facts: list[Reported] = []
    undated: dict[int, ProcessDataReported] = {}
    results: dict[Novelty, list[Result]] = {Novelty.new: [], Novelty.amended: []}
    for row, told in zip(rows, novelties, strict=True):
        for position, (fact, novelty) in enumerate(zip(row.facts, told, strict=True)):
            if novelty not in results:
                continue
            if isinstance(fact, Result):
                results[novelty].append(fact)
                continue
            if position in row.undated and isinstance(fact, ProcessDataReported):
                undated[len(facts)] = fact
            facts.append(fact)
    await starts.note(work.connection, facts)
    dated = await starts.dated(work.connection, list(undated.values()), scope.received_on)
    for position, fact in zip(undated, dated, strict=True):
        facts[position] = fact
    for fact in facts:
        work.publish(fact, of=About(fact.parties, fact.source.revision))
    for told_set in in_sets(results[Novelty.new], results[Novelty.amended], **scope.of_facts):
        work.publish(told_set, of=About(told_set.parties, max(each.revision for each in told_set.results)))
