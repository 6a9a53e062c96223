"""A first import: the registry of known records grows from nothing, and each batch finds its records by their key."""

from uuid import uuid4

import asyncpg
import pytest

from partner_feeds.reporting.known import Sent, compare
from partner_feeds.reporting.revisions import Novelty

EMPTY = "CREATE TEMPORARY TABLE known_record (LIKE public.known_record INCLUDING ALL) ON COMMIT DROP"
EARLIER = """
INSERT INTO known_record (feed_id, fact, record_id, revision, digest)
SELECT $1, 'result', 'old/' || number, 1, 1 FROM generate_series(1, 200000) AS number
"""
READ = """
SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_all_tables WHERE relid = 'known_record'::regclass
"""


@pytest.mark.parametrize("analyzed", [False, True])
async def test_a_batch_reads_its_own_records_alone(database: asyncpg.Pool, analyzed: bool) -> None:
    async with database.acquire() as connection, connection.transaction():
        await connection.execute(EMPTY)
        if analyzed:
            await connection.execute("ANALYZE known_record")  # as autovacuum may, while it is empty
        feed, message = uuid4(), uuid4()
        sent = [Sent("result", f"old/{number}", 1, 1, number) for number in range(1, 501)]
        for _ in range(10):  # a plan is kept after five
            assert set(await compare(connection, feed, message, sent, keep=False)) == {Novelty.new}
        await connection.execute(EARLIER, feed)
        before = await connection.fetchval(READ)
        assert set(await compare(connection, feed, message, sent, keep=False)) == {Novelty.known}
        assert set(await compare(connection, feed, message, sent, keep=True)) == {Novelty.known}
        higher = [each._replace(revision=2) for each in sent]
        assert set(await compare(connection, feed, message, higher, keep=True)) == {Novelty.amended}
        assert await connection.fetchval(READ) - before < 10 * len(sent)
