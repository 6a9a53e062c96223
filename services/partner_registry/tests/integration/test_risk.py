"""Sites' risks over HTTP and by facts: rated, signed, held up, and nothing of it for a partner."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.oversight import RiskScoreChanged
from contracts.partner_registry import RegulatoryInspectionClassified, SiteRegistered

YESTERDAY = str(datetime.now(UTC).date() - timedelta(1))
DIMENSIONS = ("quality", "regulatory", "data_integrity", "financial", "capacity", "geographic", "continuity")


def rating(dimension: str, severity: int = 3, probability: int = 2, detectability: int | None = 2) -> dict[str, Any]:
    points = {"severity": severity, "probability": probability, "detectability": detectability}
    return {"dimension": dimension, "rationale": "seen in audits", "drivers": ["OOS-1"], **points}


async def drafted(registry: Any, site: Any, *ratings: Any) -> str:
    body = {"site_id": site["id"], "occasion": "yearly review"}
    rater = registry.as_("quality", subject="rater")
    path = f"/risk-assessments/{(await rater.done('/risk-assessments', body))['id']}"
    await rater.done(f"{path}/ratings", {"ratings": ratings or [rating(each) for each in DIMENSIONS]})
    return path


@pytest.fixture
def classify(registry: Any, site: Any) -> Any:
    """The site tells what an authority decided."""

    async def run(outcome: str) -> None:
        at = (datetime.now(UTC) - timedelta(2)).isoformat()
        said = {"site_id": site["id"], "authority": "FDA", "kind": "routine", "announced_at": at}
        async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as own:
            told = await own.done("/inspections", said | {"starts_on": YESTERDAY})
            path = f"/inspections/{told['id']}"
            await own.done(f"{path}/observations", {"ended_on": YESTERDAY, "observations": []})
            await own.done(f"{path}/classification", {"outcome": outcome, "classified_on": YESTERDAY})

    return run


@pytest.fixture
def risk(registry: Any, site: Any, eventually: Any) -> Any:
    """The site's risk, as soon as it is like that."""

    async def read(**like: Any) -> Any:
        async def found() -> Any:
            answer = await registry.client.get(f"/site-risks/{site['id']}")
            shown = answer.json()
            return shown if answer.is_success and like.items() <= shown.items() else None

        return await eventually(found)

    return read


async def test_a_site_of_which_nothing_is_known_says_so(registry: Any, risk: Any) -> None:
    shown = await risk(band=None)
    assert (shown["at_least"], shown["provisional"], shown["signed"], shown["floors"]) == (True, False, [], [])


async def test_it_is_rated_signed_and_told_to_the_sponsor_alone(bus: Any, registry: Any, site: Any, risk: Any) -> None:
    path = await drafted(registry, site)
    drafted_again = await registry.second.post("/risk-assessments", json={"site_id": site["id"], "occasion": "x"})
    assert "is open" in drafted_again.json()["detail"]
    signed = await registry.client.done(f"{path}/signature", {})
    assert (signed["state"], signed["band"], signed["trajectory"], signed["at_least"]) == (
        "signed",
        "low",
        "first",
        False,
    )
    path = await drafted(registry, site, rating("quality", 4, 3, 4))
    assert (await registry.client.get(path)).json()["computed_band"] == "high"
    await registry.client.done(f"{path}/team", {"team": ["Ana", "Petra", "Jan"]})
    half = await registry.client.done(f"{path}/signature", {})
    assert (half["state"], [each["name"] for each in half["allowed"]]) == ("half_signed", ["send_back"])
    assert (await registry.client.post(f"{path}/second-signature")).json()["type"].endswith("second-person-required")
    done = await registry.second.done(f"{path}/second-signature")
    assert [(each["action"], each["holds"]) for each in done["signatures"]] == [("sign", True), ("countersign", True)]
    assert (done["state"], done["trajectory"], done["second_signed_by"] != done["signed_by"]) == (
        "signed",
        "rising",
        True,
    )
    shown = await risk(band="high")
    assert [(each["band"], each["trajectory"]) for each in shown["signed"]] == [("low", "first"), ("high", "rising")]
    assert (shown["at_least"], shown["signed_band"], shown["worst_score"]) == (True, "high", 48)
    first, second = await bus.told(RiskScoreChanged, 2, site_id=UUID(site["id"]))
    assert [(each.before, each.band, each.provisional) for each in (first, second)] == [
        (None, "low", False), ("low", "high", False)
    ]  # fmt: skip
    assert [each.parties for each in bus.heard if each.fact in (first, second)] == [()] * 2


