"""A site that is sold, over HTTP: what the seller keeps, what the buyer gets, and what neither sees of the other."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts.sites import SiteTransferred

TODAY = datetime.now(ZoneInfo("Europe/Vienna")).date()  # the site's
VERSIONS = {"process_version": "MP-7", "shelf_life_months": 36, "storage": "cool", "specification_version": "v1"}


@pytest.fixture
async def buyer(registry: Any) -> Any:
    body = {"legal_name": f"Buyer {uuid4().hex}", "kind": "cmo", "country": "AT"}
    return await registry.client.done("/partners", body)


async def register(registry: Any, product: Any, site: Any) -> None:
    regulatory = registry.as_("regulatory", subject="rita")
    body = {"product_id": product["id"], "market": "AT", "regime": "eu_eea", "holder": "Alpine"}
    made = await regulatory.done("/registrations", body | {"submitted_on": "2024-03-01"})
    rows = [{"site_id": site["id"], "activity": "drug_product", "valid_from": "2025-01-01"}]
    content = VERSIONS | {"sites": rows, "effective_on": "2025-01-01", "authorisation_number": "1-4"}
    await regulatory.done(f"/registrations/{made['id']}/approval", content)


async def items(client: Any, path: str, site: Any) -> Any:
    answer = await client.get(path, params={"site_id": site["id"]})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def approved(client: Any, site: Any, **asked: str) -> Any:
    listed = await client.get("/sites/approved", params=asked | {"activity": "drug_product"})
    return [each for each in listed.json()["items"] if each["site"]["id"] == site["id"]]


async def belongs_to(registry: Any, tick: Any, site: Any, buyer: Any) -> bool:
    await tick()  # which leaves out what a handler holds at that moment
    return bool((await registry.client.get(f"/sites/{site['id']}")).json()["partner_id"] == buyer["id"])


async def answer(client: Any, product: Any, site: Any, on: Any) -> Any:
    asked = {"product_id": product["id"], "site_id": site["id"], "market": "AT", "activity": "drug_product"}
    return await client.get("/registrations/answer", params=asked | {"on": str(on)})


def verdicts(said: Any) -> dict[str, str]:
    return {each["condition"]: each["verdict"] for each in said["conditions"]}


async def test_a_site_is_sold(
    registry: Any, qualify: Any, tick: Any, site: Any, buyer: Any, product: Any, bus: Any, eventually: Any
) -> None:
    certificate, authorisation = await qualify.certified(site), await qualify.authorised(site)
    done = await qualify.approved(site)
    await register(registry, product, site)
    day = TODAY - timedelta(1)
    sold = {"site_id": site["id"], "buyer_id": buyer["id"], "effective_on": str(day), "reason": "sold"}
    announced = await registry.client.done("/site-transfers", sold)
    again = await registry.client.post("/site-transfers", json=sold)
    assert again.status_code == 409
    seller = registry.as_("partner_quality", partner_id=UUID(site["partner_id"]))
    new = registry.as_("partner_quality", partner_id=UUID(buyer["id"]))
    assert (await seller.get(f"/site-transfers/{announced['id']}")).status_code == 403
    assert (await new.get(f"/sites/{site['id']}")).status_code == 404

    async def effective() -> Any:
        await tick()  # which leaves out what a handler holds at that moment
        return bus.of(SiteTransferred, site_id=UUID(site["id"]))

    (fact,) = await eventually(effective)
    assert (fact.from_partner_id, fact.partner_id) == (UUID(site["partner_id"]), UUID(buyer["id"]))

    # The seller keeps what was, as it was called, and loses what comes.
    (kept,) = await items(seller, "/qualifications", site)
    assert (kept["id"], kept["state"], kept["site"]["number"]) == (done["id"], "withdrawn", site["number"])
    held = {each["id"]: each for each in await items(seller, "/certificates", site)}
    assert held.keys() == {certificate["id"], authorisation["id"]}
    gone = held[certificate["id"]]
    assert (gone["site_sold_on"], gone["counts"]) == (str(day), False)
    (row,) = await items(seller, "/registered-sites", site)
    assert (row["registered"], row["holds_until"]) == (None, str(day))
    assert (await seller.get(f"/sites/{site['id']}")).status_code == 404
    assert (await answer(seller, product, site, TODAY)).status_code == 404
    inspection = {"site_id": site["id"], "authority": "FDA", "kind": "routine", "starts_on": str(TODAY)}
    inspection |= {"announced_at": datetime.now(UTC).isoformat()}
    assert (await seller.post("/inspections", json=inspection)).status_code == 404

    # The buyer has what comes, and nothing from before.
    (own,) = await items(new, "/qualifications", site)
    assert (own["state"], own["valid_from"], own["valid_to"]) == ("conditional", done["valid_from"], done["valid_to"])
    assert own["conditions"][0]["due_on"] == str(TODAY + timedelta(90))
    (carried,) = await items(new, "/certificates", site)
    assert (carried["certificate_number"], carried["counts"]) == (certificate["certificate_number"], True)
    assert carried["recorded_by"] != certificate["recorded_by"]
    assert [each["why_not"] for each in await approved(new, site, dosage_form="tablet")] == [[]]
    (row,) = await items(new, "/registered-sites", site)
    assert (row["registered"]["valid_from"], row["known"][0]["steps"][0]["on"]) == ("2025-01-01", str(day))
    assert (await answer(new, product, site, TODAY)).status_code == 200
    assert (await answer(new, product, site, day - timedelta(1))).status_code == 404
    assert await approved(new, site, on=str(day - timedelta(1))) == []
    assert (await new.done("/inspections", inspection))["partner"]["id"] == buyer["id"]

    await each_day_is_answered_by_whose_it_was(registry, qualify, product, site, day)
    assert (await registry.client.get(f"/partners/{buyer['id']}")).json()["state"] == "active"
    refused = await registry.as_("quality", subject="starter").post(f"/qualifications/{done['id']}/assessment")
    assert refused.status_code == 409


async def each_day_is_answered_by_whose_it_was(registry: Any, qualify: Any, product: Any, site: Any, day: date) -> None:
    before = verdicts((await answer(registry.client, product, site, day - timedelta(1))).json())
    after = (await answer(registry.client, product, site, TODAY)).json()
    assert (before["registered"], before["authorisation"]) == ("met", "met")
    assert (verdicts(after)["authorisation"], after["allowed"]) == ("not_met", False), "the seller's is not the buyer's"
    await qualify.authorised(site)
    assert (await answer(registry.client, product, site, TODAY)).json()["allowed"]


async def test_a_sale_is_in_the_history_of_both(
    registry: Any, tick: Any, site: Any, buyer: Any, eventually: Any
) -> None:
    sold = {"site_id": site["id"], "buyer_id": buyer["id"], "effective_on": str(TODAY - timedelta(1)), "reason": "sold"}
    await registry.client.done("/site-transfers", sold)
    await eventually(lambda: belongs_to(registry, tick, site, buyer))
    seller = registry.as_("partner_quality", partner_id=UUID(site["partner_id"]))
    new = registry.as_("partner_quality", partner_id=UUID(buyer["id"]))

    async def told(client: Any, partner_id: str) -> Any:
        return (await client.get(f"/partners/{partner_id}/facts", params={"kind": "SiteTransferred"})).json()["items"]

    async def in_both_histories() -> Any:
        both = ((client, whose) for client in (registry.client, None) for whose in (site["partner_id"], buyer["id"]))
        own = {site["partner_id"]: seller, buyer["id"]: new}
        found = [await told(client or own[whose], whose) for client, whose in both]
        return all([each["data"]["site_id"] for each in one] == [site["id"]] for one in found)

    await eventually(in_both_histories)


async def test_a_sale_that_is_called_off_changes_nothing(registry: Any, tick: Any, site: Any, buyer: Any) -> None:
    sold = {"site_id": site["id"], "buyer_id": buyer["id"], "effective_on": str(TODAY), "reason": "sold"}
    made = await registry.client.done("/site-transfers", sold)
    await registry.client.done(f"/site-transfers/{made['id']}/cancellation", {"reason": "no deal"})
    await tick()
    assert (await registry.client.get(f"/sites/{site['id']}")).json()["partner_id"] == site["partner_id"]


async def test_a_sale_that_is_told_late_makes_no_day_a_qualified_one(
    registry: Any, qualify: Any, tick: Any, site: Any, buyer: Any, eventually: Any
) -> None:
    await qualify.certified(site)
    done = await qualify.approved(site)
    sold = {"site_id": site["id"], "buyer_id": buyer["id"], "reason": "sold"}
    await registry.client.done("/site-transfers", sold | {"effective_on": str(TODAY - timedelta(10))})
    await eventually(lambda: belongs_to(registry, tick, site, buyer))
    asked = {"activity": "drug_product", "dosage_form": "tablet", "on": str(TODAY - timedelta(5))}
    listed = (await registry.client.get("/sites/approved", params=asked)).json()["items"]
    (shown,) = [each for each in listed if each["site"]["id"] == site["id"]]
    assert not shown["allowed"]
    new = registry.as_("partner_quality", partner_id=UUID(buyer["id"]))
    (own,) = await items(new, "/qualifications", site)
    assert own["valid_from"] == done["valid_from"]
