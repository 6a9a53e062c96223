"""Which records are new, which amend, and which are known: one statement for a whole batch.

A record is known by its feed, its type, its id and its revision. Of its content a digest is compared: other content
under the same revision contradicts what is known, which stays.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from contracts.partner_feeds import Reported
from partner_feeds.metadata import Table
from partner_feeds.records.model import Record
from partner_feeds.reporting.digests import digest_of
from partner_feeds.reporting.facts import OF_ONE_BATCH
from partner_feeds.reporting.sets import Result


class KnownRecord(Table, table=True):
    """A record that was published, as its sender knows it."""

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


_INSERT = """
INSERT INTO known_record (feed_id, message_id, fact, record_id, revision, digest, row, lot_id)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::int[], $6::bigint[], $7::int[], $8::uuid[])
ON CONFLICT DO NOTHING RETURNING fact, record_id
"""
# In a first import a plan is made while the table is empty; kept, it reads the growing table whole for each batch. So a
# plan is made for each batch, and in a form that leaves one way: each record by the primary key.
_PLAN_ANEW = "SET LOCAL plan_cache_mode = force_custom_plan"
_SELECT = """
SELECT found.* FROM unnest($2::text[], $3::text[]) AS given (fact, record_id) CROSS JOIN LATERAL (
    SELECT fact, record_id, revision, digest, lot_id, message_id, row FROM known_record AS known
    WHERE known.feed_id = $1 AND known.fact = given.fact AND known.record_id = given.record_id LIMIT 1) AS found
"""
# The rows exist, and are found as conflicts. The revision is compared again here: another message may have brought a
# higher one in the meantime.
_AMEND = """
INSERT INTO known_record AS known (feed_id, message_id, fact, record_id, revision, digest, row)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::int[], $6::bigint[], $7::int[])
ON CONFLICT (feed_id, fact, record_id) DO UPDATE
SET revision = excluded.revision, digest = excluded.digest, message_id = excluded.message_id, row = excluded.row
WHERE known.revision < excluded.revision
RETURNING fact, record_id
"""
Key = tuple[str, str]
"""A record's type and id: a sender may give a batch's start and its completion the same number."""


class Novelty(StrEnum):
    """What a record is to those that came before it."""

    new = "new"
    amended = "amended"
    known = "known"
    late = "late"
    """A revision below one that is known: it changes nothing, whether or not it came before."""
    contradicting = "contradicting"
    """Known, and with other content than before."""


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
        return cls(type(record).__name__, record.record_id, record.revision, digest_of(record), row, lot_id)


async def moved(connection: Any, feed_id: UUID, sent: Sequence[Sent]) -> set[Sent]:
    """Those that are about another lot than the existing record of the same id."""
    of_a_lot = [each for each in sent if each.lot_id is not None]
    lots = {key: row["lot_id"] for key, row in (await _rows(connection, feed_id, of_a_lot)).items()}
    # None was kept before lots were.
    return {each for each in of_a_lot if lots.setdefault(each.key, each.lot_id) not in (None, each.lot_id)}


async def places(connection: Any, feed_id: UUID, sent: Sequence[Sent]) -> dict[Sent, tuple[UUID | None, int | None]]:
    """In which message, and in which row of it, the same revision of a record came first; where that is still known."""
    known = await _rows(connection, feed_id, sent)
    return {
        each: (row["message_id"], row["row"])
        for each in sent
        if (row := known.get(each.key)) is not None and row["revision"] == each.revision
    }


async def compare(
    connection: Any, feed_id: UUID, message_id: UUID, sent: Sequence[Sent], *, keep: bool
) -> list[Novelty]:
    """What each record of a message is, in order; what is new is known from now on, unless nothing is to be kept.

    Waits for a transaction that makes the same records known at this moment. Raises MovedMeanwhile where that one has
    them of other lots, and then nothing of this transaction may be kept.
    """
    highest: dict[Key, Sent] = {}
    for each in sent:
        if each.key not in highest or highest[each.key].revision < each.revision:
            highest[each.key] = each
    # In order of the key: two messages with the same records would otherwise wait for each other.
    records = [highest[key] for key in sorted(highest)]
    known = await (
        _make_known(connection, feed_id, message_id, records) if keep else _known(connection, feed_id, records)
    )
    # Only now is a record's lot certain: it is kept with the first revision, and no later one changes it.
    if known and await moved(connection, feed_id, sent):
        raise MovedMeanwhile
    return [novelty(each.key, each.revision, each.digest, known) for each in sent]


def novelty(key: Key, revision: int, digest: int, known: dict[Key, tuple[int, int]]) -> Novelty:
    """What a record is to what is known, which it joins: later ones of the same batch are held against it."""
    before = known.get(key)
    if before is None or before[0] < revision:
        known[key] = (revision, digest)
        return Novelty.new if before is None else Novelty.amended
    if before[0] > revision:
        return Novelty.late
    return Novelty.contradicting if before[1] != digest else Novelty.known


async def _rows(connection: Any, feed_id: UUID, records: Sequence[Sent]) -> dict[Key, Any]:
    if not records:
        return {}
    await connection.execute(_PLAN_ANEW)
    rows = await connection.fetch(_SELECT, feed_id, *_columns(each.key for each in records))
    return {(row["fact"], row["record_id"]): row for row in rows}


async def _known(connection: Any, feed_id: UUID, records: Sequence[Sent]) -> dict[Key, tuple[int, int]]:
    found = await _rows(connection, feed_id, records)
    return {key: (row["revision"], row["digest"]) for key, row in found.items()}


async def _make_known(
    connection: Any, feed_id: UUID, message_id: UUID, records: Sequence[Sent]
) -> dict[Key, tuple[int, int]]:
    """Make the records known, and give what was known of them before."""
    if not records:
        return {}
    inserted = set(map(tuple, await connection.fetch(_INSERT, feed_id, message_id, *_columns(records))))
    known = await _known(connection, feed_id, [each for each in records if each.key not in inserted])
    higher = [each for each in records if each.key in known and known[each.key][0] < each.revision]
    if higher:
        rows = _columns(each[:5] for each in higher)
        amended = set(map(tuple, await connection.fetch(_AMEND, feed_id, message_id, *rows)))
        known |= {each.key: (each.revision, each.digest) for each in higher if each.key not in amended}
    return known


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
