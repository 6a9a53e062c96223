"""A certificate of analysis: refused, drafted, signed by the laboratory, and superseded by a newer one."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts.certificates_of_analysis import CoaIssued, CoaSuperseded
from contracts.partner_feeds import ReportedResult
from tests.entitling import entitled, registered

LIMIT = {"stage": "release", "unit": "%", "decimals": 1}
PATH = "/certificates-of-analysis"


async def approve(tracking: Any, set_id: str) -> None:
    await tracking.as_("lab", subject="bor").done(f"/result-sets/{set_id}/review", {"raw_data_seen": True})
    await tracking.as_("quality", subject="cene").done(f"/result-sets/{set_id}/approval")


async def test_from_results_to_a_certificate_and_its_successor(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any
) -> None:
    method = await registered(tracking.client, f"M-{known.code}")
    limits = (LIMIT | {"test": "assay", "lower": "95"}, LIMIT | {"test": "water", "upper": "0.5"})
    specification = await specify(known.code, *(limit | {"method": method["code"]} for limit in limits))

    def measured(test: str, value: str, revision: int = 1) -> ReportedResult:
        return ReportedResult(id=test, revision=revision, test=test, value=Decimal(value), unit="%")

    report = known.together(measured("assay", "99.04"), measured("water", "0.4"))
    await bus.publish(report)
    set_id = (await results(report.lot, 2))[0]["set_id"]
    asked = {"lot_id": str(report.lot.id), "market": "AT", "specification_id": specification["id"]}
    refused = await tracking.client.post(PATH, json=asked)
    assert (refused.status_code, refused.json()["missing"]) == (409, ["assay", "water"])
    await approve(tracking, set_id)
    not_entitled = await tracking.client.post(PATH, json=asked)
    assert (not_entitled.status_code, not_entitled.json()["missing"]) == (409, ["assay", "water"])
    await entitled(tracking.client, method, known.laboratory_site)
    draft = await tracking.client.done(PATH, asked | {"partner_pdf_digest": "0b" * 32})
    assert [(one["test"], one["value"], one["verdict"]) for one in draft["results"]] == [
        *(("assay", "99.04", "pass"), ("water", "0.4", "pass"))
    ]
    second = await tracking.client.post(PATH, json=asked)
    assert (second.status_code, draft["number"] in second.json()["detail"]) == (409, True)
    issued = await _issue(tracking, known, draft)
    assert (issued["state"], issued["signatures"][0]["meaning"]) == ("issued", "certificate of analysis issued")
    (fact,) = await bus.told(CoaIssued, coa_id=UUID(draft["id"]))
    assert (fact.market, fact.digest, fact.lot) == ("AT", draft["digest"], report.lot)
    printed = await tracking.client.get(f"{PATH}/{draft['id']}/pdf")
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")

    newer = await tracking.client.done(PATH, asked)
    await bus.publish(known.together(measured("water", "0.3", revision=2), lot=report.lot))
    await results(report.lot, 3)
    stale = await tracking.second.post(f"{PATH}/{newer['id']}/issue")
    assert (stale.status_code, stale.json()["missing"]) == (409, ["water"])
    await tracking.second.done(f"{PATH}/{newer['id']}/withdrawal", {"reason": "water was amended"})
    await approve(tracking, set_id)
    newest = await _issue(tracking, known, await tracking.client.done(PATH, asked))
    assert newest["digest"] != issued["digest"]
    before = (await tracking.client.get(f"{PATH}/{draft['id']}")).json()
    assert (before["state"], before["superseded_by"]) == ("superseded", newest["id"])
    assert before["results"] == draft["results"]
    assert len(await bus.told(CoaSuperseded, coa_id=UUID(draft["id"]))) == 1
    stranger = tracking.as_("partner_quality", partner_id=uuid4(), subject="zoran")
    assert (await stranger.get(PATH)).json()["items"] == []


async def _issue(tracking: Any, known: Any, draft: Any) -> Any:
    laboratory = tracking.as_("partner_quality", partner_id=known.laboratory, subject="dora")
    maker = tracking.as_("partner_quality", partner_id=known.maker, subject="eva")
    assert (await maker.post(f"{PATH}/{draft['id']}/issue")).status_code == 403
    return await laboratory.done(f"{PATH}/{draft['id']}/issue")
