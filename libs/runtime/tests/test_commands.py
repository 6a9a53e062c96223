"""A command's way: idempotency keys, versions, and what is left of a request that failed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Mount

from notes import api
from notes.behind_http import Notes
from runtime import idempotency
from runtime.database import Context
from runtime.principal import worker
from serving import edge


async def write(notes: Notes, text: str = "hello", key: str = "", **body: Any) -> httpx.Response:
    return await notes.client.post(
        "/notes", json={"text": text} | body, headers={"Idempotency-Key": key} if key else {}
    )


async def test_the_same_key_and_request_get_the_same_answer(notes: Notes) -> None:
    key = uuid4().hex
    first, second = await write(notes, key=key), await write(notes, key=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    for name in ("etag", "location", "content-type"):
        assert first.headers[name] == second.headers[name]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert await notes.installation.value("SELECT count(*) FROM note WHERE id = $1", first.json()["id"]) == 1
    assert await notes.installation.value("SELECT count(*) FROM outbox WHERE key = $1", first.json()["id"]) == 1


async def test_an_answer_is_forgotten_when_nobody_asks_again(notes: Notes) -> None:
    old, young = uuid4().hex, uuid4().hex
    before = await write(notes, key=old)
    aged = "UPDATE idempotency SET answered_at = now() - interval '7 days 1 minute' WHERE body = $1"
    await notes.installation.rows(aged, before.content)
    after = await write(notes, key=young)
    store = notes.app.state.store
    async with store.work(Context(worker("notes"))) as work:
        await idempotency.timer.run(work)
    assert (await write(notes, key=young)).content == after.content
    assert (await write(notes, key=old)).json()["id"] != before.json()["id"]


async def test_the_same_key_for_another_request_is_refused(notes: Notes) -> None:
    key = uuid4().hex
    await write(notes, "one", key)
    answer = await write(notes, "two", key)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:entente:problem:idempotency-key-reused")


async def test_a_misspelt_parameter_of_a_command_is_refused(notes: Notes) -> None:
    answer = await notes.client.post("/notes", json={"text": "one"}, params={"partnr": "b"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:entente:problem:unknown-parameter")


async def test_a_stored_answer_is_the_callers_own_and_needs_the_role_still(notes: Notes) -> None:
    key, body = {"Idempotency-Key": uuid4().hex}, {"text": "mine"}
    mine = await notes.client.post("/notes", json=body, headers=key)
    async with notes.as_("quality", subject="somebody else") as other:
        theirs = await other.post("/notes", json=body, headers=key)
    async with notes.as_("supply", subject="tester") as demoted:
        refused = await demoted.post("/notes", json=body, headers=key)
    assert theirs.status_code == 201
    assert theirs.json()["id"] != mine.json()["id"]
    assert refused.status_code == 403


async def test_errors_are_not_stored(notes: Notes) -> None:
    note, key = (await write(notes)).json()["id"], {"Idempotency-Key": uuid4().hex}
    failed = await notes.client.post(f"/notes/{uuid4()}/issue", json={"reason": "r"}, headers=key)
    assert failed.status_code == 404
    for kind, status in (("problem", 409), ("returned", 409), ("crash", 500)):
        for _ in range(2):
            answer = await notes.client.post(f"/notes/{note}/failures/{kind}", json={"reason": "r"}, headers=key)
            assert answer.status_code == status
            assert "idempotency-replayed" not in answer.headers
    again = await notes.client.post(f"/notes/{note}/issue", json={"reason": "r"}, headers=key)
    assert again.status_code == 200


@pytest_asyncio.fixture
async def gate() -> AsyncIterator[str]:
    """A command that is called this waits in the middle."""
    name = uuid4().hex
    api.gates[name] = asyncio.Event()
    yield name
    api.gates.pop(name).set()


async def test_fifty_equal_keys_run_once_and_hold_nobody_up(notes: Notes, gate: str) -> None:
    key = uuid4().hex
    requests = [asyncio.create_task(write(notes, gate, key)) for _ in range(50)]
    await asyncio.wait(requests, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    # One of them waits in its transaction and holds a connection; the other three of the pool are free.
    others = await asyncio.wait_for(asyncio.gather(*(write(notes, f"other {n}") for n in range(12))), 10)
    assert {answer.status_code for answer in others} == {201}
    api.gates[gate].set()
    answers = await asyncio.gather(*requests)
    busy = [answer for answer in answers if answer.status_code == 409]
    done = [answer for answer in answers if answer.status_code == 201]
    assert len(busy) + len(done) == 50
    assert busy
    assert all(answer.headers["retry-after"] == "1" for answer in busy)
    assert len({answer.content for answer in done}) == 1
    assert await notes.installation.value("SELECT count(*) FROM note WHERE text = $1", gate) == 1


async def test_if_match_must_name_the_version(notes: Notes) -> None:
    created = await write(notes)
    path, tag = f"/notes/{created.json()['id']}", created.headers["etag"]
    without = await notes.client.put(path, json={"text": "x"})
    assert (without.status_code, without.json()["title"]) == (428, "Precondition required")
    outdated = await notes.client.put(path, json={"text": "x"}, headers={"If-Match": '"7"'})
    assert (outdated.status_code, outdated.json()["version"]) == (412, 1)
    for bad in ("three", '"' + "9" * 5000 + '"'):
        assert (await notes.client.put(path, json={"text": "x"}, headers={"If-Match": bad})).status_code == 400
    right = await notes.client.put(path, json={"text": "x"}, headers={"If-Match": tag})
    assert (right.status_code, right.headers["etag"]) == (200, '"2"')
    assert (await notes.client.get(path)).headers["etag"] == '"2"'
    posted = await notes.client.post(f"{path}/issue", json={"reason": "r"}, headers={"If-Match": tag})
    assert posted.status_code == 412


async def test_of_two_who_read_the_same_version_one_is_refused(notes: Notes) -> None:
    created = await write(notes)
    path, tag = f"/notes/{created.json()['id']}", created.headers["etag"]
    both = await asyncio.gather(
        *(notes.client.put(path, json={"text": text}, headers={"If-Match": tag}) for text in ("a", "b"))
    )
    assert sorted(answer.status_code for answer in both) == [200, 412]


async def test_the_version_rises_once_per_transaction(notes: Notes) -> None:
    note = (await write(notes)).json()["id"]
    answer = await notes.client.put(f"/notes/{note}", json={"text": "x", "rank": 3}, headers={"If-Match": "*"})
    assert (answer.json()["version"], answer.headers["etag"]) == (2, '"2"')
    sequences = await notes.installation.rows("SELECT sequence FROM outbox WHERE key = $1 ORDER BY position", note)
    assert [row["sequence"] for row in sequences] == [1, 2, 2]


async def test_what_is_not_known_is_404_and_what_is_not_json_is_422(notes: Notes) -> None:
    unknown = await notes.client.get(f"/notes/{uuid4()}")
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")
    assert unknown.json()["type"] == "urn:entente:problem:not-found"
    for body in (b"{", b"", b'{"text": 5}', b'{"\\ud800": 1, "text": "x"}'):
        answer = await notes.client.post("/notes", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, body
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"]
    broken = await notes.client.post("/notes", content=b'{"text": "a"', headers={"Content-Type": "application/json"})
    assert broken.json()["errors"] == [
        {"field": "body", "reason": "no JSON at character 12: Expecting ',' delimiter", "value": ""}
    ]


async def test_a_text_that_postgresql_cannot_hold_is_refused(notes: Notes) -> None:
    written = await write(notes, "a\0b")
    sought = await notes.client.get("/notes", params={"text": "a\0b"})
    assert (written.status_code, sought.status_code) == (422, 422)


async def test_what_the_database_refuses_is_an_answer_and_no_broken_connection(notes: Notes) -> None:
    transport = httpx.ASGITransport(notes.app)  # raises what a server would meet after the answer
    headers = {"Authorization": notes.client.headers["Authorization"]}
    async with httpx.AsyncClient(transport=transport, base_url=notes.client.base_url, headers=headers) as client:
        assert (await client.post("/notes", json={"text": "a\0b"})).status_code == 422
        assert (await client.get("/parked/9999999999999999999")).status_code == 422


@pytest.mark.parametrize("path", ["/status", "/parked", "/parked/1", "/set-aside"])
async def test_an_operator_too_is_told_of_a_parameter_that_is_not_known(notes: Notes, path: str) -> None:
    answer = await notes.client.get(path, params={"limt": 5})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:entente:problem:unknown-parameter")


@pytest.mark.parametrize("path", ["/parked", "/set-aside"])
async def test_an_operator_gives_a_parameter_once(notes: Notes, path: str) -> None:
    answer = await notes.client.get(path, params={"limit": [5, 6]})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:entente:problem:repeated-parameter")
    assert "limit" in answer.json()["detail"]


@pytest.mark.parametrize("id", ["1_000", "١", "true"])
async def test_a_number_in_a_path_is_written_in_plain_digits(notes: Notes, id: str) -> None:
    answer = await notes.client.get(f"/parked/{id}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "path.id")


async def test_a_parameter_that_is_not_known_is_refused(notes: Notes) -> None:
    answer = await notes.client.get("/notes", params={"txt": "hello", "limit": 5})
    assert answer.status_code == 422
    assert "there is no parameter txt; possible: count, cursor, limit" in answer.json()["detail"]


async def test_a_key_that_is_given_twice_is_refused(notes: Notes) -> None:
    for body in (b'{"text": "a", "text": "b"}', b'{"text": "a", "more": [{"x": 1, "x": 1}]}'):
        answer = await notes.client.post("/notes", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:entente:problem:repeated-key"), answer.text


async def test_a_body_beyond_the_limit_is_413(notes: Notes) -> None:
    limit = notes.installation.settings.largest_body

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(limit // 1000 + 2):
            yield b" " * 1000

    for content in (b" " * (limit + 1), chunks()):
        answer = await notes.client.post("/notes", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
        assert (answer.json()["type"], answer.json()["limit"]) == ("urn:entente:problem:too-large", limit)
    json = {"Content-Type": "application/json"}
    operated = await notes.client.post("/replays", content=b" " * (limit + 1), headers=json)
    assert (operated.status_code, operated.json()["type"]) == (413, "urn:entente:problem:too-large")


async def test_behind_an_origin_limits_and_errors_are_the_services_own(notes: Notes) -> None:
    """Both bound bodies and answer errors; what the service allows or has answered, the origin leaves alone."""
    origin = Starlette(routes=[Mount("/api/notes", notes.app)])
    edge.install(origin, notes.installation.settings)
    note = (await write(notes)).json()["id"]
    transport = httpx.ASGITransport(origin)  # raises what a server would meet after the answer
    headers = {"Authorization": notes.client.headers["Authorization"], "Content-Type": "application/json"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/notes/v1", headers=headers) as client:
        uploaded = await client.post(f"/notes/{note}/uploads", content=b" " * 3_000_000)
        assert (uploaded.status_code, uploaded.json()) == (200, 3_000_000)
        assert (await client.post("/notes", content=b" " * 3_000_000)).status_code == 413
        crashed = await client.post(f"/notes/{note}/failures/crash", json={"reason": "r"})
        assert (crashed.status_code, crashed.headers["content-type"]) == (500, "application/problem+json")


async def test_who_may_not_ask_is_not_told_of_its_bodys_size(notes: Notes) -> None:
    content = b" " * (notes.installation.settings.largest_body + 1)
    async with notes.as_("supply") as client:
        assert (await client.post("/notes", content=content)).status_code == 403


@pytest.mark.parametrize(
    ("kind", "status"),
    [("returned", 409), ("returned-500", 500), ("problem", 409), ("http", 418), ("stream", 500), ("crash", 500),
     ("sql", 500)],
)  # fmt: skip
async def test_nothing_of_a_failed_command_stays(notes: Notes, kind: str, status: int) -> None:
    note = (await write(notes, "before")).json()["id"]
    answer = await notes.client.post(f"/notes/{note}/failures/{kind}", json={"reason": "after"})
    assert answer.status_code == status
    assert "secret" not in answer.text
    assert "hunter2" not in answer.text
    row = (await notes.installation.rows("SELECT text, version FROM note WHERE id = $1", note))[0]
    assert tuple(row) == ("before", 1)
    assert await notes.installation.value("SELECT count(*) FROM outbox WHERE key = $1", note) == 1
    assert await notes.installation.value("SELECT count(*) FROM audit WHERE record_id = $1", note) == 1
