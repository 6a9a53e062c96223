"""Facts in and facts out, through the Kafka of the test run; and a small world of partners, sites and lots."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from uuid_utils.compat import uuid7

from contracts import Fact, Lot, Moment, Quantity, Recorded, SourceRecord, clock, read, topics_of
from contracts.partner_feeds import (
    BatchCompletionReported,
    BatchStartReported,
    DeviationReported,
    ProcessDataReported,
    ProcessValue,
    ResultRole,
    TestStage,
)
from contracts.partner_registry import PartnerKind, PartnerRegistered, ProductRegistered, SiteRegistered
from contracts.sample_tracking import Limit, OosDetected
from installation import migrate
from runtime.settings import Settings

TOPICS = topics_of("quality-events")


@dataclass
class Bus:
    """Tells the service facts, as another service would, and hears what it tells."""

    producer: AIOKafkaProducer
    as_record: Callable[..., dict[str, Any]]
    heard: list[Recorded[Fact]] = field(default_factory=list)

    async def tell(
        self, fact: Fact, *, at: datetime | None = None, id: UUID | None = None, correlation: str = "test"
    ) -> UUID:
        """Publish a fact recorded at an instant; gives its event id, under which it can be told again."""
        event_id = id or uuid7()
        envelope = {"id": str(event_id), "time": at or datetime.now(UTC), "correlationid": correlation}
        await self.producer.send_and_wait(**self.as_record(fact, **envelope))
        return event_id

    def of(self, model: type[Fact], **values: Any) -> list[Any]:
        """The facts of one kind that were heard, by the values of their fields."""
        return [
            recorded.fact
            for recorded in self.heard
            if isinstance(recorded.fact, model)
            and all(getattr(recorded.fact, name) == value for name, value in values.items())
        ]

    async def listen(self, consumer: AIOKafkaConsumer) -> None:
        """Keep what the service tells, also in a test whose clock stands in the future."""
        with clock.standing_at(datetime.now(UTC) + timedelta(days=36_500)):
            async for record in consumer:
                if fact := read(record.key, record.value, record.headers):
                    self.heard.append(fact)


@pytest_asyncio.fixture(scope="session")
async def service(launch: Any) -> Any:
    """The running service."""
    return await launch("quality_events")


@pytest_asyncio.fixture(scope="session")
async def bus(service: Any, settings: Settings, as_record: Any) -> AsyncIterator[Bus]:
    """The way in and out."""
    servers = settings.kafka_bootstrap_servers
    consumer = AIOKafkaConsumer(
        *(settings.topic(name) for name in TOPICS), bootstrap_servers=servers, auto_offset_reset="earliest"
    )
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer, consumer:
        bus = Bus(producer, as_record)
        listening = asyncio.create_task(bus.listen(consumer))
        yield bus
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


@dataclass
class World:
    """One manufacturer with a site, one laboratory with a site, and a product: all new, so that tests do not meet."""

    maker: UUID = field(default_factory=uuid7)
    laboratory: UUID = field(default_factory=uuid7)
    site: UUID = field(default_factory=uuid7)
    laboratory_site: UUID = field(default_factory=uuid7)
    product: UUID = field(default_factory=uuid7)
    feed: UUID = field(default_factory=uuid7)
    code: str = field(default_factory=lambda: f"P-{uuid4().hex[:8]}")

    def lot(self, number: str | None = None, *, material: str | None = None, raw: bool = False) -> Lot:
        """A lot of the product, or of a raw material."""
        number, material = number or f"L-{uuid4().hex[:8]}", material or ("lactose" if raw else self.code)
        return Lot(
            id=Lot.identify(self.site, material, number),
            number=number,
            material=material,
            product_id=None if raw else self.product,
            site_id=self.site,
            partner_id=self.maker,
        )

    def reported(self, record: str, revision: int = 1, feed: UUID | None = None) -> dict[str, Any]:
        """What each report carries."""
        source = SourceRecord(id=record, revision=revision, feed_id=feed or self.feed, message_id=uuid7())
        return {"source": source, "parties": (self.maker,)}

    def start(self, lot: Lot, *, on: Moment = "2018-11", revision: int = 1, **more: Any) -> BatchStartReported:
        """The MES tells of a start."""
        reported = self.reported(f"{lot.number}/start", revision, more.pop("feed", None))
        planned = more.pop("planned", Quantity(value=Decimal(240000), unit="{tablet}"))
        return BatchStartReported(lot=lot, occurred_at=on, planned_quantity=planned, **reported, **more)

    def completion(
        self, lot: Lot, *, revision: int = 1, on: Moment = "2018-12", **more: Any
    ) -> BatchCompletionReported:
        """The MES tells of a completion."""
        reported = self.reported(f"{lot.number}/completion", revision, more.pop("feed", None))
        return BatchCompletionReported(lot=lot, occurred_at=on, **reported, **more)

    def process(self, lot: Lot, *, revision: int = 1, **values: Any) -> ProcessDataReported:
        """A press tells what it did."""
        listed = tuple(
            ProcessValue(name=name, text=value) if isinstance(value, str) else ProcessValue(name=name, value=value)
            for name, value in values.items()
        )
        reported = self.reported(f"{lot.number}/press", revision)
        return ProcessDataReported(lot=lot, step="compression", values=listed, occurred_at="2018-11", **reported)

    def deviation(self, *lots: Lot, record: str | None = None, revision: int = 1, **more: Any) -> DeviationReported:
        """The partner's quality system tells of a deviation."""
        given: dict[str, Any] = {
            "title": "Tablet press stopped",
            "category": "equipment",
            "partner_aware_at": datetime(2026, 3, 1, 8, tzinfo=UTC),
            "occurred_at": datetime(2026, 3, 1, 7, tzinfo=UTC),
        } | more
        reported = self.reported(record or f"D-{uuid4().hex[:8]}", revision)
        return DeviationReported(site_id=self.site, partner_id=self.maker, lots=lots, **reported, **given)

    def oos(self, lot: Lot, *, on: Moment = "2018-11", result: UUID | None = None, **more: Any) -> OosDetected:
        """The laboratory found a result out of specification."""
        limit = Limit(test="dissolution_min", stage=TestStage.release, lower=Decimal(80), unit="%", decimals=0)
        given: dict[str, Any] = {
            "test": "dissolution_min",
            "stage": TestStage.release,
            "role": ResultRole.original,
            "value": Decimal(76),
            "text": None,
            "unit": "%",
        }
        return OosDetected(
            **(given | more),
            result_id=result or uuid7(),
            lot=lot,
            limit=limit,
            specification_id=uuid7(),
            laboratory_site_id=self.laboratory_site,
            laboratory_partner_id=self.laboratory,
            occurred_at=on,
        )

    def registered(self) -> list[Fact]:
        """What partner_registry says about this world."""
        now = datetime.now(UTC)
        return [
            PartnerRegistered(
                partner_id=self.maker,
                number="P-1",
                legal_name="Maker",
                kind=PartnerKind.cmo,
                country="AT",
                occurred_at=now,
            ),
            SiteRegistered(
                site_id=self.site,
                partner_id=self.maker,
                number="S-1",
                name="Plant",
                country="AT",
                time_zone="Europe/Vienna",
                activities=("drug_product",),
                occurred_at=now,
            ),
            SiteRegistered(
                site_id=self.laboratory_site,
                partner_id=self.laboratory,
                number="S-2",
                name="Laboratory",
                country="AT",
                time_zone="UTC",
                activities=("testing",),
                occurred_at=now,
            ),
            ProductRegistered(
                product_id=self.product, code=self.code, name="Tablets", dosage_form="tablet", occurred_at=now
            ),
        ]


@pytest_asyncio.fixture
async def database(service: Any, settings: Settings, postgres_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection to the service's database, to look where no API shows."""
    url = migrate.database_admin_url(postgres_dsn, settings.database_of("quality_events"))
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def new_world() -> Callable[[], World]:
    """``new_world()``, for a test that makes one for all of its module."""
    return World


@pytest.fixture
def world() -> World:
    """A world of this test's own."""
    return World()


Eventually = Callable[..., Awaitable[Any]]
Found = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def found(service: Any, eventually: Eventually) -> Found:
    """The one record of a list that its filters find, as soon as there is one: ``await found("batches", lot=...)``."""

    async def find(collection: str, **filters: Any) -> dict[str, Any]:
        async def look() -> dict[str, Any] | None:
            answer = await service.client.get(f"/{collection}", params={k: str(v) for k, v in filters.items()})
            assert answer.status_code == 200, answer.text
            items = answer.json()["items"]
            assert len(items) < 2, items
            return items[0] if items else None

        record: dict[str, Any] = await eventually(look)
        return record

    return find
