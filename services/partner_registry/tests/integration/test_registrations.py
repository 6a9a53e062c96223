"""Registrations over HTTP: from the submission to the withdrawal, who may work on a day, and what a partner sees."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts.registrations import RegistrationChanged, SiteRegistrationChanged

TODAY = datetime.now(ZoneInfo("Europe/Vienna")).date()  # the site's
NOTED = """
INSERT INTO history_entry (id, partner_id, kind, occurred_on, recorded_at, shared, data)
VALUES ($1, $2, 'PartnerStatusChanged', '2026-01-01', now(), true, $3)
"""
VERSIONS = {"process_version": "MP-7 v4", "shelf_life_months": 36, "storage": "below 25 °C"}


@pytest.fixture
def regulatory(registry: Any) -> Any:
    return registry.as_("regulatory", subject="rita")


def named(*sites: Any, version: str = "v1", on: str = "2025-01-01") -> dict[str, Any]:
    rows = [{"site_id": each["id"], "activity": "drug_product", "valid_from": "2025-01-01"} for each in sites]
    return VERSIONS | {"sites": rows, "specification_version": version, "effective_on": on}


async def submit(regulatory: Any, product: Any, market: str = "AT") -> str:
    regime = {"CH": "ch", "US": "us"}.get(market, "eu_eea")
    body = {"product_id": product["id"], "market": market, "regime": regime, "holder": "Alpine Pharma GmbH"}
    made = await regulatory.done("/registrations", body | {"submitted_on": "2024-03-01"})
    return f"/registrations/{made['id']}"


async def approve(regulatory: Any, product: Any, *sites: Any) -> str:
    path = await submit(regulatory, product)
    await regulatory.done(f"{path}/approval", named(*sites) | {"authorisation_number": "1-40117"})
    return path


async def verdicts(client: Any, product: Any, site: Any, **asked: Any) -> Any:
    given = {"product_id": product["id"], "site_id": site["id"], "market": "AT", "activity": "drug_product"}
    answer = await client.get("/registrations/answer", params=given | asked)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    return {each["condition"]: each for each in said["conditions"]} | {
        name: said[name] for name in ("allowed", "unjudged")
    }


async def another_site(registry: Any) -> Any:
    partner = {"legal_name": f"Rival {uuid4().hex}", "kind": "cmo", "country": "AT"}
    owner = (await registry.client.done("/partners", partner))["id"]
    body = {"partner_id": owner, "name": f"Rival {uuid4().hex}", "country": "AT", "time_zone": "Europe/Vienna"}
    return await registry.client.done("/sites", body | {"activities": ["drug_product"]})


async def test_every_condition_is_answered_and_what_is_unknown_blocks(
    registry: Any, regulatory: Any, qualify: Any, site: Any, product: Any
) -> None:
    before = await verdicts(registry.client, product, site)
    conditions = [
        *("registered", "qualification in force", "certificate", "authorisation"),
        *("partner active", "agreement effective"),
    ]
    assert [before[each]["verdict"] for each in conditions] == ["not_met"] * 5 + ["unjudged"]
    assert all(before[each]["heal"] for each in conditions)
    await approve(regulatory, product, site)
    certificate, done = await qualify.certified(site), await qualify.approved(site)
    unauthorised = await verdicts(registry.client, product, site)
    assert (unauthorised["authorisation"]["verdict"], unauthorised["allowed"]) == ("not_met", False)
    await qualify.authorised(site, kind="import_authorisation")  # by which nobody makes anything
    authorisation = await qualify.authorised(site)
    after = await verdicts(registry.client, product, site)
    assert [after[each]["verdict"] for each in conditions] == ["met"] * 5 + ["unjudged"]
    assert (after["authorisation"]["record"], after["authorisation"]["since"]) == (
        authorisation["number"],
        "2024-03-01",
    )
    assert (after["registered"]["since"], after["certificate"]["since"]) == ("2025-01-01", "2024-02-01")
    assert [after[each]["record"] for each in conditions[1:3]] == [done["number"], certificate["number"]]
    assert (before["allowed"], after["allowed"], after["unjudged"]) == (False, True, ["agreement effective"])
    elsewhere = await verdicts(registry.client, product, site, market="DE")
    assert (elsewhere["registered"]["verdict"], elsewhere["certificate"]["verdict"]) == ("not_met", "met")


async def test_an_authorisation_ends_with_the_legal_entity_that_holds_it(
    registry: Any, qualify: Any, site: Any, product: Any
) -> None:
    entity = {"partner_id": site["partner_id"], "legal_name": f"Works {uuid4().hex}", "country": "AT"}
    holder = await registry.client.done("/legal-entities", entity)
    foreign = await another_site(registry)
    printed = {"site_id": foreign["id"], "kind": "manufacturing_authorisation", "holder": "x", "authority": "BASG"}
    printed |= {"certificate_number": "AT-MIA-1", "valid_from": "2024-03-01", "activities": ["drug_product"]}
    printed |= {"digest": "0" * 64, "legal_entity_id": holder["id"]}
    refused = await registry.client.post("/certificates", json=printed)
    assert (refused.status_code, holder["number"] in refused.json()["detail"]) == (409, True)
    async with registry.as_("partner_quality", partner_id=UUID(foreign["partner_id"])) as rival:
        assert (await rival.post("/certificates", json=printed)).status_code == 404, "of which it learns nothing"
    async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as own:
        own_printed = printed | {"site_id": site["id"]}
        assert (await own.done("/certificates", own_printed))["legal_entity_id"] == holder["id"]
    await qualify.authorised(site, legal_entity_id=holder["id"])
    await approve(registry.as_("regulatory", subject="rita"), product, site)
    known = datetime.now(UTC).isoformat()
    ended = {"valid_to": str(TODAY - timedelta(9)), "reason": "merged"}
    await registry.client.done(f"/legal-entities/{holder['id']}/end", ended)
    for asked, verdict in (({}, "not_met"), ({"as_of": known}, "met"), ({"on": str(TODAY - timedelta(9))}, "met")):
        found = (await verdicts(registry.client, product, site, **asked))["authorisation"]
        assert (found["verdict"], bool(found["heal"])) == (verdict, verdict == "not_met"), asked


@pytest.mark.parametrize(
    ("registered", "asked", "verdict"),
    [("EU", "AT", "met"), ("EU", "NO", "met"), ("EU", "EU", "met"), ("EU", "CH", "not_met"), ("AT", "EU", "not_met")],
)
async def test_what_the_union_registered_is_registered_in_each_of_its_countries(
    registry: Any, regulatory: Any, site: Any, product: Any, registered: str, asked: str, verdict: str
) -> None:
    path = await submit(regulatory, product, registered)
    await regulatory.done(f"{path}/approval", named(site) | {"authorisation_number": "1-40117"})
    assert (await verdicts(registry.client, product, site, market=asked))["registered"]["verdict"] == verdict


async def test_of_a_past_day_the_partners_state_then_is_answered(
    registry: Any, site: Any, product: Any, database: Any
) -> None:
    today = datetime.now(ZoneInfo("Europe/Vienna"))
    days = {
        name: str((today - timedelta(ago)).date()) for name, ago in (("before", 30), ("active", 9), ("suspended", 2))
    }
    changes = ((20, "prospect", "active"), (5, "active", "suspended"))
    for ago, before, after in changes:
        fact = {"before": before, "after": after, "occurred_at": (today - timedelta(ago)).isoformat()}
        await database.execute(NOTED, uuid4(), UUID(site["partner_id"]), json.dumps(fact))
    found = {
        name: (await verdicts(registry.client, product, site, on=day))["partner active"] for name, day in days.items()
    }
    said = {name: (each["verdict"], each["since"]) for name, each in found.items()}
    since = [str((today - timedelta(ago)).date()) for ago, *_ in changes]
    assert said == {"before": ("unknown", None), "active": ("met", since[0]), "suspended": ("not_met", since[1])}
    listed = {name: await _why_not(registry, site, on=day) for name, day in days.items()}
    of_partner = {name: [each for each in why if "partner" in each] for name, why in listed.items()}
    assert of_partner == {
        **{"before": ["nothing was told of the partner until that day"], "active": []},
        **{"suspended": ["the partner was suspended on that day"]},
    }


async def test_the_partners_state_is_answered_as_it_was_known(
    registry: Any, site: Any, product: Any, database: Any
) -> None:
    before = datetime.now(UTC).isoformat()
    fact = {"before": "prospect", "after": "active", "occurred_at": f"{TODAY - timedelta(20)}T08:00:00Z"}
    await database.execute(NOTED, uuid4(), UUID(site["partner_id"]), json.dumps(fact))
    untold, day = "nothing was told of the partner until that day", str(TODAY - timedelta(9))
    for as_of, on, verdict, why in (
        (before, day, "unknown", [untold]),
        (datetime.now(UTC).isoformat(), day, "met", []),
        (before, str(TODAY), "not_met", ["the partner is prospect"]),
    ):
        asked = {"as_of": as_of, "on": on}
        found = (await verdicts(registry.client, product, site, **asked))["partner active"]
        listed = [each for each in await _why_not(registry, site, **asked) if "partner" in each]
        assert (found["verdict"], listed) == (verdict, why), asked


async def _why_not(registry: Any, site: Any, **asked: str) -> list[str]:
    """What the list of approved sites says of it."""
    answer = await registry.client.get("/sites/approved", params={"activity": "drug_product"} | asked)
    (found,) = [each for each in answer.json()["items"] if each["site"]["id"] == site["id"]]
    return [*found["why_not"]]


async def test_a_day_and_an_instant_answer_as_it_was_and_as_it_was_known(
    registry: Any, regulatory: Any, site: Any, product: Any
) -> None:
    path = await approve(regulatory, product, site)
    known = datetime.now(UTC)
    other = await another_site(registry)
    late = str(TODAY - timedelta(10))
    variation = named(other, version="v2", on=late) | {"variation": "IB/4", "reason": "notice 4"}
    await regulatory.done(f"{path}/variation", variation)
    for on, as_of, verdict, version in (
        (str(TODAY - timedelta(11)), None, "met", "v1"),
        (late, None, "not_met", "v2"),
        (late, known.isoformat(), "met", "v1"),
    ):
        asked = {"on": on} | ({"as_of": as_of} if as_of else {})
        assert (await verdicts(registry.client, product, site, **asked))["registered"]["verdict"] == verdict
        read = (await registry.client.get(f"{path}/content", params=asked)).json()
        assert read["content"]["specification_version"] == version
    assert (await verdicts(registry.client, product, site))["registered"]["since"] == late


async def test_each_change_is_told_and_to_a_partner_what_concerns_it(
    bus: Any, registry: Any, regulatory: Any, site: Any, product: Any
) -> None:
    path, other = await approve(regulatory, product, site), await another_site(registry)
    both = named(site, other, on="2026-02-01") | {"variation": "IB/4", "reason": "a second site"}
    await regulatory.done(f"{path}/variation", both)
    await regulatory.done(f"{path}/withdrawal", {"effective_on": "2027-01-01", "reason": "not marketed"})
    registration = UUID(path.rsplit("/", 1)[1])
    facts = await bus.told(RegistrationChanged, 4, registration_id=registration)
    assert [each.what for each in facts] == ["submitted", "approved", "varied", "withdrawn"]
    assert {each.parties for each in bus.heard if each.fact in facts} == {()}
    own = await bus.told(SiteRegistrationChanged, 2, site_id=UUID(site["id"]))
    assert [each.registered for each in own] == [True, False], "the second site is none of its business"
    rivals = await bus.told(SiteRegistrationChanged, 2, site_id=UUID(other["id"]))
    for facts, owner in ((own, site), (rivals, other)):
        assert {each.parties for each in bus.heard if each.fact in facts} == {(UUID(owner["partner_id"]),)}


async def test_a_partner_sees_its_own_site_and_activity_and_nothing_else(
    registry: Any, regulatory: Any, site: Any, product: Any
) -> None:
    other = await another_site(registry)
    path = await approve(regulatory, product, site, other)
    rows = (await registry.client.get("/registered-sites", params={"product_id": product["id"]})).json()["items"]
    assert {each["site_id"] for each in rows} == {site["id"], other["id"]}
    theirs = next(each["id"] for each in rows if each["site_id"] == other["id"])
    async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as own:
        for of in ("/registrations", path, f"{path}/content", f"{path}/history"):
            assert (await own.get(of)).status_code == 403
        seen = (await own.get("/registered-sites", params={"count": True})).json()
        assert ([each["site_id"] for each in seen["items"]], seen["total"]) == ([site["id"]], 1)
        said = (await own.get("/registered-sites")).text
        assert not any(word in said for word in (other["id"], other["name"], "1-40117", "Alpine Pharma"))
        assert (await own.get(f"/registered-sites/{theirs}")).status_code == 404
        assert (await verdicts(own, product, site))["registered"]["verdict"] == "met"
        given = {"product_id": product["id"], "market": "AT", "activity": "drug_product"}
        foreign = await own.get("/registrations/answer", params=given | {"site_id": other["id"]})
        nowhere = await own.get("/registrations/answer", params=given | {"site_id": str(uuid4())})
        assert (foreign.status_code, nowhere.status_code) == (404, 404)
        unknown = await verdicts(own, {"id": str(uuid4())}, site)
        unregistered = await verdicts(own, product, site, market="DE")
        assert unknown == unregistered, "whether there is such a product is not told"


async def test_a_market_has_one_and_only_regulatory_changes_it(
    registry: Any, regulatory: Any, site: Any, product: Any
) -> None:
    body = {"product_id": product["id"], "market": "CH", "regime": "ch", "holder": "x", "submitted_on": "2024-03-01"}
    answers = await asyncio.gather(*(regulatory.post("/registrations", json=body) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    path = await submit(regulatory, product)
    approval = named(site) | {"authorisation_number": "1"}
    for role in ("sourcing", "msat", "auditor"):
        assert (await registry.as_(role).post(f"{path}/approval", json=approval)).status_code == 403
    unknown = named({"id": str(uuid4())}) | {"authorisation_number": "1"}
    assert (await regulatory.post(f"{path}/approval", json=unknown)).status_code == 404
    testing = named(site) | {"authorisation_number": "1"}
    testing["sites"][0]["activity"] = "testing"
    refused = await regulatory.post(f"{path}/approval", json=testing)
    assert (refused.status_code, "has not testing" in refused.json()["detail"]) == (409, True)
    testing["sites"] = named(site, site)["sites"]
    twice = await regulatory.post(f"{path}/approval", json=testing)
    assert (twice.status_code, "named twice" in twice.text) == (422, True)
    await regulatory.done(f"{path}/approval", approval)
    withdrawn = await regulatory.done(f"{path}/withdrawal", {"effective_on": str(TODAY), "reason": "sold"})
    assert (withdrawn["state"], [each["name"] for each in withdrawn["allowed"]]) == ("withdrawn", ["vary", "classify"])
    assert await submit(regulatory, product) != path, "it may be submitted anew"


@pytest.mark.parametrize(
    ("market", "regime", "told"),
    [
        ("FR", "us", "FR follows the rules of eu_eea, and not of us"),
        ("FR", "EU law", "'eu_eea'"),
        ("ZZ", "other", "ZZ is no country"),
    ],
)
async def test_a_market_is_a_country_with_its_own_law(registry: Any, market: str, regime: str, told: str) -> None:
    body = {"product_id": str(uuid4()), "holder": "x", "submitted_on": "2024-03-01", "market": market, "regime": regime}
    async with registry.as_("regulatory") as regulatory:
        refused = await regulatory.post("/registrations", json=body)
    assert (refused.status_code, told in refused.text) == (422, True), refused.text
