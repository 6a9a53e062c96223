"""A certificate of analysis: refused, drafted, signed by the laboratory, and superseded by a newer one."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from contracts.certificates_of_analysis import CoaIssued, CoaSuperseded, CoaWithdrawn
from contracts.partner_feeds import ReportedResult
from contracts.quality_events import BatchManufactured
from sample_tracking.coas.model import Coa
from tests.entitling import entitled, registered

from .answering import explain

LIMIT = {"stage": "release", "unit": "%", "decimals": 1}
MADE = datetime(2018, 10, 30, 6, tzinfo=UTC)
PATH = "/certificates-of-analysis"


async def approve(tracking: Any, set_id: str) -> None:
    await tracking.as_("lab", subject="bor").done(f"/result-sets/{set_id}/review", {"raw_data_seen": True})
    await tracking.as_("quality", subject="cene").done(f"/result-sets/{set_id}/approval")


async def test_from_results_to_a_certificate_and_its_successor(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = await registered(tracking.client, f"M-{known.code}")
    limits = (LIMIT | {"test": "assay", "lower": "95"}, LIMIT | {"test": "water", "upper": "0.5"})
    specification = await specify(known.code, *(limit | {"method": method["code"]} for limit in limits))

    def measured(test: str, value: str, revision: int = 1) -> ReportedResult:
        return ReportedResult(id=test, revision=revision, test=test, value=Decimal(value), unit="%")

    lot = known.lot()
    made = BatchManufactured(batch_id=lot.id, lot=lot, completed_at=MADE, occurred_at=MADE, expiry_date="2020-10")
    await bus.publish(made)
    report = known.together(measured("assay", "99.04"), measured("water", "0.4"), lot=lot)
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
    with monkeypatch.context() as earlier_release:  # which sealed the state, too
        earlier_release.setattr(Coa, "signed_apart", ())
        issued = await _issue(tracking, known, draft)
    assert (issued["state"], issued["signatures"][0]["meaning"]) == ("issued", "certificate of analysis issued")
    (fact,) = await bus.told(CoaIssued, coa_id=UUID(draft["id"]))
    assert (fact.market, fact.digest, fact.lot) == ("AT", draft["digest"], report.lot)
    await _is_a_certificate_on_paper(tracking, known, issued)

    newer = await tracking.client.done(PATH, asked)
    await bus.publish(known.together(measured("water", "0.3", revision=2), lot=report.lot))
    await results(report.lot, 3)
    stale = await tracking.second.post(f"{PATH}/{newer['id']}/issue")
    assert (stale.status_code, stale.json()["missing"]) == (409, ["water"])
    await tracking.second.done(f"{PATH}/{newer['id']}/withdrawal", {"reason": "water was amended"})
    await explain(tracking, bus, set_id)
    await approve(tracking, set_id)
    newest = await _issue(tracking, known, await tracking.client.done(PATH, asked))
    assert newest["digest"] != issued["digest"]
    before = (await tracking.client.get(f"{PATH}/{draft['id']}")).json()
    assert (before["state"], before["superseded_by"]) == ("superseded", newest["id"])
    assert before["results"] == draft["results"]
    assert [one["holds"] for one in before["signatures"]] == [True]
    assert len(await bus.told(CoaSuperseded, coa_id=UUID(draft["id"]))) == 1
    why = {"reason": "the balance was out of calibration"}
    await tracking.second.done(f"{PATH}/{newest['id']}/withdrawal", why)
    (withdrawn,) = await bus.told(CoaWithdrawn, lot=report.lot)
    assert (str(withdrawn.coa_id), withdrawn.reason) == (newest["id"], why["reason"]), "and of a draft nobody hears"
    stranger = tracking.as_("partner_quality", partner_id=uuid4(), subject="zoran")
    assert (await stranger.get(PATH)).json()["items"] == []


async def _is_a_certificate_on_paper(tracking: Any, known: Any, coa: Any) -> None:
    about, water = coa["about"], coa["results"][1]
    head = (about["product"]["name"], about["maker"]["name"], about["manufactured_on"])
    assert head == ("Tablets", "Plant", "2018-10-30")
    assert (water["criterion"]["upper"], water["laboratory"]["name"]) == ("0.5", "Bench")
    printed = await tracking.client.get(f"{PATH}/{coa['id']}/pdf")
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(printed.content)).pages).split())
    said = [f"Certificate of analysis {coa['number']}", f"Tablets ({known.code})", "Maker, Plant", "2018-10-30"]
    said += ["2020-10", f"{water['method']} version 1.0"]
    said += ["at least 95.0 %", "at most 0.5 %", "99.0 % (reported 99.04 %)", "Bench", water["method"]]
    assert [each for each in said if each not in text] == []


async def _issue(tracking: Any, known: Any, draft: Any) -> Any:
    laboratory = tracking.as_("partner_quality", partner_id=known.laboratory, subject="dora")
    maker = tracking.as_("partner_quality", partner_id=known.maker, subject="eva")
    assert (await maker.post(f"{PATH}/{draft['id']}/issue")).status_code == 403
    return await laboratory.done(f"{PATH}/{draft['id']}/issue")
