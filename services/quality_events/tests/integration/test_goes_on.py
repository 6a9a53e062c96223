"""A batch that was stopped goes on, and a batch goes out, when what became known of it is dealt with."""

import asyncio
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from contracts.dispositions import BatchFollowUpClosed
from contracts.partner_feeds import MaterialLot
from quality_events.dispositions.commands import release, resume
from quality_events.dispositions.schemas import Decide, Stop
from quality_events.dispositions.untold import telling
from runtime.database import Context
from runtime.principal import Principal
from tests.releasing import decision, disposition, made, readiness, settled, stated, usual

from .test_changes import assessed, site_quality

LIST = "/distribution-impacts"
NONE = {"outcome": "none", "assessment": "of another lot"}
OF_US = {"markets": [{"market": "US", "regime": "us"}], "classification": "I", "depth": "retail", "mock": False}
PERSON = Principal("tester", "Tester", frozenset({"quality"}), None)


async def stopped(service: Any, id: str) -> str:
    """The path of the disposition of a batch whose distribution is stopped."""
    path = await disposition(service.client, id, "US")
    await service.client.done(f"{path}/stop", await decision(service.client, id, "US", impact="pallets are held"))
    return path


async def resumption(service: Any, id: str, path: str) -> Any:
    return await service.client.post(f"{path}/resumption", json=await decision(service.client, id, "US", impact="none"))


async def waiting(database: Any, eventually: Any) -> None:
    """Until somebody waits for a row that another transaction holds."""

    async def is_blocked() -> bool:
        return bool(await database.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))

    await eventually(is_blocked)


async def test_a_stopped_batch_goes_on_when_its_impacts_are_assessed(
    service: Any, found: Any, known: Any, sold: Any
) -> None:
    _, id = sold
    path = await stopped(service, id)
    said = {"description": "glass", "market": "US", "category": "quality", "batch_id": id}
    await service.client.done("/complaints", said | {"received_at": datetime.now(UTC).isoformat()})
    impact = await found("distribution-impacts", batch_id=id, cause_type="complaint")
    now = await readiness(service.client, id, "US")
    assert (now["ready"], now["blocking"]) == (False, ["impacts_assessed"])
    assert impact["number"] in now["by_name"]["impacts_assessed"]["why"]
    refused = await resumption(service, id, path)
    assert (refused.status_code, refused.json()["missing"]) == (409, ["impacts_assessed"]), refused.text
    assert impact["number"] in refused.json()["detail"]
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        read = await readiness(maker, id, "US")
        assert (read["ready"], {"impacts_assessed", "not_recalled"} & read["by_name"].keys()) == (True, set())
    await service.client.done(f"{LIST}/{impact['id']}/assessment", NONE)
    assert (await resumption(service, id, path)).json()["state"] == "released"


async def test_a_stopped_batch_does_not_go_on_while_a_recall_of_it_is_proposed(service: Any, sold: Any) -> None:
    _, id = sold
    path = await stopped(service, id)
    said = OF_US | {"batch_ids": [id], "cause": "glass", "health_hazard": "grave"}
    async with service.as_("quality", subject="eva") as eva:
        await eva.done("/recalls", said | {"markets": [{"market": "CH", "regime": "ch"}]})
        assert (await readiness(eva, id, "US"))["ready"], "a recall of another market"
        recall = await eva.done("/recalls", said)
    refused = await resumption(service, id, path)
    assert (refused.status_code, refused.json()["missing"]) == (409, ["not_recalled"]), refused.text
    assert recall["number"] in refused.json()["detail"]
    await service.second.done(f"/recalls/{recall['id']}/refusal", {"reason": "the glass was the patient's"})
    assert (await resumption(service, id, path)).json()["state"] == "released"


async def set_state(database: Any, id: str, state: str) -> None:
    """As if it were opened while another transaction runs."""
    async with database.transaction():
        await database.execute("SELECT set_config('entente.actor', 'migration:x', true)")
        await database.execute("UPDATE distribution_impact SET state = $2 WHERE id = $1", UUID(id), state)


async def test_nothing_is_called_stopped_beside_a_resumption(
    service: Any, found: Any, sold: Any, database: Any, bus: Any
) -> None:
    """Two transactions at once: the assessment waits for the batch, and reads that it goes on."""
    _, id = sold
    path = await stopped(service, id)
    said = {"description": "brown", "market": "US", "category": "quality", "batch_id": id}
    await service.client.done("/complaints", said | {"received_at": datetime.now(UTC).isoformat()})
    first = await found("distribution-impacts", batch_id=id, cause_type="complaint")
    await service.client.done(f"{LIST}/{first['id']}/assessment", NONE)
    body = Stop(**await decision(service.client, id, "US", impact="none"))
    other = await service.client.done("/complaints", said | {"received_at": datetime.now(UTC).isoformat()})
    second = await found("distribution-impacts", batch_id=id, cause_id=other["id"])
    await set_state(database, second["id"], "assessed")
    async with service.app.state.store.work(Context(PERSON)) as work:
        await resume(work, path.rpartition("/")[2], body)
        await work.flush()
        await set_state(database, second["id"], "open")
        assess = service.client.post(f"{LIST}/{second['id']}/assessment", json=NONE | {"outcome": "stopped"})
        asked = asyncio.create_task(assess)
        await waiting(database, bus.eventually)
    refused = await asked
    assert (refused.status_code, "stop its disposition first" in refused.text) == (409, True), refused.text


