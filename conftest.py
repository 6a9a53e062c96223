"""What every package's tests share: an issuer of tokens, and services that run against real databases and Kafka."""

import asyncio
import gc
import importlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import hypothesis
import jwt
import pytest
import pytest_asyncio
import uvloop
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from jwt.algorithms import ECAlgorithm

# Else pytest, which names cli/tests/x.py `cli.tests.x`, makes an empty module `cli` that hides the package.
import cli  # noqa: F401
from contracts import Fact, clock, contract_of, to_message
from local.processes import free_port
from runtime import handled
from runtime.settings import Settings
from tests.answers import Answers
from tests.signing import Signing
from tests.whole import WHOLE

# The first is imported by others: what it asserts is read as it is loaded.
_PLUGINS = ("late", "browser", "certificates", "edge_moments", "installations", "partners_login", "world")
pytest_plugins = [f"tests.{name}" for name in _PLUGINS]
# What imports and collecting make stays: to look through it for garbage again and again took a sixth of collecting.
gc.set_threshold(20_000, 20, 20)
# The loop that a service runs on (serving/server.py), which takes less of the processor than Python's own.
asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
# The short run has fewer examples of the same: each run has others, and the whole one all that hypothesis means to try.
# A shared machine is slow at moments that say nothing about the code.
hypothesis.settings.register_profile(
    "entente", max_examples=100 if WHOLE else 30, deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)  # fmt: skip
hypothesis.settings.load_profile("entente")


def pytest_collection_finish() -> None:
    """From here on, and at the end, garbage is looked for only in what tests make."""
    gc.freeze()


