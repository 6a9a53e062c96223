"""The running service, what its timers do, and a site of its own for each test."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from partner_registry.main import timers
from partner_registry.qualifications.items import Item
from runtime.database import Context
from runtime.principal import worker

VIENNA = ZoneInfo("Europe/Vienna")
"""Where the sites are: what happens on a day does so on theirs."""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
async def registry(launch: Any) -> Any:
    return await launch("partner_registry")


@pytest.fixture
def tick(registry: Any) -> Callable[[], Awaitable[None]]:
    """What the timers do when their time has come."""

    async def run() -> None:
        async with registry.app.state.store.work(Context(worker("partner-registry"))) as work:
            for timer in timers:
                await timer.run(work)

    return run


@pytest.fixture
def transaction(registry: Any) -> Any:
    """One that stays open as long as the test wants."""
    return lambda: registry.app.state.store.work(Context(worker("partner-registry")))


@pytest.fixture
def held(database: Any, eventually: Any) -> Any:
    """Begin something, and wait until it waits for what the open transaction holds."""

    async def begin(doing: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(doing)

        async def waits() -> Any:
            return task.done() or await database.fetchval(WAITING)

        await eventually(waits)
        assert not task.done(), "it did not wait"
        return task

    return begin


@pytest.fixture
async def site(registry: Any) -> Any:
    """A site of a partner of its own."""
    partner = {"legal_name": f"Partner {uuid4().hex}", "kind": "cmo", "country": "AT"}
    owner = (await registry.client.done("/partners", partner))["id"]
    body = {"partner_id": owner, "name": "Plant", "country": "AT", "time_zone": "Europe/Vienna"}
    return await registry.client.done("/sites", body | {"activities": ["drug_product"]})


@dataclass
class Qualifying:
    """The people who qualify a site for commercial tablets."""

    registry: Any

    async def certified(self, site: Any, **printed: Any) -> Any:
        """A certificate of GMP that a second person has confirmed."""
        today = datetime.now(UTC).date()
        body = {"site_id": site["id"], "kind": "gmp", "holder": "Alpine GmbH", "authority": "BASG", "digest": "0" * 64}
        body |= {
            "certificate_number": uuid4().hex,
            "valid_from": "2024-02-01",
            "valid_to": str(today + timedelta(2000)),
        }
        body |= {"activities": ["drug_product"], "dosage_forms": ["tablet", "capsule"]}
        made = await self.registry.client.done("/certificates", body | printed)
        check = {"authority_register": "EudraGMDP", "checked_on": str(today - timedelta(1))}
        return await self.registry.second.done(f"/certificates/{made['id']}/confirmation", check)

    async def authorised(self, site: Any, **printed: Any) -> Any:
        """An authorisation to make, of who owns the site, that a second person has confirmed."""
        body = {"site_id": site["id"], "kind": "manufacturing_authorisation", "holder": "Alpine GmbH"}
        body |= {"authority": "BASG", "digest": "0" * 64, "certificate_number": uuid4().hex}
        body |= {"valid_from": "2024-03-01", "activities": ["drug_product"]}
        made = await self.registry.client.done("/certificates", body | printed)
        check = {"authority_register": "EudraGMDP", "checked_on": "2026-01-12"}
        return await self.registry.second.done(f"/certificates/{made['id']}/confirmation", check)

    async def assessed(self, site: Any, unmet: str = "", form: str | None = "tablet") -> str:
        """The path of one that is assessed and endorsed, and not signed."""
        work = {"activity": "drug_product", "dosage_form": form, "purpose": "commercial"}
        made = await self.registry.client.done("/qualifications", {"site_id": site["id"]} | work)
        path = f"/qualifications/{made['id']}"
        await self.registry.as_("quality", subject="starter").done(f"{path}/assessment")
        found = {"reason": "seen"}
        answers = [found | {"item": each, "verdict": "not_met" if each == unmet else "met"} for each in list(Item)[:14]]
        await self.registry.client.done(f"{path}/answers", {"answers": answers})
        audit = {"audited_on": str(datetime.now(UTC).date() - timedelta(30)), "outcome": "acceptable"}
        await self.registry.client.done(f"{path}/audit", audit | {"report": "0" * 64})
        await self.registry.as_("msat", subject="max").done(f"{path}/endorsement")
        return path

    async def approved(self, site: Any, form: str | None = "tablet") -> Any:
        """One that a third person has signed."""
        return await self.registry.second.done(f"{await self.assessed(site, form=form)}/approval")


@pytest.fixture
async def other(registry: Any) -> Any:
    """Another partner, which has nothing."""
    return await registry.client.done(
        "/partners", {"legal_name": f"Other {uuid4().hex}", "kind": "cmo", "country": "AT"}
    )


@pytest.fixture
async def third(registry: Any) -> Any:
    """One more."""
    return await registry.client.done(
        "/partners", {"legal_name": f"Third {uuid4().hex}", "kind": "cmo", "country": "AT"}
    )


@pytest.fixture
async def younger(registry: Any, site: Any) -> Any:
    """The same company again, with a site of its own."""
    name = (await registry.client.get(f"/partners/{site['partner_id']}")).json()["legal_name"]
    body = {"legal_name": f"{name} works", "kind": "cmo", "country": "AT", "website": "https://twice.example"}
    return await registry.client.done("/partners", body)


@pytest.fixture
def unite(registry: Any, site: Any, younger: Any) -> Any:
    async def run() -> str:
        sourcing, quality = (registry.as_(role, subject=f"{role} person") for role in ("sourcing", "quality"))
        asked = {"partner_id": younger["id"], "other_id": site["partner_id"], "reason": "one entry"}
        path = f"/partner-unions/{(await sourcing.done('/partner-unions', asked))['id']}"
        await quality.done(f"{path}/confirmation")
        return path

    return run


@pytest.fixture
async def product(registry: Any) -> Any:
    """A product that nobody makes yet, and no other test knows."""
    body = {"code": f"T-{uuid4().hex[:10]}", "name": "Tablets", "dosage_form": "tablet"}
    return await registry.client.done("/products", body)


@pytest.fixture
async def verdicts(registry: Any, site: Any, product: Any) -> Any:
    """How each condition of work at the site, for a market in which it is registered, is judged some days ago."""
    asked = {"product_id": product["id"], "market": "AT"}
    regulatory = registry.as_("regulatory", subject="rita")
    body = asked | {"regime": "eu_eea", "holder": "Alpine", "submitted_on": "2024-03-01"}
    made = await regulatory.done("/registrations", body)
    rows = [{"site_id": site["id"], "activity": "drug_product", "valid_from": "2025-01-01"}]
    content = {"process_version": "MP-7", "shelf_life_months": 36, "storage": "cool", "specification_version": "v1"}
    content |= {"sites": rows, "effective_on": "2025-01-01", "authorisation_number": "1-4"}
    await regulatory.done(f"/registrations/{made['id']}/approval", content)
    asked |= {"site_id": site["id"], "activity": "drug_product"}

    async def judged(condition: str, days: int = 0, client: Any = registry.client) -> str:
        on = str(datetime.now(VIENNA).date() - timedelta(days))
        answer = await client.get("/registrations/answer", params=asked | {"on": on})
        assert answer.status_code == 200, answer.text
        (found,) = [each["verdict"] for each in answer.json()["conditions"] if each["condition"] == condition]
        return str(found)

    return judged


@pytest.fixture
def sold(registry: Any, tick: Any, site: Any, eventually: Any) -> Any:
    """Sell the site to a partner some days ago, which is told now."""

    async def run(buyer: str, days: int) -> None:
        on = str(datetime.now(VIENNA).date() - timedelta(days))
        sale = {"site_id": site["id"], "buyer_id": buyer, "effective_on": on, "reason": "sold"}
        await registry.client.done("/site-transfers", sale)

        async def effective() -> bool:
            await tick()  # which leaves out what a handler holds at that moment
            return bool((await registry.client.get(f"/sites/{site['id']}")).json()["partner_id"] == buyer)

        await eventually(effective)

    return run


@pytest.fixture
def agreed(registry: Any) -> Any:
    """The path of a merger of two partners on which two people agreed, and its day some days ago."""

    async def run(merging: str, successor: str, days: int) -> str:
        on = str(datetime.now(UTC).date() - timedelta(days))
        body = {"partner_id": merging, "successor_id": successor, "effective_on": on, "evidence": "0" * 64}
        made = await registry.as_("sourcing", subject="sophie").done("/partner-mergers", body | {"reason": "merged"})
        await registry.as_("quality", subject="quinn").done(f"/partner-mergers/{made['id']}/agreement")
        return f"/partner-mergers/{made['id']}"

    return run


@pytest.fixture
def merged(registry: Any, tick: Any, agreed: Any, eventually: Any) -> Any:
    """Let a partner merge into another one some days ago, which is told now."""

    async def run(merging: str, successor: str, days: int = 20) -> None:
        path = await agreed(merging, successor, days)

        async def over() -> bool:
            await tick()  # which leaves out what a handler holds at that moment
            return bool((await registry.client.get(path)).json()["state"] == "effective")

        await eventually(over)

    return run


@pytest.fixture
def qualify(registry: Any) -> Qualifying:
    return Qualifying(registry)
