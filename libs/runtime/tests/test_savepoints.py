"""A savepoint holds or is undone as one, with the facts that were published in it; the transaction goes on."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from notes.installation import Installation, product
from notes.model import Note
from runtime.work import Work


async def a_note(installation: Installation) -> UUID:
    async with installation.work() as work:
        return work.add(Note(text="before", parties=[])).id


async def change(work: Work, id: UUID, rank: int) -> None:
    """Change the note and tell it."""
    note = await work.get(Note, id)
    note.rank = rank
    work.publish(product(note.id, rank), of=note)


async def failing(work: Work, id: UUID, rank: int, error: Exception) -> None:
    async with work.savepoint():
        await change(work, id, rank)
        raise error


async def publish_too_much(work: Work, id: UUID) -> None:
    async with work.savepoint():
        note = await work.get(Note, id)
        work.publish(product(note.id, 1, name="x" * 1_000_000), of=note)


async def told(installation: Installation) -> list[tuple[str, int]]:
    rows = await installation.rows("SELECT data::json ->> 'code' AS code, sequence FROM outbox ORDER BY position")
    return [tuple(row) for row in rows]


async def test_what_fails_is_undone_with_its_facts_and_the_rest_holds(installation: Installation) -> None:
    first, second, third = [await a_note(installation) for _ in range(3)]
    async with installation.work() as work:
        await change(work, first, 1)
        with pytest.raises(LookupError):
            await failing(work, second, 2, LookupError("odd"))
        async with work.savepoint():
            await change(work, third, 3)
    ranks = await installation.rows("SELECT rank, version FROM note ORDER BY id")
    assert [tuple(row) for row in ranks] == [(1, 2), (0, 1), (3, 2)]
    assert await told(installation) == [("1", 2), ("3", 2)]


async def test_a_statement_that_the_database_refuses_spoils_its_savepoint_alone(installation: Installation) -> None:
    id = await a_note(installation)
    async with installation.work() as work:
        with pytest.raises(DBAPIError):
            async with work.savepoint():
                work.session.add(Note(text=None, parties=[]))  # type: ignore[arg-type]
        async with work.savepoint():
            await change(work, id, 5)
    assert await told(installation) == [("5", 2)]


async def test_what_goes_past_the_orm_is_undone_too(installation: Installation) -> None:
    id = await a_note(installation)

    async def raw(work: Work, sql: str) -> None:
        async with work.savepoint():
            await work.connection.execute("UPDATE note SET rank = 9")
            await work.connection.execute(sql)

    async with installation.work() as work:
        with pytest.raises(asyncpg.DivisionByZeroError):
            await raw(work, "SELECT 1 / 0")
        assert await work.connection.fetchval("SELECT rank FROM note WHERE id = $1", id) == 0


async def test_a_fact_that_cannot_be_published_is_seen_in_its_savepoint(installation: Installation) -> None:
    id = await a_note(installation)
    async with installation.work() as work:
        with pytest.raises(ValueError, match="the limit is"):
            await publish_too_much(work, id)
    assert await told(installation) == []
    assert await installation.value("SELECT version FROM note") == 1


async def test_a_record_that_was_undone_takes_its_next_version_when_it_changes_again(
    installation: Installation,
) -> None:
    id = await a_note(installation)
    async with installation.work() as work:
        with pytest.raises(LookupError):
            await failing(work, id, 2, LookupError("odd"))
        async with work.savepoint():
            await change(work, id, 3)
    assert tuple((await installation.rows("SELECT rank, version FROM note"))[0]) == (3, 2)
    assert await told(installation) == [("3", 2)]


async def test_the_relay_is_woken_also_by_a_fact_of_a_savepoint(installation: Installation) -> None:
    id, published = await a_note(installation), installation.place.store.published
    published.clear()
    async with installation.work() as work:
        async with work.savepoint():
            await change(work, id, 1)
        assert not published.is_set()
    assert published.is_set()


async def test_a_savepoint_in_a_savepoint_is_undone_with_it(installation: Installation) -> None:
    id, other = await a_note(installation), await a_note(installation)

    async def outer(work: Work) -> Any:
        async with work.savepoint():
            async with work.savepoint():
                await change(work, id, 1)
            await change(work, other, 2)
            raise LookupError("odd")

    async with installation.work() as work:
        with pytest.raises(LookupError):
            await outer(work)
        work.publish(product(uuid4(), 9), of=Note(text="", parties=[]))
    assert await told(installation) == [("9", 1)]