class Issuer:
    """Signs tokens the way an OIDC provider would."""

    def __init__(self, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = json.loads(ECAlgorithm.to_jwk(self._key.public_key())) | {"kid": "test", "alg": "ES256"}
        self.jwks = folder / "jwks.json"
        self.jwks.write_text(json.dumps({"keys": [public]}))

    def token(self, *roles: str, partner_id: UUID | None = None, subject: str = "tester", **claims: Any) -> str:
        """A token with these roles; anything else can be overridden by claims."""
        body = {
            "sub": subject,
            "iss": "entente-local",
            "aud": "entente",
            "exp": time.time() + 3600,
            "roles": list(roles),
            "party": str(partner_id or "sponsor"),
        }
        return self._signed(body | claims)

    def login(self, subject: str, digest: str, **claims: Any) -> str:
        """The ID token of a login of this moment, for what a digest names; any claim can be another, or none."""
        at = clock.now().timestamp()
        body = {"sub": subject, "iss": "entente-local", "aud": "entente-signing", "exp": time.time() + 300}
        body |= {"iat": time.time(), "auth_time": at, "nonce": digest, "name": f"The person {subject}"}
        return self._signed({name: value for name, value in (body | claims).items() if value is not None})

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": "test"})


@dataclass
class Running:
    """A service that runs in this process, and a client that speaks to it as a sponsor's person of every role."""

    app: FastAPI
    client: "Caller"
    second: "Caller"
    """A second person of every role: some things nobody does alone."""
    issuer: Issuer

    def as_(self, *roles: str, partner_id: UUID | None = None, subject: str = "") -> "Caller":
        """A client with another token; without a subject, of one person for each organisation."""
        subject = subject or (f"person of {partner_id}" if partner_id else "tester")
        return _client(self.app, self.issuer, self.issuer.token(*roles, partner_id=partner_id, subject=subject))

    def subject_of(self, name: str) -> str:
        """What the issuer calls a person: as tests do."""
        return name


answers_of = cache(Answers)  # one for each app: its validators are dear to make


class Caller(httpx.AsyncClient):
    """A client of one service. Its person signs whatever takes a signature; with ``auth=None`` it does not."""

    async def done(self, path: str, body: Any = None) -> Any:
        """What a step answers that is taken; one that is not fails the test with its problem."""
        answer = await self.post(path, json=body)
        if not answer.is_success:
            pytest.fail(answer.text)
        return answer.json()


def _client(app: FastAPI, issuer: Issuer, token: str) -> Caller:
    return Caller(
        auth=Signing(issuer.login),
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://test/v1",
        headers={"Authorization": f"Bearer {token}"},
        event_hooks={"response": [answers_of(app).check]},
        timeout=30,
    )


async def eventually(check: Callable[[], Awaitable[Any]], within: float = 40.0) -> Any:
    """Wait until ``check`` gives something true, and give it; fail at the deadline with what it gave last."""
    deadline = time.monotonic() + within
    while True:
        found = await check()
        if found:
            return found
        if time.monotonic() > deadline:
            pytest.fail(f"not within {within} s; the last look gave {found!r}")
        await asyncio.sleep(0.02)


@pytest.fixture(name="eventually", scope="session")
def _eventually() -> Callable[..., Awaitable[Any]]:
    """``await eventually(check)``."""
    return eventually


EVERY_SPONSOR_ROLE = ("quality", "sourcing", "regulatory", "msat", "lab", "supply", "admin")


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """The issuer of this test run."""
    return Issuer(tmp_path_factory.mktemp("issuer"))


def _as_record(settings: Settings, fact: Fact, **envelope: Any) -> dict[str, Any]:
    contract = contract_of(type(fact))
    attributes = {
        "id": str(uuid4()),
        "type": contract.type,
        "source": f"/{contract.producer}",
        "time": datetime.now(UTC),
        "partitionkey": contract.key_of(fact),
        "sequence": "1",
    }
    message = to_message(attributes | envelope, fact.model_dump_json().encode())
    headers = list(message.headers.items())
    topic = settings.topic(contract.topic)
    return {"topic": topic, "key": message.key.encode(), "value": message.value, "headers": headers}


@pytest.fixture(scope="session")
def as_record(settings: Settings) -> Callable[..., dict[str, Any]]:
    """``as_record(fact, sequence="2")``: what a Kafka client sends for the producer of a fact."""
    return partial(_as_record, settings)


Launch = Callable[..., Awaitable[Running]]


@pytest_asyncio.fixture(scope="session")
async def launch(settings: Settings, postgres_dsn: str, issuer: Issuer, prepare: Any) -> AsyncIterator[Launch]:
    """Start a service by its package name, once for a folder: ``running = await launch("quality_events")``."""
    running: dict[str, Running] = {}
    before, handled.LATEST_ARRIVAL = handled.LATEST_ARRIVAL, timedelta(days=36_500)  # a test's facts are of any day
    async with AsyncExitStack() as stack:

        async def start(package: str) -> Running:
            if package not in running:
                app = importlib.import_module(f"{package}.main").create(settings)
                await prepare(package, app, settings)
                await stack.enter_async_context(app.router.lifespan_context(app))
                people = [issuer.token(*EVERY_SPONSOR_ROLE, subject=subject) for subject in ("tester", "second")]
                clients = [await stack.enter_async_context(_client(app, issuer, token)) for token in people]
                running[package] = Running(app, clients[0], clients[1], issuer)

                async def ready() -> bool:
                    return not app.state.unready

                await eventually(ready, 30)
            return running[package]

        yield start
    handled.LATEST_ARRIVAL = before
    connection = await asyncpg.connect(postgres_dsn)
    for package in running:
        await connection.execute(
            f'DROP DATABASE IF EXISTS "{settings.database_of(package).rsplit("/", 1)[1]}" WITH (FORCE)'
        )
    await connection.close()


@dataclass
class Served:
    """A service in a process of its own, and what it wrote to standard error."""

    process: asyncio.subprocess.Process
    port: int
    operations_port: int
    _log: Path

    @property
    def url(self) -> str:
        """Where its users find it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def operations(self) -> str:
        """Where those who run it find it."""
        return f"http://127.0.0.1:{self.operations_port}"

    async def stop(self) -> int:
        """SIGTERM; give the exit status."""
        if self.process.returncode is None:
            self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), 30)

    def lines(self, level: str = "") -> list[dict[str, Any]]:
        """What it said, each line as JSON, at one level or all. Raises where a line is no JSON."""
        text = self._log.read_text()
        if self.process.returncode is None:
            text = text[: text.rfind("\n") + 1]  # the last line may be on its way
        said = [json.loads(line) for line in text.splitlines()]
        return [line for line in said if level in ("", line["level"])]


@pytest_asyncio.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Served]]]:
    """``await serve("kpi.main:create", settings)``: a service as ``python -m serving`` runs it, ready."""
    started: list[Served] = []

    async def start(
        factory: str, settings: Settings, *, ready: bool = True, operations: bool = True, port: int | None = None
    ) -> Served:
        port, operations_port = port or free_port(), free_port() if operations else 0
        given = settings.model_dump(mode="json") | {"operations_port": operations_port}
        told = {f"ENTENTE_{name.upper()}": _told(value) for name, value in given.items()}
        log = tmp_path / f"{port}.log"
        with log.open("w") as stream:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "serving", factory, "--port", str(port), stderr=stream,
                env=os.environ | told | {"PYTHONPATH": os.pathsep.join(sys.path)},
            )  # fmt: skip
        started.append(Served(process, port, operations_port, log))

        async def is_ready() -> bool:
            if process.returncode is not None:
                pytest.fail(f"{factory} ended: {log.read_text()}")
            with suppress(httpx.TransportError):
                async with httpx.AsyncClient() as client:
                    return (await client.get(f"{started[-1].url}/readyz")).status_code == 200
            return False

        if ready:
            await eventually(is_ready, 40)
        return started[-1]

    yield start
    for served in started:
        await served.stop()


def _told(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
