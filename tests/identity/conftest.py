"""What these tests share: one Keycloak with the realm of the repository, and an origin that takes its tokens."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from cli.origin import app as origin
from local import KeycloakServer
from local.processes import free_port
from notes.proxy import Proxy
from runtime.settings import Settings
from serving.server import serving
from tests.identity.people import PASSWORD, Keycloak

REALM = Path(__file__).parents[2] / "deploy/keycloak/entente-realm.json"
SERVICES = ("partner-registry", "event-stream")
ASKED_FOR = os.environ.get("ENTENTE_IDENTITY") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A Keycloak takes half a minute to start: it does so where somebody asks for it."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(600))
            if not ASKED_FOR:
                item.add_marker(pytest.mark.skip(reason="left to `make identity-test`"))


class Way(Proxy):
    """The way to the issuer's keys, on which it is counted how often somebody goes."""

    asked = 0

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        await super()._accept(reader, writer)


@dataclass
class Installation:
    """An origin that takes Keycloak's tokens."""

    app: Any
    url: str
    client: httpx.AsyncClient
    way: Way

    async def ask(self, path: str, token: str, method: str = "GET", **options: Any) -> httpx.Response:
        """Ask as whoever holds a token."""
        headers = {"Authorization": f"Bearer {token}"} | options.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **options)


@pytest.fixture(scope="session")
def home() -> str:
    """Where the origin will be: the realm must know before."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="session")
def maker() -> str:
    """The partner whose people and system the realm has."""
    return str(uuid4())


@pytest_asyncio.fixture(scope="session")
async def keycloak(home: str, maker: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Keycloak]:
    """The one Keycloak of this run."""
    told = {"PUBLIC_URL": home, "PEOPLE_PASSWORD": PASSWORD, "MAKER_ID": maker, "LABORATORY_ID": str(uuid4())}
    told |= {"MAKER_SECRET": PASSWORD, "LABORATORY_SECRET": PASSWORD}
    environment = {f"ENTENTE_{name}": value for name, value in told.items()}
    server = KeycloakServer(tmp_path_factory.mktemp("keycloak"), REALM, environment)
    await asyncio.to_thread(server.start)
    try:
        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            yield Keycloak(client, server.url, f"{server.url}/realms/entente", f"{home}/", server.password)
    finally:
        await asyncio.to_thread(server.stop)


@pytest_asyncio.fixture(scope="session")
async def way(keycloak: Keycloak) -> AsyncIterator[Way]:
    """The way to the keys, which a test can cut."""
    way = Way(urlsplit(keycloak.url).netloc)
    async with await way.listen():
        yield way
        way.cut()


@pytest.fixture(scope="session")
def settings(settings: Settings, keycloak: Keycloak, way: Way) -> Settings:
    """Those of an installation whose tokens Keycloak issues."""
    keys = keycloak.issuer.replace(urlsplit(keycloak.url).netloc, way.address) + "/protocol/openid-connect/certs"
    return settings.model_copy(update={"issuer": keycloak.issuer, "jwks": keys})


@pytest_asyncio.fixture(scope="session")
async def running(
    settings: Settings, home: str, way: Way, postgres_dsn: str, prepare: Any, eventually: Any
) -> AsyncIterator[Installation]:
    """The origin, ready."""
    app = origin.create(settings, services=SERVICES)
    for name, service in app.state.services.items():
        await prepare(name.replace("-", "_"), service, settings)
    listener = socket.create_server(("127.0.0.1", urlsplit(home).port or 0))
    async with serving(app, settings, listener), httpx.AsyncClient(base_url=home, timeout=30) as client:

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await eventually(ready, 60)
        yield Installation(app, home, client, way)
    connection = await asyncpg.connect(postgres_dsn)
    database = settings.database_of("partner_registry").rsplit("/", 1)[1]
    await connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    await connection.close()
