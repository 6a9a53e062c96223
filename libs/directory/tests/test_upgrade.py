"""What a release kept of partners, sites and products stays, and what it did not keep comes from the history."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from alembic import command
from alembic.config import Config

from contracts import Fact, contract_of
from contracts.companies import PartnerRenamed
from contracts.partner_registry import PartnerKind, PartnerRegistered, ProductRegistered, SiteRegistered
from contracts.sites import SiteCorrected
from directory.copies import GROUP, TABLES
from installation import migrate, topics
from runtime.applying import Place
from runtime.consumer import Consumer
from runtime.health import Health
from runtime.settings import Settings
from runtime.subscriptions import Subscriptions
from runtime.work import Store, Work

SERVICES = Path(__file__).parents[3] / "services"
_GIVEN = "SELECT count(*) FROM inbox WHERE event_id = ANY ($1::text[])"
_GROUPS = "SELECT type, handler_group FROM handled WHERE registered AND type = ANY ($1::text[])"


@dataclass(frozen=True)
class Earlier:
    """An earlier release: its last migration, its handlers, and its tables with the columns that they had."""

    revision: str
    handlers: Sequence[tuple[str, type[Fact]]]
    tables: Mapping[str, Sequence[str]]


def _handlers(partner: str = "", site: str = "", product: str = "") -> Sequence[tuple[str, type[Fact]]]:
    return [(partner, PartnerRegistered), (site, SiteRegistered), (product, ProductRegistered)]


_SITE = ("id", "partner_id", "number", "name")
EARLIER = {
    "kpi": Earlier(
        "0004", _handlers(), {"partner": ("id", "number", "name"), "site": _SITE, "product": ("id", "code", "name")}
    ),
    "partner_feeds": Earlier(
        "0004",
        _handlers(),
        {
            "known_partner": ("id", "number", "name"),
            "known_site": (*_SITE, "time_zone"),
            "known_product": ("id", "code", "name"),
        },
    ),
    "quality_events": Earlier(
        "0006",
        _handlers(site="time-zones", product="joining"),
        {"known_partner": ("id", "number", "name"), "known_site": _SITE, "known_product": ("id", "code", "name")},
    ),
    "sample_tracking": Earlier(
        "0004",
        _handlers(product="joining")[1:],
        {"site": ("id", "partner_id", "number"), "product": ("id", "code", "name")},
    ),
}


@dataclass(frozen=True)
class Business:
    """A partner with a site, and a product."""

    partner_id: UUID = field(default_factory=uuid4)
    site_id: UUID = field(default_factory=uuid4)
    product_id: UUID = field(default_factory=uuid4)
    code: str = field(default_factory=lambda: uuid4().hex[:8])

    def registrations(self, name: str = "Plant") -> list[Fact]:
        """What partner-registry tells of them."""
        now = datetime.now(UTC)
        return [
            PartnerRegistered(
                partner_id=self.partner_id, number=f"P-{self.code}", legal_name="Maker", kind=PartnerKind.cmo,
                country="SI", occurred_at=now,
            ),
            SiteRegistered(
                site_id=self.site_id, partner_id=self.partner_id, number=f"S-{self.code}", name=name, country="SI",
                time_zone="Europe/Ljubljana", activities=("making",), occurred_at=now,
            ),
            ProductRegistered(
                product_id=self.product_id, code=self.code, name="Tablet", dosage_form="tablet", occurred_at=now
            ),
        ]  # fmt: skip

    def row(self, table: str) -> dict[str, Any]:
        """A copy, with all that any release keeps."""
        copies: dict[str, dict[str, Any]] = {
            "partner": {"id": self.partner_id, "number": f"P-{self.code}", "name": "Maker"},
            "site": {
                **{"id": self.site_id, "partner_id": self.partner_id, "number": f"S-{self.code}", "name": "Plant"},
                "time_zone": "Europe/Ljubljana",
            },
            "product": {"id": self.product_id, "code": self.code, "name": "Tablet"},
        }
        return copies[table.removeprefix("known_")]


@dataclass(frozen=True)
class Upgraded:
    """A service that an earlier release began, two businesses that it knew, and the service's database."""

    package: str
    earlier: Earlier
    mine: Business
    rival: Business
    kept: dict[str, dict[str, Any]]
    """By table the copy of mine before any fact was read again."""
    database: asyncpg.Connection


