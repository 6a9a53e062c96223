"""Lists: every row once while others write, cursors that cannot be forged, and partners' lists in a large table."""

import asyncio
import base64
import json
import time
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from notes.behind_http import Notes
from notes.installation import Installation
from notes.model import Memo, Note
from runtime.database import Context
from runtime.principal import Principal
from runtime.problems import Problem
from serving.paging import PageRequest, each, page

ROWS = 50_000
FILL = """
INSERT INTO note (id, version, created_at, updated_at, text, rank, pinned, state, parties)
SELECT id, 1, now(), now(), 'n', 0, false, 'draft', ARRAY[$2::uuid] FROM unnest($1::uuid[]) AS id
"""


async def all_pages(notes: Notes, path: str = "/notes", **parameters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        answer = await notes.client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next"] is None:
            return found
        parameters["cursor"] = answer.json()["next"]


@pytest.mark.parametrize(
    "sort", ["-id", "id", "rank", "-rank", "created_at", "-updated_at", "text", "pinned", "-pinned"]
)
async def test_every_row_comes_once_while_others_are_written(notes: Notes, sort: str) -> None:
    mark = uuid4().hex

    async def write(rank: int) -> str:
        answer = await notes.client.post("/notes", json={"text": mark, "rank": rank})
        return str(answer.json()["id"])

    before = [await write(number % 4) for number in range(17)]
    async with notes.installation.work() as work:
        await work.connection.execute("UPDATE note SET pinned = rank > 1 WHERE text = $1", mark)
    writing = asyncio.gather(*(write(number % 5) for number in range(15)))
    found = await all_pages(notes, text=mark, sort=sort, limit=3)
    await writing
    ids = [item["id"] for item in found]
    assert len(ids) == len(set(ids))
    assert set(before) <= set(ids)
    if sort.lstrip("-") in found[0]:
        values = [item[sort.lstrip("-")] for item in found]
        assert values == sorted(values, reverse=sort.startswith("-"))


@pytest.mark.parametrize("seed", range(12))
async def test_rows_come_once_and_in_order_through_ties_and_those_without_a_value(notes: Notes, seed: int) -> None:
    """Whatever the sort, the direction and the size of a page: those without a value last, and by id among equals."""
    random = Random(seed)
    size, mark = random.randint(0, 12), f"{seed} {uuid4()}"
    columns: dict[str, list[Any]] = {"issued_by": ["", "a", "none", "null"], "partner_id": [UUID(int=1), uuid4()]}
    column, values = random.choice(list(columns.items()))
    rows = [(uuid7(), random.choice([None, None, *values])) for _ in range(size)]
    async with notes.installation.work() as work:
        for id, value in rows:
            values_ = {"issued_by": None, "partner_id": None} | {column: value}
            work.session.add(Note(id=id, text=mark, parties=[], **values_))
    for sort in (column, f"-{column}"):
        down = sort.startswith("-")
        having = sorted(((value, id) for id, value in rows if value is not None), reverse=down)
        without = sorted((id for id, value in rows if value is None), reverse=down)
        ids = [id for _, id in having] + without
        found = await all_pages(notes, text=mark, sort=sort, limit=random.randint(1, 4))
        assert [item["id"] for item in found] == [str(id) for id in ids], sort


PARKED = """
INSERT INTO parked (topic, partition, "offset", key, event_id, type, reason, blocks, detail, headers, value)
SELECT 'listed', 0, number, 'k', 'e', 't', 'r', false, 'd', '[]', '' FROM generate_series(1, 7) AS number
"""
ASIDE = """
INSERT INTO set_aside (timer, record_id, since, reason, try_again_at)
SELECT 'listed ' || number % 2, lpad((number / 2)::text, 32, '0')::uuid, date '2000-01-01' + number / 4, 'r', now()
FROM generate_series(1, 7) AS number
"""


@pytest.mark.parametrize(("path", "fill", "table"), [("/parked", PARKED, "parked"), ("/set-aside", ASIDE, "set_aside")])
async def test_operators_lists_come_in_pages_too(notes: Notes, path: str, fill: str, table: str) -> None:
    try:
        async with notes.installation.work() as work:
            await work.connection.execute(fill)
        whole = (await notes.client.get(path, params={"limit": 500})).json()
        assert (len(whole["items"]) >= 7, whole["next"]) == (True, None)
        assert await all_pages(notes, path, limit=3) == whole["items"]
        first = (await notes.client.get(path, params={"limit": 7})).json()
        assert (len(first["items"]), first["next"] is None) == (7, len(whole["items"]) == 7)
        for cursor in ("x", forged("x", ID, of="parked"), forged("x", ID, of="aside")):
            refused = await notes.client.get(path, params={"cursor": cursor})
            assert (refused.status_code, refused.json()["type"]) == (400, "urn:entente:problem:invalid-cursor")
        assert (await notes.client.get(path, params={"limit": 501})).status_code == 422
    finally:
        async with notes.installation.work() as work:
            listed = "topic = 'listed'" if table == "parked" else "timer LIKE 'listed%'"
            await work.connection.execute(f"DELETE FROM {table} WHERE {listed}")


def forged(*parts: Any, of: str = "Note rank") -> str:
    return base64.urlsafe_b64encode(json.dumps({of: parts}).encode()).decode()


ID = "0b6c7a5e-9a53-4a0e-8f5e-2f4f3f0f3a11"


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", "%%%", forged(), forged("1"), forged("x", ID), forged("1", "no id"), forged("1", 5),
     forged(None, None), forged("1", ID, "more"), forged("1", ID, of="Note -rank"), forged("1", ID, of="Page rank"),
     base64.urlsafe_b64encode(json.dumps(["1", ID]).encode()).decode(), base64.urlsafe_b64encode(b"[" * 2000).decode(),
     "W10", "e30", "/w", forged(None, ID), forged(None, ID, of="Note issued_by")],
)  # fmt: skip
async def test_a_cursor_of_somebody_else_is_refused(notes: Notes, cursor: str) -> None:
    answer = await notes.client.get("/notes", params={"cursor": cursor, "sort": "rank"})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:entente:problem:invalid-cursor")
    assert "begin again without" in answer.json()["detail"]


