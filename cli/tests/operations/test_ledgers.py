"""What a service's ledger and the others know of each other after one lost something; and how Kafka is filled."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from cli.databases import admin_url
from cli.failures import Failure
from cli.installing import Installing
from cli.ledgers.comparing import Compared, compare
from cli.ledgers.refilling import refill
from cli.ledgers.settling import settle
from contracts.partner_registry import ProductRegistered
from runtime.settings import Settings
from tests.backed import value
from tests.installations import SERVICES

pytestmark = pytest.mark.durable_broker
OWNER, READER = "partner_registry", "kpi"


@dataclass
class Told:
    """Products that partner-registry registered, and kpi knows."""

    settings: Installing
    registry: Any
    eventually: Any

    async def product(self) -> UUID:
        """One more, that kpi has heard of."""
        body = {"code": f"T-{uuid4().hex[:10]}", "name": "Tablets", "dosage_form": "tablet"}
        id = UUID((await self.registry.client.done("/products", body))["id"])
        heard = "SELECT EXISTS (SELECT FROM known_product WHERE id = $1)"
        await self.eventually(lambda: self.value(READER, heard, id))
        return id

    async def value(self, package: str, sql: str, *arguments: Any) -> Any:
        """One value from a service's database."""
        admin = self.settings.admin_database_url.get_secret_value()
        return await value(admin_url(admin, self.settings, package), sql, *arguments)

    async def compared(self, **changed: Any) -> Compared:
        """The owner's ledger beside Kafka, or beside what else is given."""
        return await compare(self.settings.model_copy(update=changed), OWNER, [OWNER, READER])


def administrator(settings: Settings, postgres_dsn: str) -> Installing:
    given = {"admin_database_url": postgres_dsn, "passwords": {}, "admin_kafka_username": ""}
    return Installing(**settings.model_dump() | given)


@pytest_asyncio.fixture
async def told(settings: Settings, postgres_dsn: str, launch: Any, eventually: Any) -> AsyncIterator[Told]:
    """The owner and the reader, and nothing told yet."""
    registry, _ = await launch(OWNER), await launch(READER)
    yield Told(administrator(settings, postgres_dsn), registry, eventually)


async def test_what_a_restored_owner_does_not_know_is_listed_with_all_that_is_known_of_it(told: Told) -> None:
    kept, lost = await told.product(), await told.product()
    assert (await told.compared()).agrees
    # As a restore to the moment between them leaves the ledger.
    row = await told.value(OWNER, "DELETE FROM outbox WHERE key = $1 RETURNING id", str(lost))
    compared = await told.compared()
    (unknown,) = compared.unknown
    assert (unknown["id"], unknown["key"], unknown["type"]) == (row, str(lost), "io.entente.ProductRegistered.v1")
    assert (unknown["received_by"], unknown["owner_is_at"]) == (["kpi"], None)
    assert ProductRegistered.model_validate_json(unknown["data"]).product_id == lost
    assert (compared.missing, compared.strange, compared.agrees) == ([], 0, False)
    assert str(kept) not in str(compared.unknown)
    later = await compare(told.settings, OWNER, [OWNER, READER], since=unknown["time"].replace(year=2100))
    assert later.agrees


async def test_a_version_that_the_owner_has_not_reached_is_told_with_where_it_is(told: Told, as_record: Any) -> None:
    known = await told.product()
    fact = ProductRegistered.model_validate_json(
        await told.value(OWNER, "SELECT data FROM outbox WHERE key = $1", str(known))
    )
    producer = AIOKafkaProducer(bootstrap_servers=told.settings.kafka_bootstrap_servers)
    async with producer:
        await producer.send_and_wait(**as_record(fact, sequence="7"))
        await producer.send_and_wait(as_record(fact)["topic"], b"nothing of ours")
    compared = await told.compared()
    (unknown,) = [each for each in compared.unknown if each["key"] == str(known)]
    assert (unknown["sequence"], unknown["owner_is_at"]) == (7, 1)
    assert compared.strange == 1


