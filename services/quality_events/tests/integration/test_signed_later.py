"""What was signed holds through every later step, and holds no more where any of it was rewritten."""

from typing import Any
from uuid import UUID

import pytest

from contracts.partner_registry import ProductRegistered
from tests.releasing import decision, disposition

from .test_audits import auditor, reported, site_quality
from .test_recalls import approve

FORGE = "SELECT set_config('entente.actor', 'migration:x', true)"
OF_US = {"markets": [{"market": "US", "regime": "us"}], "classification": "II", "depth": "retail", "mock": False}


def id_of(path: str) -> str:
    """Of the record at a path."""
    return path.rpartition("/")[2]


async def signed(client: Any, path: str) -> list[tuple[str, bool, list[str]]]:
    """Each signature under a record: for which step, whether it holds, and what is changed."""
    shown = (await client.get(path)).json()["signatures"]
    return [(each["action"], each["holds"], each["changed"]) for each in shown]


async def forge(database: Any, sql: str, id: str) -> None:
    """Rewrite something in the database, as its owner."""
    async with database.transaction():
        await database.execute(FORGE)
        assert await database.execute(sql, UUID(id)) != "UPDATE 0"


async def test_the_signatures_of_a_recall_hold_until_it_is_closed(service: Any, sold: Any, database: Any) -> None:
    _, id = sold
    said = OF_US | {"batch_ids": [id], "cause": "glass", "health_hazard": "may cut"}
    async with service.as_("quality", subject="eva") as eva:
        path = f"/recalls/{(await eva.done('/recalls', said))['id']}"
    await approve(service, path)
    amounts = {name: {"value": "8", "unit": "{tablet}"} for name in ("distributed", "recovered")}
    both: list[tuple[str, bool, list[str]]] = [("approve_as_regulatory", True, []), ("approve_as_quality", True, [])]
    steps = {
        "line": {"batch_id": id, "market": "US"} | amounts,
        "reconciliation": {"effectiveness": "x"},
        "closure": {},
    }
    for step, body in steps.items():
        await service.client.done(f"{path}/{step}", body)
        assert await signed(service.client, path) == both, step
    recall = id_of(path)
    await forge(database, "UPDATE recall SET regulatory_approved_by = 'nobody' WHERE id = $1", recall)
    await forge(database, "UPDATE recall SET cause = 'nothing' WHERE id = $1", recall)
    found = await signed(service.client, path)
    assert [changed for _, _, changed in found] == [["cause", "regulatory_approved_by"]] * 2


async def test_a_report_is_signed_with_its_findings_as_it_raised_them(service: Any, known: Any, database: Any) -> None:
    path, findings = await reported(service, known, "critical", "major")
    action = {"cause": "none", "action": "none", "due_on": "2099-01-01"}
    async with site_quality(service, known) as site, auditor(service) as mira:
        for step in ("first", "second"):
            await site.done(f"{findings[0]}/response", {"actions": [action | {"cause": step}]})
            if step == "first":
                await mira.done(f"{findings[0]}/rejection", {"reason": "it says nothing"})
        await mira.done(f"{findings[0]}/acceptance")
        assert await signed(mira, path) == [("report_findings", True, [])], "answers are the site's"
        assert await signed(site, path) == [("report_findings", True, [])]
    id = id_of(findings[0])
    await forge(database, "UPDATE audit_finding SET classification = 'minor' WHERE id = $1", id)
    assert await signed(service.client, path) == [("report_findings", False, ["audit_finding"])]
    await forge(database, "UPDATE signature SET sealed = sealed - 'audit_finding' WHERE record_id = $1", id_of(path))
    assert await signed(service.client, path) == [("report_findings", True, [])], "of an earlier release: says nothing"


REWRITTEN = ("justification = 'forged'", "decided_by = 'nobody'", "legal_entity = 'Another'", "readiness = '{}'")


