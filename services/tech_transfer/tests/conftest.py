"""A world between whose sites things are handed over, and transfers in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from uuid_utils.compat import uuid7

from conftest import Running
from contracts import Fact
from contracts.partner_registry import PartnerKind, PartnerRegistered
from installation import migrate
from runtime.database import Context
from runtime.principal import worker
from runtime.settings import Settings
from services.tech_transfer.tests.qualifying_series import Qualifying
from tech_transfer.main import timers
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.schemas import TechTransferState
from tests.world import World, handled, number_of, site_registered


@dataclass
class Transferring(World):
    """The world with a second maker, who hands over; its own maker takes over."""

    sender: UUID = field(default_factory=uuid7)
    sending_site: UUID = field(default_factory=uuid7)

    def registered(self) -> list[Fact]:
        """What partner-registry publishes of this world."""
        sender = PartnerRegistered(
            partner_id=self.sender,
            number=number_of("P", self.sender),
            legal_name="Sender",
            kind=PartnerKind.cmo,
            country="DE",
            occurred_at=datetime.now(UTC),
        )
        return [*super().registered(), sender, site_registered(self.sending_site, self.sender, "First plant")]

    def transfer(self, **more: Any) -> dict[str, Any]:
        """A body that starts a transfer from the sender's site to the maker's."""
        return {
            "title": "Tablets to a second site",
            "product_id": str(self.product),
            "strengths": ["10 mg"],
            "kind": "process_and_analytical",
            "purpose": "commercial",
            "sending_unit": "First plant",
            "sending_site_id": str(self.sending_site),
            "receiving_site_id": str(self.site),
            "markets": ["AT", "US"],
        } | more


@pytest.fixture(scope="session")
def new_world() -> type[World]:
    """Each test's world has a second maker."""
    return Transferring


@dataclass
class Hearing(Running):
    """The running service, to which other services' facts can be told."""

    tell: Callable[..., Awaitable[None]]
    """``await service.tell(*facts)``, until each is handled."""


@pytest_asyncio.fixture(scope="session")
async def service(launch: Any, bus: Any, settings: Settings, postgres_dsn: str) -> AsyncIterator[Hearing]:
    """The running service."""
    running = await launch("tech_transfer")
    database = await asyncpg.connect(migrate.database_admin_url(postgres_dsn, settings.database_of("tech_transfer")))
    yield Hearing(**vars(running), tell=partial(handled, bus, database))
    await database.close()


@pytest.fixture
def started(service: Any, known: Any, eventually: Any) -> Callable[..., Awaitable[Any]]:
    """``await started()``: a transfer of the test's world that has begun."""

    async def start(**more: Any) -> Any:
        async def is_known() -> Any:
            answer = await service.client.post("/transfers", json=known.transfer(**more))
            return answer if answer.status_code != 409 else None  # the second maker's site may be on its way

        answer = await eventually(is_known)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return start


_FOLLOWED = """
INSERT INTO followed_transfer (id, followed_at, delay_told) SELECT id, $2, 0 FROM transfer WHERE id <> ALL ($1)
ON CONFLICT (id) DO UPDATE SET followed_at = excluded.followed_at
"""


@pytest.fixture
def tick(service: Any) -> Callable[..., Awaitable[None]]:
    """``await tick(transfer)``: what the timers do when their time has come, but for other tests' transfers."""

    async def run(*transfers: Any) -> None:
        own = [UUID(each["id"]) for each in transfers]
        async with service.app.state.store.work(Context(worker("tech-transfer"))) as work:
            await work.connection.execute(_FOLLOWED, own, work.now + timedelta(days=1))
        async with service.app.state.store.work(Context(worker("tech-transfer"))) as work:
            for timer in timers:
                await timer.run(work)

    return run


@pytest.fixture
def placed(service: Any) -> Callable[[Any, TechTransferState], Awaitable[None]]:
    """``await placed(transfer, state)``: it stands there, and nothing is decided of the gates that it went past."""

    async def place(transfer: Any, state: TechTransferState) -> None:
        async with service.app.state.store.work(Context(worker("tech-transfer"))) as work:
            (await work.get(Transfer, UUID(transfer["id"]))).state = state

    return place


@pytest.fixture
async def qualifying(service: Any, bus: Any, database: Any, known: Any, started: Any) -> Qualifying:
    """A running PPQ series."""
    found = Qualifying(service, bus, database, known, await started())
    await found.run()
    return found
