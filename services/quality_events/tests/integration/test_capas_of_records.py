"""CAPAs that a person opens for a finding, a complaint, a change or a recall, and what no partner learns by one."""

from typing import Any
from uuid import UUID, uuid4

import pytest_asyncio

from contracts.quality_events import CapaOpened

CAUSE = {"root_cause": "a worn heater"}


@pytest_asyncio.fixture
async def complaint(bus: Any, known: Any, service: Any, found: Any) -> Any:
    """One about a batch of the maker, whom nobody has told of it."""
    lot = known.lot()
    await bus.publish(known.start(lot))
    batch = await found("batches", lot=lot.number, state="in_process")
    body = {"description": "brown", "market": "DE", "category": "quality", "batch_id": batch["id"]}
    made = await service.client.done("/complaints", body | {"received_at": "2026-03-01T08:00:00Z"})
    return await service.client.done(f"/complaints/{made['id']}/triage", {"category": "quality", "severity": "major"})


async def test_it_is_tied_to_a_record_that_its_partner_knows(
    bus: Any, known: Any, service: Any, complaint: Any
) -> None:
    source = CAUSE | {"source_type": "complaint", "source_id": complaint["id"]}
    at_the_site = source | {"site_id": str(known.site)}
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        unknown = await maker.post("/capas", json=at_the_site | {"source_id": str(uuid4())})
        hidden = await maker.post("/capas", json=at_the_site)
        assert (unknown.status_code, hidden.status_code) == (404, 404), "nobody told the maker of it"
        refused = await service.client.post("/capas", json=at_the_site)
        assert (refused.status_code, refused.json()["fields"]) == (409, ["source_id", "site_id"])
        assert (await service.client.done("/capas", source))["partner_id"] is None, "the sponsor's own tells nobody"
        await service.client.done(f"/complaints/{complaint['id']}/sharing")
        own = [await maker.done("/capas", at_the_site) for _ in range(2)]
        assert {(each["source_type"], each["source_id"]) for each in own} == {("complaint", complaint["id"])}
        listed = (await maker.get("/capas", params={"source_id": complaint["id"]})).json()["items"]
        assert {each["id"] for each in listed} == {each["id"] for each in own}
    facts = await bus.told(CapaOpened, 3, source_id=UUID(complaint["id"]))
    assert {(fact.source_type, fact.product_id) for fact in facts} == {("complaint", known.product)}


async def test_a_source_is_named_whole_and_of_a_kind_that_a_person_opens_one_for(known: Any, service: Any) -> None:
    of_a_deviation = {"source_type": "deviation", "source_id": str(uuid4()), "site_id": str(known.site)}
    for wrong in ({"source_type": "change"}, {"source_id": str(uuid4())}, of_a_deviation):
        assert (await service.client.post("/capas", json=CAUSE | wrong)).status_code == 422
    gone = {"source_type": "change", "source_id": str(uuid4())}
    assert (await service.client.post("/capas", json=CAUSE | gone)).status_code == 404
