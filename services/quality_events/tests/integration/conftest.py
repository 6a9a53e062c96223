"""A batch that is sold, for what becomes known of it afterwards, and one that another partner packs."""

from datetime import date
from typing import Any

import pytest_asyncio

from contracts.registrations import RegisteredActivity
from tests.releasing import (
    decision,
    disposition,
    made,
    qualified,
    readiness,
    registered,
    results_of,
    reviewed,
    specified,
    usual,
)
from tests.releasing import stated as state


@pytest_asyncio.fixture
async def sold(bus: Any, known: Any, service: Any, found: Any) -> Any:
    """The lot and the id of a batch that is released to the US; it was also meant for CH, which nobody decided."""
    lot = known.lot()
    sites = [qualified(known, known.site, "drug_product"), qualified(known, known.laboratory_site, "testing")]
    await bus.publish(*sites, specified(known), registered(known, "US"))
    await bus.publish(known.start(lot), known.completion(lot), *results_of(known, lot))
    id = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    await reviewed(service, known, f"/batches/{id}")
    await service.client.done(f"/batches/{id}/intent", {"markets": ["US", "CH"]})
    async with service.as_("quality", subject="stater") as quality:
        await state(quality, id, "US")

    async def ready() -> Any:
        return (await readiness(service.client, id, "US"))["ready"] or None

    await bus.eventually(ready)
    path = await disposition(service.client, id, "US")
    await service.client.done(f"{path}/release", await decision(service.client, id, "US"))
    return lot, id


@pytest_asyncio.fixture
async def packer(bus: Any, known: Any, new_world: Any, service: Any, database: Any) -> Any:
    """Another partner with a site of its own, which packs; its people by their names."""
    other = new_world()
    other.code, other.product = known.code, known.product
    await bus.publish(*other.registered(), qualified(other, other.site, "packaging"))

    async def named() -> bool:
        return bool(await database.fetchval("SELECT true FROM known_partner WHERE id = $1", other.maker))

    await bus.eventually(named)  # what is signed shows it
    roles = {"ana": "partner_operations", "bea": "partner_quality", "cyd": "partner_quality"}
    people = {
        name: service.as_(role, partner_id=other.maker, subject=f"{name}-{other.code}") for name, role in roles.items()
    }
    return other, people


def with_packer(known: Any, packer: Any, market: str) -> Any:
    """The product's registration names the packer's site too."""
    named = registered(known, market)
    packs = RegisteredActivity(site_id=packer.site, activity="packaging", valid_from=date(2018, 1, 1))
    return named.model_copy(update={"sites": (*named.sites, packs)})


@pytest_asyncio.fixture
async def shared(bus: Any, known: Any, service: Any, found: Any, packer: Any, eventually: Any) -> Any:
    """A batch that the maker made, its id and lot, and the stage that the sponsor planned at the packer's."""
    facts = [*usual(known), with_packer(known, packer[0], "US")]
    id, lot = await made(bus, known, service, found, *facts, markets=("US",))
    body = {"batch_id": id, "site_id": str(packer[0].site), "step": "packaging"}

    async def planned() -> Any:
        answer = await service.client.post("/stages", json=body)
        return answer.json() if answer.status_code == 201 else None

    return id, lot, await eventually(planned)
