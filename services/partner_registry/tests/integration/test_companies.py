"""Which companies there are: identifiers, duplicates, owners and contacts over HTTP."""

import asyncio
from datetime import UTC, datetime
from random import randrange
from typing import Any
from uuid import UUID, uuid4

from contracts.companies import PartnerOwnershipChanged
from contracts.oversight import RiskScoreChanged, SegmentChanged, SegmentCriterion

WHY = {"reason": "the register's extract"}
TODAY = str(datetime.now(UTC).date())


def a_duns() -> str:
    return f"{randrange(10**9):09}"


async def partner(registry: Any, **said: Any) -> Any:
    body = {"legal_name": f"Company {uuid4().hex}", "kind": "cmo", "country": "AT"}
    return await registry.client.done("/partners", body | said)


async def test_a_number_that_another_partner_has_is_refused_until_it_ends(registry: Any, site: Any) -> None:
    duns = a_duns()
    one, other = await partner(registry, duns=duns), await partner(registry)
    again = {"legal_name": f"Company {uuid4().hex}", "kind": "cmo", "country": "AT", "duns": duns}
    refused = await registry.client.post("/partners", json=again)
    assert (refused.status_code, one["number"] in refused.json()["detail"]) == (409, True)
    body = {"partner_id": other["id"], "scheme": "duns", "value": f"{duns[:2]}-{duns[2:]}"}
    refused = await registry.client.post("/identifiers", json=body)
    assert (refused.status_code, one["number"] in refused.json()["detail"]) == (409, True)
    second = await registry.client.post("/identifiers", json=body | {"partner_id": one["id"], "value": a_duns()})
    assert (second.status_code, duns in second.json()["detail"]) == (409, True), "one of a scheme at a time"
    held = (await registry.client.get("/identifiers", params={"value": duns})).json()["items"][0]
    await registry.as_("sourcing").done(f"/identifiers/{held['id']}/end", WHY | {"valid_to": TODAY})
    assert (await registry.client.get(f"/partners/{one['id']}")).json()["duns"] is None
    for day in ("2018-01-01", TODAY):
        refused = await registry.client.post("/identifiers", json=body | {"valid_from": day})
        assert (refused.status_code, f"until {TODAY}" in refused.json()["detail"]) == (409, True), "it had it that day"
    assert (await registry.client.done("/identifiers", body))["value"] == duns
    assert (await registry.client.get(f"/partners/{other['id']}")).json()["duns"] == duns
    on = [{"value": duns, "on": day} for day in ("2020-01-01", TODAY)]
    found = [(await registry.client.get("/identifiers", params=each)).json()["items"] for each in on]
    assert [[each["partner_id"] for each in day] for day in found] == [[other["id"], one["id"]]] * 2, (
        "since when is unknown"
    )
    foreign = body | {"scheme": "fei", "value": "3002808081", "site_id": site["id"]}
    refused = await registry.client.post("/identifiers", json=foreign)
    assert (refused.status_code, "another partner's" in refused.json()["detail"]) == (409, True)
    wrong = await registry.client.post("/identifiers", json=body | {"scheme": "lei", "value": "213800KUD8LXJWSQ9D15"})
    assert (wrong.status_code, "check digits of this LEI are wrong" in wrong.text) == (422, True)


async def test_of_two_who_record_one_number_at_once_one_is_refused_and_a_slip_is_taken_back(registry: Any) -> None:
    both = [await partner(registry) for _ in range(2)]
    fei = f"{randrange(10**10):010}"
    said = [{"partner_id": each["id"], "scheme": "fei", "value": fei} for each in both]
    answers = await asyncio.gather(*(registry.client.post("/identifiers", json=each) for each in said))
    assert sorted(each.status_code for each in answers) == [201, 409]
    kept = next(each.json() for each in answers if each.status_code == 201)
    assert (await registry.client.done(f"/identifiers/{kept['id']}/withdrawal", WHY))["state"] == "withdrawn"
    (late,) = (each for each in said if each["partner_id"] != kept["partner_id"])
    await registry.client.done("/identifiers", late)
    async with registry.as_("partner_quality", partner_id=UUID(kept["partner_id"])) as own:
        assert [each["id"] for each in (await own.get("/identifiers")).json()["items"]] == [kept["id"]]
        assert (await own.post("/identifiers", json=late)).status_code == 403


async def test_a_partner_shows_the_number_that_is_valid_whichever_is_taken_back(registry: Any, site: Any) -> None:
    body = {"partner_id": site["partner_id"], "scheme": "duns", "value": a_duns()}
    ended = await registry.client.done("/identifiers", body)
    await registry.client.done(f"/identifiers/{ended['id']}/end", WHY | {"valid_to": TODAY})
    valid = await registry.client.done("/identifiers", body)
    await registry.client.done("/identifiers", body | {"site_id": site["id"], "value": a_duns()})
    for taken_back, shown in ((ended, body["value"]), (valid, None)):
        await registry.client.done(f"/identifiers/{taken_back['id']}/withdrawal", WHY)
        assert (await registry.client.get(f"/partners/{site['partner_id']}")).json()["duns"] == shown


async def candidates(registry: Any, one: Any) -> Any:
    return (await registry.client.get("/duplicates", params={"partner_id": one["id"]})).json()["items"]


