"""Partners with their feeds, which each test makes for itself, and files as their systems would write them."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from installation import migrate
from partner_feeds.language import shipped, shipped_documents
from runtime.settings import Settings
from tests.world import World, product_registered

CSV = {"Content-Type": "text/csv"}
_numbers = count(1)


@pytest_asyncio.fixture(scope="session")
async def service(launch: Any) -> Any:
    """The service, with the shipped mappings live."""
    running = await launch("partner_feeds")
    for document in shipped_documents():
        drafted = await running.client.post("/mappings", content=document)
        assert drafted.status_code == 201, drafted.text
        approved = await running.second.post(f"/mappings/{drafted.json()['id']}/approval")
        assert approved.json()["state"] == "live", approved.text
    return running


@dataclass(kw_only=True)
class Business(World):
    """The world with its partners' feeds, by their codes."""

    running: Any
    lims_feed: str = ""
    press_feed: str = ""
    mes_feed: str = ""

    @property
    def lims(self) -> httpx.AsyncClient:
        """The laboratory's system."""
        client: httpx.AsyncClient = self.running.as_("partner_system", partner_id=self.laboratory)
        return client

    @property
    def mes(self) -> httpx.AsyncClient:
        """The maker's system."""
        client: httpx.AsyncClient = self.running.as_("partner_system", partner_id=self.maker)
        return client

    async def send(self, content: Any, feed: str | None = None, **headers: str) -> dict[str, Any]:
        """Send a file to a feed, the laboratory's unless another is named; the answer."""
        client = self.mes if feed in (self.press_feed, self.mes_feed) else self.lims
        path = f"/feeds/{feed or self.lims_feed}/messages"
        answer = await client.post(path, content=content, headers=CSV | headers)
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    async def send_events(self, *events: Mapping[str, Any]) -> dict[str, Any]:
        """Send events to the maker's MES feed in one batch."""
        body = json.dumps(events)
        return await self.send(body, self.mes_feed, **{"Content-Type": "application/cloudevents-batch+json"})

    @staticmethod
    def file(*rows: Mapping[str, object], mapping: str = "tablets-laboratory") -> str:
        """The laboratory's file, or the press's: a header and rows, what a row does not name left blank."""
        names = header(mapping)
        lines = [";".join(str(row.get(name, "")) for name in names) for row in rows]
        return "\n".join([";".join(names), *lines, ""])

    def event(self, type_: str, **data: Any) -> dict[str, Any]:
        """A CloudEvent of the maker's MES about a lot of the product."""
        lot = {"material": self.code, "number": f"B{next(_numbers):05}"}
        given = {"record_id": uuid4().hex, "lot": lot, "occurred_at": "2024-05-17T10:30:00+02:00"} | data
        return {
            "specversion": "1.0",
            "id": uuid4().hex,
            "source": "/mes",
            "type": f"io.entente.feed.{type_}.v1",
            "data": {name: value for name, value in given.items() if value is not None},
        }

    def batch(self, number: str | None = None, **values: object) -> dict[str, object]:
        """One row of the laboratory's file."""
        number = number or f"B{next(_numbers):05}"
        return {"batch": number, "code": self.code, "start": "nov.18", "size": 240000, "batch_yield": 97.5} | values


@pytest_asyncio.fixture
async def business(service: Any, bus: Any, eventually: Any) -> Business:
    """A business whose sites and product the service has heard of."""
    made = Business(running=service)
    await bus.publish(*made.registered())
    grants = [{"record": record, "partner_id": str(made.maker)} for record in ("BatchStart", "BatchCompletion")]
    shared = {"manufacturing_site_id": str(made.site), "grants": grants}
    in_process = [{"record": "TestResult", "partner_id": str(made.maker)}]
    csv, events = {"format": "csv"}, {"format": "cloudevents"}
    made.lims_feed = await _feed(
        service,
        eventually,
        {"site_id": str(made.laboratory_site), "kind": "lims", "mapping": "tablets-laboratory"} | shared | csv,
    )
    made.press_feed = await _feed(
        service, eventually, {"site_id": str(made.site), "kind": "mes", "mapping": "tablets-process"} | csv
    )
    made.mes_feed = await _feed(
        service, eventually, {"site_id": str(made.site), "kind": "mes", "grants": in_process} | events
    )
    await _known(made.code, made, eventually)
    return made


@pytest.fixture
def register_product(bus: Any, business: Business, eventually: Any) -> Callable[[str], Awaitable[None]]:
    """Let the service hear of a product."""

    async def register(code: str) -> None:
        await bus.publish(product_registered(code))
        await _known(code, business, eventually)

    return register


async def _feed(service: Any, eventually: Any, body: dict[str, Any]) -> str:
    """Register a feed, as soon as its sites are known."""
    code = f"feed-{uuid4().hex[:8]}"

    async def register() -> bool:
        answer = await service.client.post("/feeds", json=body | {"code": code})
        assert answer.status_code in (201, 409), answer.text
        return bool(answer.status_code == 201)

    await eventually(register)
    return code


async def _known(code: str, business: Business, eventually: Any) -> None:
    """Wait until the service knows a product."""

    async def accepted() -> bool:
        path = f"/feeds/{business.lims_feed}/messages?dry_run=true"
        row = business.batch() | {"code": code}
        answer = await business.lims.post(path, content=business.file(row), headers=CSV)
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["accepted"] == 1)

    await eventually(accepted)


def header(mapping: str = "tablets-laboratory") -> list[str]:
    """The columns of a file."""
    known = shipped()[mapping]
    return [*known.columns, *known.ignored]


Published = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest_asyncio.fixture(scope="session")
async def database(settings: Settings, postgres_dsn: str, service: Any) -> AsyncIterator[asyncpg.Pool]:
    """The service's database, past its guards."""
    url = migrate.database_admin_url(postgres_dsn, settings.database_of("partner_feeds"))
    async with asyncpg.create_pool(url, min_size=1, max_size=3) as pool:
        yield pool


def _records(fact: dict[str, Any]) -> list[dict[str, Any]]:
    """The ids of the partner's records that a fact is about."""
    named: list[dict[str, Any]] = fact.get("results", [])
    return [*named, fact["source"]] if "source" in fact else named


@pytest.fixture
def published(database: asyncpg.Pool) -> Published:
    """The facts that followed from a message, in order, with type, key, parties and their records' ids."""

    async def find(message_id: str) -> list[dict[str, Any]]:
        rows = await database.fetch("SELECT * FROM outbox WHERE correlation_id = $1 ORDER BY position", message_id)
        facts = [json.loads(row["data"]) for row in rows]
        kept = ("key", "sequence", "parties", "traceparent")
        return [
            fact
            | {f"_{name}": row[name] for name in kept}
            | {"_type": row["type"].split(".")[-2], "_ids": [each["id"] for each in _records(fact)]}
            for row, fact in zip(rows, facts, strict=True)
        ]

    return find


@pytest.fixture
def settle(eventually: Any) -> Callable[[httpx.AsyncClient, str], Awaitable[dict[str, Any]]]:
    """Wait until a message's translation is over."""

    async def wait(client: httpx.AsyncClient, message_id: str) -> dict[str, Any]:
        async def over() -> dict[str, Any] | None:
            message = (await client.get(f"/messages/{message_id}")).json()
            return None if message["state"] in ("received", "replaying") else message

        return dict(await eventually(over, 30))

    return wait
