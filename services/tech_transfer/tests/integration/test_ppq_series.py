"""PPQ series on real facts: what fails and is restarted, and what was no failure after all; and who sees what."""

from typing import Any
from uuid import UUID, uuid4

from contracts.quality_events import OosConclusion
from contracts.transfer_batches import CapabilityAssessed, PpqSeriesCompleted, PpqSeriesFailed, TransferBatchCompleted
from services.tech_transfer.tests.designing import CQA
from services.tech_transfer.tests.qualifying_series import Qualifying
from tests.qualifying_batches import (
    ASSAY,
    PROTOCOL,
    capa_planned,
    made,
    out_of_specification,
    recorded,
    released,
    result,
)
from tests.qualifying_batches import started as begun

SCALE = {"strength": "10 mg", "scale": "200 kg"}
CONFIRMED, INVALIDATED = OosConclusion.confirmed, OosConclusion.invalidated


async def test_a_failing_batch_ends_the_run_and_a_restart_begins_the_next(qualifying: Qualifying) -> None:
    one, bad, *others = (qualifying.known.lot() for _ in range(5))
    await qualifying.named(one)
    failing = await qualifying.named(bad)
    await qualifying.tell(*made(one), begun(bad, 1), *out_of_specification(bad))
    assert await qualifying.stands() == ("running", 1, 1)
    await qualifying.tell(*out_of_specification(bad, CONFIRMED)[-1:])
    assert await qualifying.stands() == ("failed", 1, 0)
    (failed,) = await qualifying.bus.told(PpqSeriesFailed, series_id=UUID(qualifying.series))
    assert (failed.attempt, failed.count, failed.required) == (1, 0, 3)
    (told,) = await qualifying.bus.told(TransferBatchCompleted, transfer_batch_id=UUID(failing["id"]))
    assert (told.conforming, told.lot.id, told.why[0]) == (
        False,
        bad.id,
        f"OOS-{bad.number} (Assay) was concluded as confirmed",
    )

    planned = {"transfer_id": qualifying.transfer["id"], **PROTOCOL}
    refused = await qualifying.service.client.post("/ppq-series", json=planned)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["strengths"])
    assert "which is failed, is of 10 mg" in refused.json()["detail"], "it is answered, and not left behind"
    capa, path = uuid4(), f"/ppq-series/{qualifying.series}"
    again = {"root_cause": "impeller speed", "capa_id": str(capa)}
    refused = await qualifying.service.client.post(f"{path}/restart", json=again)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["capa_id"])
    other = uuid4()
    await qualifying.tell(capa_planned(other), capa_planned(capa, bad))
    refused = await qualifying.service.client.post(f"{path}/restart", json=again | {"capa_id": str(other)})
    assert "not known to be of a batch of this transfer" in refused.json()["detail"]
    restarted = await qualifying.service.client.done(f"{path}/restart", again)
    assert (restarted["state"], restarted["attempt"], restarted["runs_ended"][0]["lots"]) == (
        "running",
        2,
        [bad.number],
    )
    for day, lot in enumerate(others, 2):
        await qualifying.named(lot)
        await qualifying.tell(*made(lot, day))
    assert await qualifying.stands() == ("conforming", 2, 3)
    kept = (await qualifying.service.client.get("/transfer-batches", params={"series_id": qualifying.series})).json()
    assert len(kept["items"]) == 5, "batches of the run that ended stay"


async def test_a_failure_that_was_none_after_all_never_ended_the_run(qualifying: Qualifying) -> None:
    one, doubtful, last = (qualifying.known.lot() for _ in range(3))
    await qualifying.named(one)
    await qualifying.named(doubtful)
    oos = out_of_specification(doubtful, CONFIRMED, None, INVALIDATED)
    await qualifying.tell(*made(one), begun(doubtful, 1), *oos[:4])
    assert await qualifying.stands() == ("failed", 1, 0)
    capa = uuid4()
    await qualifying.tell(capa_planned(capa, doubtful))
    again = {"root_cause": "not found", "capa_id": str(capa)}
    await qualifying.service.client.done(f"/ppq-series/{qualifying.series}/restart", again)
    await qualifying.named(last)
    await qualifying.tell(*made(last, 2))
    assert await qualifying.stands() == ("running", 2, 1)
    await qualifying.tell(oos[4])
    assert (await qualifying.stands())[1:] == (1, 1), "undecided: what came after it waits"
    await qualifying.tell(oos[5], *result(doubtful)[1], released(doubtful))
    assert await qualifying.stands() == ("conforming", 1, 3)


