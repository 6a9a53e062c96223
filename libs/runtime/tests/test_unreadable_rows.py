"""A row that cannot be shown stands beside the list that it belongs to, and hides no other from anybody."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
import structlog

from notes.behind_http import Notes
from notes.model import Note
from runtime.database import Context
from runtime.principal import Principal
from runtime.work import Work
from serving.paging import PageRequest, page

Spoil = Callable[[str, str], Awaitable[None]]
BAD = [
    pytest.param("state = 'odd'", "state: Input should be", id="a value that readers do not know"),
    pytest.param("created_at = '12000-01-01'", "it cannot be read (OverflowError)", id="a year that the driver drops"),
]


async def written(notes: Notes, count: int) -> tuple[str, list[str]]:
    """Notes of one text, from the newest on."""
    mark = uuid4().hex
    answers = [await notes.client.post("/notes", json={"text": mark, "rank": number}) for number in range(count)]
    return mark, [str(answer.json()["id"]) for answer in reversed(answers)]


@pytest_asyncio.fixture
async def spoil(notes: Notes) -> AsyncIterator[Spoil]:
    """``await spoil(id, "state = 'odd'")``: change a row as an earlier release might have, until the test ends."""
    connection, spoilt = await asyncpg.connect(notes.installation.admin), []
    await connection.execute("SET entente.actor = 'an earlier release'")

    async def change(id: str, to: str) -> None:
        spoilt.append(UUID(id))
        await connection.execute(f"UPDATE note SET {to} WHERE id = $1", UUID(id))

    yield change
    await connection.execute("DELETE FROM note WHERE id = ANY($1::uuid[])", spoilt)
    await connection.close()


async def listed(notes: Notes, **parameters: Any) -> dict[str, Any]:
    answer = await notes.client.get("/notes", params=parameters)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize(("change", "reason"), BAD)
async def test_one_bad_row_is_told_and_hides_no_other(notes: Notes, spoil: Spoil, change: str, reason: str) -> None:
    mark, ids = await written(notes, 5)
    assert (await listed(notes, text=mark))["unreadable"] == []
    await spoil(ids[2], change)
    with structlog.testing.capture_logs() as logs:
        found = await listed(notes, text=mark)
    assert [item["id"] for item in found["items"]] == [id for id in ids if id != ids[2]]
    (unreadable,) = found["unreadable"]
    assert unreadable["id"] == ids[2]
    assert reason in unreadable["reason"]
    assert [(entry["event"], entry["record"]) for entry in logs if entry["log_level"] == "error"] == [
        ("row cannot be shown", ids[2])
    ]


@pytest.mark.parametrize(("change", "reason"), BAD)
async def test_pages_go_on_behind_a_bad_row(notes: Notes, spoil: Spoil, change: str, reason: str) -> None:
    mark, ids = await written(notes, 6)
    for id in (ids[1], ids[2], ids[3]):
        await spoil(id, change)
    for sort, order in (("-id", ids), ("rank", ids[::-1])):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            found = await listed(notes, text=mark, sort=sort, limit=2, **cursor)
            seen += [item["id"] for item in found["items"]] + [each["id"] for each in found["unreadable"]]
            if found["next"] is None:
                break
            cursor = {"cursor": found["next"]}
        assert sorted(seen) == sorted(order), sort


async def test_a_list_is_not_sorted_by_what_cannot_be_read(notes: Notes, spoil: Spoil) -> None:
    mark, ids = await written(notes, 2)
    await spoil(ids[0], "created_at = '12000-01-01'")
    answer = await notes.client.get("/notes", params={"text": mark, "sort": "created_at"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:entente:problem:unreadable-sort")
    assert "sort by another field" in answer.json()["detail"]


async def test_what_the_database_refuses_for_one_row_is_refused_for_that_row_alone(notes: Notes) -> None:
    """A statement that fails aborts the transaction: each row has a savepoint."""
    mark, ids = await written(notes, 3)

    async def divide(work: Work, records: Sequence[Note]) -> list[str]:
        return [f"{await work.connection.fetchval('SELECT 10 / ($1::int - 1)', record.rank)}" for record in records]

    principal = Principal("somebody", "", frozenset())
    async with notes.installation.place.store.work(Context(principal, read_only=True)) as work:
        found = await page(work, Note, PageRequest(), {"text": mark}, divide)
    assert found.items == ["10", "-10"]
    assert [str(each.id) for each in found.unreadable] == [ids[1]]
    assert "10 /" not in found.unreadable[0].reason


@pytest.mark.parametrize("fails_at", [1, 2], ids=["the page", "a row of it"])
async def test_a_database_that_is_away_makes_no_row_unreadable(notes: Notes, fails_at: int) -> None:
    mark, _ = await written(notes, 2)
    shown: list[int] = []

    async def away(work: Work, records: Sequence[Note]) -> list[str]:
        shown.append(len(records))
        raise ConnectionResetError if len(shown) == fails_at else LookupError

    async with notes.installation.work() as work:
        with pytest.raises(ConnectionResetError):
            await page(work, Note, PageRequest(), {"text": mark}, away)
    assert shown == [2, 1][:fails_at]