async def _began(settings: Settings, package: str, earlier: Earlier, admin: str) -> None:
    """Make the database as the earlier release had it."""
    configuration = Config()
    configuration.set_main_option("script_location", str(SERVICES / package / "migrations"))
    configuration.set_main_option("sqlalchemy.url", admin)
    await asyncio.to_thread(command.upgrade, configuration, earlier.revision)
    await topics.create(settings, [contract_of(fact).topic for _, fact in EARLIER["kpi"].handlers])


async def _handle(settings: Settings, package: str, earlier: Earlier, given_all: Callable[[], Awaitable[Any]]) -> None:
    """Let the earlier release's handlers be given all that there is; what they wrote is put in beside them."""
    subscriptions = Subscriptions()

    async def nothing(work: Work, fact: Any) -> None: ...

    for group, fact in earlier.handlers:
        subscriptions.on(fact, group)(nothing)
    store = Store(settings, package.replace("_", "-"))
    consumer = Consumer(Place(package.replace("_", "-"), store, subscriptions, Health(package)), settings)
    stopping = asyncio.Event()
    running = asyncio.create_task(consumer.run(stopping))
    await given_all()
    stopping.set()
    await running
    await store.close()


@pytest_asyncio.fixture(scope="module")
async def publish(settings: Settings, as_record: Any) -> AsyncIterator[Callable[[list[Fact]], Awaitable[list[str]]]]:
    """``await publish(facts)``: one after the other; gives their ids."""
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers) as producer:

        async def send(facts: list[Fact]) -> list[str]:
            ids = [str(uuid4()) for _ in facts]
            for number, (id, fact) in enumerate(zip(ids, facts, strict=True), 1):
                await producer.send_and_wait(**as_record(fact, id=id, sequence=str(number)))
            return ids

        yield send


@pytest_asyncio.fixture(scope="module", params=EARLIER)
async def upgraded(
    request: pytest.FixtureRequest, settings: Settings, postgres_dsn: str, launch: Any, publish: Any, eventually: Any
) -> AsyncIterator[Upgraded]:
    """Each service, upgraded from the release before."""
    package, earlier = request.param, EARLIER[request.param]
    await migrate.provision(postgres_dsn, settings, package)
    admin = migrate.database_admin_url(postgres_dsn, settings.database_of(package))
    await _began(settings, package, earlier, admin)
    mine, rival = Business(), Business()
    facts = [*mine.registrations(), *rival.registrations()]
    ids = await publish(facts)
    database = await asyncpg.connect(admin)
    for business in (mine, rival):
        for table, columns in earlier.tables.items():
            places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
            values = [business.row(table)[column] for column in columns]
            await database.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", *values)
    handled = {fact for _, fact in earlier.handlers}
    events = [id for id, fact in zip(ids, facts, strict=True) if type(fact) in handled]

    async def all_given() -> bool:
        return bool(await database.fetchval(_GIVEN, events) == len(events))

    await _handle(settings, package, earlier, lambda: eventually(all_given, 40))
    await asyncio.to_thread(migrate.upgrade, SERVICES / package / "migrations", admin)
    kept = {table: await _copy(database, mine, table) for table in TABLES}
    await launch(package)
    yield Upgraded(package, earlier, mine, rival, kept, database)
    await database.close()


async def _copy(database: asyncpg.Connection, business: Business, table: str) -> dict[str, Any]:
    row = await database.fetchrow(f"SELECT * FROM {table} WHERE id = $1", business.row(table)["id"])
    return dict(row) if row else {}


async def test_what_was_kept_stays_before_anything_is_read_again(upgraded: Upgraded) -> None:
    for table, columns in upgraded.earlier.tables.items():
        known = "known_" + table.removeprefix("known_")
        whole = upgraded.mine.row(table)
        expected = {column: value if column in columns else None for column, value in whole.items()}
        assert upgraded.kept[known] == expected