async def test_facts_in_any_order_and_before_the_lot_is_named(qualifying: Qualifying) -> None:
    lots = [qualifying.known.lot() for _ in range(3)]
    oos = out_of_specification(lots[1], INVALIDATED)
    told = recorded([*made(lots[0], 0), *oos, *made(lots[1], 1), *made(lots[2], 2)])[::-1]
    await qualifying.named(lots[0])
    await qualifying.tell(*told[:6])
    await qualifying.named(lots[1])
    await qualifying.tell(*told[6:], *told[3:6])
    await qualifying.named(lots[2])
    assert await qualifying.stands() == ("conforming", 1, 3)
    await attribute(qualifying.service, qualifying.transfer)
    more = {"transfer_id": qualifying.transfer["id"], "kind": "ppq", "lot": "L-1", "series_id": qualifying.series}
    refused = await qualifying.service.client.post("/transfer-batches", json=more | SCALE)
    assert (refused.status_code, refused.json()["missing"]) == (409, ["CQA-DISS"]), "its protocol knows nothing of it"


async def attribute(service: Any, transfer: Any) -> Any:
    """A quality attribute of a transfer."""
    return await service.client.done("/cqas", CQA | {"transfer_id": transfer["id"], "code": "CQA-DISS"})


async def test_a_protocol_has_limits_for_each_quality_attribute(service: Any, started: Any) -> None:
    transfer = await started()
    cqa, of_it = await attribute(service, transfer), {"transfer_id": transfer["id"]}
    batch = of_it | SCALE | {"kind": "engineering", "lot": "L-1", "limits": [ASSAY]}
    for path, body in (("/transfer-batches", batch), ("/ppq-series", PROTOCOL | of_it)):
        refused = await service.client.post(path, json=body)
        assert (refused.status_code, refused.json()["fields"]) == (409, ["limits"])
        assert "CQA-DISS (Dissolution)" in refused.json()["detail"]
    named = [ASSAY, ASSAY | {"attribute": "dissolution"}]
    series = await service.client.done("/ppq-series", PROTOCOL | of_it | {"limits": named})
    tightened = CQA | {"lower": "98", "reason": "the authority asks for it"}
    await service.client.done(f"/cqas/{cqa['id']}/revision", tightened)
    assert "from 98 %" in (await service.client.get(f"/ppq-series/{series['id']}")).json()["lacking"][0]
    refused = await service.second.post(f"/ppq-series/{series['id']}/protocol-approval")
    assert "redesign it" in refused.json()["detail"]
    await service.client.done(f"/cqas/{cqa['id']}/withdrawal", {"reason": "not critical"})
    await service.client.done("/transfer-batches", batch)


async def test_limits_by_the_code_of_an_attribute_judge_what_is_reported_by_its_name(
    service: Any, bus: Any, database: Any, known: Any, started: Any
) -> None:
    transfer = await started()
    of_it, bounds = {"transfer_id": transfer["id"]}, {"lower": "95", "upper": "105"}
    assay = CQA | bounds | {"name": "assay"}
    cqa = await service.client.done("/cqas", assay | of_it | {"code": "CQA-ASSAY"})
    limits, lot = [ASSAY | {"attribute": "CQA-ASSAY"}], known.lot()
    made_by = Qualifying(service, bus, database, known, transfer)
    batch = await made_by.named(lot, "comparability", limits=limits)
    series = await service.client.done("/ppq-series", PROTOCOL | of_it | {"limits": limits})
    assert batch["limits"] == series["limits"]
    assert series["limits"][0]["also_called"] == ["assay"]
    renamed = assay | {"name": "content", "reason": "as the pharmacopoeia calls it"}
    await service.client.done(f"/cqas/{cqa['id']}/revision", renamed)
    await made_by.tell(*made(lot))
    found = (await service.client.get(f"/transfer-batches/{batch['id']}")).json()
    assert (found["state"], found["why"]) == ("conforming", []), "it keeps by what it is judged"
    assert [(each["attribute"], each["value"]) for each in found["results"]] == [("CQA-ASSAY", "100.0")]
    past = [{"lot": f"H{n}", "value": str(100 + (n % 5 - 2) / 4)} for n in range(10)]
    for name in ("assay", "content"):
        compared = await service.client.done("/comparabilities", of_it | {"attribute": name, "history": past})
        assert [each["lot"] for each in compared["receiving"]] == [lot.number], name