async def test_nobody_signs_what_they_prepared(registry: Any, site: Any) -> None:
    drafter, rater, chair = (registry.as_("quality", "msat", subject=each) for each in ("eve", "ray", "cam"))
    path = (
        f"/risk-assessments/{(await drafter.done('/risk-assessments', {'site_id': site['id'], 'occasion': 'x'}))['id']}"
    )
    await rater.done(f"{path}/ratings", {"ratings": [rating("quality", 4, 3, 4)]})
    await registry.as_("auditor", subject="ann").done(f"{path}/ratings", {"ratings": [rating("quality", 2)]})
    await chair.done(f"{path}/consensus", {"agreed": rating("quality", 4, 3, 4)})
    await chair.done(f"{path}/team", {"team": ["Ana", "Petra", "Jan"]})
    for who in (drafter, rater, chair):
        refused = await who.post(f"{path}/signature", json={})
        assert (refused.status_code, refused.json()["fields"]) == (403, ["prepared_by"])
    half = await registry.client.done(f"{path}/signature", {})
    for who in (drafter, rater, chair):
        refused = await who.post(f"{path}/second-signature")
        assert (refused.status_code, refused.json()["fields"]) == (403, ["prepared_by"])
    assert (half["state"], (await registry.second.done(f"{path}/second-signature"))["state"]) == (
        "half_signed",
        "signed",
    )


async def test_a_later_assessment_breaks_no_signature_of_the_one_before(registry: Any, site: Any) -> None:
    first = await drafted(registry, site)
    await registry.client.done(f"{first}/signature", {})
    await registry.client.done(f"{await drafted(registry, site)}/signature", {})
    shown = (await registry.client.get(first)).json()
    assert (shown["state"], [each["holds"] for each in shown["signatures"]]) == ("superseded", [True])


async def test_raters_who_are_apart_settle_it(registry: Any, site: Any) -> None:
    path = await drafted(registry, site, rating("quality", 2))
    other = registry.as_("quality", subject="other rater")
    shown = await other.done(f"{path}/ratings", {"ratings": [rating("quality", 4)]})
    assert [each["dimension"] for each in shown["scores"] if each["apart"]] == ["quality"]
    refused = await registry.client.post(f"{path}/signature", json={})
    assert (refused.status_code, refused.json()["apart"]) == (409, ["quality"])
    await registry.as_("quality", subject="chair").done(f"{path}/consensus", {"agreed": rating("quality", 3)})
    assert (await registry.client.done(f"{path}/signature", {}))["band"] == "low"


async def test_a_fact_holds_the_band_up_until_the_signature_that_covers_it(
    bus: Any, registry: Any, site: Any, risk: Any, classify: Any
) -> None:
    await registry.client.done(f"{await drafted(registry, site)}/signature", {})
    path = await drafted(registry, site)
    await classify("oai")
    held = await risk(band="high")
    assert (held["provisional"], held["signed_band"], held["trajectory"], held["overdue"]) == (
        True,
        "low",
        "first",
        False,
    )
    (floor,) = held["floors"]
    assert (floor["dimension"], floor["band"], floor["fact"]) == (
        "regulatory",
        "high",
        "RegulatoryInspectionClassified",
    )
    assert held["due_at"] == floor["due_at"]
    listed = (await registry.client.get("/site-risks", params={"provisional": True, "site_id": site["id"]})).json()
    assert [each["band"] for each in listed["items"]] == ["high"]
    await registry.client.done(f"{path}/signature", {})
    assert (await risk(provisional=True))["band"] == "high", "a signature covers the facts that it names"
    path = await drafted(registry, site)
    wrong = await registry.client.post(f"{path}/signature", json={"covers": [site["id"]]})
    assert (wrong.status_code, wrong.json()["unknown"]) == (409, [site["id"]])
    await registry.client.done(f"{path}/signature", {"covers": [floor["id"]]})
    eased = await risk(band="low")
    assert (eased["provisional"], eased["floors"], eased["due_at"]) == (False, [], None)
    await classify("non_compliant")
    assert [each["band"] for each in (await risk(band="critical"))["floors"]] == ["critical"]


async def test_what_is_told_late_and_twice_changes_nothing(
    bus: Any, registry: Any, site: Any, risk: Any, classify: Any, eventually: Any
) -> None:
    await classify("oai")
    once = await risk(band="high")
    (fact,) = await bus.told(RegulatoryInspectionClassified, site_id=UUID(site["id"]))
    earlier = fact.model_copy(update={"occurred_at": fact.occurred_at - timedelta(1)})
    await bus.publish(fact, fact, earlier)

    async def moved() -> Any:
        (floor,) = (await risk(band="high"))["floors"]
        return floor if floor["holds_from"] != once["floors"][0]["holds_from"] else None

    assert (await eventually(moved))["id"] == once["floors"][0]["id"], "it holds from the earliest"


