"""Plans of oversight over HTTP and by facts: derived, acknowledged, tightened, and what a partner is told."""

from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts import clock
from contracts.oversight import (
    OversightAnnounced,
    OversightPlanChanged,
    RiskScoreChanged,
    SegmentChanged,
    SegmentCriterion,
)
from contracts.partner_registry import PartnerRegistryBallHeld

TODAY = datetime.now(UTC).date()


@pytest.fixture
def plan(registry: Any, site: Any, eventually: Any) -> Any:
    """The site's plan that holds, as soon as there is one after the given one."""

    async def read(after: str = "") -> Any:
        async def found() -> Any:
            answer = await registry.client.get("/oversight-plans", params={"site_id": site["id"], "holds": True})
            plans = answer.json()["items"]
            return plans[0] if plans and plans[0]["id"] != after else None

        return await eventually(found)

    return read


async def assess(registry: Any, site: Any, severity: int) -> None:
    body = {"site_id": site["id"], "occasion": "yearly"}
    rater = registry.as_("quality", subject="rater")
    path = f"/risk-assessments/{(await rater.done('/risk-assessments', body))['id']}"
    points = {"severity": severity, "probability": 3, "detectability": 3}
    rating = {"dimension": "quality", "rationale": "seen"} | points
    await rater.done(f"{path}/ratings", {"ratings": [rating]})
    await registry.client.done(f"{path}/team", {"team": ["Ana", "Petra", "Jan"]})
    if (await registry.client.done(f"{path}/signature", {}))["state"] == "half_signed":
        await registry.second.done(f"{path}/second-signature")


async def segment(registry: Any, site: Any) -> None:
    criteria = [{"criterion": each, "points": 9, "rationale": "x"} for each in SegmentCriterion]
    proposed = await registry.client.done("/segmentations", {"partner_id": site["partner_id"], "criteria": criteria})
    await registry.second.done(f"/segmentations/{proposed['id']}/confirmation")


async def approve(registry: Any, *sites: Any) -> str:
    """Register sites as those of a product, and give the path of the registration."""
    body = {"code": uuid4().hex[:12], "name": "Tablets", "dosage_form": "tablet"}
    product = (await registry.client.done("/products", body))["id"]
    regulatory = registry.as_("regulatory", subject="rita")
    said = {"product_id": product, "market": "AT", "regime": "eu_eea", "holder": "Alpine Pharma GmbH"}
    made = await regulatory.done("/registrations", said | {"submitted_on": "2024-03-01"})
    await regulatory.done(f"/registrations/{made['id']}/approval", registered(*sites) | {"authorisation_number": "1"})
    return f"/registrations/{made['id']}"


def registered(*sites: Any) -> dict[str, Any]:
    rows = [{"site_id": each["id"], "activity": "drug_product", "valid_from": "2025-01-01"} for each in sites]
    versions = {"process_version": "v4", "specification_version": "v1", "shelf_life_months": 36, "storage": "dry"}
    return versions | {"sites": rows, "effective_on": "2025-01-01"}


def held(shown: Any) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in shown["values"]}


async def test_it_follows_from_risk_and_segment_and_names_its_rules(
    bus: Any, registry: Any, site: Any, plan: Any
) -> None:
    await assess(registry, site, 3)
    first = await plan()
    assert (first["state"], first["cause"], held(first)["audit_months"]) == ("derived", "risk medium", 18)
    assert {each["name"]: each["rules"] for each in first["values"]}["audit_months"] == ["B3"]
    assert first["unknown"] == ["escalation_open"]
    acknowledged = await registry.client.done(f"/oversight-plans/{first['id']}/acknowledgement")
    assert acknowledged["state"] == "in_force"
    assert (first["waiting_for"]["side"], acknowledged["waiting_for"]) == ("sponsor", None)
    turns = await bus.told(PartnerRegistryBallHeld, 2, subject_id=UUID(first["id"]))
    assert [(each.side, each.why) for each in turns] == [("sponsor", "derived"), ("nobody", "in_force")]
    assert [each.parties for each in bus.heard if each.fact in turns] == [(), ()], "no partner hears of a plan"
    await assess(registry, site, 5)
    second = await plan(after=first["id"])
    assert (held(second)["audit_months"], held(second)["batch_records"]) == (6, "full")
    assert (await registry.client.get(f"/oversight-plans/{first['id']}")).json()["state"] == "superseded"
    facts = await bus.told(OversightPlanChanged, 3, site_id=UUID(site["id"]))
    risks = [each.id for each in bus.heard if isinstance(each.fact, RiskScoreChanged) and each.key == site["id"]]
    causes = [each.caused_by_id for each in sorted(facts, key=attrgetter("occurred_at"))]  # two plans have no order
    assert causes == [risks[0], risks[0], risks[1]], "acknowledged, it is the same plan"
    assert {each.caused_by_type for each in facts} == {"io.entente.RiskScoreChanged.v1"}
    assert [str(each.next_cycle_on) for each in facts] == [second["next_cycle_on"]] * 3
    assert [each.parties for each in bus.heard if each.fact in facts] == [()] * 3


async def test_a_segment_changes_the_plans_of_all_sites_of_the_partner(
    bus: Any, registry: Any, site: Any, plan: Any
) -> None:
    other = {name: site[name] for name in ("partner_id", "country", "time_zone")} | {"activities": ["testing"]}
    await registry.client.done("/sites", other | {"name": "Laboratory"})
    await segment(registry, site)
    await bus.told(SegmentChanged, partner_id=UUID(site["partner_id"]))
    facts = await bus.told(OversightPlanChanged, 2, partner_id=UUID(site["partner_id"]))
    scorecards = [value.value for fact in facts for value in fact.after if value.name == "scorecard"]
    assert scorecards == ["monthly", "monthly"]
    assert {"turnaround" in [value.name for value in fact.after] for fact in facts} == {True, False}
    assert {fact.unknown[0] for fact in facts} == {"band"}


