"""What goes wrong with a batch or at a site, and what becomes of it, across the services on a real Kafka."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.journeys import in_every_order, made, meant, released, settled
from tests.partnership import ZONE, Partnership

ACTION = {"owner": "ana", "description": "new punches", "due_on": "2099-01-31"}
PLAN = {
    "actions": [ACTION],
    "effectiveness": {"measure": "stops a batch", "target": "0.5", "better": "lower", "sample": 20},
}
DIMENSIONS = ("quality", "regulatory", "data_integrity", "financial", "capacity", "geographic", "continuity")
TEAM = [{"name": "Mira Vidmar", "function": "lead auditor", "subject": "tom", "independent": True}]
FINDING = {"classification": "critical", "area": "data_integrity", "clause": "EU GMP 4.8", "evidence": "x"}


@in_every_order
async def test_a_confirmed_result_blocks_and_its_capa_does_not_work(partnership: Any, seed: int | None) -> None:
    of: Partnership = await partnership("US")
    batch = await meant(of, await made(of, "L1", value="90.0", seed=seed), "US")
    investigation = await of.found(of.quality, "oos-investigations", lot="L1", product_id=of.product["id"])
    await settled(of, batch, "US", "oos_concluded", "specification_met")
    path = f"/oos-investigations/{investigation['id']}"
    async with of.quality.as_("partner_lab", partner_id=of.laboratory, subject="bor") as laboratory:
        told = await laboratory.done(f"{path}/notification")
    await of.quality.second.done(f"{path}/phase-2", {"reason": "no error of the laboratory"})
    confirmed = {"conclusion": "confirmed", "cause": "worn punch", "evidence": "photographs", "open_capa": True}
    async with of.quality.as_("partner_quality", partner_id=of.maker, subject="ana") as maker:
        await maker.done(f"{path}/conclusion", confirmed)
    deviation = await of.found(of.quality, "deviations", batch_id=batch)
    assert deviation["sponsor_aware_at"] == told["notified_at"], "it was told of the result, not of the conclusion"
    await settled(of, batch, "US", "deviations_settled", "oos_concluded", "specification_met")
    capa = await of.found(of.quality, "capas", source_id=investigation["id"])
    assert capa["number"] == deviation["capa_reference"]
    path = f"/capas/{capa['id']}"
    async with of.quality.as_("partner_quality", partner_id=of.maker, subject="ana") as maker:
        await maker.done(f"{path}/plan", PLAN)
        await of.quality.client.done(f"{path}/plan-approval")
        await maker.done(f"{path}/action-completion", {"action": 1, "evidence": "0" * 64})
    await of.quality.client.done(f"{path}/implementation")
    ended = await of.quality.second.done(f"{path}/effectiveness-check", {"measured": "0.6"})
    assert ended["state"] == "closed_ineffective"
    following = await of.found(of.quality, "capas", source_id=investigation["id"], open="true")
    assert following["generation"] == 2


@in_every_order
async def test_a_stability_result_after_release_opens_the_authorities_clocks(
    partnership: Any, seed: int | None
) -> None:
    of: Partnership = await partnership("US")
    batch = await meant(of, await made(of, "L1", seed=seed), "US")
    await released(of, batch, "US")
    await of.tell(of.result("L1", "90.0", stage="stability"))
    impact = await of.found(of.quality, "distribution-impacts", batch_id=batch, cause_type="oos")
    assert (impact["market"], impact["state"]) == ("US", "open")
    due = await of.found(of.quality, "authority-notifications", cause_id=impact["cause_id"])
    assert (due["kind"], due["market"], due["state"]) == ("us_field_alert", "US", "due")


async def test_a_critical_finding_raises_the_risk_and_brings_the_next_audit_nearer(partnership: Any) -> None:
    of: Partnership = await partnership("US")
    await assess(of)
    first = await plan_of(of, lambda plan: True)
    async with of.quality.as_("auditor", subject="mira") as mira, of.quality.as_("auditor", subject="tom") as tom:
        yesterday = str(datetime.now(UTC).date() - timedelta(1))
        body = {"site_id": of.site["id"], "kind": "for_cause", "scope": "tablets", "planned_on": yesterday}
        audit = await of.quality.client.done("/audits", body | {"team": TEAM})
        path = f"/audits/{audit['id']}"
        async with of.quality.as_("partner_quality", partner_id=of.maker, subject="ana") as maker:
            await maker.done(f"{path}/confirmation")
        await tom.done(f"{path}/conduct", {"conducted_on": yesterday})
        report = {"outcome": "acceptable_with_findings", "report": "0b" * 32, "findings": [FINDING]}
        await mira.done(f"{path}/report", report)

    plan = await plan_of(of, lambda plan: months(plan) < months(first))
    risk = (await of.registry.client.get(f"/site-risks/{of.site['id']}")).json()
    assert risk["band"] in ("high", "critical"), risk
    within = {"site_id": of.site["id"], "kind": "surveillance"}
    scheduled = await of.found(of.quality, "audits", **within)
    assert scheduled["planned_on"] == plan["next_audit_on"] <= str(datetime.now(UTC).date() + timedelta(31))


def last_of_day(at: datetime) -> str:
    """The end of a local day of the site."""
    day = at.astimezone(ZoneInfo(ZONE)).date() + timedelta(1)
    return f"{datetime.combine(day, time(), ZoneInfo(ZONE)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def months(plan: Any) -> int:
    """Between two audits."""
    return int(next(each["value"] for each in plan["values"] if each["name"] == "audit_months"))


async def plan_of(of: Partnership, like: Any) -> Any:
    """The plan of oversight that holds for the maker's site, as soon as there is one like that."""

    async def look() -> Any:
        answer = await of.registry.client.get("/oversight-plans", params={"site_id": of.site["id"], "holds": True})
        return next((each for each in answer.json()["items"] if like(each)), None)

    return await of.eventually(look, 30)


async def assess(of: Partnership) -> None:
    """The site's risk is low, as two people signed."""
    body = {"site_id": of.site["id"], "occasion": "yearly"}
    rater = of.registry.as_("quality", subject="rater")
    path = f"/risk-assessments/{(await rater.done('/risk-assessments', body))['id']}"
    points = {"severity": 2, "probability": 2, "detectability": 2, "rationale": "seen"}
    await rater.done(f"{path}/ratings", {"ratings": [points | {"dimension": each} for each in DIMENSIONS]})
    await of.registry.client.done(f"{path}/team", {"team": ["Ana", "Petra", "Jan"]})
    if (await of.registry.client.done(f"{path}/signature", {}))["state"] == "half_signed":
        await of.registry.second.done(f"{path}/second-signature")


@in_every_order
async def test_a_partner_corrects_when_it_was_aware(partnership: Any, seed: int | None) -> None:
    of: Partnership = await partnership("US")
    aware = datetime.now(UTC) - timedelta(hours=5)
    earlier = aware - timedelta(days=3)
    told = (of.start("L1"), of.completion("L1"), of.deviation("D1", "L1", aware), of.deviation("D1", "L1", earlier, 2))
    await of.tell(*told, seed=seed)

    async def corrected() -> Any:
        found = await of.found(of.quality, "deviations", site_id=of.site["id"])
        return found if datetime.fromisoformat(found["partner_aware_at"]) == earlier and found["lots"] else None

    found = await of.eventually(corrected)
    assert found["clock"]["first_due_at"] == found["clock"]["due_at"] == last_of_day(earlier + timedelta(30))
    assert found["clock"]["notification"]["met"] is False, "72 hours since it was aware have passed"
