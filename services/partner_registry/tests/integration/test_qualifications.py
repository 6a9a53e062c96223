"""Qualifications over HTTP: from the plan to the signed approval, what ends them, and which sites are approved."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts import clock
from contracts.partner_registry import PartnerStatusChanged
from contracts.qualifications import QualificationExpiring, SiteQualificationChanged

TODAY = datetime.now(ZoneInfo("Europe/Vienna")).date()
"""At the site."""
WORK = {"activity": "drug_product", "dosage_form": "tablet", "purpose": "commercial"}
WHY = {"reason": "the authority's notice 4"}


async def answer_for(registry: Any, site: Any, **asked: Any) -> Any:
    given = {"activity": "drug_product", "dosage_form": "tablet"} | asked
    given = {name: value for name, value in given.items() if value is not None}
    answer = await registry.client.get("/sites/approved", params=given)
    assert answer.status_code == 200, answer.text
    (found,) = [each for each in answer.json()["items"] if each["site"]["id"] == site["id"]]
    return found


async def test_a_site_is_qualified_with_a_signature_and_its_partner_is_active(
    bus: Any, registry: Any, qualify: Any, site: Any
) -> None:
    assert (await answer_for(registry, site))["why_not"] == [
        "it is not qualified for this work",
        "no confirmed certificate covers the work on that day",
        "the partner is prospect",
    ]
    path = await qualify.assessed(site)
    early = await registry.second.post(f"{path}/approval")
    assert (early.status_code, early.json()["missing"]) == (
        409,
        ["no confirmed certificate covers drug_product of tablet today"],
    )
    await qualify.certified(site)
    assert (await registry.second.post(f"{path}/approval", auth=None)).json()["meaning"].startswith("the site is qual")
    own = (await registry.client.post(f"{path}/approval")).json()
    assert own["fields"] == ["prepared_by"], "who answered does not approve"
    done = await registry.second.done(f"{path}/approval")
    signed = [(each["action"], each["holds"]) for each in done["signatures"]]
    assert (done["state"], signed) == ("approved", [("endorse", True), ("approve", True)])
    answer = await answer_for(registry, site)
    assert (answer["allowed"], answer["why_not"], answer["qualification"]["number"]) == (True, [], done["number"])
    (fact,) = await bus.told(PartnerStatusChanged, partner_id=UUID(site["partner_id"]))
    assert fact.reason == f"{done['number']} is approved"
    facts = await bus.told(SiteQualificationChanged, 2, qualification_id=UUID(done["id"]))
    assert [each.after for each in facts] == ["in_assessment", "approved"]


async def test_a_product_is_made_in_its_own_form_and_of_an_open_question_the_limits_are_told(
    registry: Any, qualify: Any, site: Any
) -> None:
    certificate = await qualify.certified(site)
    await qualify.approved(site, form=None)
    product = {"code": uuid4().hex, "name": "Capsules", "dosage_form": "Capsule", "strengths": ["5 mg"]}
    of_it = {"product_id": (await registry.client.done("/products", product))["id"]}
    asked = {"activity": "drug_product"} | of_it
    assert (await answer_for(registry, site, dosage_form=None, **of_it))["allowed"]
    tablets = WHY | {"activities": ["drug_product"], "dosage_forms": ["tablet"], "effective_on": str(TODAY)}
    await registry.client.done(f"/certificates/{certificate['id']}/restriction", tablets)
    found = await answer_for(registry, site, dosage_form=None, **of_it)
    assert found["why_not"] == ["no confirmed certificate covers the work on that day"]
    assert (await answer_for(registry, site, dosage_form=None))["dosage_forms"] == ["tablet"]
    other = await registry.client.get("/sites/approved", params=asked | {"dosage_form": "tablet"})
    assert (other.status_code, other.json()["detail"]) == (
        *(422, f"{product['code']} is of the form Capsule, and not tablet"),
    )
    unknown = await registry.client.get("/sites/approved", params=asked | {"product_id": str(uuid4())})
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("step", "body"),
    [("withdrawal", WHY), ("restriction", WHY | {"activities": ["drug_product"], "dosage_forms": ["capsule"]})],
)
async def test_a_certificate_that_is_taken_back_suspends_its_scope_alone(
    bus: Any, registry: Any, qualify: Any, site: Any, step: str, body: Any
) -> None:
    certificate = await qualify.certified(site)
    tablets = await qualify.approved(site)
    yesterday = str(TODAY - timedelta(1))
    await registry.client.done(f"/certificates/{certificate['id']}/{step}", body | {"effective_on": yesterday})
    after = (await registry.client.get(f"/qualifications/{tablets['id']}")).json()
    assert (after["state"], after["periods"][-1]["on"]) == ("suspended", yesterday)
    assert after["signatures"][0]["holds"] is True, "what becomes of it later breaks no signature"
    (found,) = [
        each
        for each in await bus.told(SiteQualificationChanged, 3, site_id=UUID(site["id"]))
        if each.after == "suspended"
    ]
    assert found.reason.startswith(certificate["number"])
    answer = await answer_for(registry, site)
    assert answer["why_not"][0].startswith(f"{tablets['number']} is suspended on that day")
    lacks = "no confirmed certificate covers the work on that day"
    days = [str(TODAY - timedelta(ago)) for ago in (2, 1, 0)]
    held = [lacks not in (await answer_for(registry, site, on=day))["why_not"] for day in days]
    assert held == [True, False, False], "it was held until the day from which it was taken back"


async def test_a_certificate_that_the_authority_backdates_has_the_days_between_judged_again(
    bus: Any, registry: Any, qualify: Any, site: Any
) -> None:
    certificate, lost = await qualify.certified(site), str(TODAY - timedelta(5))
    path = f"/qualifications/{(await qualify.approved(site))['id']}"
    gone = {"effective_on": lost, "reason": "the authority did not renew it"}
    await registry.client.done(f"/certificates/{certificate['id']}/withdrawal", gone)
    assert "reinstate" in [each["name"] for each in (await registry.second.get(path)).json()["allowed"]]
    why = {"reason": "renewed late"}
    early = await registry.second.post(f"{path}/reinstatement", json=why)
    assert (early.status_code, early.json()["missing"][0]) == (
        409, f"no confirmed certificate covers its scope on {lost}",
    )  # fmt: skip
    known = datetime.now(UTC).isoformat()
    await qualify.certified(site)
    assert (await registry.client.get(path)).json()["state"] == "suspended", "a person judges it"
    back = await registry.second.done(f"{path}/reinstatement", why)
    assert (back["state"], [each["holds"] for each in back["signatures"]]) == ("approved", [True] * 3)
    assert (await answer_for(registry, site, on=lost))["state"] == "approved"
    assert (await answer_for(registry, site, on=lost, as_of=known))["state"] == "suspended", "the gap stays a fact"
    told = [each.after for each in await bus.told(SiteQualificationChanged, 4, site_id=UUID(site["id"]))]
    assert told == ["in_assessment", "approved", "suspended", "approved"]


async def test_what_never_was_suspended_is_not_reinstated(registry: Any, site: Any) -> None:
    work = {"site_id": site["id"], "activity": "drug_product", "purpose": "commercial"}
    path = f"/qualifications/{(await registry.client.done('/qualifications', work))['id']}"
    refused = await registry.second.post(f"{path}/reinstatement", json={"reason": "x"})
    assert (refused.status_code, refused.json().get("state")) == (409, "planned"), refused.text


async def test_another_certificate_keeps_it(registry: Any, qualify: Any, site: Any) -> None:
    first, _ = await qualify.certified(site), await qualify.certified(site)
    found = await qualify.approved(site)
    await registry.client.done(
        f"/certificates/{first['id']}/withdrawal", WHY | {"effective_on": str(TODAY - timedelta(1))}
    )
    assert (await registry.client.get(f"/qualifications/{found['id']}")).json()["state"] == "approved"


async def test_conditions_allow_less_and_end_in_a_suspension_by_themselves(
    registry: Any, qualify: Any, site: Any, tick: Any
) -> None:
    await qualify.certified(site)
    path = await qualify.assessed(site, unmet="insurance")
    condition = {"item": "insurance", "text": "insure", "owner": "Eva", "side": "partner", "not_allowed": "no hormones"}
    given = {"conditions": [condition | {"due_on": str(TODAY + timedelta(20))}]}
    done = await registry.second.done(f"{path}/conditional-approval", given)
    assert (done["state"], (await answer_for(registry, site))["not_allowed"]) == ("conditional", ["no hormones"])
    await tick()
    assert (await registry.client.get(path)).json()["state"] == "conditional"
    longer = {"condition": 1, "due_on": str(TODAY + timedelta(21)), "reason": "the insurer asks for more"}
    await registry.second.done(f"{path}/condition-extension", longer)
    await registry.client.done(f"{path}/evidence", {"item": "insurance", "evidence": "0e" * 32})
    with clock.standing_at(datetime.now(UTC) + timedelta(23)):
        await tick()
    after = (await registry.client.get(path)).json()
    assert (after["state"], [each["holds"] for each in after["signatures"]]) == ("suspended", [True] * 3)
    assert after["later_evidence"] == [{"item": "insurance", "evidence": "0e" * 32}]


async def test_its_end_is_told_before_it_comes(bus: Any, registry: Any, qualify: Any, site: Any, tick: Any) -> None:
    await qualify.certified(site)
    found = await qualify.approved(site)
    end = datetime.fromisoformat(found["ends_at"])
    for days in (200, 100, 99, 20):
        with clock.standing_at(end - timedelta(days)):
            await tick()
    told = await bus.told(QualificationExpiring, 2, qualification_id=UUID(found["id"]))
    assert [each.days for each in told] == [180, 30]
    warned = (await registry.client.get(f"/qualifications/{found['id']}")).json()
    assert (warned["version"] > found["version"], warned["signatures"][0]["holds"]) == (True, True)
    with clock.standing_at(end + timedelta(seconds=1)):
        await tick()
    assert (await registry.client.get(f"/qualifications/{found['id']}")).json()["state"] == "expired"
    assert (await answer_for(registry, site, on=str(TODAY)))["allowed"] is True


async def test_a_scope_is_planned_once(registry: Any, site: Any) -> None:
    body = {"site_id": site["id"]} | WORK
    answers = await asyncio.gather(*(registry.client.post("/qualifications", json=body) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]


async def test_a_partner_gives_evidence_and_sees_no_other(registry: Any, qualify: Any, site: Any) -> None:
    path = await qualify.assessed(site)
    evidence = {"item": "insurance", "evidence": "0a" * 32}
    async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as own:
        seen = await own.done(f"{path}/evidence", evidence)
        assert [each["evidence"] for each in seen["items"] if each["code"] == "insurance"] == [["0a" * 32]]
        assert [each["name"] for each in seen["allowed"]] == ["provide_evidence"]
        assert (await own.post(f"{path}/answers", json={"answers": []})).status_code == 403
        sites = (await own.get("/sites/approved", params={"activity": "drug_product"})).json()["items"]
        assert [each["site"]["id"] for each in sites] == [site["id"]]
    async with registry.as_("partner_quality", partner_id=uuid4()) as rival:
        assert (await rival.get(path)).status_code == 404
        assert (await rival.post(f"{path}/evidence", json=evidence)).status_code == 404
        assert (await rival.get("/sites/approved", params={"activity": "drug_product"})).json()["items"] == []


async def test_who_proposed_it_or_its_partner_does_not_assess_it(registry: Any, site: Any) -> None:
    made = await registry.second.done("/qualifications", {"site_id": site["id"]} | WORK)
    for who, field in ((registry.second, "planned_by"), (registry.client, "proposed_by")):
        refused = await who.post(f"/qualifications/{made['id']}/assessment")
        assert (refused.status_code, refused.json()["fields"]) == (403, [field])
    await registry.as_("quality", subject="starter").done(f"/qualifications/{made['id']}/assessment")


async def test_the_sites_risk_decides_on_a_waiver_and_on_the_years(registry: Any, qualify: Any, site: Any) -> None:
    await qualify.certified(site)
    path = await qualify.assessed(site)
    waiver = {"basis": "remote", "risk": "seen last year", "until": str(TODAY + timedelta(100))} | WHY
    refused = await registry.client.post(f"{path}/audit-waiver", json=waiver)
    assert (refused.status_code, "risk is not assessed" in refused.json()["detail"]) == (409, True)
    await low_risk(registry, site)
    waived = await registry.client.done(f"{path}/audit-waiver", waiver)
    assert (waived["waiver"]["by"], waived["endorsed_by"]) == ("tester", None)
    await registry.as_("msat", subject="max").done(f"{path}/endorsement")
    asked = await registry.second.post(f"{path}/approval", auth=None)
    assert f"audit waived: basis: remote; until: {waiver['until']}" in asked.json()["text"]
    done = await registry.second.done(f"{path}/approval")
    assert (done["valid_to"], [each["holds"] for each in done["signatures"]]) == (waiver["until"], [False, True, True])
    assert (await answer_for(registry, site))["waived"] == {"basis": "remote", "until": waiver["until"]}


async def low_risk(registry: Any, site: Any) -> None:
    """The site's risk is low in all dimensions, as it was signed."""
    dimensions = ("quality", "regulatory", "data_integrity", "financial", "capacity", "geographic", "continuity")
    low = {"severity": 2, "probability": 1, "detectability": 1, "rationale": "seen"}
    body = {"site_id": site["id"], "occasion": "first"}
    rater = registry.as_("quality", subject="rater")
    risk = f"/risk-assessments/{(await rater.done('/risk-assessments', body))['id']}"
    await rater.done(f"{risk}/ratings", {"ratings": [low | {"dimension": each} for each in dimensions]})
    await registry.client.done(f"{risk}/signature", {})