async def statement_of(service: Any, id: str, condition: str) -> str:
    """The path of a statement."""
    params = {"batch_id": id, "condition": condition}
    (one,) = (await service.client.get("/readiness-statements", params=params)).json()["items"]
    return f"/readiness-statements/{one['id']}"


async def test_a_statement_that_is_withdrawn_after_the_release_asks(service: Any, sold: Any, found: Any) -> None:
    _, id = sold
    path = await statement_of(service, id, "within_times")
    why = {"reason": "the granulate was held 12 days of 7"}
    async with service.as_("quality", subject="stater") as stater:
        withdrawn = await stater.done(f"{path}/withdrawal", why)
    impact = await found("distribution-impacts", batch_id=id, cause_type="statements")
    assert (impact["market"], impact["state"], len(impact["news"])) == ("US", "open", 1)
    assert impact["news"][0].startswith(
        f"{withdrawn['number']}, which stated within_times, was withdrawn: {why['reason']}"
    )
    assert impact["cause"]["id"] == id
    blocking = (await readiness(service.client, id, "US"))["blocking"]
    assert blocking == ["within_times", "impacts_assessed"]


async def test_a_statement_that_is_withdrawn_beside_a_release_waits_for_it_and_asks(
    bus: Any, known: Any, service: Any, found: Any, database: Any
) -> None:
    id, _ = await made(bus, known, service, found, *usual(known, "US"), markets=("US",))
    async with service.as_("quality", subject="stater") as stater:
        await stated(stater, id, "US")
        await settled(bus, stater, id, "US")
        path = await statement_of(service, id, "samples_retained")
        at, body = await disposition(stater, id, "US"), Decide(**await decision(stater, id, "US"))
        async with service.app.state.store.work(Context(PERSON)) as work:
            await release(work, at.rpartition("/")[2], body)
            await work.flush()
            withdrawal = asyncio.create_task(stater.done(f"{path}/withdrawal", {"reason": "no sample is there"}))
            await waiting(database, bus.eventually)
        assert (await withdrawal)["state"] == "withdrawn"
    impact = await found("distribution-impacts", batch_id=id, cause_type="statements")
    assert impact["news"][0].count("no sample is there") == 1


async def test_a_sold_lot_that_is_named_the_first_of_a_change_asks(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    _, id = sold
    path, _ = await assessed(service, known)
    async with site_quality(service, known) as site:
        made = {"first_batch_id": id, "emergency_reason": "no lactose was left"}
        await site.done(f"{path}/emergency-implementation", made)
        impact = await found("distribution-impacts", batch_id=id, cause_type="changes")
        number = (await site.get(path)).json()["number"]
    assert (impact["market"], impact["state"]) == ("US", "open")
    assert number in impact["news"][0]
    await service.client.done(f"{LIST}/{impact['id']}/assessment", NONE)
    async with site_quality(service, known) as site:
        await site.done(f"{path}/site-approval")
    await service.client.done(f"{path}/approval")
    filing = {"market": "US", "kind": "objected", "happened_on": "2026-03-01", "reference": "S-014"}
    async with service.as_("regulatory", subject="rea") as rea:
        await rea.done(f"{path}/filings", filing)
    again = await found("distribution-impacts", batch_id=id, cause_type="changes", state="open")
    assert (again["round"], "the authority objected" in " ".join(again["news"])) == (2, True)


async def test_that_a_follow_up_is_closed_is_entered_with_the_readiness_that_was_signed(
    bus: Any, known: Any, service: Any, found: Any, database: Any, tick: Any
) -> None:
    id, parent = await made(bus, known, service, found, *usual(known, "US"), markets=("US",))
    async with service.as_("quality", subject="stater") as stater:
        await stated(stater, id, "US")
        await settled(bus, stater, id, "US")
    path = await disposition(service.client, id, "US")
    body = await decision(service.client, id, "US") | {"follow_up_on": "2098-01-01"}
    await service.client.done(f"{path}/release-for-processing", body)
    digest = (await readiness(service.client, id, "US"))["digest"]
    why = {"reason": "the sterility test is there", "readiness_digest": digest}
    lot = known.lot()
    await bus.publish(
        known.start(lot, inputs=(MaterialLot(material=parent.material, number=parent.number),)), known.completion(lot)
    )
    child = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    await service.client.done(f"/batches/{child}/intent", {"markets": ["US"]})
    waits = (await readiness(service.client, child, "US"))["by_name"]["inputs_released"]
    assert waits["verdict"] == "not_met"
    closed = await service.client.done(f"{path}/follow-up", why)
    (told,) = await bus.told(BatchFollowUpClosed, batch_id=UUID(id))
    assert (told.market, told.follow_up_on) == ("US", date(2098, 1, 1))
    assert (await readiness(service.client, child, "US"))["by_name"]["inputs_released"]["verdict"] == "met"
    assert [each["holds"] for each in closed["signatures"]] == [True, True]
    first, second = (await service.client.get(f"{path}/decisions")).json()["items"]
    assert (second["decision"], second["justification"]) == ("follow_up_closed", why["reason"])
    assert second["register_number"] == first["register_number"] + 1
    assert sha256(second["readiness"].encode()).hexdigest() == second["readiness_digest"] == digest
    # As an upgrade leaves one that was closed before there was a fact of it.
    await database.execute("INSERT INTO untold_follow_up VALUES ($1)", UUID(closed["id"]))
    await tick(telling)
    await tick(telling)
    assert await bus.told(BatchFollowUpClosed, count=2, batch_id=UUID(id)) == [told, told]
    assert await database.fetchval("SELECT count(*) FROM untold_follow_up") == 0
