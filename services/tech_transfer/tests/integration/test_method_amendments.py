"""Results and protocols that are revised in the middle: none that is there goes unjudged by that."""

from typing import Any

import pytest

from .method_transferring import APART, ASSAY, PROTOCOL, Laboratories, results

AGAIN = PROTOCOL | {"protocol": "MTP-0042 version 2", "protocol_digest": "0c" * 32, "reason": "wrong mobile phase"}


@pytest.fixture
def laboratories(service: Any, known: Any) -> Laboratories:
    """The people who transfer a method."""
    return Laboratories(service, known)


async def test_a_method_that_is_revised_in_the_middle_begins_with_a_protocol_of_its_own(
    service: Any, started: Any, laboratories: Laboratories
) -> None:
    path = await laboratories.planned(await started())
    before = await laboratories.frozen(path)
    anew = AGAIN | {"method_version": "3.0", "criteria": [ASSAY | {"precision_limit": "5"}]}
    other = await service.client.post(f"{path}/amendment", json=anew | {"lots": [{"name": "L-2"}]})
    assert (other.status_code, other.json()["fields"]) == (409, ["science_reason"])
    after = await service.client.done(f"{path}/amendment", anew)
    assert (after["state"], after["method_version"], after["attempt"]) == ("planned", "3.0", 2)
    kept = (await service.client.get(path)).json()
    assert (kept["state"], kept["criteria"], kept["allowed"]) == ("amended", before["criteria"], [])


async def test_no_other_protocol_takes_the_place_of_results_that_are_not_judged(
    service: Any, started: Any, laboratories: Laboratories
) -> None:
    """Of a part of them quality decides, by a reason; they stay to be seen by who may see them."""
    path = await laboratories.planned(await started())
    await laboratories.frozen(path)
    async with laboratories.receiving() as receiving:
        await receiving.done(f"{path}/results", {"side": "receiving", "results": results(*APART)})
    assert (await service.client.post(f"{path}/amendment", json=AGAIN)).status_code == 409
    assert (await service.client.post(f"{path}/tested-amendment", json=AGAIN)).status_code == 403, "who planned it"
    second = await service.second.done(f"{path}/tested-amendment", AGAIN)
    assert (second["reason"], second["follows_id"], second["results_before"]) == (AGAIN["reason"], path[-36:], 3)
    path = f"/method-transfers/{second['id']}"
    for who, number in ((laboratories.receiving(), 3), (laboratories.sending(), 0)):
        async with who as reader:
            assert (await reader.get(path)).json()["results_before"] == number
    async with service.as_("quality", subject="quentin") as quality:
        async with laboratories.sending() as sending, laboratories.receiving() as receiving:
            await sending.done(f"{path}/sending-approval")
            await receiving.done(f"{path}/receiving-approval")
        await quality.done(f"{path}/protocol-approval")
        await laboratories.report(path, received=APART)
        anew = AGAIN | {"protocol_digest": "0d" * 32}
        untold = await quality.post(f"{path}/tested-amendment", json=anew)
        assert (untold.status_code, "evaluate it first" in untold.text) == (409, True)
        await service.client.done(f"{path}/evaluation")
        assert (await quality.post(f"{path}/tested-amendment", json=anew)).status_code == 409
        assert (await quality.done(f"{path}/conclusion"))["state"] == "failed"


async def test_a_run_is_taken_out_by_evidence_and_stays(service: Any, started: Any, laboratories: Laboratories) -> None:
    path = await laboratories.planned(await started())
    await laboratories.frozen(path)
    await laboratories.report(path, received=("100.0", "99.7", "90.2"))
    apart = await service.client.done(f"{path}/evaluation")
    assert (apart["did_not_pass"], apart["attributes"][0]["verdict"]) == (True, "failed")
    cause = {"side": "receiving", "run": 3, "reason": "the column leaked", "evidence": "0d" * 32}
    back = await service.client.done(f"{path}/run-invalidation", cause)
    assert (back["state"], back["receiving_complete"], back["attributes"]) == ("in_execution", False, [])
    failed = await service.second.post(f"{path}/tested-amendment", json=AGAIN)
    assert (failed.status_code, "quality concludes it first" in failed.text) == (409, True)
    async with laboratories.receiving() as receiving:
        more = results("1", "1", "1", "100.2")[3:]
        await receiving.done(f"{path}/results", {"side": "receiving", "results": more})
        own = (await receiving.get("/method-transfer-results", params={"attribute": "assay"})).json()["items"]
    assert sorted((each["run"], each["counts"]) for each in own) == [(1, True), (2, True), (3, False), (4, True)]
    assert (await service.client.done(f"{path}/evaluation"))["attributes"][0]["verdict"] == "passed"
