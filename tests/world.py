"""A pytest plugin: an invented world for every service, and one bus by which facts come to a service and from it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from uuid_utils.compat import uuid7

from contracts import Fact, Lot, Recorded, clock, contract_of, read, topics_of
from contracts.partner_registry import PartnerKind, PartnerRegistered, ProductRegistered, SiteRegistered
from installation import migrate
from runtime.settings import Settings

ZONE = "Europe/Vienna"


@dataclass
class World:
    """A maker and a laboratory, a site of each, and a product: all new, so that tests do not meet."""

    maker: UUID = field(default_factory=uuid7)
    laboratory: UUID = field(default_factory=uuid7)
    site: UUID = field(default_factory=uuid7)
    laboratory_site: UUID = field(default_factory=uuid7)
    product: UUID = field(default_factory=uuid7)
    feed: UUID = field(default_factory=uuid7)
    code: str = field(default_factory=lambda: number_of("TAB", uuid7()))
    """The product's."""

    def lot(self, number: str | None = None, *, material: str | None = None, product: UUID | str | None = "own") -> Lot:
        """A lot of the product, or of a material that is none."""
        number, material = number or number_of("L", uuid7()), material or self.code
        return Lot(
            id=Lot.identify(self.site, material, number),
            number=number,
            material=material,
            product_id=self.product if isinstance(product, str) else product,
            site_id=self.site,
            partner_id=self.maker,
        )

    def registered(self) -> list[Fact]:
        """What partner-registry publishes of this world."""
        now = datetime.now(UTC)
        partners = ((self.maker, "Maker", PartnerKind.cmo), (self.laboratory, "Laboratory", PartnerKind.clo))
        sites = ((self.site, self.maker, "Plant"), (self.laboratory_site, self.laboratory, "Bench"))
        return [
            *(
                PartnerRegistered(
                    partner_id=id, number=number_of("P", id), legal_name=name, kind=kind, country="AT", occurred_at=now
                )
                for id, name, kind in partners
            ),
            *(site_registered(id, partner_id, name=name) for id, partner_id, name in sites),
            product_registered(self.code, self.product),
        ]


def number_of(prefix: str, id: UUID) -> str:
    """The number by which people know a record of the world."""
    return f"{prefix}-{id.hex[-8:]}"


def site_registered(id: UUID, partner_id: UUID, name: str = "Plant") -> SiteRegistered:
    """A site is known from now on."""
    return SiteRegistered(
        site_id=id,
        partner_id=partner_id,
        number=number_of("S", id),
        name=name,
        country="AT",
        time_zone=ZONE,
        activities=("drug_product",),
        occurred_at=datetime.now(UTC),
    )


def product_registered(code: str, id: UUID | None = None) -> ProductRegistered:
    """A product is known from now on."""
    now = datetime.now(UTC)
    return ProductRegistered(product_id=id or uuid7(), code=code, name="Tablets", dosage_form="tablet", occurred_at=now)


@dataclass
class Bus:
    """Publishes facts, as other services' relays would, and keeps those that a service publishes."""

    producer: AIOKafkaProducer
    as_record: Callable[..., dict[str, Any]]
    eventually: Callable[..., Awaitable[Any]]
    heard: list[Recorded[Fact]] = field(default_factory=list)
    numbered: Counter[str] = field(default_factory=Counter)
    """The last sequence of each key: a producer numbers what it tells of a key, and without that it has no order."""

    async def publish(
        self, *facts: Fact | Recorded[Any], timestamp_ms: int | None = None, **envelope: Any
    ) -> list[UUID]:
        """Publish facts, bare or in their envelopes, in their order; gives the events' ids."""
        sent, ids = [], []
        for given in facts:
            fact, attributes = _enveloped(given)
            attributes |= envelope
            key = contract_of(type(fact)).key_of(fact)
            attributes["sequence"] = attributes.get("sequence") or str(self.numbered[key] + 1)
            self.numbered[key] = max(self.numbered[key], int(attributes["sequence"]))
            ids.append(UUID(str(attributes["id"])))
            record = self.as_record(fact, **attributes | {"id": str(attributes["id"])})
            sent.append(await self.producer.send(**record, timestamp_ms=timestamp_ms))
        for acknowledgement in sent:
            await acknowledgement
        return ids

    def of(self, model: type[Fact], **values: Any) -> list[Any]:
        """The facts of one kind that a service published, by the values of their fields."""
        return [
            recorded.fact
            for recorded in self.heard
            if isinstance(recorded.fact, model)
            and all(getattr(recorded.fact, name) == value for name, value in values.items())
        ]

    async def told(self, model: type[Fact], count: int = 1, **values: Any) -> list[Any]:
        """The facts that ``of`` gives, as soon as there are so many."""

        async def enough() -> bool:
            return len(self.of(model, **values)) >= count

        await self.eventually(enough)
        return self.of(model, **values)

    async def listen(self, consumer: AIOKafkaConsumer) -> None:
        """Keep what the service publishes, also in a test whose clock is in the future."""
        with clock.standing_at(datetime.now(UTC) + timedelta(days=36_500)):
            async for record in consumer:
                if fact := read(record.key, record.value, record.headers):
                    self.heard.append(fact)


