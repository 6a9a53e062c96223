"""Results that nobody could judge, and about which quality has decided since: nothing is open of them any more."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import Field

from contracts import Recorded
from contracts.sample_tracking import ResultInterpreted
from partner_feeds.metadata import Table
from runtime.work import Work


class InterpretedResult(Table, table=True):
    """A revision of a result, as its sender knows it."""

    __tablename__ = "interpreted_result"

    feed_id: UUID = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)


# In order of the key: two transactions with the same results would otherwise wait for each other.
_NOTE = """
INSERT INTO interpreted_result (feed_id, record_id, revision)
SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[], $3::int[]) AS given (feed_id, record_id, revision)
ORDER BY feed_id, record_id, revision ON CONFLICT DO NOTHING
"""
_AMONG = """
SELECT record_id, revision FROM interpreted_result
JOIN unnest($2::text[], $3::int[]) AS given (record_id, revision) USING (record_id, revision) WHERE feed_id = $1
"""


async def note(work: Work, facts: Sequence[Recorded[ResultInterpreted]]) -> None:
    """Keep what quality has decided about."""
    sources = [source for recorded in facts if (source := recorded.fact.source)]
    if sources:
        columns = zip(*((source.feed_id, source.id, source.revision) for source in sources), strict=True)
        await work.connection.execute(_NOTE, *map(list, columns))


async def among(work: Work, feed_id: UUID, asked: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of the results, by their ids and revisions, about which quality has decided."""
    if not asked:
        return set()
    found = await work.connection.fetch(_AMONG, feed_id, *(list(column) for column in zip(*asked, strict=True)))
    return {tuple(row) for row in found}