async def test_what_the_sponsor_notes_reaches_no_partner_by_any_way(
    registry: Any, qualify: Any, site: Any, database: Any
) -> None:
    await low_risk(registry, site)
    await qualify.certified(site)
    path = await qualify.assessed(site, unmet="insurance")
    answer = {"item": "insurance", "verdict": "not_met", "reason": "SECRET insurance"}
    await registry.client.done(f"{path}/answers", {"answers": [answer]})
    waiver = {"basis": "remote", "risk": "SECRET risk", "reason": "SECRET plan", "until": str(TODAY + timedelta(100))}
    ours = await registry.as_("quality", subject="waiving").done(f"{path}/audit-waiver", waiver)
    assert (ours["waiver"]["risk"], ours["waiver"]["by"]) == ("SECRET risk", "waiving")
    assert {"reason": "SECRET insurance", "by": "tester"}.items() <= ours["items"][13].items()
    await registry.as_("msat", subject="max").done(f"{path}/endorsement")
    condition = {"item": "insurance", "text": "insure", "owner": "Eva", "side": "partner", "not_allowed": "nothing"}
    given = {"conditions": [condition | {"due_on": str(TODAY + timedelta(20))}]}
    await registry.second.done(f"{path}/conditional-approval", given)
    past = (await registry.client.get(f"{path}/history")).text
    assert all(word in past for word in ("SECRET insurance", "SECRET risk", "SECRET plan"))
    owner, id = UUID(site["partner_id"]), path.rpartition("/")[2]
    async with registry.as_("partner_quality", partner_id=owner) as own:
        seen = (await own.get(path)).json()
        assert (seen["waiver"]["basis"], seen["waiver"]["risk"], seen["items"][13]["verdict"]) == (
            *("remote", None, "not_met"),
        )
        assert {each["by"] for each in (*seen["items"], seen["waiver"])} == {None}
        for way in (path, f"{path}/history", "/qualifications", f"/audit/{id}", f"/partners/{owner}/facts"):
            read = await own.get(way)
            assert (read.status_code, "SECRET" in read.text) == (200, False), way
        evidence = {"item": "insurance", "evidence": "0a" * 32}
        await own.done(f"{path}/evidence", evidence)
    async with database.transaction():
        await database.execute("SELECT set_config('role', 'svc_partner', true)")
        await database.execute("SELECT set_config('entente.tenant', $1, true)", str(owner))
        for query in (
            "SELECT to_jsonb(qualification)::text FROM qualification WHERE id = $1",
            "SELECT audit.old::text || audit.new::text || audit.reason FROM audit WHERE root_id = $1",
            "SELECT statement || sealed::text FROM signature WHERE record_id = $1",
        ):
            rows = await database.fetch(query, UUID(id))
            assert (bool(rows), "SECRET" in str(rows)) == (True, False), query
        assert not await database.fetchval(
            "SELECT has_table_privilege('svc_partner', 'qualification_remark', 'SELECT')"
        )
