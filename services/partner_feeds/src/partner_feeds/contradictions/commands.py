"""Noting contradictions: each once, however often it is sent."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from contracts.partner_feeds import RecordContradicted
from partner_feeds.contradictions.model import Contradiction
from runtime import bulk
from runtime.work import Work

_SETTLED = """
SELECT record, record_id, revision, digest FROM contradiction
JOIN unnest($2::text[], $3::text[], $4::int[], $5::bigint[]) AS given (record, record_id, revision, digest)
USING (record, record_id, revision, digest) WHERE feed_id = $1 AND state = 'settled'
"""
Key = tuple[str, str, int, int]
"""The record's type and id, its revision, and the digest of the other content."""


def key_of(contradiction: Contradiction) -> Key:
    """By which a contradiction is known in its feed."""
    return contradiction.record, contradiction.record_id, contradiction.revision, contradiction.digest


async def settled(work: Work, feed_id: UUID, keys: Sequence[Key]) -> set[Key]:
    """Those of the keys that quality has settled."""
    if not keys:
        return set()
    found = await work.connection.fetch(_SETTLED, feed_id, *(list(column) for column in zip(*keys, strict=True)))
    return {tuple(row) for row in found}


async def note(work: Work, found: Iterable[Contradiction]) -> None:
    """Keep those that are new, and tell the sponsor's quality of each."""
    # In order of the key: two messages that contradict the same records would otherwise wait for each other.
    once = [each for _, each in sorted({key_of(each): each for each in found}.items())]
    turns = {each.id: each.pass_turn(work.now) for each in once}
    rows = [each.model_dump(warnings=False) for each in once]
    new = await bulk.insert_giving(work, Contradiction, rows, "id", "ON CONFLICT DO NOTHING")
    for each in once:
        if each.id in new:
            work.publish(RecordContradicted.of(each, work.now), of=each)
            work.publish(*filter(None, [turns[each.id]]), of=each)
