"""Work: locks, and what is seen under them."""

import asyncio

import pytest
from sqlmodel import select

from notes.installation import Installation, product
from notes.model import Note
from runtime.problems import Problem


async def a_note(installation: Installation) -> Note:
    async with installation.work() as work:
        return work.add(Note(text="before", parties=[]))


async def test_what_was_read_before_the_lock_is_read_again_under_it(installation: Installation) -> None:
    note = await a_note(installation)
    async with installation.work() as slow:
        # Held: a session forgets what nobody refers to, and would then read it anew by itself.
        read = (await slow.session.scalars(select(Note))).one()
        assert read.text == "before"
        async with installation.work() as quick:
            (await quick.get(Note, note.id)).text = "between"
        found = await slow.get(Note, note.id)
        assert found is read
        assert (found.text, found.version) == ("between", 2)
        found.rank = 7
    row = (await installation.rows("SELECT text, rank, version FROM note"))[0]
    assert tuple(row) == ("between", 7, 3)


async def test_if_match_is_held_against_what_is_read_under_the_lock(installation: Installation) -> None:
    note = await a_note(installation)
    async with installation.work() as slow:
        slow.expected_version = 1
        read = await slow.session.get(Note, note.id)
        async with installation.work() as quick:
            (await quick.get(Note, note.id)).text = "between"
        with pytest.raises(Problem) as outdated:
            await slow.get(Note, note.id)
        assert read is not None
    assert (outdated.value.status, outdated.value.extensions) == (412, {"version": 2})


async def test_a_record_that_is_asked_for_twice_keeps_its_changes(installation: Installation) -> None:
    note = await a_note(installation)
    async with installation.work() as work:
        (await work.get(Note, note.id)).text = "after"
        assert (await work.get(Note, note.id)).text == "after"
    assert await installation.value("SELECT text FROM note") == "after"


async def test_changes_of_one_record_queue_up(installation: Installation) -> None:
    note = await a_note(installation)

    async def raise_rank() -> None:
        async with installation.work() as work:
            found = await work.get(Note, note.id)
            before = found.rank
            await asyncio.sleep(0)
            found.rank = before + 1
            work.publish(product(note.id, found.rank), of=found)

    await asyncio.gather(*(raise_rank() for _ in range(12)))
    assert tuple((await installation.rows("SELECT rank, version FROM note"))[0]) == (12, 13)
    sequences = await installation.rows("SELECT sequence FROM outbox ORDER BY position")
    assert [row["sequence"] for row in sequences] == list(range(2, 14))


async def test_the_relay_of_the_process_is_woken_by_a_commit_only(installation: Installation) -> None:
    published = installation.place.store.published
    await a_note(installation)
    assert not published.is_set()
    try:
        async with installation.work() as work:
            work.publish(product((await a_note(installation)).id, 1), of=Note(text="", parties=[]))
            raise LookupError
    except LookupError:
        assert not published.is_set()
    async with installation.work() as work:
        work.publish(product((await a_note(installation)).id, 1), of=Note(text="", parties=[]))
        assert not published.is_set()
    assert published.is_set()