async def handled(bus: Bus, database: asyncpg.Connection, *facts: Fact | Recorded[Any], **envelope: Any) -> None:
    """Tell facts, until the service has handled each: what it answers from then on has seen them."""
    ids = [str(id) for id in await bus.publish(*facts, **envelope)]

    async def each_of_them() -> bool:
        query = "SELECT count(DISTINCT event_id) FROM inbox WHERE event_id = ANY ($1)"
        return bool(await database.fetchval(query, ids) == len(ids))

    await bus.eventually(each_of_them)


def _enveloped(given: Fact | Recorded[Any]) -> tuple[Fact, dict[str, Any]]:
    if isinstance(given, Recorded):
        return given.fact, {"id": given.id, "time": given.time, "sequence": str(given.sequence)}
    return given, {"id": uuid7(), "time": datetime.now(UTC), "correlationid": "test"}


@pytest_asyncio.fixture(scope="session")
async def bus(
    folder_of_tests: str, launch: Any, settings: Settings, as_record: Any, eventually: Any
) -> AsyncIterator[Bus]:
    """The way to the folder's service, and from it."""
    package = folder_of_tests.removeprefix("services/")
    await launch(package)
    servers = settings.kafka_bootstrap_servers
    topics = [settings.topic(name) for name in topics_of(package.replace("_", "-"))]
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=servers, auto_offset_reset="earliest")
    async with AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, linger_ms=5) as producer, consumer:
        bus = Bus(producer, as_record, eventually)
        listening = asyncio.create_task(bus.listen(consumer)) if topics else None
        yield bus
        if listening:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


@pytest_asyncio.fixture
async def database(
    folder_of_tests: str, launch: Any, settings: Settings, postgres_dsn: str
) -> AsyncIterator[asyncpg.Connection]:
    """The database of the folder's service as its superuser sees it, past all guards."""
    package = folder_of_tests.removeprefix("services/")
    await launch(package)
    connection = await asyncpg.connect(migrate.database_admin_url(postgres_dsn, settings.database_of(package)))
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def new_world() -> type[World]:
    """``new_world()``, for a test that makes one for all of its module, or more than one."""
    return World


@pytest.fixture
def world(new_world: type[World]) -> World:
    """A world of this test's own. A service's ``new_world`` gives one that knows its facts."""
    return new_world()


@pytest_asyncio.fixture
async def known(world: World, bus: Bus, database: asyncpg.Connection) -> World:
    """The world of this test, known to the service: its partners, sites and product are in the service's copies."""
    await bus.publish(*world.registered())
    ids = [world.product, world.site, world.laboratory_site, world.maker, world.laboratory]

    async def arrived() -> bool:
        known = ("known_product", "known_site", "known_partner")
        count = " + ".join(f"(SELECT count(*) FROM {table} WHERE id = ANY($1))" for table in known)
        return bool(await database.fetchval(f"SELECT {count}", ids) == len(ids))

    await bus.eventually(arrived)
    return world
