"""Writers that fill the outbox at random, and what the log must look like afterwards."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from aiokafka.structs import ConsumerRecord

from contracts import read
from notes.installation import Installation, product
from notes.model import Note

WRITERS = 24
LEADERS = """
SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
"""The backend that holds the relay's lock."""


class _Undone(Exception):
    """A writer changed its mind."""


async def write_at_random(installation: Installation, notes: list[UUID], rounds: int, chance: random.Random) -> None:
    """Change notes, publish, wait, and commit or roll back."""
    for _ in range(rounds):
        try:
            async with installation.work() as work:
                note = await work.get(Note, chance.choice(notes))
                note.rank += 1
                work.publish(product(note.id, note.rank), of=note)
                await asyncio.sleep(chance.choice([0, 0, 0.001, 0.02]))
                if chance.random() < 0.2:
                    raise _Undone
        except _Undone:
            continue


async def some_notes(installation: Installation, count: int) -> list[UUID]:
    async with installation.work() as work:
        notes = [work.add(Note(text="n", parties=[])) for _ in range(count)]
    return [note.id for note in notes]


async def write_from_many(installation: Installation, notes: list[UUID], rounds: int = 12) -> None:
    """24 writers at once, on a pool that is large enough for them."""
    installation.settings.pool_size = WRITERS
    installation.place = installation.replica()
    chance = random.Random(13)
    writers = [write_at_random(installation, notes, rounds, random.Random(chance.random())) for _ in range(WRITERS)]
    await asyncio.gather(*writers)


def ids(log: Iterable[ConsumerRecord]) -> list[str]:
    return [dict(record.headers)["ce_id"].decode() for record in log]


def in_order(log: Iterable[ConsumerRecord]) -> dict[str, list[int]]:
    """The sequence numbers of each key, as they came, without what came twice."""
    seen, order = set(), defaultdict(list)
    for record in log:
        recorded = read(record.key, record.value, record.headers)
        assert recorded is not None
        if recorded.id not in seen:
            seen.add(recorded.id)
            order[recorded.key].append(recorded.sequence)
    return order


async def everything_arrives(installation: Installation, within: float = 30) -> list[ConsumerRecord]:
    """Wait until all that the outbox holds is in Kafka; give the log. Fails for what was never committed."""
    committed = {str(row["id"]) for row in await installation.rows("SELECT id FROM outbox")}

    async def arrived() -> list[ConsumerRecord] | None:
        log = await installation.log()
        return log if committed <= set(ids(log)) else None

    log: list[ConsumerRecord] = await installation.eventually(arrived, within)
    assert set(ids(log)) == committed
    assert all(numbers == sorted(numbers) for numbers in in_order(log).values())
    return log
