"""OOS investigations: opened by facts, concluded by people."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from contracts import clock
from contracts.partner_feeds import ResultRole, TestStage
from contracts.quality_events import (
    DeviationRaised,
    OosConcluded,
    OosConclusion,
    OosInvalidationProposed,
    OosNotified,
    OosOpened,
    OosReopened,
)
from contracts.unit_limits import FoundInUnits
from tests.quality_records import NO_RETESTS

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


async def test_every_result_is_investigated_once(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot, result = world.lot(), uuid7()
    units = FoundInUnits(stage="S1", units=6, mean=Decimal("79.8"), worst=Decimal(54))
    oos = world.oos(lot, result=result, found=units)
    await bus.publish(oos, time=NOW)
    await bus.publish(oos)
    await bus.publish(world.oos(lot, role=ResultRole.retest, value=Decimal(79)))
    first = await found("oos-investigations", result_id=result)

    async def two() -> bool:
        answer = await service.client.get("/oos-investigations", params={"lot": lot.number})
        return len(answer.json()["items"]) == 2

    await eventually(two)
    batch = await found("batches", lot=lot.number)
    assert (batch["state"], first["batch_id"]) == ("announced", batch["id"])
    assert (first["state"], first["detected_at"], first["value"]) == ("phase_1", "2018-11", "76")
    assert first["opened_at"] == "2026-05-04T09:00:00Z"
    assert [first["found"][name] for name in ("stage", "units", "mean", "worst")] == ["S1", 6, "79.8", "54"]
    assert first["clock"]["due_at"] == "2026-06-04T00:00:00Z"
    opened = await bus.told(OosOpened, result_id=result)
    assert [str(fact.batch_id) for fact in opened] == [batch["id"]]


async def test_a_raw_materials_lot_has_no_batch(bus: Any, world: Any, found: Any, service: Any) -> None:
    lot = world.lot(product=None, material="lactose")
    await bus.publish(world.oos(lot, stage=TestStage.raw_material))
    investigation = await found("oos-investigations", lot=lot.number)
    assert (investigation["batch_id"], investigation["product"]) == (None, None)
    assert (await service.client.get("/batches", params={"lot": lot.number})).json()["items"] == []


async def test_the_sponsor_is_told_within_a_day(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot, late = world.lot(), world.lot()
    await bus.publish(world.oos(lot, on=NOW), time=NOW + timedelta(hours=6))
    await bus.publish(world.oos(late, on=NOW), time=NOW + timedelta(hours=6))
    investigation = await found("oos-investigations", lot=lot.number)
    other = await found("oos-investigations", lot=late.number)
    with clock.standing_at(NOW + timedelta(hours=23)):
        before = (await service.client.get(f"/oos-investigations/{other['id']}")).json()["clock"]["notification"]
        told = await service.client.post(f"/oos-investigations/{investigation['id']}/notification")
    assert before == {"limit_hours": 24, "taken_hours": None, "met": None}
    assert told.json()["clock"]["notification"] == {"limit_hours": 24, "taken_hours": "23.00", "met": True}
    with clock.standing_at(NOW + timedelta(hours=25)):
        missed = (await service.client.get(f"/oos-investigations/{other['id']}")).json()["clock"]["notification"]
    assert missed == {"limit_hours": 24, "taken_hours": None, "met": False}
    assert (await service.client.post(f"/oos-investigations/{investigation['id']}/notification")).status_code == 409
    assert len(await bus.told(OosNotified, investigation_id=UUID(investigation["id"]))) == 1


async def test_the_sponsor_knows_of_what_it_decides_and_is_told_late_of_what_is_concluded(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any, printed: Any
) -> None:
    lots = [world.lot(), world.lot()]
    await bus.publish(*(world.oos(lot) for lot in lots))
    returned, late = [
        f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}" for lot in lots
    ]
    proof = {"cause": "bad pipette", "evidence": "calibration 117"}
    async with (
        service.as_("partner_lab", partner_id=world.laboratory, subject="lea") as laboratory,
        service.as_("partner_quality", partner_id=world.maker) as maker,
    ):
        for path in returned, late:
            await laboratory.done(f"{path}/retest-plan", NO_RETESTS)
            await laboratory.done(f"{path}/invalidation-proposal", proof)
        untold = await maker.done(f"{late}/invalidation-approval")
        assert (untold["state"], untold["clock"]["notification"]["taken_hours"]) == ("concluded", None)
        told = await laboratory.done(f"{late}/notification")
        assert told["clock"]["notification"]["met"] is True
        assert (await maker.post(f"{late}/notification")).status_code == 409
        back = await service.client.done(f"{returned}/invalidation-return", {"reason": "which pipette?"})
        assert back["clock"]["notification"]["met"] is True
        assert len(await bus.told(OosNotified, investigation_id=UUID(back["id"]))) == 1
        await laboratory.done(f"{returned}/invalidation-proposal", proof | {"cause": "pipette 7"})
        await maker.done(f"{returned}/invalidation-approval")
        anew = {"reason": "the pipette was right", "evidence": "report 77"}
        await service.client.done(f"{returned}/reopening", anew)
        paper = " ".join((await printed(maker, returned)).split())
        for said in (
            *("proposal returned", "cause: bad pipette", "which pipette?"),
            *("conclusion reopened", "conclusion: invalidated", "cause: pipette 7", "the pipette was right; report 77"),
        ):
            assert said in paper, said


async def test_both_phases_end_in_one_deviation_when_confirmed(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot = world.lot()
    await bus.publish(world.oos(lot))
    opened = await found("oos-investigations", lot=lot.number)
    path = f"/oos-investigations/{opened['id']}"
    confirmed = {"conclusion": "confirmed", "cause": "granules too moist", "evidence": "loss on drying"}
    async with (
        service.as_("partner_quality", partner_id=world.laboratory) as laboratory,
        service.as_("partner_quality", partner_id=world.maker) as maker,
        service.as_("partner_quality", partner_id=world.maker, subject="opener") as opener,
    ):
        for step, body in (("conclusion", confirmed), ("phase-2", {"reason": "no error found"})):
            refused = await laboratory.post(f"{path}/{step}", json=body)
            assert (refused.status_code, refused.json()["type"]) == (403, "urn:entente:problem:wrong-side")
        early = await maker.post(f"{path}/conclusion", json=confirmed)
        assert (early.status_code, early.json()["state"]) == (409, "phase_1")
        phase_2 = await opener.post(f"{path}/phase-2", json={"reason": "no laboratory error found"})
        assert phase_2.json()["state"] == "phase_2", phase_2.text
        done = await maker.post(f"{path}/conclusion", json=confirmed, headers={"If-Match": phase_2.headers["etag"]})
        assert done.json()["state"] == "concluded", done.text
        again = await maker.post(f"{path}/conclusion", json=confirmed)
        assert (again.status_code, again.json()["allowed"]) == (409, ["notify"]), "to reopen it is the sponsor's"
    facts = await bus.told(DeviationRaised, lots=(lot,))
    assert [(fact.category, fact.proposed_classification) for fact in facts] == [("out_of_specification", "major")]
    deviation = await found("deviations", lot=lot.number)
    assert deviation["id"] == done.json()["deviation_id"] == str(facts[0].deviation_id)
    # No clock begins anew: the partner knows of it since the result was found.
    assert (deviation["partner_aware_at"], deviation["occurred_at"]) == (opened["aware_at"], "2018-11")
    assert deviation["clock"]["due_at"] == opened["clock"]["due_at"]
    assert deviation["lots"][0]["batch_id"] == opened["batch_id"]
    concluded = await bus.told(OosConcluded, investigation_id=UUID(opened["id"]))
    assert [fact.conclusion for fact in concluded] == [OosConclusion.confirmed]


async def test_nothing_is_concluded_while_results_are_read_once_more(
    bus: Any, world: Any, found: Any, service: Any, database: Any
) -> None:
    lot, begin_anew = world.lot(), "UPDATE handled SET registered = $1 WHERE type = $2"
    await bus.publish(world.oos(lot))
    path = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"
    await service.second.done(f"{path}/phase-2", {"reason": "no error"})
    confirmed = {"conclusion": "confirmed", "cause": "granules too moist", "evidence": "loss on drying"}
    await database.execute(begin_anew, False, results := "io.entente.ResultsReported.v1")
    try:
        for body in (confirmed, {"conclusion": "inconclusive"}):
            refused = await service.client.post(f"{path}/conclusion", json=body)
            assert (refused.status_code, f"{results} is being read again" in refused.json()["detail"]) == (409, True)
    finally:
        await database.execute(begin_anew, True, results)
    assert (await service.client.get("/deviations", params={"lot": lot.number})).json()["items"] == []
    assert (await service.client.done(f"{path}/conclusion", confirmed))["state"] == "concluded"


async def test_the_laboratory_proposes_that_it_erred_and_a_quality_unit_decides(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot = world.lot()
    await bus.publish(world.oos(lot))
    path = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"
    proven = {"cause": "bad pipette", "evidence": "calibration 2026-117 failed", "retest_plan": "two, by another"}
    proven["evidence_digest"] = "0b" * 32
    async with (
        service.as_("partner_lab", "partner_quality", partner_id=world.laboratory) as laboratory,
        service.as_("partner_quality", partner_id=world.maker) as maker,
        service.as_("partner_lab", partner_id=world.maker) as makers_laboratory,
    ):
        bare = await laboratory.post(f"{path}/invalidation-proposal", json={"cause": "bad pipette"})
        assert (bare.status_code, bare.json()["errors"][0]["field"]) == (422, "body.evidence")
        for other in (maker, makers_laboratory):
            foreign = await other.post(f"{path}/invalidation-proposal", json=proven)
            assert (foreign.status_code, foreign.json()["type"]) == (403, "urn:entente:problem:wrong-side")
        await laboratory.done(f"{path}/retest-plan", NO_RETESTS)
        proposed = await laboratory.post(f"{path}/invalidation-proposal", json=proven)
        assert (proposed.status_code, proposed.json()["state"]) == (200, "awaiting_approval"), proposed.text
        assert proposed.json()["evidence_digest"] == "0b" * 32
        assert (await laboratory.post(f"{path}/invalidation-approval")).status_code == 403
        back = await maker.post(f"{path}/invalidation-return", json={"reason": "which pipette?"})
        assert (back.json()["state"], back.json()["cause"], back.json()["evidence_digest"]) == ("phase_1", None, None)
        assert (await laboratory.post(f"{path}/invalidation-proposal", json=proven)).status_code == 200
        done = await maker.post(f"{path}/invalidation-approval")
    assert (done.status_code, done.json()["conclusion"], done.json()["evidence"]) == (
        200,
        "invalidated",
        "calibration 2026-117 failed",
    )
    assert (await service.client.get("/deviations", params={"lot": lot.number})).json()["items"] == []
    facts = await bus.told(OosInvalidationProposed, 2, cause="bad pipette", test="dissolution_min", lot=lot)
    assert {fact.evidence_digest for fact in facts} == {"0b" * 32}
    assert [each.conclusion for each in await bus.told(OosConcluded, lot=lot)] == [OosConclusion.invalidated]


async def test_new_evidence_reopens_it_and_its_deviation_stays_one(
    bus: Any, world: Any, found: Any, service: Any
) -> None:
    lot = world.lot()
    await bus.publish(world.oos(lot))
    path = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"
    evidence = {"reason": "the bath was not calibrated", "evidence": "calibration 2026-077"}
    assert (await service.client.post(f"{path}/reopening", json=evidence)).status_code == 409
    await service.second.done(f"{path}/phase-2", {"reason": "no error"})
    confirmed = {"conclusion": "confirmed", "cause": "granules too moist", "evidence": "loss on drying"}
    first = await service.client.done(f"{path}/conclusion", confirmed)
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        assert (await maker.post(f"{path}/reopening", json=evidence)).status_code == 403
    again = await service.client.done(f"{path}/reopening", evidence)
    assert [again[name] for name in ("state", "conclusion", "cause")] == ["phase_2", None, None]
    (was,), (now,) = first["signatures"], again["signatures"]
    assert (was["holds"], was["undone_at"]) == (True, None)
    assert (now["holds"], now["changed"], now["undone_at"]) == (True, [], again["reopened_at"]), "of what it was for"
    own = await service.client.post(f"{path}/conclusion", json=confirmed)
    assert (own.status_code, own.json()["fields"]) == (403, ["phase_2_by"]), "who reopened it concludes nothing"
    done = await service.second.done(f"{path}/conclusion", confirmed)
    assert done["deviation_id"] == first["deviation_id"]
    assert (done["phase_2_reason"], done["reopening_evidence"]) == (evidence["reason"], evidence["evidence"])
    assert [(each["holds"], each["undone_at"] is None) for each in done["signatures"]] == [(True, False), (True, True)]
    (fact,) = await bus.told(OosReopened, lot=lot)
    assert (fact.before, fact.evidence) == (OosConclusion.confirmed, "calibration 2026-077")
    assert len(await bus.told(OosConcluded, 2, lot=lot)) == 2


async def test_only_a_quality_unit_s_role_confirms(bus: Any, world: Any, found: Any, service: Any) -> None:
    lot = world.lot()
    await bus.publish(world.oos(lot))
    path = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"
    assert (await service.second.post(f"{path}/phase-2", json={"reason": "no error"})).status_code == 200
    confirmed = {"conclusion": "confirmed", "cause": "granules too moist", "evidence": "loss on drying"}
    async with (
        service.as_("partner_lab", partner_id=world.maker) as makers_laboratory,
        service.as_("lab") as sponsors_laboratory,
        service.as_("quality") as quality,
    ):
        for laboratory in (makers_laboratory, sponsors_laboratory):
            assert (await laboratory.post(f"{path}/conclusion", json=confirmed)).status_code == 403
        invalid = await quality.post(f"{path}/conclusion", json={"conclusion": "invalidated", "cause": "pipette"})
        assert (invalid.status_code, invalid.json()["type"]) == (409, "urn:entente:problem:rule-violated")
        done = await quality.post(f"{path}/conclusion", json=confirmed)
        assert (done.status_code, done.json()["conclusion"]) == (200, "confirmed"), done.text


async def test_a_raw_materials_confirmed_result_opens_a_deviation_without_a_batch(
    bus: Any, world: Any, found: Any, service: Any
) -> None:
    lot = world.lot(product=None, material="lactose")
    await bus.publish(world.oos(lot, stage=TestStage.raw_material))
    path = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"
    assert (await service.second.post(f"{path}/phase-2", json={"reason": "no error"})).status_code == 200
    body = {"conclusion": "confirmed", "cause": "none was found"}
    refused = await service.client.post(f"{path}/conclusion", json=body)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["evidence"]), refused.text
    await service.client.done(f"{path}/conclusion", body | {"evidence": "three sacks tested again"})
    deviation = await found("deviations", lot=lot.number)
    assert deviation["lots"][0]["batch_id"] is None


async def test_manufacturer_and_laboratory_are_parties(bus: Any, world: Any, found: Any, service: Any) -> None:
    lot = world.lot()
    await bus.publish(world.start(lot))
    await bus.publish(world.oos(lot))
    investigation = await found("oos-investigations", lot=lot.number)
    batch = await found("batches", lot=lot.number)
    path = f"/oos-investigations/{investigation['id']}"
    async with (
        service.as_("partner_lab", partner_id=world.laboratory) as laboratory,
        service.as_("partner_quality", partner_id=world.maker) as maker,
        service.as_("partner_quality", partner_id=uuid4()) as stranger,
    ):
        assert (await laboratory.get(path)).status_code == (await maker.get(path)).status_code == 200
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.post(f"{path}/notification")).status_code == 404
        assert (await laboratory.get(f"/batches/{batch['id']}")).status_code == 404, "a result opens no batch"
        assert (await maker.get(f"/batches/{batch['id']}")).status_code == 200
        listed = await laboratory.get("/oos-investigations", params={"test": "dissolution_min", "state": "phase_1"})
        assert [item["id"] for item in listed.json()["items"]] == [investigation["id"]]