async def test_a_cursor_goes_on_in_its_own_list_and_sort_alone(notes: Notes) -> None:
    for _ in range(3):
        await notes.client.post("/notes", json={"text": "listed"})
    given = (await notes.client.get("/notes", params={"limit": 1, "sort": "created_at"})).json()["next"]
    for sort, status in (("created_at", 200), ("-created_at", 400), ("updated_at", 400), ("-id", 400)):
        answer = await notes.client.get("/notes", params={"limit": 1, "sort": sort, "cursor": given})
        assert answer.status_code == status, sort
    async with notes.installation.work() as work:
        with pytest.raises(Problem, match="begin again without"):
            await page(work, Memo, PageRequest(cursor=given, sort="created_at"), {}, each(dict))


@pytest.mark.parametrize("sort", ["nothing", "-", "", "parties", "--id", "id; DROP TABLE note", "__class__"])
async def test_a_list_is_sorted_only_by_what_it_has(notes: Notes, sort: str) -> None:
    answer = await notes.client.get("/notes", params={"sort": sort})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:entente:problem:invalid-sort")
    assert "text" in answer.json()["detail"]


@pytest.mark.parametrize("limit", [0, 501, "x"])
async def test_a_limit_out_of_range_is_refused(notes: Notes, limit: Any) -> None:
    assert (await notes.client.get("/notes", params={"limit": limit})).status_code == 422


async def _filled(installation: Installation) -> UUID:
    """A partner with the older half of a large table."""
    partner = uuid4()
    connection = await asyncpg.connect(installation.admin)
    await connection.execute("SET entente.actor = 'filling'")
    for owner in (partner, uuid4()):
        await connection.execute(FILL, [uuid7() for _ in range(ROWS // 2)], owner)
    await connection.execute("ANALYZE")
    await connection.close()
    return partner


async def test_a_partners_list_of_a_large_table_is_quick(installation: Installation) -> None:
    """Driven from party, and the tenant is read once per statement (an InitPlan), not for each row."""
    partner, took = await _filled(installation), {}
    for who in (None, partner):
        principal = Principal("someone", "", frozenset(), who)
        async with installation.place.store.work(Context(principal, read_only=True)) as work:
            request = PageRequest(limit=50, cursor=None, sort="-id")
            times = []
            for _ in range(6):
                work.session.expunge_all()
                begun = time.perf_counter()
                records = (await page(work, Note, request, {}, each(lambda note: note))).items
                times.append(time.perf_counter() - begun)
                assert len(records) == 50
                assert who is None or all(record.parties == [who] for record in records)
            took[who] = min(times)
            plan = [row[0] for row in await work.connection.fetch("EXPLAIN SELECT * FROM note WHERE text = 'a'")]
    assert "InitPlan" in "".join(plan)
    assert "current_setting" not in "".join(plan), "for each row"
    assert took[partner] < 0.01 + 5 * took[None], took
