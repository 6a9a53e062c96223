"""A batch that is sold, for what becomes known of it afterwards."""

from typing import Any

import pytest_asyncio

from tests.releasing import decision, disposition, qualified, readiness, registered, results_of, reviewed, specified
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
