"""A service that runs, facts of other services for it, and the facts that it tells."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition

from contracts import Fact, Lot, Moment, Recorded, read, topics_of
from contracts.partner_feeds import ReportedResult, ResultRole, TestResultsReported, TestStage
from contracts.partner_registry import PartnerKind, PartnerRegistered, ProductRegistered, SiteRegistered
from installation import migrate
from runtime.settings import Settings


def number_of(id: UUID) -> str:
    """What people call a partner or a site."""
    return f"N-{id.hex[:6]}"


@dataclass
class Business:
    """A product, who makes it and who tests it; nobody else knows of them."""

    product_id: UUID = field(default_factory=uuid4)
    code: str = field(default_factory=lambda: f"TAB-{uuid4().hex[:8]}")
    maker_id: UUID = field(default_factory=uuid4)
    plant_id: UUID = field(default_factory=uuid4)
    laboratory_id: UUID = field(default_factory=uuid4)
    bench_id: UUID = field(default_factory=uuid4)
    feed_id: UUID = field(default_factory=uuid4)

    def lot(self, number: str | None = None, *, knows_product: bool = True) -> Lot:
        """A lot of the product."""
        number = number or f"L{uuid4().hex[:8]}"
        return Lot(
            id=Lot.identify(self.plant_id, self.code, number),
            number=number,
            material=self.code,
            product_id=self.product_id if knows_product else None,
            site_id=self.plant_id,
            partner_id=self.maker_id,
        )

    def report(
        self,
        value: str | None,
        lot: Lot | None = None,
        *,
        id: str | None = None,
        revision: int = 1,
        role: ResultRole = ResultRole.original,
        occurred_at: Moment = "2018-11",
        **others: Any,
    ) -> TestResultsReported:
        """What the laboratory's system reports: a set of one result."""
        given: dict[str, Any] = {"test": "dissolution_min", "unit": "%"} | others
        of_set = {name: given.pop(name) for name in ("stage", "historic", "parties", "sent_by") if name in given}
        number = None if value is None else Decimal(value)
        result = ReportedResult(id=id or uuid4().hex, revision=revision, role=role, value=number, **given)
        return self.together(result, lot=lot, occurred_at=occurred_at, **of_set)

    def together(
        self, *results: ReportedResult, lot: Lot | None = None, occurred_at: Moment = "2018-11", **others: Any
    ) -> TestResultsReported:
        """A set of results of one lot."""
        given = {"stage": TestStage.release, "parties": (self.maker_id, self.laboratory_id)} | others
        return TestResultsReported(
            feed_id=self.feed_id,
            message_id=uuid4(),
            lot=lot or self.lot(),
            laboratory_site_id=self.bench_id,
            laboratory_partner_id=self.laboratory_id,
            occurred_at=occurred_at,
            results=results,
            **given,
        )

    def registrations(self) -> list[Fact]:
        """What partner-registry tells of them."""
        now = datetime.now(UTC)
        sites = [(self.plant_id, self.maker_id, "Plant"), (self.bench_id, self.laboratory_id, "Bench")]
        partners = [(self.maker_id, "Maker", PartnerKind.cmo), (self.laboratory_id, "Laboratory", PartnerKind.clo)]
        return [
            ProductRegistered(
                product_id=self.product_id, code=self.code, name="Tablet", dosage_form="tablet", occurred_at=now
            ),
            *(
                SiteRegistered(
                    site_id=site_id,
                    partner_id=partner_id,
                    number=number_of(site_id),
                    name=name,
                    country="SI",
                    time_zone="Europe/Ljubljana",
                    activities=("testing",),
                    occurred_at=now,
                )
                for site_id, partner_id, name in sites
            ),
            *(
                PartnerRegistered(
                    partner_id=id, number=number_of(id), legal_name=name, kind=kind, country="SI", occurred_at=now
                )
                for id, name, kind in partners
            ),
        ]


@pytest_asyncio.fixture(scope="session")
async def tracking(launch: Any) -> Any:
    """The service."""
    return await launch("sample_tracking")


Tell = Callable[..., Awaitable[None]]


@pytest_asyncio.fixture(scope="session")
async def tell(settings: Settings, tracking: Any, as_record: Any) -> AsyncIterator[Tell]:
    """Tell facts of other services, as their relays would."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, linger_ms=5)
    await producer.start()

    async def send(*facts: Fact, **envelope: Any) -> None:
        told = {"correlationid": "test"} | envelope
        await asyncio.gather(*[await producer.send(**as_record(fact, **told)) for fact in facts])

    yield send
    await producer.stop()


@pytest_asyncio.fixture(scope="session")
async def told(settings: Settings, tracking: Any) -> AsyncIterator[Sequence[Recorded[Fact]]]:
    """Everything that the service has told on Kafka so far; it grows."""
    names = [settings.topic(name) for name in topics_of("sample-tracking")]
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(name, partition) for name in names for partition in range(4)])
    facts: list[Recorded[Fact]] = []

    async def listen() -> None:
        async for record in consumer:
            if fact := read(record.key, record.value, record.headers):
                facts.append(fact)

    listening = asyncio.create_task(listen())
    yield facts
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await consumer.stop()


@pytest_asyncio.fixture(scope="session")
async def database(settings: Settings, postgres_dsn: str, tracking: Any) -> AsyncIterator[asyncpg.Connection]:
    """The service's database, as its administrator."""
    connection = await asyncpg.connect(
        migrate.database_admin_url(postgres_dsn, settings.database_of("sample_tracking"))
    )
    yield connection
    await connection.close()


@pytest.fixture
def business() -> Business:
    """A business of this test's own, of which the service does not know yet."""
    return Business()


@pytest_asyncio.fixture
async def known(business: Business, tell: Tell, database: asyncpg.Connection, eventually: Any) -> Business:
    """The same, known to the service."""
    await tell(*business.registrations())
    ids = [business.product_id, business.plant_id, business.bench_id, business.maker_id, business.laboratory_id]

    async def arrived() -> bool:
        known = ("known_product", "known_site", "known_partner")
        count = " + ".join(f"(SELECT count(*) FROM {table} WHERE id = ANY($1))" for table in known)
        return bool(await database.fetchval(f"SELECT {count}", ids) == len(ids))

    await eventually(arrived)
    return business


Specify = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def specify(tracking: Any) -> Specify:
    """Draft a specification and bring it into force."""

    async def draft_and_approve(code: str, *limits: dict[str, Any], market: str | None = None) -> dict[str, Any]:
        body = {"product": code, "market": market, "limits": list(limits)}
        drafted = await tracking.client.post("/specifications", json=body)
        assert drafted.status_code == 201, drafted.text
        approved = await tracking.second.post(f"/specifications/{drafted.json()['id']}/approval")
        assert approved.status_code == 200, approved.text
        answer: dict[str, Any] = approved.json()
        return answer

    return draft_and_approve


Results = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def results(tracking: Any, eventually: Any) -> Results:
    """The results of a lot, once there are so many of them; oldest first."""

    async def of(lot: Lot, count: int) -> list[dict[str, Any]]:
        async def enough() -> list[dict[str, Any]] | None:
            answer = await tracking.client.get("/results", params={"lot_id": str(lot.id), "sort": "id"})
            items: list[dict[str, Any]] = answer.json()["items"]
            return items if len(items) == count else None

        found: list[dict[str, Any]] = await eventually(enough)
        return found

    return of