async def test_it_is_reported_with_capability_comparability_and_stability(qualifying: Qualifying) -> None:
    client, path = qualifying.service.client, f"/ppq-series/{qualifying.series}"
    batches = []
    for day, value in enumerate(("99.8", "100.0", "100.3")):
        lot = qualifying.known.lot()
        batches.append(await qualifying.named(lot))
        await qualifying.tell(*made(lot, day, value))
    missing = (await client.post(f"{path}/report", json={})).json()["missing"]
    assert len(missing) == 4, missing
    for batch in batches:
        stored = {"study": "ST-1", "started_on": "2026-04-01"}
        await client.done(f"/transfer-batches/{batch['id']}/stability-start", stored)
    past = [{"lot": f"H{n}", "value": str(100 + (n % 5 - 2) / 4)} for n in range(10)]
    of_it = {"transfer_id": qualifying.transfer["id"], "attribute": "Assay", "history": past}
    of_it |= {"limit": "0.1", "justification": "a narrow therapeutic range"}
    compared = await client.done("/comparabilities", of_it)
    assert (compared["state"], len(compared["receiving"]), "history" in compared) == ("not_equivalent", 3, False)
    own = f"/comparabilities/{compared['id']}"
    async with qualifying.service.as_("partner_quality", partner_id=qualifying.known.maker) as receiver:
        read = (await receiver.get(own)).json()
        past_and_present = "".join([(await receiver.get(each)).text for each in (own, f"{own}/history")])
        by_difference = await receiver.get("/comparabilities", params={"sort": "difference"})
    assert (read["state"], read["receiving"]) == ("not_equivalent", compared["receiving"])
    assert (read["limit"], read["difference"], read["ci90"]) == (None, None, [])
    assert [each for each in (compared["difference"], *compared["ci90"]) if each in past_and_present] == []
    assert by_difference.status_code == 422
    assert (await client.post(f"{path}/report", json={})).status_code == 409
    accepted = await qualifying.service.second.done(
        f"/comparabilities/{compared['id']}/acceptance", {"reason": "n is 3"}
    )
    assert accepted["state"] == "accepted"
    other = qualifying.known.lot()
    await qualifying.named(other, "comparability")
    await qualifying.tell(*made(other, 5))
    stale = (await client.post(f"{path}/report", json={})).json()["missing"]
    assert stale == [f"{compared['number']} compares other lots of Assay than conform now: compare them anew"]
    wide = of_it | {"limit": "5", "justification": "as the protocol says"}
    assert (await client.done("/comparabilities", wide))["state"] == "equivalent"
    assert (await client.post(f"{path}/report", json={})).json()["fields"] == ["justification"], "n is 3"
    why = {"justification": "the tolerance interval lies within the limits"}
    async with qualifying.service.as_("msat") as alone:
        assert (await alone.post(f"{path}/report", json=why)).json()["fields"] == ["justification"], "quality says it"
    reported = await client.done(f"{path}/report", why)
    assert reported["report_justification"] == why["justification"]
    assert (reported["state"], reported["capability"][0]["verdict"]) == ("reported", "not_assessed")
    assert reported["capability"][0]["not_assessed"] == "3 results are fewer than 10"
    (done,) = await qualifying.bus.told(PpqSeriesCompleted, series_id=UUID(qualifying.series))
    assert (done.count, done.required) == (3, 3)
    await qualifying.bus.told(CapabilityAssessed, series_id=UUID(qualifying.series), attribute="Assay")
    bad, capa = qualifying.known.lot(batches[0]["lot_number"]), uuid4()
    again = {"root_cause": "impeller speed", "capa_id": str(capa)}
    await qualifying.tell(capa_planned(capa, bad))
    refused = await client.post(f"{path}/restart", json=again)
    offered = {each["name"] for each in (await qualifying.read())["allowed"]}
    assert (refused.status_code, offered) == (409, set()), "nothing failed"
    await qualifying.tell(*out_of_specification(bad, CONFIRMED))
    late = await qualifying.read()
    assert (late["state"], late["conforms"], late["fails"]) == ("reported", False, True)
    assert (late["waiting_for"]["side"], len(late["allowed"])) == ("sponsor", 2)
    assert (await client.done(f"{path}/restart", again))["state"] == "running"


async def test_the_sending_unit_sees_nothing_of_the_receivers_batches(qualifying: Qualifying) -> None:
    known, lot = qualifying.known, qualifying.known.lot()
    batch = await qualifying.named(lot)
    await qualifying.tell(*made(lot))
    paths = [f"/transfer-batches/{batch['id']}", f"/ppq-series/{qualifying.series}"]
    further = [f"{paths[1]}/capability", f"{paths[0]}/history", f"{paths[1]}/history"]
    async with qualifying.service.as_("partner_quality", partner_id=known.maker) as receiver:
        for path in [*paths, *further]:
            assert (await receiver.get(path)).status_code == 200, path
        assert (await receiver.get(paths[0])).json()["results"][0]["value"] == "100.0"
    async with qualifying.service.as_("partner_quality", partner_id=known.sender) as sender:
        for path in [*paths, *further]:
            assert (await sender.get(path)).status_code == 404, path
        for collection in ("transfer-batches", "ppq-series", "comparabilities"):
            assert (await sender.get(f"/{collection}")).json()["items"] == []
        gates = (await sender.get(f"/transfers/{qualifying.transfer['id']}/gates")).text
        assert lot.number not in gates
    (told,) = await qualifying.bus.told(TransferBatchCompleted, transfer_batch_id=UUID(batch["id"]))
    assert told.conforming
    envelopes = [each for each in qualifying.bus.heard if each.fact is told]
    assert [each.parties for each in envelopes] == [(known.maker,)]
