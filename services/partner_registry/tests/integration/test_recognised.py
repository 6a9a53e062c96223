"""An inspection of a recognised country over HTTP: it stands for a certificate while its row counts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from partner_registry.qualifications.outlived import REASON

TODAY = datetime.now(ZoneInfo("Europe/Vienna")).date()
"""At the site."""
WORK = {"activity": "drug_product", "dosage_form": "tablet"}


async def answer_for(client: Any, site: Any, **asked: Any) -> Any:
    listed = (await client.get("/sites/approved", params=WORK | asked)).json()["items"]
    (found,) = [each for each in listed if each["site"]["id"] == site["id"]]
    return found


async def inspected(registry: Any, site: Any) -> str:
    """The path of one that was decided for the site."""
    day = str(TODAY - timedelta(9))
    at = (datetime.now(UTC) - timedelta(20)).isoformat()
    body = {"site_id": site["id"], "authority": "HMA", "kind": "routine", "announced_at": at, "starts_on": day}
    path = f"/inspections/{(await registry.client.done('/inspections', body))['id']}"
    await registry.client.done(f"{path}/observations", {"ended_on": day, "observations": []})
    await registry.client.done(f"{path}/classification", {"outcome": "compliant", "classified_on": day})
    return path


async def recognise(registry: Any, country: str) -> Any:
    """The row by which a country's inspections are taken."""
    ana, rita, rosa = (registry.as_("regulatory", subject=f"{name} {uuid4().hex}") for name in ("ana", "rita", "rosa"))
    row = {"covers": ["inspection"], "valid_from": "2019-07-11", "source": "an agreement"}
    made = await ana.done("/mutual-recognitions", row | {"regime": "eu", "country": country})
    await rita.done(f"/mutual-recognitions/{made['id']}/check", row)
    return await rosa.done(f"/mutual-recognitions/{made['id']}/confirmation")


async def test_a_recognised_inspection_stands_for_a_certificate(
    registry: Any, qualify: Any, site: Any, tick: Any
) -> None:
    path, country = await qualify.assessed(site), "HM"  # which no other test recognises
    told = await inspected(registry, site)
    scope = {"country": country, "product_kind": "chemical", "activities": ["drug_product"]}
    async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as own:
        assert (await own.post(f"{told}/scope", json=scope)).status_code == 403
    read = await registry.client.done(f"{told}/scope", scope)
    assert (read["covered"]["by"], read["covered"]["dosage_forms"]) == ("tester", [])
    assert (await registry.second.post(f"{path}/approval")).status_code == 409, "its country is not recognised"
    made = await recognise(registry, country)
    assert (await registry.second.done(f"{path}/approval"))["state"] == "approved"
    await tick()
    assert (await registry.client.get(path)).json()["state"] == "approved"
    answer = await answer_for(registry.client, site)
    named = f"{read['number']} by {made['number']}"
    assert (answer["allowed"], answer["recognition"]) == (True, named), answer["why_not"]
    async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as own:
        seen = await answer_for(own, site)
    assert (seen["allowed"], seen["recognition"]) == (False, None), "by what the sponsor decides is its own"
    over = {"valid_to": str(TODAY - timedelta(1)), "reason": "denounced"}
    await registry.as_("regulatory").done(f"/mutual-recognitions/{made['id']}/end", over)
    assert (
        "no confirmed certificate covers the work on that day" in (await answer_for(registry.client, site))["why_not"]
    )
    await tick()
    found = (await registry.client.get(path)).json()
    assert (found["state"], found["reason"]) == ("suspended", REASON), "nothing carries it, whatever ended that"


async def test_a_new_decision_is_read_anew(registry: Any, qualify: Any, site: Any, tick: Any) -> None:
    path, told = await qualify.assessed(site), await inspected(registry, site)
    scope = {"country": "NU", "product_kind": "chemical", "activities": ["drug_product"]}
    await registry.client.done(f"{told}/scope", scope)
    await recognise(registry, "NU")  # which no other test recognises
    await registry.second.done(f"{path}/approval")
    known = datetime.now(UTC).isoformat()
    before = (await answer_for(registry.client, site, as_of=known))["recognition"]
    async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as own:
        anew = await own.done(f"{told}/classification", {"outcome": "vai", "classified_on": str(TODAY)})
    assert before
    assert anew["covered"] is None
    now = [(await answer_for(registry.client, site, **asked))["recognition"] for asked in ({}, {"as_of": known})]
    assert now == [None, before], "nobody has read that decision, of which nobody knew then"
    await tick()
    assert (await registry.client.get(path)).json()["state"] == "suspended"
    assert (await registry.client.done(f"{told}/scope", scope))["covered"]
    assert (await registry.second.done(f"{path}/reinstatement", {"reason": "read"}))["state"] == "approved"


async def test_what_is_withdrawn_of_another_work_touches_no_recognised_inspection(
    registry: Any, qualify: Any, site: Any, tick: Any
) -> None:
    path, country = await qualify.assessed(site), "TF"
    scope = {"country": country, "product_kind": "chemical", "activities": ["drug_product"]}
    await registry.client.done(f"{await inspected(registry, site)}/scope", scope)
    await recognise(registry, country)
    await registry.second.done(f"{path}/approval")
    packs = await qualify.certified(site, activities=["packaging"], dosage_forms=["tablet"])
    body = {"effective_on": str(TODAY - timedelta(1)), "non_compliance": False, "reason": "packs no more"}
    await registry.client.done(f"/certificates/{packs['id']}/withdrawal", body)
    await tick()
    assert (await registry.client.get(path)).json()["state"] == "approved"


async def test_an_inspection_that_is_closed_carries_its_work_with_the_successor_too(
    registry: Any, qualify: Any, site: Any, other: Any, merged: Any, verdicts: Any
) -> None:
    path, country = await qualify.assessed(site), "BV"
    told = await inspected(registry, site)
    scope = {"country": country, "product_kind": "chemical", "activities": ["drug_product"]}
    await registry.client.done(f"{told}/scope", scope)
    await recognise(registry, country)
    assert (await registry.second.done(f"{path}/approval"))["state"] == "approved"
    await registry.client.done(f"{told}/closure", {})
    before = await verdicts("certificate")
    await merged(site["partner_id"], other["id"], 3)
    new = registry.as_("partner_quality", partner_id=UUID(other["id"]))
    assert [await verdicts("certificate", client=each) for each in (registry.client, new)] == [before, "unknown"]
    assert (await new.get(told)).status_code == 200
