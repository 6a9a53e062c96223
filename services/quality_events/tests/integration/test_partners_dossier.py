"""What a partner's login learns by the functions that see all: its own, and of others' part in it the verdict."""

import json
from typing import Any
from uuid import UUID

from tests.releasing import qualified, readiness, results_of, usual


async def test_of_what_others_gave_a_maker_reads_the_verdict(
    bus: Any, known: Any, service: Any, found: Any, new_world: Any, partners_login: Any
) -> None:
    supplier = new_world()
    lot = supplier.lot(material="API")
    tester = qualified(known, known.laboratory_site, "testing").model_copy(update={"reason": "as the last audit found"})
    await bus.publish(*supplier.registered(), supplier.start(lot), supplier.deviation(lot), tester)
    given = await found("batches", lot=lot.number)
    amount = {"value": "100", "unit": "kg"}
    await service.client.done(
        f"/batches/{given['id']}/completion", {"completed_at": "2026-02-10", "actual_quantity": amount}
    )
    deviation = await found("deviations", lot=lot.number)
    hold = await service.client.done("/batch-holds", {"batch_id": given["id"], "reason": "a seal is broken"})
    own = known.lot()
    await bus.publish(known.start(own), known.completion(own), *usual(known, "AT"), *results_of(known, own))
    id = (await found("batches", lot=own.number, state="manufactured"))["id"]
    link = {"kind": "consumed", "parents": [{"batch_id": given["id"], "quantity": amount | {"value": "30"}}]}
    await service.client.done(f"/batches/{id}/parents", link)
    await service.client.done(f"/batches/{id}/intent", {"markets": ["AT"]})
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        stands = (await readiness(maker, id, "AT"))["by_name"]
    against = ("deviations_settled", "not_held", "inputs_released")
    assert {name: stands[name]["verdict"] for name in against} == dict.fromkeys(against, "not_met")
    hidden = [lot.number, given["id"], deviation["number"], deviation["id"], hold["number"], "a seal is broken"]
    hidden += [str(supplier.maker), f"Holder {known.code}", "as the last audit found", str(known.laboratory)]
    async with partners_login("quality_events", known.maker) as partner:
        read = json.dumps(json.loads(await partner.connection.fetchval("SELECT batch_dossier($1)", UUID(id))))
        assert [each for each in hidden if each in read] == []
        for whole in ("whole_batch_dossier($1)", "dossier_of_a_party(to_jsonb($1::uuid), '')"):
            assert await partner.run(f"SELECT {whole}", UUID(id)) == "refused"
    for partner_id, sees in ((known.maker, False), (supplier.maker, True)):
        async with partners_login("quality_events", partner_id) as partner:
            asked = partner.connection.fetchval
            assert (await asked("SELECT quantity FROM batch_given($1)", [UUID(given["id"])]) is not None) is sees
            for upper, lower in ((given["id"], id), (id, given["id"])):
                assert not await asked("SELECT batch_goes_into($1, $2)", UUID(upper), [UUID(lower)]), (
                    "of both it is told"
                )
    whole = await service.client.get(f"/batches/{id}/readiness", params={"market": "AT"})
    assert all(each in whole.text for each in (deviation["number"], hold["number"], lot.number))


async def test_a_market_that_was_not_meant_in_the_end_is_undecided_for_a_maker_too(known: Any, database: Any) -> None:
    """Of another maker's part: as readiness.making has it."""
    states = {"AT": "not_intended", "DE": "released", "FR": "stopped"}
    given = [{"market": market, "state": state, "follow_up_closed": False} for market, state in states.items()]
    part = {"partner_id": str(known.laboratory), "dispositions": given}
    lists = ("deviations", "investigations", "holds", "sites", "stages", "known", "dispositions", "statements")
    found = json.dumps({each: [] for each in lists} | {"inputs": [part]})
    read = json.loads(
        await database.fetchval("SELECT dossier_of_a_party($1::text::jsonb, $2)", found, str(known.maker))
    )
    said = {each["market"]: each["state"] for each in read["inputs"][0]["dispositions"]}
    assert said == {"DE": "released", "FR": "rejected"}