async def test_who_is_the_sole_source_of_something_critical_tests_its_continuity_plan(
    registry: Any, site: Any, plan: Any
) -> None:
    await segment(registry, site)
    first = await plan()
    assert ("continuity_plan_test" in held(first), "sole_source_of_critical" in first["unknown"]) == (False, False)
    path = await approve(registry, site)
    alone = await plan(after=first["id"])
    rules = {each["name"]: each["rules"] for each in alone["derived"]}
    assert (rules["continuity_plan_test"], rules["survey"]) == (["C1"], ["C1"])
    other = {name: site[name] for name in ("partner_id", "country", "time_zone", "activities")} | {"name": "Second"}
    second = await registry.client.done("/sites", other)
    variation = {"variation": "V-1", "reason": "a second source"} | registered(site, second)
    await registry.as_("regulatory", subject="rita").done(f"{path}/variation", variation)
    both = await plan(after=alone["id"])
    assert "continuity_plan_test" not in {each["name"] for each in both["derived"]}
    closing = {"closing_on": str(datetime.now(ZoneInfo("Europe/Vienna")).date()), "reason": "moves"}
    await registry.client.done(f"/sites/{second['id']}/closing", closing)
    assert "continuity_plan_test" in held(await plan(after=both["id"])), "the second source is gone"


async def test_what_nobody_acknowledges_comes_into_force_and_its_partner_is_told(
    bus: Any, registry: Any, site: Any, plan: Any, tick: Any
) -> None:
    await assess(registry, site, 3)
    shown = await plan()
    by = datetime.fromisoformat(shown["acknowledge_by"])
    with clock.standing_at(by - timedelta(microseconds=1)):
        await tick()
        assert (await plan())["state"] == "derived"
    with clock.standing_at(by):
        await tick()
        await tick()
        assert (await plan())["state"] == "in_force"
        (told,) = await bus.told(OversightAnnounced, site_id=UUID(site["id"]))
    assert (told.audit_months, told.operational, told.body) == (18, "monthly", "operational_team")
    assert [each.parties for each in bus.heard if each.fact == told] == [(UUID(site["partner_id"]),)]


async def test_when_what_was_tightened_ends_its_partner_is_told_once(
    bus: Any, registry: Any, site: Any, plan: Any, tick: Any
) -> None:
    await assess(registry, site, 3)
    path = f"/oversight-plans/{(await plan())['id']}"
    await registry.client.done(f"{path}/acknowledgement")
    body = {"name": "business", "value": "monthly", "until": str(TODAY), "reason": "a launch"}
    await registry.client.done(f"{path}/tightening", body)
    with clock.standing_at(datetime.now(UTC) + timedelta(1)):
        await tick()
        await tick()
        told = await bus.told(OversightAnnounced, 3, site_id=UUID(site["id"]))
        assert [each.business for each in told] == ["half_yearly", "monthly", "half_yearly"]
        assert len(await bus.told(OversightPlanChanged, 4, site_id=UUID(site["id"]))) == 4


async def test_it_is_tightened_by_hand_with_a_reason_and_never_loosened(registry: Any, site: Any, plan: Any) -> None:
    await assess(registry, site, 3)
    path = f"/oversight-plans/{(await plan())['id']}"
    body = {"name": "audit_months", "value": 12, "until": str(TODAY + timedelta(200)), "reason": "a launch"}
    tightened = await registry.client.done(f"{path}/tightening", body)
    assert (held(tightened)["audit_months"], tightened["tightenings"][0]["reason"]) == (12, "a launch")
    looser = await registry.client.post(f"{path}/tightening", json=body | {"value": 20})
    assert (looser.status_code, "only stricter" in looser.json()["detail"]) == (409, True)
    unknown = await registry.client.post(f"{path}/tightening", json=body | {"value": "often"})
    assert "audit_months is one of" in unknown.json()["errors"][0]["reason"]
    noted = await registry.client.done(f"{path}/last-audit", {"last_audit_on": str(TODAY), "reason": "report"})
    assert noted["next_audit_on"] > str(TODAY + timedelta(360))


async def test_a_partner_hears_of_it_what_is_announced_and_no_more(
    bus: Any, registry: Any, site: Any, plan: Any
) -> None:
    await assess(registry, site, 5)
    shown, owner = await plan(), UUID(site["partner_id"])
    await registry.client.done(f"/oversight-plans/{shown['id']}/acknowledgement")
    await bus.told(OversightAnnounced, site_id=UUID(site["id"]))
    async with registry.as_("partner_quality", partner_id=owner) as own:
        for of in ("/oversight-plans", f"/oversight-plans/{shown['id']}", f"/oversight-plans/{shown['id']}/history"):
            assert (await own.get(of)).status_code == 403
    of_the_partner = [each.fact for each in bus.heard if owner in each.parties]
    assert {type(each).__name__ for each in of_the_partner} <= {
        "PartnerRegistered", "SiteRegistered", "PartnerRegistryBallHeld", "OversightAnnounced"
    }  # fmt: skip
    said = "".join(each.model_dump_json() for each in of_the_partner if isinstance(each, OversightAnnounced))
    assert not any(word in said for word in ("band", "rule", "risk", "segment", "high", "R1", "strategic_"))