async def test_a_name_is_compared_by_its_letters_of_whichever_script(registry: Any) -> None:
    more, greek = uuid4().hex, "Ελληνική Φαρμακοβιομηχανία"
    await partner(registry, legal_name=f"{greek} {more}", country="GR")
    await partner(registry, legal_name=f"Αθηναϊκά Γάλατα {more}", country="GR")
    again = {"legal_name": f"{greek.upper()} {more}", "kind": "cmo", "country": "GR"}
    assert (await registry.client.post("/partners", json=again)).status_code == 409
    latin, cyrillic = [await partner(registry, legal_name=f"Alph{a} Tablets {more}") for a in ("a", "а")]
    assert [each["other_id"] for each in await candidates(registry, cyrillic)] == [latin["id"]], "а is no a"


async def test_who_looks_like_another_one_is_asked_about_once(registry: Any) -> None:
    name, site = uuid4().hex, f"https://www.{uuid4().hex}.example"
    first = await partner(registry, legal_name=f"{name} pharma tablets GmbH", website=site)
    alike = await partner(registry, legal_name=f"{name} pharma tablet AG", trade_names=["x"])
    unlike = await partner(registry)
    (asked,) = await candidates(registry, alike)
    assert (asked["other"]["number"], asked["state"]) == (first["number"], "open")
    assert asked["grounds"] == [f"names alike (0.94): {name} pharma tablet and {name} pharma tablets"]
    ours = {"waiting_for": "sponsor", "number": asked["number"]}
    assert [each["id"] for each in (await registry.client.get("/duplicates", params=ours)).json()["items"]]
    path = f"/duplicates/{asked['id']}"
    assert (await registry.as_("msat").post(f"{path}/difference", json=WHY)).status_code == 403
    done = await registry.as_("sourcing").done(f"{path}/difference", WHY)
    assert (done["state"], done["decision_reason"]) == ("different", WHY["reason"])
    assert (asked["waiting_for"]["side"], done["waiting_for"]) == ("sponsor", None)
    assert (await registry.client.get("/duplicates", params=ours)).json()["items"] == []
    await registry.client.done(f"/partners/{alike['id']}/description", {"website": f"{site}/about"})
    assert [each["state"] for each in await candidates(registry, alike)] == ["different"], "it is not asked again"
    assert await candidates(registry, unlike) == []
    await registry.client.done(f"/partners/{unlike['id']}/description", {"website": site.upper()})
    found = await candidates(registry, unlike)
    assert {each["other_id"] for each in found} == {first["id"], alike["id"]}
    async with registry.as_("partner_quality", partner_id=UUID(alike["id"])) as own:
        assert (await own.get("/duplicates")).status_code == 403


async def test_a_new_owner_reopens_risk_and_segment(bus: Any, registry: Any, site: Any) -> None:
    owned = UUID(site["partner_id"])
    said = {"criterion": "spend", "points": 5, "rationale": "x"}
    criteria = [said | {"criterion": each} for each in SegmentCriterion]
    body = {"partner_id": site["partner_id"], "criteria": criteria}
    proposed = await registry.client.done("/segmentations", body)
    confirmed = await registry.second.done(f"/segmentations/{proposed['id']}/confirmation")
    assert confirmed["stale"] is False
    path = f"/partners/{site['partner_id']}/owner"
    await registry.client.done(path, WHY | {"parent": "Montana SE", "effective_on": "2026-02-01"})
    risk = (await bus.told(RiskScoreChanged, site_id=UUID(site["id"])))[-1]
    floors = {each.dimension: each.floor for each in risk.dimensions if each.floor}
    assert floors == {"financial": "medium", "continuity": "medium"}
    assert [each.stale for each in await bus.told(SegmentChanged, 2, partner_id=owned)] == [False, True]
    done = await registry.client.done(path, WHY | {"parent": "Founders", "effective_on": "2020-01-01"})
    assert done["parent"] == "Montana SE", "what was before it changes nothing of now"
    spans = [(each["parent"], each["valid_from"], each["valid_to"]) for each in done["owners"]]
    assert spans == [("Founders", "2020-01-01", "2026-01-31"), ("Montana SE", "2026-02-01", None)]
    told = await bus.told(PartnerOwnershipChanged, 2, partner_id=owned)
    assert [(each.before, each.after) for each in told] == [(None, "Montana SE"), (None, "Founders")]


async def test_each_side_has_one_project_manager_and_no_person_is_in_a_fact(bus: Any, registry: Any) -> None:
    one = await partner(registry)
    person = uuid4().hex
    body = {"partner_id": one["id"], "side": "partner", "function": "project_manager", "person": person}
    body |= {"email": f"{person}@alpine.example"}
    named = await registry.client.done("/contacts", body)
    refused = await registry.client.post("/contacts", json=body | {"person": "x"})
    assert (refused.status_code, person in refused.text) == (409, False)
    await registry.client.done("/contacts", body | {"side": "sponsor"})
    await registry.client.done(f"/contacts/{named['id']}/end")
    await registry.client.done("/contacts", body)
    night = body | {"function": "quality_out_of_hours"}
    refused = await registry.client.post("/contacts", json=night)
    assert (refused.status_code, "out of hours one is reached by phone" in refused.text) == (422, True)
    await registry.client.done("/contacts", night | {"phone": "+43 316 0000"})
    async with registry.as_("partner_quality", partner_id=UUID(one["id"])) as own:
        assert len((await own.get("/contacts", params={"state": "current"})).json()["items"]) == 3
        assert (await own.post("/contacts", json=body)).status_code == 403
    async with registry.as_("partner_quality", partner_id=uuid4()) as rival:
        assert (await rival.get("/contacts")).json()["items"] == []
    await registry.client.done(f"/partners/{one['id']}/owner", WHY | {"parent": "x", "effective_on": TODAY})
    await bus.told(PartnerOwnershipChanged, partner_id=UUID(one["id"]))
    assert person not in " ".join(each.fact.model_dump_json() for each in bus.heard)