@pytest.mark.parametrize("outcome", ["oai", "non_compliant", "vai"])
async def test_a_decision_against_the_site_suspends_what_was_approved_before_it(
    registry: Any, site: Any, qualify: Any, classify: Any, eventually: Any, bus: Any, database: Any, outcome: str
) -> None:
    await qualify.certified(site)
    path = f"/qualifications/{(await qualify.approved(site))['id']}"
    await classify(outcome)
    await bus.told(RegulatoryInspectionClassified, site_id=UUID(site["id"]))

    async def handled(times: int) -> Any:
        (inspection,) = (await registry.client.get("/inspections", params={"site_id": site["id"]})).json()["items"]
        query = "SELECT count(*) FROM inbox JOIN outbox ON event_id = outbox.id::text WHERE key = $1 AND type LIKE $2"
        found = await database.fetchval(query, inspection["id"], "%InspectionClassified%")
        return inspection if found == 3 * times else None

    inspection = await eventually(lambda: handled(1))
    after = (await registry.client.get(path)).json()
    if outcome == "vai":
        assert after["state"] == "approved"
        return
    said = ("suspended", YESTERDAY, f"{inspection['number']} was classified {outcome}")
    assert (after["state"], after["periods"][-1]["on"], after["reason"]) == said
    await registry.as_("quality", subject="starter").done(f"{path}/assessment")
    await registry.as_("msat", subject="max").done(f"{path}/endorsement")
    assert (await registry.second.done(f"{path}/approval"))["state"] == "approved"
    letter = {"letter": "form_483", "issued_on": YESTERDAY, "reference": "FEI-1"}
    await registry.client.done(f"/inspections/{inspection['id']}/letter", letter)
    await eventually(lambda: handled(2))
    assert (await registry.client.get(path)).json()["state"] == "approved", "it was assessed knowing of that"


async def test_a_partner_learns_nothing_of_its_own_risk(
    bus: Any, registry: Any, site: Any, risk: Any, classify: Any
) -> None:
    path = await drafted(registry, site)
    await classify("oai")
    await risk(band="high")
    owner = UUID(site["partner_id"])
    for role in ("partner_quality", "partner_operations"):
        async with registry.as_(role, partner_id=owner) as own:
            for of in ("/site-risks", f"/site-risks/{site['id']}", f"/site-risks/{site['id']}/history",
                       "/risk-assessments", path, f"{path}/history"):  # fmt: skip
                assert (await own.get(of)).status_code == 403, of
            inspections = (await own.get("/inspections")).json()["items"]
            assert "risk" not in str(inspections).lower()
    await bus.told(RiskScoreChanged, partner_id=owner)
    facts = [each for each in bus.heard if isinstance(each.fact, RiskScoreChanged) and each.fact.partner_id == owner]
    assert [each.parties for each in facts] == [()]
    assert await bus.told(SiteRegistered, site_id=UUID(site["id"]))


async def test_what_is_wrong_with_a_rating_is_said_by_field(registry: Any, site: Any) -> None:
    path = await drafted(registry, site)
    beyond = await registry.client.post(f"{path}/ratings", json={"ratings": [rating("quality", 6)]})
    assert (beyond.status_code, beyond.json()["errors"][0]["field"]) == (422, "body.ratings.0.severity")
    twice = await registry.client.post(f"{path}/ratings", json={"ratings": [rating("quality"), rating("quality")]})
    assert "rated twice: quality" in twice.json()["errors"][0]["reason"]


async def test_no_suspension_is_lifted_beside_what_proposes_it_since(
    registry: Any, qualify: Any, site: Any, risk: Any, classify: Any
) -> None:
    path = f"/partners/{site['partner_id']}"
    body = {"partner_id": site["partner_id"], "name": "Second", "country": "AT", "time_zone": "Europe/Vienna"}
    second = await registry.client.done("/sites", body | {"activities": ["drug_product"]})
    for each in (site, second):
        await qualify.certified(each)
        await qualify.approved(each)
    await registry.client.done(f"{path}/suspension", {"reason": "it delivers late"})
    await classify("oai")
    (floor,) = (await risk(band="high"))["floors"]
    again = {"reason": "it delivers"}
    held = await registry.client.post(f"{path}/activation", json=again)
    assert (held.status_code, floor["cause"] in held.json()["detail"]) == (409, True)
    signing = await drafted(registry, site)
    await registry.client.done(f"{signing}/signature", {"covers": [floor["id"]]})
    assert (await registry.client.get(path)).json()["suspension_proposed"] == []
    assert (await registry.client.done(f"{path}/activation", again))["state"] == "active"