@pytest.mark.parametrize("sets", REWRITTEN)
async def test_a_decision_is_signed_with_its_entry_in_the_register(
    service: Any, known: Any, sold: Any, database: Any, sets: str
) -> None:
    _, id = sold
    path = await disposition(service.client, id, "US")
    await service.client.done(f"{path}/stop", await decision(service.client, id, "US", impact="held"))
    await service.client.done(f"{path}/resumption", await decision(service.client, id, "US", impact="none"))
    steps = ("release", "stop", "resume")
    assert await signed(service.client, path) == [(step, True, []) for step in steps], "each adds an entry"
    stopped = f"UPDATE disposition_decision SET {sets} WHERE batch_id = $1 AND decision = 'stopped'"
    await forge(database, stopped, id)
    broken = [[], *[["disposition_decision"]] * 2]
    assert [changed for _, _, changed in await signed(service.client, path)] == broken, "the later two sealed it"
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        assert [changed for _, _, changed in await signed(maker, path)] == [[]] * 3, "of the register it hears nothing"


async def test_what_follows_a_signature_is_signed_with_it(service: Any, sold: Any, database: Any) -> None:
    _, id = sold
    path = await disposition(service.client, id, "CH")
    body = await decision(service.client, id, "CH") | {"every_market": True}
    await service.client.done(f"{path}/rejection", body)
    follows = "UPDATE disposition_decision SET justification = 'forged' WHERE batch_id = $1 AND follows IS NOT NULL"
    await forge(database, follows, id)
    assert await signed(service.client, path) == [("reject", False, ["disposition_decision"])]


async def test_the_end_of_a_follow_up_breaks_nothing_and_its_day_is_signed(
    service: Any, sold: Any, database: Any
) -> None:
    _, id = sold
    path = await disposition(service.client, id, "CH")
    body = await decision(service.client, id, "CH") | {"follow_up_on": "2099-01-01"}
    await service.client.done(f"{path}/release-for-processing", body)
    key = id_of(path)
    await forge(database, "UPDATE disposition SET follow_up_closed_at = now() WHERE id = $1", key)
    assert await signed(service.client, path) == [("release_for_processing", True, [])], "a later step's"
    await forge(database, "UPDATE disposition SET follow_up_on = '2099-12-31' WHERE id = $1", key)
    assert await signed(service.client, path) == [("release_for_processing", False, ["follow_up_on"])]


async def test_that_a_lot_turns_out_to_be_a_batch_breaks_no_conclusion(
    bus: Any, new_world: Any, service: Any, found: Any, investigated: Any
) -> None:
    """Its product is registered when the deviation, and the investigation of a result, are over."""
    world = new_world()
    lot = world.lot(product=None)
    told, everything = world.deviation(lot), world.registered()
    product = [fact for fact in everything if isinstance(fact, ProductRegistered)]
    await bus.publish(*(fact for fact in everything if fact not in product), world.oos(lot), told)
    oos = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"

    async def named() -> bool:
        """What is signed has them: one that became known in between would ask for another signature."""
        shown = (await service.client.get(oos)).json()
        return all(shown[name]["name"] for name in ("site", "partner", "laboratory"))

    await bus.eventually(named)
    await service.second.done(f"{oos}/phase-2", {"reason": "no error"})
    await service.client.done(f"{oos}/conclusion", {"conclusion": "inconclusive"})
    deviation = await found("deviations", lot=lot.number)
    await investigated(deviation, impacts=[{"lot_id": str(lot.id), "impact": "none"}], capa_justification="once")
    path = f"/deviations/{deviation['id']}"
    await service.client.done(f"{path}/approval-request")
    await service.second.done(f"{path}/closure")
    await bus.publish(*product, world.start(lot))
    batch = await found("batches", lot=lot.number, state="in_process")

    async def linked() -> bool:
        shown = (await service.client.get(oos)).json(), (await service.client.get(path)).json()
        return (shown[0]["batch_id"], shown[1]["lots"][0]["batch_id"]) == (batch["id"], batch["id"])

    await bus.eventually(linked)
    await bus.publish(told.model_copy(update={"source": told.source.model_copy(update={"revision": 2})}))

    async def amended() -> bool:
        return bool((await service.client.get(path)).json()["late_amendments"])

    await bus.eventually(amended)
    assert await signed(service.client, oos) == [("conclude", True, [])]
    assert await signed(service.client, path) == [("close", True, [])]
