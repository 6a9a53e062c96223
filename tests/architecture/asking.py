"""Asking a service's routes, as the service itself lists them."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from installation import migrate
from runtime.access import Requirement, requirement
from runtime.settings import Settings
from tests.architecture.bodies import CONTENT, QUERY, body_of
from tests.architecture.owned import FILTERS, OWNED, Company
from tests.signing import Signing

OPEN = {"/livez", "/readyz", "/metrics"}
"""For whoever runs the service: nothing of anybody's is in them."""
NOT_COMPARED = {"date", "content-length", "x-correlation-id"}
PLUMBING = ("inbox", "consumer_offset", "relay_cursor", "alembic_version", "plumbing", "handled", "set_aside")
"""What the worker writes by itself at any time."""
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"


@dataclass(frozen=True)
class Route:
    """A method and a path of a service."""

    method: str
    path: str
    needs: Requirement
    statuses: frozenset[str]
    """That the OpenAPI document names."""
    queries: tuple[str, ...]
    """Its query parameters."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """Those of its path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    @property
    def filters(self) -> list[str]:
        """Query parameters that ask for what is somebody's."""
        return [name for name in self.queries if name in FILTERS or name in OWNED]

    @property
    def changes_a_record(self) -> bool:
        """Whether it changes one that there is already."""
        return self.method != "GET" and bool(self.parameters)

    def path_for(self, target: Company) -> str:
        """The path to a target's record. Fails for a parameter without an example."""
        path = self.path
        for parameter in self.parameters:
            path = path.replace(f"{{{parameter}}}", target.example(parameter))
        return path

    def query_for(self, target: Company) -> str:
        """What must be asked; nothing of a route that can be asked without."""
        return QUERY[str(self)](target) if str(self) in QUERY else ""


@dataclass(frozen=True)
class Answer:
    """What somebody received."""

    status: int
    text: str
    headers: Mapping[str, str]
    correlation_id: str

    @property
    def problem(self) -> str:
        """The problem's type, or nothing."""
        if self.headers.get("content-type") != "application/problem+json":
            return ""
        return str(json.loads(self.text)["type"]).removeprefix("urn:entente:problem:")

    def without(self, target: Company) -> tuple[int, str]:
        """The same with all that names the target taken out: what is left must not depend on it."""
        said = f"{self.text} {json.dumps(dict(self.headers))}".replace(self.correlation_id, "<correlation>")
        for secret in sorted(filter(None, target.secrets), key=len, reverse=True):
            said = said.replace(secret, "<target>")
        return self.status, said


def routes_of(app: FastAPI) -> Iterator[Route]:
    """Every route of a service that is not open to all."""
    document = app.openapi()["paths"]
    for context in iter_route_contexts(app.router.routes):
        route, path = context.original_route, context.path or ""
        if isinstance(route, APIRoute) and path not in OPEN:
            for method in sorted(route.methods or ()):
                operation = document[path][method.lower()]
                queries = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
                statuses = frozenset(operation["responses"])
                yield Route(method, path, requirement(route.endpoint), statuses, tuple(queries))


@dataclass(frozen=True)
class Asker:
    """Asks one service, and looks at its database, where it has one."""

    app: FastAPI
    client: httpx.AsyncClient
    connection: asyncpg.Connection | None
    contents: str

    async def digest(self) -> Any:
        """Of all that is stored."""
        return await self.connection.fetchval(self.contents) if self.connection else None

    async def ask(
        self, route: Route, token: str | None, target: Company, *, query: str = "", content: str | None = None
    ) -> Answer:
        """Ask for a target's record, with a body of its world unless there is other content."""
        correlation_id = uuid4().hex
        headers = {"X-Correlation-Id": correlation_id, "Idempotency-Key": uuid4().hex}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = body_of(str(route), route.method, target) if content is None else content
        if content is not None:
            headers["Content-Type"] = CONTENT.get(str(route), "application/json")
        query = query or route.query_for(target)
        path = route.path_for(target) + (f"?{query}" if query else "")
        answer = await self.client.request(route.method, path, headers=headers, content=content)
        kept = {name: value for name, value in answer.headers.items() if name not in NOT_COMPARED}
        return Answer(answer.status_code, answer.text, kept, correlation_id)

    async def audited(self, correlation_id: str) -> list[Any]:
        """What the audit says of a request's changes."""
        assert self.connection
        query = "SELECT actor, reason FROM audit WHERE correlation_id = $1"
        return list(await self.connection.fetch(query, correlation_id))


@asynccontextmanager
async def connect(running: Any, package: str, settings: Settings, dsn: str) -> AsyncIterator[Asker]:
    """Somebody who asks a running service."""
    transport = httpx.ASGITransport(running.app, raise_app_exceptions=False)
    connection, contents = None, ""
    if running.app.state.store:
        connection = await asyncpg.connect(migrate.database_admin_url(dsn, settings.database_of(package)))
        tables = [row["relname"] for row in await connection.fetch(_TABLES) if row["relname"] not in PLUMBING]
        # A row that was written is another version of it, at another place: what is in it need not be read.
        version = "hashtextextended(ctid::text, xmin::text::bigint)"
        each = [f"(SELECT '{table}' || sum({version}) FROM {table})" for table in tables]
        contents = f"SELECT concat_ws(',', {', '.join(each)})"
    try:
        auth = Signing(running.issuer.login)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60, auth=auth) as client:
            yield Asker(running.app, client, connection, contents)
    finally:
        if connection:
            await connection.close()
