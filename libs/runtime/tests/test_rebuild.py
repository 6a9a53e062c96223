"""A service of projections is built anew from nothing, while its replicas run; one that owns records refuses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from notes.installation import WAITING, Installation, message
from notes.main import create
from notes.parked import applied, numbers, parked, refusing

PROJECTIONS = ["heard"]


@asynccontextmanager
async def serving(installation: Installation) -> AsyncIterator[FastAPI]:
    """A replica of notes as if it were a service of projections."""
    app = create(installation.settings, installation.trouble)
    app.state.projections = PROJECTIONS
    async with app.router.lifespan_context(app):
        yield app


def client(app: FastAPI, issuer: Any, *roles: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {issuer.token(*roles)}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/v1", headers=headers, timeout=30)


async def rebuilt(installation: Installation, http: httpx.AsyncClient) -> None:
    """Wait until the status says that all is read."""

    async def done() -> bool:
        return bool((await http.get("/status")).json()["partitions_to_read"] == 0)

    await installation.eventually(done, 60)


@pytest.mark.durable_broker
async def test_what_was_built_from_facts_is_built_anew_while_replicas_run(
    installation: Installation, issuer: Any
) -> None:
    """Facts arrive all the time; a rebuild in the middle, and another in the middle of that."""
    keys, installation.settings.pool_size = [uuid4() for _ in range(8)], 3

    async def produce() -> None:
        for number in range(60):
            await installation.produce([message(key, number) for key in keys])

    async with serving(installation) as app, serving(installation), client(app, issuer, "admin") as http:
        producing = asyncio.create_task(produce())
        await applied(installation, 100)
        for _ in range(2):
            answer = await http.post("/projection-rebuilds")
            assert (answer.status_code, answer.json()) == (202, {"partitions": 8})
        await producing
        await applied(installation, 60 * len(keys))
        await rebuilt(installation, http)
        for key in keys:
            assert await numbers(installation, key) == [*range(60)]
        last = await installation.value("SELECT max(position) FROM heard")
        assert last > 60 * len(keys), "they were entered anew"


async def test_members_that_have_nothing_to_do_notice_a_rebuild(installation: Installation, issuer: Any) -> None:
    key = uuid4()
    await installation.produce([message(key, number) for number in range(5)])
    async with serving(installation) as app, client(app, issuer, "admin") as http:
        await applied(installation, 5)
        await rebuilt(installation, http)
        await http.post("/projection-rebuilds", json={"reason": "a handler was wrong"})
        await rebuilt(installation, http)
        async with client(app, issuer, "quality") as reader:
            (noted,) = (await reader.get("/audit/operations")).json()["items"]
        assert (noted["done"], noted["reason"]) == ("rebuild", "a handler was wrong")
        assert "tester (admin) rebuilt notes from the whole history: projections heard. Reason: a h" in noted["text"]
        assert await numbers(installation, key) == [*range(5)]
        assert await installation.value("SELECT min(position) FROM heard") == 6


async def test_what_was_parked_parks_again_in_its_order(installation: Installation, issuer: Any) -> None:
    key = uuid4()
    installation.trouble.obstacle = refusing((key, 2))
    await installation.produce([message(key, number) for number in range(5)])
    async with serving(installation) as app, client(app, issuer, "admin") as http:
        await applied(installation, 5)
        await http.post("/projection-rebuilds")
        await rebuilt(installation, http)
        assert (await numbers(installation, key), await parked(installation, key)) == ([0, 1], [2, 3, 4])


async def test_floors_of_what_is_known_are_forgotten(installation: Installation, issuer: Any) -> None:
    key = uuid4()
    await installation.produce([message(key, number) for number in range(3)])
    async with serving(installation) as app, client(app, issuer, "admin") as http:
        await applied(installation, 3)
        await installation.rows("UPDATE handled SET floor = now()")
        await http.post("/projection-rebuilds")
        await rebuilt(installation, http)
        assert await numbers(installation, key) == [*range(3)]


async def test_a_batch_in_hand_is_waited_for(installation: Installation, issuer: Any) -> None:
    key, begun, go_on = uuid4(), asyncio.Event(), asyncio.Event()

    async def hold(*_: object) -> None:
        begun.set()
        await go_on.wait()

    installation.trouble.obstacle = hold
    await installation.produce([message(key, number) for number in range(3)])
    async with serving(installation) as app, client(app, issuer, "admin") as http:
        await begun.wait()
        rebuilding = asyncio.create_task(http.post("/projection-rebuilds"))
        await installation.eventually(lambda: installation.value(WAITING), 20)
        go_on.set()
        assert (await rebuilding).status_code == 202
        await rebuilt(installation, http)
        await applied(installation, 3)
        assert await numbers(installation, key) == [*range(3)]


async def test_a_service_that_owns_records_refuses(notes: Any) -> None:
    refused = await notes.client.post("/projection-rebuilds")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:entente:problem:rule-violated")
    assert "owns its records" in refused.json()["detail"]
    async with notes.as_("quality") as reader:
        assert (await reader.post("/projection-rebuilds")).status_code == 403


async def test_a_release_whose_consumer_waits_empties_nothing(installation: Installation, issuer: Any) -> None:
    key = uuid4()
    await installation.produce([message(key, 0)])
    async with serving(installation) as app, client(app, issuer, "admin") as http:
        await applied(installation, 1)
        await installation.rows("UPDATE consumer_offset SET handlers = 'those of another release'")
        refused = await http.post("/projection-rebuilds")
        assert (refused.status_code, "another release" in refused.json()["detail"]) == (409, True)
        assert await numbers(installation, key) == [0]
