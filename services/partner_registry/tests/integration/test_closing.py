"""A site that closes, over HTTP: from the announcement to the day, and what becomes of what rests on it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from contracts.sites import SiteClosed

VIENNA = ZoneInfo("Europe/Vienna")
VERSIONS = {"process_version": "MP-7", "shelf_life_months": 36, "storage": "cool", "specification_version": "v1"}


def days_from_now(days: int) -> str:
    return str(datetime.now(VIENNA).date() + timedelta(days))


async def registered(registry: Any, product: Any, *sites: Any, market: str = "AT") -> None:
    regulatory = registry.as_("regulatory", subject="rita")
    body = {"product_id": product["id"], "market": market, "regime": "eu_eea", "holder": "Alpine"}
    made = await regulatory.done("/registrations", body | {"submitted_on": "2024-03-01"})
    rows = [{"site_id": each["id"], "activity": "drug_product", "valid_from": "2025-01-01"} for each in sites]
    content = VERSIONS | {"sites": rows, "effective_on": "2025-01-01", "authorisation_number": "1-4"}
    await regulatory.done(f"/registrations/{made['id']}/approval", content)


async def answer(client: Any, product: Any, site: Any, **asked: Any) -> Any:
    given = {"product_id": product["id"], "site_id": site["id"], "market": "AT", "activity": "drug_product"}
    said = (await client.get("/registrations/answer", params=given | asked)).json()
    return {each["condition"]: each for each in said["conditions"]} | {"allowed": said["allowed"]}


async def test_a_site_closes(
    registry: Any, qualify: Any, tick: Any, site: Any, product: Any, bus: Any, eventually: Any
) -> None:
    path = f"/sites/{site['id']}"
    await qualify.certified(site)
    await qualify.authorised(site)
    done = await qualify.approved(site)
    rival = {key: site[key] for key in ("partner_id", "country", "time_zone", "activities")} | {"name": "Second"}
    other = await registry.client.done("/sites", rival)
    await registered(registry, product, site, other, market="DE")
    await registered(registry, product, site)
    day = days_from_now(30)
    said = {"closing_on": day, "reason": "moves", "successor_id": other["id"]}
    shown = await registry.client.done(f"{path}/closing", said)
    assert [(each["market"], each["sole_source"]) for each in shown["registrations"]] == [("AT", True), ("DE", False)]
    assert (shown["state"], shown["successor_id"]) == ("closing", other["id"])

    async def held() -> Any:
        risk = (await registry.client.get(f"/site-risks/{site['id']}")).json()
        return [
            each["cause"]
            for each in risk.get("floors", ())
            if each["dimension"] == "continuity" and each["band"] == "high"
        ]

    assert await eventually(held) == [f"{site['number']} closes on {day}"]
    before, after = [await answer(registry.client, product, site, on=on) for on in (days_from_now(29), day)]
    assert (before["not closed"]["verdict"], before["allowed"]) == ("met", True)
    assert (after["not closed"]["verdict"], after["not closed"]["since"]) == ("not_met", day)
    async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as own:
        assert (await own.get(path)).json()["registrations"] is None
        assert (await own.get(path)).json()["closing_on"] == day
        assert (await own.post(f"{path}/closing", json=said)).status_code == 403
    past = await registry.client.post(f"{path}/closing", json={"closing_on": days_from_now(-1), "reason": "a slip"})
    assert (past.status_code, "has passed" in past.json()["detail"]) == (409, True)
    today = days_from_now(0)
    await registry.client.done(f"{path}/closing", {"closing_on": today, "reason": "earlier"})

    async def closed() -> Any:
        await tick()  # which leaves out what a handler holds at that moment
        return bus.of(SiteClosed, site_id=UUID(site["id"]), closed=True)

    (told,) = await eventually(closed)
    assert (str(told.closing_on), told.partner_id) == (today, UUID(site["partner_id"]))
    ended = (await registry.client.get(f"/qualifications/{done['id']}")).json()
    assert (ended["state"], ended["reason"]) == ("withdrawn", f"{site['number']} is closed")
    (listed,) = [
        each
        for each in (await registry.client.get("/sites/approved?activity=drug_product&dosage_form=tablet")).json()[
            "items"
        ]
        if each["site"]["id"] == site["id"]
    ]
    assert f"the site is closed since {today}" in listed["why_not"]


async def test_nothing_is_approved_at_a_site_whose_day_has_come_before_the_clock(
    registry: Any, qualify: Any, tick: Any, site: Any, eventually: Any
) -> None:
    await qualify.certified(site)
    path = await qualify.assessed(site)
    await registry.client.done(f"/sites/{site['id']}/closing", {"closing_on": days_from_now(0), "reason": "late news"})
    refused = await registry.second.post(f"{path}/approval")
    assert refused.status_code == 409, refused.text
    assert "is closed since" in refused.json()["detail"]

    async def withdrawn() -> Any:
        await tick()
        return (await registry.client.get(path)).json()["state"] == "withdrawn"

    assert await eventually(withdrawn)
    work = {"site_id": site["id"], "activity": "drug_product", "purpose": "commercial"}
    assert (await registry.client.post("/qualifications", json=work)).status_code == 409


async def test_a_site_that_moves_leaves_everything_behind(registry: Any, qualify: Any, site: Any) -> None:
    await qualify.certified(site)
    await qualify.approved(site)
    day = days_from_now(60)
    new = {key: site[key] for key in ("partner_id", "country", "time_zone", "activities")}
    moved = {"site_id": site["id"], "closing_on": day}
    made = await registry.client.done("/sites", new | {"name": "New plant", "moves_from": moved})
    former = (await registry.client.get(f"/sites/{site['id']}")).json()
    assert (made["succeeds_id"], former["successor_id"]) == (site["id"], made["id"])
    assert (former["closing_on"], former["closing_reason"]) == (day, f"moves to {made['number']}")
    for kind in ("qualifications", "certificates", "registered-sites"):
        assert (await registry.client.get(f"/{kind}", params={"site_id": made["id"]})).json()["items"] == []
    stranger = await registry.client.done("/partners", {"legal_name": uuid4().hex, "kind": "cmo", "country": "AT"})
    refused = await registry.client.post(
        "/sites", json=new | {"partner_id": stranger["id"], "name": "X", "moves_from": moved}
    )
    assert refused.status_code == 409