async def test_all_that_is_kept_now_is_read_from_the_beginning(upgraded: Upgraded, eventually: Any) -> None:
    async def complete() -> bool:
        found = [await _copy(upgraded.database, upgraded.rival, table) for table in TABLES]
        return found == [upgraded.rival.row(table) for table in TABLES]

    await eventually(complete, 30)


async def test_the_last_registration_stands(
    upgraded: Upgraded, publish: Any, eventually: Callable[..., Awaitable[Any]]
) -> None:
    business = Business()
    later = [business.registrations(name)[1] for name in ("Plant", "Works", "Factory")]
    await publish(later)

    async def named() -> bool:
        return (await _copy(upgraded.database, business, "known_site")).get("name") == "Factory"

    await eventually(named, 30)


async def test_a_partner_is_called_as_it_was_renamed(
    upgraded: Upgraded, publish: Any, eventually: Callable[..., Awaitable[Any]]
) -> None:
    business, now = Business(), datetime.now(UTC)
    renamed = PartnerRenamed(
        partner_id=business.partner_id, number="P-1", legal_name="Renamed AG", legal_entity_id=uuid4(),
        entity_number="LE-1", before="Maker", after="Renamed AG", form="AG", valid_from=now.date(), occurred_at=now,
    )  # fmt: skip
    await publish([business.registrations()[0], renamed])

    async def named() -> bool:
        return (await _copy(upgraded.database, business, "known_partner")).get("name") == "Renamed AG"

    await eventually(named, 30)


async def test_a_site_is_called_and_counted_as_it_was_corrected(
    upgraded: Upgraded, publish: Any, eventually: Callable[..., Awaitable[Any]]
) -> None:
    business = Business()
    corrected = SiteCorrected(
        site_id=business.site_id, partner_id=business.partner_id, number="S-1", name="Plant of Graz", premises=None,
        time_zone="Asia/Tokyo", activities=("testing",), technologies=(), dosage_forms=(), reason="x",
        occurred_at=datetime.now(UTC),
    )  # fmt: skip
    await publish([*business.registrations(), corrected])

    async def known() -> bool:
        copy = await _copy(upgraded.database, business, "known_site")
        return (copy.get("name"), copy.get("time_zone")) == ("Plant of Graz", "Asia/Tokyo")

    await eventually(known, 30)


async def test_the_handlers_of_the_earlier_release_are_gone_or_its_own_business(upgraded: Upgraded) -> None:
    types = {fact: contract_of(fact).type for _, fact in EARLIER["kpi"].handlers}
    rows = await upgraded.database.fetch(_GROUPS, list(types.values()))
    own = {(types[fact], group) for group, fact in upgraded.earlier.handlers if group}
    found = {tuple(row) for row in rows}
    assert found >= {(type_, GROUP) for type_ in types.values()} | own
    assert "" not in {group for _, group in found}, "the copies of the earlier release"


async def test_a_partners_login_reads_what_its_own_organisation_is_called_and_no_more(
    upgraded: Upgraded, partners_login: Callable[..., Any], eventually: Callable[..., Awaitable[Any]]
) -> None:
    async def known() -> bool:
        return bool(await _copy(upgraded.database, upgraded.mine, "known_partner"))

    await eventually(known, 30)
    async with partners_login(upgraded.package, upgraded.mine.partner_id) as login:
        seen = {table: await login.run(f"SELECT FROM {table}") for table in TABLES}
        of_a_rival = await login.run("SELECT FROM known_site WHERE partner_id = $1", upgraded.rival.partner_id)
        written = await login.run("UPDATE known_partner SET name = 'x'")
    assert (seen["known_partner"], seen["known_site"], of_a_rival) == ("SELECT 1", "SELECT 1", "SELECT 0")
    # kpi shows a partner what those products are called that its own numbers are of: there are none.
    assert seen["known_product"] == ("SELECT 0" if upgraded.package == "kpi" else "refused")
    assert written == "refused"