async def test_what_kafka_lost_is_listed_and_what_others_received_is_not_missed(told: Told) -> None:
    known = await told.product()
    empty = await told.compared(topic_prefix=f"t{uuid4().hex[:8]}.")
    assert (empty.records, len(empty.missing)) == (0, empty.facts - empty.waiting)
    assert str(known) in [each["key"] for each in empty.missing]
    lost = await told.value(OWNER, "DELETE FROM outbox WHERE key = $1 RETURNING id", str(known))
    (unknown,) = [
        each for each in (await told.compared(topic_prefix=f"t{uuid4().hex[:8]}.")).unknown if each["id"] == lost
    ]
    assert (unknown["topic"], unknown["received_by"]) == (None, ["kpi"])


async def test_kafka_is_filled_from_the_ledgers_and_nothing_is_done_twice(told: Told) -> None:
    await told.product()
    before, counted = await told.compared(), "SELECT count(*) FROM known_product"
    products = await told.value(READER, counted)
    with pytest.raises(Failure, match="no reason"):
        await refill(told.settings, [OWNER, READER], [OWNER], "")
    done = await refill(told.settings, [OWNER, READER], [OWNER, READER], "the disks of Kafka were lost")
    assert done[OWNER]["facts"] == before.facts
    lost = "SELECT count(*) = $1 FROM consumer_offset WHERE lost_at > now() - interval '1 minute' AND rewinds > 0"
    assert await told.value(READER, lost, done[READER]["partitions"])

    async def sent_and_read() -> bool:
        compared, behind = await told.compared(), "SELECT count(*) FROM consumer_offset WHERE read_to_end_at IS NULL"
        return compared.records >= before.records + before.facts and not await told.value(READER, behind)

    await told.eventually(sent_and_read, 40)
    assert await told.value(READER, counted) == products
    said = (await told.registry.client.get("/audit/operations")).json()["items"][-2:]
    assert {(each["done"], each["reason"]) for each in said} == {("refill", "the disks of Kafka were lost")}
    assert "let the service read topics anew" in said[0]["text"]
    assert f"facts sent again: {before.facts}" in said[1]["text"]


async def test_after_a_restore_no_number_is_given_again_and_running_services_are_noticed(
    told: Told, settings: Settings, postgres_dsn: str, make_database: Any
) -> None:
    with pytest.raises(Failure, match=f"{OWNER} runs on its database already"):
        await settle(told.settings, [OWNER], None, 1000, "a migration did harm")
    own = settings.model_copy(update={"database_url": settings.database_url.replace("{service}", "s_{service}")})
    admin = await make_database(own, OWNER, SERVICES / OWNER / "migrations")
    given = "SELECT nextval('partner_number')"
    before = await value(admin, given)
    settled = await settle(administrator(own, postgres_dsn), [OWNER], None, 1000, "a migration did harm")
    assert await value(admin, given) == before + 1001
    assert settled[OWNER] == await value(admin, "SELECT count(*) FROM pg_sequences WHERE sequencename LIKE '%_number'")
    noted = "SELECT reason || ' ' || (new ->> 'skipped') FROM audit WHERE operation = 'restore'"
    assert await value(admin, noted) == "a migration did harm 1000"
    await value(postgres_dsn, f'DROP DATABASE "{admin.rsplit("/", 1)[1]}" WITH (FORCE)')


async def test_after_a_restore_registers_leave_out_numbers_too(
    settings: Settings, postgres_dsn: str, make_database: Any
) -> None:
    quality = "quality_events"
    own = settings.model_copy(update={"database_url": settings.database_url.replace("{service}", "s_{service}")})
    admin = await make_database(own, quality, SERVICES / quality / "migrations")
    await settle(administrator(own, postgres_dsn), [quality], None, 1000, "a migration did harm", 100)
    floors = "SELECT string_agg(concat_ws(' ', legal_entity, regime, floor), ',') FROM register_floor"
    assert (await value(admin, floors)).strip() == "100", "of any register that has no entry yet"
    noted = "SELECT new ->> 'entries' FROM audit WHERE operation = 'restore'"
    assert await value(admin, noted) == "100"
    await value(postgres_dsn, f'DROP DATABASE "{admin.rsplit("/", 1)[1]}" WITH (FORCE)')
