"""Results of laboratories that are entitled for a method and that are not: in whichever order it becomes known."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.entitlements import EntitlementChanged, ResultNotReportable
from contracts.sample_tracking import OosDetected, ResultsReported
from tests.entitling import PROOF, entitled, registered

LIMIT = {"test": "dissolution_min", "stage": "release", "unit": "%", "decimals": 0, "lower": "80"}
NOT_IN_JUNE = "the laboratory is not entitled for method {} 1.0 on 2018-06-10"


async def told_last(bus: Any, eventually: Any, id: str, reportable: bool | None) -> None:
    """Wait until what was told last of a result says so."""

    async def said() -> bool:
        told = [each for fact in bus.of(ResultsReported) for each in fact.results if str(each.result_id) == id]
        return bool(told) and told[-1].reportable is reportable

    await eventually(said)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_what_becomes_known_late_ends_the_same(
    order: Sequence[int], tracking: Any, known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    """A laboratory is entitled from January to May; it tested in March, and in June."""
    code = f"M-{uuid4().hex[:8]}"
    await specify(known.code, LIMIT | {"method": code})
    method = await registered(tracking.client, code) if order[0] != 2 else {}
    lot = known.lot()

    async def test() -> None:
        await bus.publish(known.report("91", lot, id="R-1", occurred_at="2018-03-10"))
        await bus.publish(known.report("92", lot, id="R-2", occurred_at="2018-06-10"))
        await results(lot, 2)

    async def validate() -> None:
        await entitled(tracking.client, method, known.laboratory_site)

    async def suspend() -> None:
        if not method:
            method.update(await registered(tracking.client, code))
        await entitled(tracking.client, method, known.laboratory_site, "suspended", "2018-06-01")

    for n in order:
        await (test, validate, suspend)[n]()
    march, june = sorted(await results(lot, 2), key=lambda each: str(each["source_id"]))
    assert (march["reportable"], march["not_reportable"]) == (True, None)
    assert (june["reportable"], june["not_reportable"]) == (False, NOT_IN_JUNE.format(code))
    await told_last(bus, eventually, march["id"], True)
    await told_last(bus, eventually, june["id"], False)
    told = await bus.told(ResultNotReportable, result_id=UUID(june["id"]))
    assert {each.not_reportable for each in told} == {NOT_IN_JUNE.format(code)}
    found = await tracking.client.get("/results", params={"lot_id": str(lot.id), "reportable": "false"})
    assert [each["id"] for each in found.json()["items"]] == [june["id"]]


async def test_an_oos_of_a_laboratory_that_is_not_entitled_opens_at_once_and_once(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    code = f"M-{uuid4().hex[:8]}"
    await specify(known.code, LIMIT | {"method": code})
    report = known.report("71", occurred_at="2018-06-10")
    method = await registered(tracking.client, code)
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    (fact,) = await bus.told(ResultNotReportable, result_id=UUID(result["id"]))
    assert (fact.evaluation, result["evaluation"], fact.lot) == ("oos", "oos", report.lot)
    await bus.told(OosDetected, result_id=UUID(result["id"]))
    for standing, expected in (("in_transfer", False), ("transferred", True), ("withdrawn", False), ("waived", True)):
        setting = await entitled(tracking.client, method, known.laboratory_site, standing, "2018-06-01")
        (result,) = await results(report.lot, 1)
        assert result["reportable"] is expected
        (changed,) = await bus.told(EntitlementChanged, entitlement_id=UUID(setting["id"]))
        assert (changed.standing, changed.method_version, changed.product_id) == (standing, "1.0", None)
        await told_last(bus, eventually, result["id"], expected)
    (oos,) = await bus.told(OosDetected, result_id=UUID(result["id"]))
    assert (oos.limit.method, oos.read_at) == (code, None)
    assert len(await bus.told(ResultNotReportable, 2, result_id=UUID(result["id"]))) == 2


async def test_a_laboratory_enters_what_it_tested_and_sees_its_own_entitlements(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any
) -> None:
    code = f"M-{uuid4().hex[:8]}"
    await specify(known.code, LIMIT | {"method": code})
    report = known.report("91")
    await bus.publish(report)
    (first,) = await results(report.lot, 1)
    assert (first["reportable"], first["not_reportable"]) == (None, f"method {code} is not known")
    lot = {"site_id": str(known.site), "material": known.code, "number": report.lot.number}
    body = {"lot": lot, "laboratory_site_id": str(known.laboratory_site), "test": "dissolution_min", "value": "71"}
    body |= {"stage": "release", "unit": "%", "occurred_at": "2018-06-10", "method": code, "method_version": "1.0"}
    method = await registered(tracking.client, code)
    laboratory = tracking.as_("partner_lab", partner_id=known.laboratory, subject="lena")
    entered = await laboratory.done("/results", body)
    assert (entered["reportable"], entered["not_reportable"]) == (False, NOT_IN_JUNE.format(code))
    await bus.told(ResultNotReportable, result_id=UUID(entered["id"]))
    await bus.told(OosDetected, result_id=UUID(entered["id"]))  # by no method does it take its failure away
    assert (await laboratory.post("/results", json=body | {"method": None})).status_code == 422
    setting = await entitled(tracking.client, method, known.laboratory_site)
    maker = tracking.as_("partner_quality", partner_id=known.maker, subject="eva")
    own, others = [(await one.get("/entitlements")).json()["items"] for one in (laboratory, maker)]
    assert ([each["id"] for each in own], others) == ([setting["id"]], [])
    assert (await maker.get(f"/entitlements/{setting['id']}")).status_code == 404
    assert (await laboratory.get("/methods")).status_code == 403
    assert (await tracking.client.get(f"/results/{entered['id']}")).json()["reportable"] is True

    without = {"method_id": method["id"], "laboratory_site_id": str(known.laboratory_site), "standing": "suspended"}
    refused = await tracking.client.post("/entitlements", json=without | PROOF | {"valid_from": "2018-01-01"})
    assert (refused.status_code, "suspended needs a reason" in refused.text) == (422, True)
    again = await tracking.client.post("/methods", json=_again(method))
    assert (again.status_code, again.json()["detail"]) == (409, f"version 1.0 of method {code} is registered already")
    await tracking.client.done(f"/methods/{method['id']}/withdrawal", {"reason": "registered by mistake"})
    unknown = (await tracking.client.get(f"/results/{entered['id']}")).json()
    assert (unknown["reportable"], unknown["not_reportable"]) == (None, f"method {code} is not known")


def _again(method: dict[str, Any]) -> dict[str, Any]:
    return {
        name: method[name] for name in ("code", "major", "minor", "title", "effective_from", "report", "report_digest")
    }
