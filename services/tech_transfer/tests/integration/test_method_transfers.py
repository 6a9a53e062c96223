"""Method transfers over HTTP: approved by three, frozen, judged, failed, repeated; single results are their own's."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from contracts.method_transfers import MethodTransferCompleted, MethodTransferRepeated, MethodTransferStarted
from tech_transfer.transfers.schemas import TechTransferState

from .method_transferring import ALIKE, APART, ASSAY, FOUND, PROTOCOL, Laboratories, results

AGAIN = PROTOCOL | {"protocol": "MTP-0042 version 2", "protocol_digest": "0c" * 32, "reason": "wrong mobile phase"}


@pytest.fixture
def laboratories(service: Any, known: Any) -> Laboratories:
    """The people who transfer a method."""
    return Laboratories(service, known)


async def test_a_protocol_is_approved_by_three_people_and_says_what_it_can_show(
    service: Any, started: Any, laboratories: Laboratories, bus: Any
) -> None:
    path = await laboratories.planned(await started(), runs=6, criteria=[ASSAY | {"precision_limit": "2.0"}])
    plan = (await service.client.get(path)).json()
    (criterion,) = plan["criteria"]
    assert (criterion["greatest_ratio"], criterion["results_needed"]) == ("0.889959324610", 8)
    assert (criterion["equal_spread_passes"], plan["planned_results"]) == (False, 6)
    assert criterion["bands"] == [{"mean_from": "0", "absolute": "2.0", "relative_percent": None}]
    assert (await service.second.post(f"{path}/protocol-approval")).status_code == 409
    assert (await service.client.post(f"{path}/own-laboratory-approval")).status_code == 409
    async with laboratories.receiving() as receiving:
        assert (await receiving.post(f"{path}/sending-approval")).status_code == 403
        early = await receiving.post(f"{path}/results", json={"side": "receiving", "results": results(*FOUND)})
        assert early.status_code == 409
    frozen = await laboratories.frozen(path)
    assert (frozen["state"], frozen["waiting_for"]["side"]) == ("criteria_frozen", "partner")
    (fact,) = await bus.told(MethodTransferStarted, method_transfer_id=UUID(plan["id"]))
    assert (fact.method, fact.method_version, fact.number) == ("HPLC-014", "2.1", plan["transfer_number"])
    assert (await service.second.post(f"{path}/waiver", json={"justification": "no"})).status_code == 409


async def test_the_planner_and_the_approvers_do_not_freeze_it(
    service: Any, started: Any, laboratories: Laboratories
) -> None:
    path = await laboratories.planned(await started(), sending_laboratory_site_id=None)
    async with laboratories.receiving() as receiving:
        await receiving.done(f"{path}/receiving-approval")
    await service.second.done(f"{path}/own-laboratory-approval")
    for who in (service.client, service.second):
        assert (await who.post(f"{path}/protocol-approval")).status_code == 403
    async with service.as_("quality", subject="quentin") as quality:
        await quality.done(f"{path}/protocol-approval")
    own = await service.client.done(f"{path}/own-results", {"results": results(*FOUND)})
    assert (own["sending_complete"], own["receiving_complete"]) == (True, False)


async def test_whose_turn_it_is_is_noted_as_the_sponsor_takes_its_steps(
    service: Any, started: Any, placed: Any, laboratories: Laboratories, database: Any
) -> None:
    transfer = await started()
    await placed(transfer, TechTransferState.process_development)
    path = await laboratories.planned(transfer, needed_for_batches=True)

    async def owing() -> list[str]:
        query = "SELECT unit FROM gate_blocking WHERE transfer_id = $1 AND until IS NULL AND rule = $2"
        return [row["unit"] for row in await database.fetch(query, UUID(transfer["id"]), "methods_for_batches")]

    await laboratories.frozen(path)
    assert await owing() == ["sending"]
    await laboratories.report(path)
    await service.client.done(f"{path}/evaluation")
    assert await owing() == ["sponsor"]


async def test_one_that_fails_is_repeated_and_passes(
    service: Any, started: Any, laboratories: Laboratories, bus: Any
) -> None:
    path = await laboratories.planned(await started())
    failed = await laboratories.concluded(path, APART)
    assert (failed["state"], failed["entitled_from"]) == ("failed", None)
    (verdict,) = failed["attributes"]
    assert (verdict["verdict"], verdict["limit"]) == ("failed", ["-2.0", "2.0"])
    (fact,) = await bus.told(MethodTransferCompleted, method_transfer_id=UUID(failed["id"]))
    assert (fact.outcome, fact.entitled_from, fact.attributes[0].verdict) == ("failed", None, "failed")
    assert fact.report_digest == failed["report_digest"]

    assert (await service.client.post(f"{path}/repetition", json=AGAIN)).status_code == 409
    await service.client.done(f"{path}/investigation", {"investigation": "wrong mobile phase"})
    wider = AGAIN | {"criteria": [ASSAY | {"bands": [{"absolute": "5"}]}]}
    refused = await service.client.post(f"{path}/repetition", json=wider)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["science_reason"])
    other_lots = await service.client.post(f"{path}/repetition", json=AGAIN | {"lots": [{"name": "L-9"}]})
    assert (other_lots.status_code, other_lots.json()["fields"]) == (409, ["science_reason"])
    same = await service.client.post(f"{path}/repetition", json=AGAIN | {"protocol_digest": "0b" * 32})
    assert same.json()["fields"] == ["protocol_digest"]
    second = await service.client.done(f"{path}/repetition", AGAIN)
    assert (second["attempt"], second["state"], second["follows_id"]) == (2, "planned", failed["id"])
    before = (await service.client.get(path)).json()
    assert (before["state"], before["followed_by_id"]) == ("repeated", second["id"])
    assert [each["holds"] for each in before["signatures"]] == [True], "what was signed stands"
    (fact,) = await bus.told(MethodTransferRepeated, method_transfer_id=UUID(failed["id"]))
    assert (fact.outcome, fact.suspended_from) == ("failed", None)
    passed = await laboratories.concluded(f"/method-transfers/{second['id']}", ALIKE)
    assert (passed["state"], passed["entitled_from"] is not None) == ("passed", True)
    (fact,) = await bus.told(MethodTransferCompleted, method_transfer_id=UUID(second["id"]))
    assert (fact.outcome, fact.entitled_from.isoformat()) == ("passed", passed["entitled_from"])


async def test_no_attempt_is_left_for_another_that_suits_better(
    service: Any, started: Any, laboratories: Laboratories
) -> None:
    """Nor by two people at once, nor in another transfer; another laboratory has an attempt of its own."""
    first, other = await started(), await started()

    async def planned(transfer: Any, **more: Any) -> Any:
        body = laboratories.plan(transfer, **more)
        return await service.client.post("/method-transfers", json=body)

    both = await asyncio.gather(planned(first), planned(other))
    assert sorted(each.status_code for each in both) == [201, 409]
    one = next(each.json() for each in both if each.status_code == 201)
    path, wider = f"/method-transfers/{one['id']}", [ASSAY | {"bands": [{"absolute": "20"}]}]
    refused = await planned(first, criteria=wider)
    assert (refused.json()["fields"], f"{one['number']} of {one['transfer_number']}" in refused.text) == (
        ["method"],
        True,
    )
    assert (await planned(first, laboratory_site_id=str(laboratories.known.site))).status_code == 201
    failed = await laboratories.concluded(path, APART)
    assert (failed["state"], (await planned(other, criteria=wider)).status_code) == ("failed", 409)
    for written in ("hplc-014", "HPLC\u2010014", "HPLC 014"):
        refused = await planned(other, criteria=wider, method=written)
        assert (refused.json()["fields"], "write it HPLC-014" in refused.text) == (["method"], True)
    await service.client.done(f"{path}/investigation", {"investigation": "wrong mobile phase"})
    second = await service.client.done(f"{path}/repetition", AGAIN)
    draft = await service.client.done(
        f"/method-transfers/{second['id']}/amendment", AGAIN | {"protocol_digest": "0d" * 32}
    )
    passed = await laboratories.concluded(f"/method-transfers/{draft['id']}")
    of_it = next(each for each in (first, other) if each["id"] == one["transfer_id"])
    again = await planned(of_it)
    assert (passed["state"], again.status_code, passed["number"] in again.text) == ("passed", 409, True)
    assert (await planned(of_it, method_version="2.2")).status_code == 201


async def test_what_was_planned_by_mistake_is_withdrawn_by_another_and_nothing_earlier_with_it(
    service: Any, started: Any, laboratories: Laboratories
) -> None:
    transfer = await started()
    path = await laboratories.planned(transfer)
    why = {"reason": "it is tested elsewhere"}
    assert (await service.second.post(f"{path}/withdrawal", json={})).status_code == 422
    async with service.as_("quality", "msat", subject="tester") as planner:
        assert (await planner.post(f"{path}/withdrawal", json=why)).status_code == 403
    gone = await service.second.done(f"{path}/withdrawal", why)
    assert (gone["state"], gone["waiting_for"], gone["allowed"]) == ("withdrawn", None, [])
    anew = await laboratories.planned(transfer)
    after = await service.client.done(f"{anew}/amendment", AGAIN)
    refused = await service.second.post(f"/method-transfers/{after['id']}/withdrawal", json=why)
    assert refused.status_code == 409
    assert "follows an earlier attempt" in refused.json()["detail"]


async def test_what_does_not_fit_the_protocol_is_refused(
    service: Any, started: Any, laboratories: Laboratories
) -> None:
    path = await laboratories.planned(await started())
    frozen = await laboratories.frozen(path)
    wrong = {
        "lot": {"lot": "L-2"},
        "attribute": {"attribute": "impurity"},
        "method_version": {"method_version": "2.0"},
        "tested_at": {"tested_at": frozen["frozen_at"]},
        "replicate": {"replicate": 2},
        "value": {"value": None, "text": "complies"},
    }
    async with laboratories.sending() as sending:
        for field, more in wrong.items():
            body = {"side": "sending", "results": results("99.6", **more)}
            refused = await sending.post(f"{path}/results", json=body)
            assert (refused.status_code, refused.json()["fields"]) == (409, [f"results.0.{field}"]), refused.text
        other = await sending.post(f"{path}/results", json={"side": "receiving", "results": results("99.6")})
        assert other.json()["fields"] == ["side"]
        assert (await sending.get("/method-transfer-results")).json()["items"] == []
        taken = {"side": "sending", "results": results(*FOUND)}
        await sending.done(f"{path}/results", taken)
        again = await sending.post(f"{path}/results", json=taken)
        assert again.json()["fields"] == ["results.0.run"]
        fourth = await sending.post(f"{path}/results", json={"side": "sending", "results": results(*FOUND, "1")[3:]})
        assert fourth.json()["fields"] == ["results.0.run"]
    lacks = await service.client.post(f"{path}/evaluation")
    assert lacks.json()["missing"] == ["receiving laboratory, assay of L-1: 0 of 3"]


async def test_a_laboratory_out_of_practice_is_no_measure_for_another(
    service: Any, known: Any, started: Any, laboratories: Laboratories
) -> None:
    body = PROTOCOL | {"transfer_id": (await started())["id"], "method": "HPLC-014"}
    body |= {"laboratory_site_id": str(known.laboratory_site), "sending_last_run_on": "2019-06-30"}
    refused = await service.client.post("/method-transfers", json=body)
    assert refused.status_code == 409
    assert "revalidates the method instead" in refused.text
    assert (await service.client.post("/method-transfers", json=body | {"kind": "revalidation_full"})).is_success


async def test_laboratories_take_no_step_under_a_transfer_that_has_ended(
    service: Any, started: Any, laboratories: Laboratories
) -> None:
    """The receiving one is no party to the transfer itself."""
    transfer = await started()
    path = await laboratories.planned(transfer)
    await laboratories.frozen(path)
    other = await laboratories.planned(transfer, method="HPLC-015")
    for who, step in ((service.client, "cancellation-request"), (service.second, "cancellation")):
        await who.done(f"/transfers/{transfer['id']}/{step}", {"reason": "the site was sold"})
    async with laboratories.sending() as sending, laboratories.receiving() as receiving:
        for who, side in ((sending, "sending"), (receiving, "receiving")):
            reported = await who.post(f"{path}/results", json={"side": side, "results": results(*FOUND)})
            for refused in (reported, await who.post(f"{other}/{side}-approval")):
                assert (refused.status_code, "is cancelled" in refused.text) == (409, True), refused.text
    again = await laboratories.planned(await started())
    assert again != path, "what was begun there holds up no other transfer"


async def test_a_waiver_needs_a_reason_and_another_person(
    service: Any, started: Any, laboratories: Laboratories, bus: Any
) -> None:
    path = await laboratories.planned(await started(), kind="waiver", lots=[], criteria=[])
    why = {"justification": "the same method is in use there"}
    assert (await service.client.post(f"{path}/waiver", json=why)).status_code == 403
    async with laboratories.receiving() as receiving:
        assert (await receiving.post(f"{path}/receiving-approval")).status_code == 409
    waived = await service.second.done(f"{path}/waiver", why)
    assert (waived["state"], len(waived["signatures"])) == ("waived", 1)
    (fact,) = await bus.told(MethodTransferCompleted, method_transfer_id=UUID(waived["id"]))
    assert (fact.outcome, fact.attributes) == ("waived", ())
