"""Many records in one statement say what the ORM says of each."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from notes.installation import Installation
from notes.model import Note
from runtime import bulk

NOW = datetime(2026, 3, 14, 9, 30, 0, 123456, tzinfo=UTC)
ODD = 'a "quoted", {braced} \\ back\nslash and Ž'


def note(**others: Any) -> Note:
    """A note that need not come from anywhere."""
    known = dict.fromkeys(bulk.columns_of(Note)) | {"id": uuid4(), "version": 1, "created_at": NOW, "updated_at": NOW}
    return bulk.instance(
        Note, known | {"text": ODD, "rank": 7, "pinned": False, "state": "draft", "parties": []} | others
    )


async def test_what_is_inserted_is_read_back_as_it_was(installation: Installation) -> None:
    written = [note(parties=[uuid4(), uuid4()], partner_id=uuid4()), note(awaited_since=NOW)]
    async with installation.work() as work:
        await bulk.insert(work, Note, map(dict, written))
    async with installation.work() as work:
        found = [dict(await work.get(Note, each.id)) for each in written]
    assert found == [dict(each) for each in written]


async def test_only_what_was_written_is_given(installation: Installation) -> None:
    first, second = note(), note()
    async with installation.work() as work:
        await bulk.insert(work, Note, [dict(first)])
        await bulk.insert(work, Note, [dict(first)], "ON CONFLICT DO NOTHING")
        rows = map(dict, [first, second])
        assert await bulk.insert_giving(work, Note, rows, "id", "ON CONFLICT (id) DO NOTHING") == {second.id}


async def test_stored_records_are_written_whole_and_no_others(installation: Installation) -> None:
    changed, other = note(), note()
    async with installation.work() as work:
        await bulk.insert(work, Note, map(dict, [changed, other]))
        await bulk.update(work, Note, [dict(changed) | {"rank": 8, "issued_by": "ana", "text": ""}])
    rows = await installation.rows("SELECT id, rank, issued_by, text FROM note")
    found = {tuple(row) for row in rows}
    assert found == {(changed.id, 8, "ana", ""), (other.id, 7, None, ODD)}


async def test_of_nothing_nothing_is_written(installation: Installation) -> None:
    async with installation.work() as work:
        await bulk.insert(work, Note, [])
        await bulk.update(work, Note, [])
        assert await bulk.insert_giving(work, Note, [], "id") == set()
