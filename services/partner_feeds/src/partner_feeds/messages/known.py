"""Which records are new, which amend, and which are known: one statement for a whole batch.

A record is known by its feed, its id and its revision. Its content is not compared, for sources repeat a record with
little differences that mean nothing; but whoever sends other content under the same revision is told.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

_INSERT = """
INSERT INTO known_record (feed_id, record_id, revision, digest, fact)
SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[])
ON CONFLICT DO NOTHING RETURNING record_id
"""
_SELECT = "SELECT record_id, revision, digest FROM known_record WHERE feed_id = $1 AND record_id = ANY ($2::text[])"
# The revision is compared again here: another message may have brought a higher one in the meantime.
_AMEND = """
UPDATE known_record AS known SET revision = given.revision, digest = given.digest
FROM unnest($2::text[], $3::int[], $4::bigint[]) AS given (record_id, revision, digest)
WHERE known.feed_id = $1 AND known.record_id = given.record_id AND known.revision < given.revision
RETURNING known.record_id
"""


class Novelty(StrEnum):
    """What a record is to those that came before it."""

    new = "new"
    amended = "amended"
    known = "known"
    contradicting = "contradicting"
    """Known, and with other content than before."""


class Sent(NamedTuple):
    """A record as it is compared."""

    id: str
    revision: int
    digest: int
    fact: str


async def compare(connection: Any, feed_id: UUID, sent: Sequence[Sent], *, keep: bool) -> list[Novelty]:
    """What each record is, in order; what is new is known from now on, unless nothing is to be kept.

    Waits for a transaction that makes the same records known at this moment.
    """
    highest: dict[str, Sent] = {}
    for each in sent:
        if each.id not in highest or highest[each.id].revision < each.revision:
            highest[each.id] = each
    # In order of the id: two messages with the same records would otherwise wait for each other.
    records = [highest[id] for id in sorted(highest)]
    known = (
        await _make_known(connection, feed_id, records) if keep else await _known(connection, feed_id, list(highest))
    )
    return [_novelty(each, known) for each in sent]


def _novelty(sent: Sent, known: dict[str, tuple[int, int]]) -> Novelty:
    """What a record is to what is known, which it joins: later ones of the same batch are held against it."""
    before = known.get(sent.id)
    if before is None or before[0] < sent.revision:
        known[sent.id] = (sent.revision, sent.digest)
        return Novelty.new if before is None else Novelty.amended
    return Novelty.contradicting if before[0] == sent.revision and before[1] != sent.digest else Novelty.known


async def _known(connection: Any, feed_id: UUID, ids: list[str]) -> dict[str, tuple[int, int]]:
    rows = await connection.fetch(_SELECT, feed_id, ids) if ids else ()
    return {id: (revision, digest) for id, revision, digest in rows}


async def _make_known(connection: Any, feed_id: UUID, records: list[Sent]) -> dict[str, tuple[int, int]]:
    """Make the records known, and give what was known of them before."""
    if not records:
        return {}
    columns = zip(*((each.id, each.revision, each.digest, each.fact) for each in records), strict=True)
    inserted = {row[0] for row in await connection.fetch(_INSERT, feed_id, *(list(column) for column in columns))}
    known = await _known(connection, feed_id, [each.id for each in records if each.id not in inserted])
    higher = [each for each in records if each.id in known and known[each.id][0] < each.revision]
    if higher:
        columns = zip(*((each.id, each.revision, each.digest) for each in higher), strict=True)
        amended = {row[0] for row in await connection.fetch(_AMEND, feed_id, *(list(column) for column in columns))}
        for each in higher:
            if each.id not in amended:
                known[each.id] = (each.revision, each.digest)
    return known
