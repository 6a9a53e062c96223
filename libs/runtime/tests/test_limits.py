"""Limits of a principal: what its requests may amount to, and that a rival's flood takes no more than its share."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from notes import api
from notes.behind_http import Notes
from notes.main import create
from runtime import work
from runtime.problems import Problem
from serving.limits import Limits


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


async def refused(limits: Limits, subject: str) -> int:
    """How long a refused subject is told to wait, in seconds."""
    with pytest.raises(Problem) as caught:
        await limits.admit(subject)
    assert (caught.value.status, caught.value.kind) == (429, "too-many-requests")
    return int(caught.value.headers["Retry-After"])


async def test_a_burst_is_taken_and_what_comes_after_it_is_told_how_long_to_wait() -> None:
    limits = Limits(per_second=0.5, burst=10, pause=0, clock=Clock())
    for _ in range(10):
        await limits.admit("script")
    assert await refused(limits, "script") == 2
    await limits.admit("another")


@pytest.mark.parametrize("per_second", [0.3, 1.0, 50.0])
async def test_the_wait_that_is_told_is_true(per_second: float) -> None:
    clock = Clock()
    limits = Limits(per_second, burst=3, pause=0, clock=clock)
    for _ in range(3):
        await limits.admit("script")
    clock.seconds += await refused(limits, "script") - 1
    if per_second <= 1:  # told in whole seconds: of a shorter wait the last one is not all needed
        await refused(limits, "script")
    clock.seconds += 1
    await limits.admit("script")


async def test_who_keeps_to_the_rate_is_never_refused() -> None:
    clock = Clock()
    limits = Limits(per_second=10, burst=1, pause=0, clock=clock)
    for _ in range(10_000):
        await limits.admit("system")
        clock.seconds += 0.1


async def test_a_refusal_costs_nothing() -> None:
    """Else who asks again and again would never be let in."""
    clock = Clock()
    limits = Limits(per_second=1, burst=2, pause=0, clock=clock)
    for _ in range(2):
        await limits.admit("script")
    for _ in range(50):
        await refused(limits, "script")
    clock.seconds += 1
    await limits.admit("script")


async def test_a_refusal_takes_its_time_and_then_tells_the_rest_of_the_wait() -> None:
    limits = Limits(per_second=0.5, burst=1, pause=0.2)
    await limits.admit("script")
    began = time.monotonic()
    assert await refused(limits, "script") == 2
    assert time.monotonic() - began > 0.9 * 0.2  # a loop may wake a tick of its clock before the time


async def test_subjects_that_left_are_forgotten_and_only_they() -> None:
    clock = Clock()
    limits = Limits(per_second=1, burst=10, pause=0, clock=clock)
    for number in range(1000):
        await limits.admit(f"person {number}")
    clock.seconds += 5
    for _ in range(10):
        await limits.admit("script")
    clock.seconds += 6
    await limits.admit("new")
    assert len(limits) == 2
    for _ in range(6):
        await limits.admit("script")
    await refused(limits, "script")


@asynccontextmanager
async def limited(notes: Notes, **changes: Any) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Another process of the notes service, with limits of its own; gives its clients."""
    app = create(notes.installation.settings.model_copy(update={"role": "api"} | changes))

    def as_(token: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://test/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    async with app.router.lifespan_context(app):
        yield as_


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/notes"), ("POST", "/notes"), ("GET", "/status"), ("POST", f"/notes/{uuid4()}/uploads")],
    ids=["list", "command", "operations", "upload"],
)
async def test_every_route_that_knows_its_caller_has_the_limit(
    notes: Notes, issuer: Any, method: str, path: str
) -> None:
    async with limited(notes, requests_per_second=0.1, requests_burst=2) as as_:
        async with as_(issuer.token("quality", subject="script")) as script:
            for _ in range(2):
                assert (await script.request(method, path, json={"text": "x"})).status_code < 400
            answer = await script.request(method, path, json={"text": "x"})
        assert answer.status_code == 429
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:entente:problem:too-many-requests"
        assert 0 < int(answer.headers["retry-after"]) <= 10
        async with as_(issuer.token("quality", subject="person")) as person:
            assert (await person.get("/notes")).status_code == 200


async def test_who_waits_for_its_turn_in_vain_is_told_and_nobody_else_waits(
    notes: Notes, issuer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "PATIENCE", 0.2)
    mark = uuid4().hex
    api.gates[mark] = asyncio.Event()
    async with limited(notes) as as_:
        rival, person = (as_(issuer.token("quality", subject=name)) for name in ("rival", "person"))
        async with rival, person:
            places = notes.installation.settings.pool_size
            asking = [asyncio.create_task(rival.post("/notes", json={"text": mark})) for _ in range(places)]
            done, held = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
            assert [answer.result().status_code for answer in done] == [503]
            assert (await person.get("/notes")).status_code == 200
            api.gates.pop(mark).set()
            assert [answer.status_code for answer in await asyncio.gather(*held)] == [201] * (places - 1)


async def test_rivals_that_flood_take_their_share_and_no_more(notes: Notes, issuer: Any) -> None:
    """Counted, not timed: how much of two floods is served while another principal's one request is."""
    places, mark, done = notes.installation.settings.pool_size, uuid4().hex, 0
    api.gates[mark] = asyncio.Event()

    async def flood(rival: httpx.AsyncClient, number: int) -> None:
        nonlocal done
        answer = await rival.post("/notes", json={"text": mark if number < places else f"{mark}-{number}"})
        assert answer.status_code == 201
        done += 1

    async def every_connection_is_held() -> bool:
        held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = $1"
        found: int = await notes.installation.value(held, "idle in transaction")
        return found == places

    async with limited(notes) as as_:
        first, second, person = (as_(issuer.token("quality", subject=name)) for name in ("one", "two", "person"))
        async with first, second, person:
            await person.get("/notes")  # its token is known from here on: what it waits for is a connection
            flooding = [asyncio.create_task(flood(rival, number)) for rival in (first, second) for number in range(120)]
            await notes.installation.eventually(every_connection_is_held)
            asking = asyncio.create_task(person.get("/notes"))
            for _ in range(100):
                await asyncio.sleep(0)
            api.gates[mark].set()
            assert (await asking).status_code == 200
            served = done
            await asyncio.gather(*flooding)
    del api.gates[mark]
    assert served < 80, "a third of what came first, at most"
