"""Rows into facts, outside the database: what a thread does while the event loop serves others."""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from hashlib import blake2b
from operator import attrgetter
from typing import Any
from uuid import UUID

from contracts.partner_feeds import (
    BatchCompletionReported,
    BatchStartReported,
    DeviationReported,
    ProcessDataReported,
    Reported,
)
from partner_feeds.directory.queries import Directory
from partner_feeds.feeds.model import Feed
from partner_feeds.language.mapping import Mapping
from partner_feeds.records.answers import Accepted, Answer, Notice, RowError
from partner_feeds.records.model import RECORD_TYPES, Deviation, ProcessData, Record, TestResult
from partner_feeds.reporting.facts import Reporter, is_of_a_product, lots_of, sites_of
from partner_feeds.reporting.fields import field_of
from partner_feeds.reporting.known import Sent
from partner_feeds.reporting.parts import Unresolved
from partner_feeds.reporting.sets import Result


@dataclass(frozen=True, slots=True)
class Scope:
    """What the rows of one message have in common."""

    feed: Feed
    message_id: UUID
    mapping: Mapping | None
    """None for events in our own words."""
    received_on: date
    """The day of receipt in the feed's time zone."""
    historic: bool = False
    """It came while its feed loaded the past."""
    sent_by: str | None = None

    @property
    def of_facts(self) -> dict[str, Any]:
        """What facts about sets of records carry."""
        return {
            "feed_id": self.feed.id,
            "message_id": self.message_id,
            "reported_by": self.feed.partner_id,
            "historic": self.historic,
            "sent_by": self.sent_by,
        }


@dataclass(slots=True)
class Row:
    """A row's facts with what they are compared by; or what was wrong with it."""

    number: int
    facts: list[Reported | Result] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    undated: set[int] = field(default_factory=set)
    """Which of the facts come from records without any date, by position."""
    materials: list[str] = field(default_factory=list)
    """The codes of a deviation's lots that are no product's."""
    errors: list[RowError] = field(default_factory=list)


@dataclass(slots=True)
class Codes:
    """The codes that some records use."""

    products: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> "Codes":
        """Collected from the rows that can be read."""
        codes = cls()
        for answer in answers:
            for record in answer.records if isinstance(answer, Accepted) else ():
                codes.sites.update(sites_of(record))
                if is_of_a_product(record) or isinstance(record, Deviation):
                    codes.products.update(lot.material for lot in lots_of(record))
        return codes


def read_rows(scope: Scope, directory: Directory, answers: Iterable[Answer]) -> list[Row]:
    """Each row as facts. A row of which one record is refused is refused whole."""
    reporter = Reporter(scope.feed, scope.message_id, scope.received_on, directory, scope.historic, scope.sent_by)
    return [_row(scope, reporter, answer) for answer in answers if not isinstance(answer, Notice)]


def _row(scope: Scope, reporter: Reporter, answer: Answer) -> Row:
    row = Row(answer.row)
    if not isinstance(answer, Accepted):
        row.errors += getattr(answer, "errors", ())
        return row
    for record in answer.records:
        try:
            fact = reporter.fact(record)
        except Unresolved as unresolved:
            name = field_of(scope.mapping, record, unresolved.part)
            error = RowError.of(row.number, name, unresolved.value, unresolved.reason)
            if error not in row.errors:
                row.errors.append(error)
            continue
        if isinstance(record, ProcessData) and record.occurred_at is None:
            row.undated.add(len(row.facts))
        if isinstance(fact, DeviationReported):
            row.materials += sorted({lot.material for lot in fact.lots if lot.product_id is None})
        row.facts.append(fact)
        row.sent.append(_sent(record, fact))
    if row.errors:
        row.facts, row.sent = [], []
    return row


def refuse_moved(rows: Iterable[Row], moved: Container[Sent]) -> None:
    """Refuse the rows that would carry what was said about one batch over to another."""
    for row in rows:
        if wrong := [each for each in row.sent if each in moved]:
            row.errors += [RowError.of(row.number, "", each.id, _MOVED.format(each.fact)) for each in wrong]
            row.facts, row.sent = [], []


_MOVED = "a {} of this id was reported of another lot, which it stays with: report this lot under an id of its own"


def _sent(record: Record, fact: Reported | Result) -> Sent:
    # A result may be corrected to another lot, and a deviation concerns several.
    lot_id = None
    if isinstance(fact, BatchStartReported | BatchCompletionReported | ProcessDataReported):
        lot_id = fact.lot.id
    return Sent(type(record).__name__, record.record_id, record.revision, digest_of(record), lot_id)


def _content_of(record: type[Record]) -> Callable[[Any], tuple[Any, ...]]:
    names = [each.name for each in fields(record) if each.name not in ("record_id", "revision")]
    if record is TestResult:
        # A raw material's result comes again with every batch that used its lot, dated with that batch.
        names = ["lot.material", "lot.number", "lot.site", *(name for name in names if name not in _NOT_OF_A_RESULT)]
    getter: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
    return getter


_NOT_OF_A_RESULT = ("occurred_at", "lot")
_CONTENT = {record: _content_of(record) for record in RECORD_TYPES.values()}


def digest_of(record: Record) -> int:
    """Of what the record says, the same in every process: 64 bits, for a comparison with one other."""
    content = repr(_CONTENT[type(record)](record)).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(content, digest_size=8).digest(), signed=True)
