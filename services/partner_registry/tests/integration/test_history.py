"""A partner's history over HTTP: all that this service tells of it, and to the partner what it was told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts import Role

CERTIFICATE = {
    "kind": "iso", "holder": "x", "authority": "x", "activities": ["drug_product"], "digest": "0" * 64,
    "valid_from": "2026-02-01", "certificate_number": "7"
}  # fmt: skip
CRITERIA = (
    *("product_complexity", "regulatory_demand", "market_criticality", "competitive_sensitivity", "spend"),
    *("technology_uniqueness", "mutual_dependence"),
)
SHARED = ["CertificateRecorded", "SiteRegistered", "PartnerRegistered"]


async def test_it_holds_what_was_told_in_its_order_and_to_the_partner_what_it_knows(
    registry: Any, site: Any, eventually: Any
) -> None:
    partner_id = site["partner_id"]
    path = f"/partners/{partner_id}/facts"
    await registry.client.done("/certificates", CERTIFICATE | {"site_id": site["id"]})
    criteria = [{"criterion": name, "points": 7, "rationale": "x"} for name in CRITERIA]
    segment = await registry.client.done("/segmentations", {"partner_id": partner_id, "criteria": criteria})
    await registry.second.done(f"/segmentations/{segment['id']}/confirmation")

    async def entries(client: Any = registry.client, **asked: Any) -> Any:
        return (await client.get(path, params=asked)).json()["items"]

    def kinds(found: Any) -> list[str]:
        return [each["kind"] for each in found if each["kind"] in (*SHARED, "SegmentChanged")]

    async def all_there() -> Any:
        found, oldest_first = await entries(), await entries(sort="id")
        told = {*SHARED, "SegmentChanged"} <= {each["kind"] for each in found}
        return found if told and oldest_first == found[::-1] else None  # else more came between the two

    found = await eventually(all_there)
    assert found[-1]["data"]["legal_name"], "the first is the registration, as it was told"
    assert kinds(await entries(kind=["SiteRegistered", "PartnerRegistered"])) == SHARED[1:]
    assert await entries(as_of=found[-1]["recorded_at"]) == found[-1:]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert await entries(**{"from": tomorrow}) == []
    async with registry.as_(Role.partner_quality, partner_id=UUID(partner_id)) as people:
        assert kinds(await entries(people)) == SHARED, "the sponsor's segment is not in it"


async def test_a_span_that_ends_before_it_begins_is_refused(registry: Any, site: Any) -> None:
    path = f"/partners/{site['partner_id']}/facts"
    answer = await registry.client.get(path, params={"from": "2026-02-02", "to": "2026-02-01"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.from")
