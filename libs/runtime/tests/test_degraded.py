"""What fails for long shows: in the state with its reasons, in gauges, in commands' answers; and the API works."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from prometheus_client import REGISTRY
from starlette.routing import Mount

from contracts import clock
from notes.installation import Installation, message
from notes.ledger import everything_arrives
from notes.main import create
from notes.parked import applied
from notes.proxy import Proxy
from runtime import consumer
from runtime.health import Health
from runtime.timers import Timer
from runtime.work import Work
from serving import health

pytestmark = pytest.mark.durable_broker


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Health, "LONG", 1.0)


@asynccontextmanager
async def serving(
    installation: Installation, issuer: Any, *timers: Timer, **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """The notes service in this process, as one who may do everything asks it."""
    told = installation.settings.model_copy(update=settings)
    app = create(told, installation.trouble)
    app.state.timers = timers
    watched = Mount("/operations", health.create(app.state.services, told))
    app.router.routes.append(watched)
    headers = {"Authorization": f"Bearer {issuer.token('quality', 'admin')}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers, timeout=30) as http,
    ):
        yield http


async def state(http: httpx.AsyncClient, wanted: str, *failing: str) -> dict[str, Any] | None:
    """What the service says of itself, once it is in that state for these reasons among others."""
    answer = await http.get("/operations/readyz")
    said: dict[str, Any] = answer.json()
    reasons = {each["what"] for each in said.get("reasons", ())}
    if answer.status_code != 200 or said["status"] != wanted or not reasons >= set(failing):
        return None
    assert (await http.get("/readyz")).json() == {"status": wanted}, "users see the word alone"
    return said


def gauge(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"service_name": "notes"} | labels)


async def a_note(http: httpx.AsyncClient) -> httpx.Response:
    answer = await http.post("/v1/notes", json={"text": uuid4().hex})
    assert answer.status_code == 201, answer.text
    return answer


async def test_with_kafka_away_from_the_beginning_commands_are_taken_and_say_that_facts_wait(
    installation: Installation, proxy: Proxy, issuer: Any
) -> None:
    proxy.cut()
    async with serving(installation, issuer, kafka_bootstrap_servers=proxy.address) as http:
        assert (await http.get("/readyz")).status_code == 503, "it may only just be starting"
        await a_note(http)
        said = await installation.eventually(lambda: state(http, "degraded", "topics", "outbox"), 20)
        assert clock.now() - timedelta(minutes=1) < datetime.fromisoformat(said["since"]) < clock.now()
        assert "facts wait" in str(said["reasons"])
        assert int((await a_note(http)).headers["Facts-Waiting"]) >= 1
        assert (await http.get("/v1/status")).json()["degraded"] == [
            {name: value for name, value in each.items() if name != "service"} for each in said["reasons"]
        ]
        assert (gauge("entente_failing_seconds", entente_job="outbox") or 0) > 1
        proxy.reachable = True
        await installation.eventually(lambda: state(http, "ready"), 30)
        assert "Facts-Waiting" not in (await a_note(http)).headers
        await everything_arrives(installation)
        assert gauge("entente_failing_seconds", entente_job="outbox") is None


async def test_a_database_that_does_not_answer_is_told_while_it_does_not(
    installation: Installation, issuer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.5)
    async with serving(installation, issuer, role="api") as http, asyncio.timeout(40):
        await installation.eventually(lambda: state(http, "ready"), 20)
        connection = await asyncpg.connect(installation.admin)
        async with connection.transaction():
            await connection.execute("LOCK TABLE parked IN ACCESS EXCLUSIVE MODE")
            answer = await http.get("/operations/readyz")
            assert (answer.status_code, "TimeoutError" in answer.text) == (503, True), answer.text
            assert (await http.get("/readyz")).status_code == 503
        await connection.close()
        await installation.eventually(lambda: state(http, "ready"), 20)


async def test_an_api_tells_whether_a_worker_of_its_service_is_there(installation: Installation, issuer: Any) -> None:
    async with serving(installation, issuer, role="api") as alone:

        async def leads() -> bool:
            return bool((await alone.get("/v1/status")).json()["relay_leads"])

        async def ended() -> bool:
            return not await leads()

        assert not await leads()
        async with serving(installation, issuer, role="worker"):
            await installation.eventually(leads, 20)
        await installation.eventually(ended, 20)


async def test_when_kafka_goes_away_the_lag_is_unknown_and_the_jobs_that_fail_are_named(
    installation: Installation, proxy: Proxy, issuer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(consumer, "STALLED_AFTER", 8.0)
    async with serving(installation, issuer, kafka_bootstrap_servers=proxy.address) as http:
        await installation.produce([message(uuid4(), 0)])
        await applied(installation, 1)

        async def caught_up() -> bool:
            return bool((await http.get("/v1/status")).json()["lag"] == 0)

        await installation.eventually(caught_up, 20)
        proxy.cut()
        await installation.produce([message(uuid4(), 1)])
        await a_note(http)
        await installation.eventually(lambda: state(http, "degraded", "consumer", "outbox"), 30)
        assert (await http.get("/v1/status")).json()["lag"] is None
        assert (gauge("entente_failing_seconds", entente_job="consumer") or 0) > 1
        proxy.reachable = True
        await installation.eventually(lambda: state(http, "ready"), 60)
        await installation.eventually(caught_up, 20)


def test_a_lag_that_is_not_known_is_no_number(installation: Installation) -> None:
    """Looked at at once: another consumer of this process may say how far it is a moment later."""
    consumer.Consumer(installation.place, installation.settings)._forget()
    assert math.isnan(gauge("entente_consumer_lag_facts") or 0)


async def test_a_process_without_a_relay_notices_that_facts_wait(installation: Installation, issuer: Any) -> None:
    async with serving(installation, issuer, role="api") as http:
        assert "Facts-Waiting" not in (await a_note(http)).headers
        await installation.eventually(lambda: state(http, "degraded", "outbox"), 20)
        assert int((await a_note(http)).headers["Facts-Waiting"]) >= 1
        async with installation.relaying():
            await installation.eventually(lambda: state(http, "ready"), 20)


async def test_a_timer_works_without_kafka_and_tells_when_it_fails_again_and_again(
    installation: Installation, issuer: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    trouble, runs = [LookupError("no such calendar")], 0

    async def tick(work: Work) -> None:
        nonlocal runs
        runs += 1
        if trouble:
            raise trouble[0]

    overdue = Timer("overdue", 0.05, tick)
    async with serving(installation, issuer, overdue, kafka_bootstrap_servers="127.0.0.1:1") as http:
        said = await installation.eventually(lambda: state(http, "degraded", "overdue"), 20)
        reasons = {each["what"]: each["reason"] for each in said["reasons"]}
        assert reasons["overdue"] == "LookupError: no such calendar"
        assert (gauge("entente_failing_seconds", entente_job="overdue") or 0) > 1
        await installation.eventually(lambda: asyncio.sleep(0, runs > 2))
        told = [line for line in capfd.readouterr().err.splitlines() if "no such calendar" in line]
        assert len(told) == 1, "once, with where it happened"
        assert "Traceback" in told[0]
        trouble.clear()

        async def well() -> bool:
            return gauge("entente_failing_seconds", entente_job="overdue") is None

        await installation.eventually(well)


async def test_a_timer_does_not_wait_its_time_when_a_process_begins(installation: Installation, issuer: Any) -> None:
    ran = asyncio.Event()

    async def tick(work: Work) -> None:
        ran.set()

    async with serving(installation, issuer, Timer("daily", 86_400.0, tick)):
        await asyncio.wait_for(ran.wait(), 20)
