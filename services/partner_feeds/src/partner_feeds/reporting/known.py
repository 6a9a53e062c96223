"""Which records are new, which amend, and which are known: a few statements for a whole batch.

A record is known by its feed, its type, its id and its revision. Of its content a digest is compared: other content
under the same revision contradicts what is known, which stays. In whatever order revisions come, each is taken once.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from contracts.partner_feeds import Reported
from partner_feeds.metadata import Table
from partner_feeds.records.model import Record
from partner_feeds.reporting import known_rows
from partner_feeds.reporting.digests import digest_before_dates, digest_of
from partner_feeds.reporting.facts import OF_ONE_BATCH
from partner_feeds.reporting.revisions import Key, Novelty, Revisions
from partner_feeds.reporting.sets import Result

Place = tuple[UUID | None, int | None]
"""A message, and a row of it; of neither it is known where a record came before they were kept."""


class KnownRecord(Table, table=True):
    """A record that was published, as its sender knows it, in its highest revision."""

    __tablename__ = "known_record"

    feed_id: UUID = Field(primary_key=True)
    fact: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    revision: int
    digest: int = Field(sa_type=BigInteger)
    """Of the content: it differs when something else comes under a known id and revision."""
    lot_id: UUID | None = None
    """Of a record about one batch."""
    message_id: UUID | None = None
    """In which this revision came first, and ``row`` of it; None of what is known since before this was kept."""
    row: int | None = None


class EarlierRevision(Table, table=True):
    """A revision of a known record that a higher one stands in place of. Few records have any."""

    __tablename__ = "earlier_revision"

    feed_id: UUID = Field(primary_key=True)
    fact: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    digest: int = Field(sa_type=BigInteger)
    message_id: UUID | None = None
    row: int | None = None


class MovedMeanwhile(Exception):
    """Another message made a record known of another lot, after this one had looked."""


class Sent(NamedTuple):
    """A record as it is compared."""

    fact: str
    id: str
    revision: int
    digest: int
    row: int
    """Where it stands in its message."""
    lot_id: UUID | None = None
    """Of a record about one batch: no later revision can be about another."""
    formerly: Callable[[], int] | None = None
    """Gives its digest in earlier releases, which is asked for only where the record is known."""

    @property
    def key(self) -> Key:
        """By which it is known in its feed."""
        return self.fact, self.id

    @classmethod
    def of(cls, record: Record, fact: Reported | Result, row: int) -> "Sent":
        """A record that became this fact."""
        # A result may be corrected to another lot, and a deviation concerns several.
        lot_id = None
        if isinstance(fact, OF_ONE_BATCH):
            lot_id = fact.lot.id
        kind, formerly = type(record).__name__, partial(digest_before_dates, record)
        return cls(kind, record.record_id, record.revision, digest_of(record), row, lot_id, formerly)


async def moved(connection: Any, feed_id: UUID, sent: Sequence[Sent]) -> set[Sent]:
    """Those that are about another lot than the existing record of the same id."""
    of_a_lot = [each for each in sent if each.lot_id is not None]
    found = await known_rows.highest(connection, feed_id, [each.key for each in of_a_lot])
    lots = {key: row["lot_id"] for key, row in found.items()}
    # None was kept before lots were.
    return {each for each in of_a_lot if lots.setdefault(each.key, each.lot_id) not in (None, each.lot_id)}


async def places(connection: Any, feed_id: UUID, sent: Sequence[Sent]) -> dict[Sent, Place]:
    """In which message, and in which row of it, the same revision of a record came first; where that is still known."""
    keys = [each.key for each in sent]
    rows = [*(await known_rows.highest(connection, feed_id, keys)).values()]
    rows += await known_rows.earlier(connection, feed_id, keys)
    found = {(row["fact"], row["record_id"], row["revision"]): (row["message_id"], row["row"]) for row in rows}
    return {each: found[each[:3]] for each in sent if each[:3] in found}


async def compare(
    connection: Any,
    feed_id: UUID,
    message_id: UUID,
    sent: Sequence[Sent],
    *,
    keep: bool,
    within: Revisions | None = None,
) -> list[Novelty]:
    """What each record of a message is, in order; what is new is known from now on, unless nothing is to be kept.

    Waits for a transaction that makes the same records known at this moment. Raises MovedMeanwhile where that one has
    them of other lots, and then nothing of this transaction may be kept. ``within`` is what earlier batches of a file
    say of which nothing is kept.
    """
    # In order of the key: two messages with the same records would otherwise wait for each other.
    in_order = sorted({each[:3]: each for each in reversed(sent)}.values())
    if keep:
        known = await _make_known(connection, feed_id, message_id, in_order)
    else:
        found = await known_rows.highest(connection, feed_id, [each.key for each in in_order])
        known = await _revisions(connection, feed_id, found, in_order, within)
    # Only now is a record's lot certain: it is kept with the first revision, and no later one changes it.
    if len(known) and await moved(connection, feed_id, sent):
        raise MovedMeanwhile
    return [known.novelty(each.key, each.revision, each.digest, each.formerly) for each in sent]


async def _make_known(connection: Any, feed_id: UUID, message_id: UUID, sent: Sequence[Sent]) -> Revisions:
    """Make the records known, each revision once in this order, and give what was known of them before."""
    if not sent:
        return Revisions()
    highest = {each.key: each for each in sent}
    inserted = await known_rows.insert(connection, feed_id, message_id, list(highest.values()))
    old = [each for each in sent if each.key not in inserted]
    rows = await known_rows.highest(connection, feed_id, [each.key for each in old])
    if others := sorted({each.key for each in old if rows[each.key]["revision"] != each.revision}):
        # As they are now, until the end: of two messages that amend a record, the second sees what the first has said.
        rows |= await known_rows.locked(connection, feed_id, others)
    known = await _revisions(connection, feed_id, rows, old)
    higher = [each for key, each in highest.items() if key in rows and rows[key]["revision"] < each.revision]
    if higher:
        await known_rows.displace(connection, feed_id, [rows[each.key] for each in higher])
        await known_rows.amend(connection, feed_id, message_id, higher)
    standing = {key: row["revision"] for key, row in rows.items()} | {each.key: each.revision for each in higher}
    standing |= {key: each.revision for key, each in highest.items() if key in inserted}
    new = [each for each in sent if not known.knows(each.key, each.revision)]
    if lower := [each for each in new if each.revision < standing[each.key]]:
        await known_rows.keep_earlier(connection, feed_id, message_id, lower)
    return known


async def _revisions(
    connection: Any, feed_id: UUID, rows: dict[Key, Any], sent: Iterable[Sent], within: Revisions | None = None
) -> Revisions:
    """What is known of the records: below the highest revision only where one is asked for."""
    known = Revisions() if within is None else within
    behind = {each.key for each in sent if each.key in rows and each.revision < rows[each.key]["revision"]}
    earlier = await known_rows.earlier(connection, feed_id, sorted(behind))
    for row in (*rows.values(), *earlier):
        known.add((row["fact"], row["record_id"]), row["revision"], row["digest"])
    return known
