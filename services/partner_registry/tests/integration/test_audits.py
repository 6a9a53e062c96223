"""What the sponsor's audits mean for a site's plan, its risk and what is assessed there, in any order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import contract_of
from contracts.audits import (
    AuditCompleted,
    AuditKind,
    AuditMode,
    AuditOutcome,
    FindingArea,
    FindingClass,
    FindingClosed,
    FindingOverdue,
    FindingRaised,
)
from contracts.quality_events import CapaClosed
from contracts.recalls import RecallClass, RecallStarted
from partner_registry.consumers import subscriptions

NOW = datetime.now(UTC)
TODAY = NOW.date()
COMMERCIAL = {"activity": "drug_product", "dosage_form": "tablet", "purpose": "commercial"}


def completed(site: Any, days_ago: int, outcome: str = "acceptable", **more: Any) -> AuditCompleted:
    """The report of an audit that ended so many days ago."""
    day = TODAY - timedelta(days_ago)
    given: dict[str, Any] = {"kind": AuditKind.surveillance, "mode": AuditMode.on_site, "report": f"{days_ago:064x}"}
    given |= {"planned_on": day, "first_planned_on": day, "conducted_on": day, "outcome": AuditOutcome(outcome)}
    given |= dict.fromkeys(("critical", "major", "minor", "recommendation"), 0) | more
    return AuditCompleted(
        audit_id=uuid4(),
        number=f"AUD-2026-{uuid4().hex[:5]}",
        site_id=UUID(site["id"]),
        partner_id=UUID(site["partner_id"]),
        occurred_at=NOW - timedelta(days_ago - 1),
        **given,
    )


def raised(site: Any, area: FindingArea, how: FindingClass = FindingClass.critical) -> FindingRaised:
    return FindingRaised(
        finding_id=uuid4(),
        number=f"FIND-2026-{uuid4().hex[:5]}",
        audit_id=uuid4(),
        site_id=UUID(site["id"]),
        partner_id=UUID(site["partner_id"]),
        classification=how,
        area=area,
        first_due_at=NOW + timedelta(30),
        due_at=NOW + timedelta(30),
        round=1,
        occurred_at=NOW,
    )


@pytest.fixture
def told(bus: Any, database: Any, eventually: Any) -> Any:
    """Tell facts one after the other, each when the one before was handled by all that handle it."""

    async def tell(*facts: Any) -> None:
        for fact in facts:
            id = str(*await bus.publish(fact))
            groups = len(subscriptions.groups(contract_of(type(fact)).type))

            async def handled(id: str = id, groups: int = groups) -> bool:
                return bool(await database.fetchval("SELECT count(*) FROM inbox WHERE event_id = $1", id) == groups)

            await eventually(handled)

    return tell


async def plan_of(registry: Any, site: Any) -> Any:
    answer = await registry.client.get("/oversight-plans", params={"site_id": site["id"], "holds": True})
    return next(iter(answer.json()["items"]), None)


async def planned(registry: Any, site: Any, eventually: Any) -> Any:
    """The site has a plan, for its risk is assessed."""
    body = {"site_id": site["id"], "occasion": "yearly"}
    rater = registry.as_("quality", subject="rater")
    path = f"/risk-assessments/{(await rater.done('/risk-assessments', body))['id']}"
    rating = {"dimension": "quality", "rationale": "seen", "severity": 3, "probability": 3, "detectability": 3}
    await rater.done(f"{path}/ratings", {"ratings": [rating]})
    await registry.client.done(f"{path}/team", {"team": ["Ana", "Petra", "Jan"]})
    await registry.client.done(f"{path}/signature", {})

    async def there() -> Any:
        return await plan_of(registry, site)

    return await eventually(there)


async def in_assessment(registry: Any, site: Any) -> str:
    made = await registry.client.done("/qualifications", {"site_id": site["id"]} | COMMERCIAL)
    path = f"/qualifications/{made['id']}"
    await registry.as_("quality", subject="starter").done(f"{path}/assessment")
    return path


@pytest.mark.parametrize("order", [*permutations((40, 20, 30))])
async def test_the_last_audit_counts_in_whatever_order_reports_are_told(
    registry: Any, site: Any, told: Any, eventually: Any, order: Any
) -> None:
    first = await planned(registry, site, eventually)
    path = await in_assessment(registry, site)
    facts = [completed(site, days) for days in order]
    await told(*facts, facts[0])
    plan, found = await plan_of(registry, site), (await registry.client.get(path)).json()
    assert plan["last_audit_on"] == found["audit"]["audited_on"] == str(TODAY - timedelta(20))
    assert (plan["id"], plan["next_audit_on"] > str(TODAY + timedelta(500))) == (first["id"], True)


@pytest.mark.parametrize("first", ["audits", "plan and assessment"])
async def test_a_plan_or_an_assessment_that_begins_later_knows_the_audit(
    registry: Any, site: Any, told: Any, eventually: Any, first: str
) -> None:
    facts = [completed(site, 20), completed(site, 50), completed(site, 5, kind=AuditKind.inspection_support)]
    if first == "audits":
        await told(*facts)
    path = await in_assessment(registry, site)
    await planned(registry, site, eventually)
    if first != "audits":
        await told(*facts)
    day = str(TODAY - timedelta(20))
    assert (await plan_of(registry, site))["last_audit_on"] == day
    assert (await registry.client.get(path)).json()["audit"]["audited_on"] == day


async def test_a_later_audit_asks_the_second_function_again_and_an_unacceptable_one_stops(
    registry: Any, site: Any, told: Any, qualify: Any
) -> None:
    await qualify.certified(site)
    path = await qualify.assessed(site)
    await told(completed(site, 60))
    kept = (await registry.client.get(path)).json()
    assert (kept["audit"]["audited_on"], bool(kept["endorsed_by"])) == (str(TODAY - timedelta(30)), True)
    await told(completed(site, 10, "unacceptable", critical=1))
    taken = (await registry.client.get(path)).json()
    assert (taken["audit"]["outcome"], taken["endorsed_by"]) == ("unacceptable", None)
    await registry.as_("msat", subject="max").done(f"{path}/endorsement")
    refused = await registry.second.post(f"{path}/approval")
    assert (refused.status_code, "the audit was unacceptable" in refused.json()["detail"]) == (409, True)


async def test_an_older_audit_by_hand_does_not_hide_the_bad_one_that_was_told(
    registry: Any, site: Any, told: Any, qualify: Any
) -> None:
    await qualify.certified(site)
    bad = completed(site, 3, "unacceptable", critical=1)
    await told(bad)
    path = await in_assessment(registry, site)
    for day in (900, 3):
        old = {"audited_on": str(TODAY - timedelta(day)), "outcome": "acceptable", "report": "0" * 64}
        refused = await registry.client.post(f"{path}/audit", json=old)
        assert (refused.status_code, f"was audited on {bad.conducted_on}" in refused.json()["detail"]) == (409, True)
    later = {"audited_on": str(TODAY - timedelta(2)), "outcome": "acceptable", "report": "0" * 64}
    assert (await registry.client.done(f"{path}/audit", later))["audit"]["outcome"] == "acceptable"


@pytest.mark.parametrize("closed_first", [False, True])
async def test_while_a_critical_finding_is_open_nothing_is_approved(
    registry: Any, site: Any, told: Any, qualify: Any, closed_first: bool
) -> None:
    await qualify.certified(site)
    finding, closed = raised(site, FindingArea.materials), raised(site, FindingArea.packaging)
    lesser = raised(site, FindingArea.materials, FindingClass.major)
    pair = [closed, FindingClosed(**closed.model_dump())]
    await told(finding, lesser, *(pair[::-1] if closed_first else pair))
    path = await qualify.assessed(site)
    refused = await registry.second.post(f"{path}/approval")
    lacks = [f"the critical finding {finding.number} is open"]
    assert (refused.status_code, refused.json().get("missing")) == (409, lacks)
    await told(FindingClosed(**finding.model_dump()))
    assert (await registry.second.done(f"{path}/approval"))["state"] == "approved"


@pytest.mark.parametrize("order", [*permutations((10, 5))])
async def test_an_unacceptable_audit_suspends_what_rests_on_an_earlier_one_in_whatever_order_they_are_told(
    registry: Any, site: Any, told: Any, qualify: Any, order: Any
) -> None:
    await qualify.certified(site)
    found = await qualify.approved(site)
    facts = {10: completed(site, 10, "unacceptable", critical=1), 5: completed(site, 5)}
    await told(completed(site, 40, "unacceptable", critical=1))
    path = f"/qualifications/{found['id']}"
    assert (await registry.client.get(path)).json()["state"] == "approved", "a later audit carries it"
    await told(*(facts[days] for days in order), facts[10])
    after = (await registry.client.get(path)).json()
    reason = f"the audit {facts[10].number} of {facts[10].conducted_on} was unacceptable"
    assert (after["state"], after["reason"]) == ("suspended", reason)
    begun = await registry.as_("quality", subject="starter").done(f"{path}/assessment")
    assert begun["audit"]["audited_on"] == str(facts[5].conducted_on)


@pytest.mark.parametrize("step", [1, -1])
async def test_what_audits_find_holds_the_sites_risk_up(
    registry: Any, site: Any, told: Any, eventually: Any, step: int
) -> None:
    facts = [
        completed(site, 10, "unacceptable", critical=1),
        completed(site, 9, "acceptable_with_findings", minor=1),
        raised(site, FindingArea.data_integrity),
        raised(site, FindingArea.packaging),
        raised(site, FindingArea.materials, FindingClass.major),
    ]
    await told(*facts[::step], facts[0])
    shown = (await registry.client.get(f"/site-risks/{site['id']}")).json()
    held = {each["dimension"]: each["floor"] for each in shown["dimensions"] if each["floor"]}
    assert held == {"regulatory": "high", "data_integrity": "critical", "quality": "high"}
    assert (shown["band"], len(shown["floors"])) == ("critical", 3)

    async def for_cause() -> bool:
        plan = await plan_of(registry, site)
        return bool(plan) and "audit_for_cause_within_days" in {each["name"] for each in plan["values"]}

    await eventually(for_cause)


@pytest.mark.parametrize("step", [1, -1])
async def test_an_audit_that_was_held_after_the_cause_is_asked_for_no_more_until_another_cause(
    registry: Any, site: Any, told: Any, eventually: Any, step: int
) -> None:
    async def asks_for_one(yes: bool) -> bool:
        plan = await plan_of(registry, site)
        return bool(plan) and ("audit_for_cause_within_days" in {each["name"] for each in plan["derived"]}) is yes

    first = raised(site, FindingArea.data_integrity)
    cause = first.model_copy(update={"occurred_at": NOW - timedelta(9)})
    await told(*[cause, completed(site, 4)][::step])
    await eventually(lambda: asks_for_one(False))
    await told(raised(site, FindingArea.data_integrity))
    await eventually(lambda: asks_for_one(True))
    assert (await plan_of(registry, site))["next_audit_on"] == str(datetime.now(UTC).date() + timedelta(30))


def overdue(site: Any, days_ago: int) -> FindingOverdue:
    told = raised(site, FindingArea.materials, FindingClass.major).model_dump()
    return FindingOverdue(**told | {"occurred_at": NOW - timedelta(days_ago)})


@pytest.mark.parametrize("order", [*permutations((30, 20, 10))])
async def test_from_the_second_one_on_a_finding_that_is_overdue_holds_the_risk_up(
    registry: Any, site: Any, told: Any, order: Any
) -> None:
    facts = {days: overdue(site, days) for days in (30, 20, 10)}
    await told(facts[order[0]], facts[order[0]])
    assert (await registry.client.get(f"/site-risks/{site['id']}")).json()["floors"] == []
    await told(*(facts[days] for days in order[1:]))
    floors = (await registry.client.get(f"/site-risks/{site['id']}")).json()["floors"]
    assert [each["cause"] for each in floors] == [f"{facts[d].number} overdue, not the site's first" for d in (20, 10)]
    assert {(each["dimension"], each["band"]) for each in floors} == {("quality", "medium")}


def recalled(site: Any, how: RecallClass, *, mock: bool = False) -> RecallStarted:
    lot = {"number": "B-1", "material": "T-1", "site_id": site["id"], "partner_id": site["partner_id"]}
    given = {"partner_id": site["partner_id"], "depth": "retail", "markets": ["AT"], "occurred_at": NOW, "mock": mock}
    lots = [lot | {"id": uuid4()}, lot | {"id": uuid4(), "site_id": uuid4()}]
    number = f"RCL-2026-{uuid4().hex[:5]}"
    return RecallStarted.model_validate(
        given | {"recall_part_id": uuid4(), "number": number, "classification": how, "lots": lots}
    )


async def test_a_recall_and_a_capa_without_effect_hold_the_risk_up(
    registry: Any, site: Any, told: Any, eventually: Any
) -> None:
    capa: dict[str, Any] = {"source_type": "oos", "source_id": uuid4(), "partner_id": UUID(site["partner_id"])}
    capa |= {"occurred_at": NOW, "effective": False}
    third = CapaClosed(**capa, capa_id=uuid4(), number="CAPA-3", generation=3, site_id=UUID(site["id"]), escalate=True)
    second = CapaClosed(**capa, capa_id=uuid4(), number="CAPA-2", generation=2, site_id=UUID(site["id"]))
    own = CapaClosed(**capa, capa_id=uuid4(), number="CAPA-1", generation=3, site_id=None, escalate=True)
    lesser, graver = recalled(site, RecallClass.III), recalled(site, RecallClass.II)
    await told(third, third, second, own, recalled(site, RecallClass.I, mock=True), lesser, graver, graver)
    floors = (await registry.client.get(f"/site-risks/{site['id']}")).json()["floors"]
    assert {(each["cause"], each["dimension"], each["band"]) for each in floors} == {
        ("CAPA-3 had no effect in generation 3", "quality", "medium"),
        (f"{lesser.number} recall of class III", "quality", "medium"),
        (f"{graver.number} recall of class II", "quality", "high"),
    }
    assert len(floors) == 3

    async def for_cause() -> bool:
        plan = await plan_of(registry, site)
        return bool(plan) and "audit_for_cause_within_days" in {each["name"] for each in plan["values"]}

    await eventually(for_cause)
