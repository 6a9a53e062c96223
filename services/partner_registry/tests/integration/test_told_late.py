"""A sale that is told late, over HTTP: what counted on a day since then still counts on it, and no longer."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from contracts import clock
from contracts.partner_registry import CertificateExpired, CertificateWithdrawn
from contracts.qualifications import SiteQualificationChanged

TODAY = datetime.now(ZoneInfo("Europe/Vienna")).date()  # the site's


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
async def test_what_ended_between_a_sale_and_its_telling_counts_until_then(
    registry: Any, qualify: Any, site: Any, other: Any, sold: Any, verdicts: Any, bus: Any, how: str
) -> None:
    ended = TODAY - timedelta(10)
    if how == "withdrawn":
        found = await qualify.certified(site)
        said = {"effective_on": str(ended), "reason": "mixed up", "non_compliance": True}
        await registry.client.done(f"/certificates/{found['id']}/withdrawal", said)
    else:
        await qualify.certified(site, valid_to=str(ended))
    before = [await verdicts("certificate", days) for days in (50, 30, 11, 9, 0)]
    await sold(other["id"], 40)
    assert before == ["met", "met", "met", "not_met", "not_met"]
    assert [await verdicts("certificate", days) for days in (50, 30, 11, 9, 0)] == before
    kind = CertificateWithdrawn if how == "withdrawn" else CertificateExpired
    (fact,) = await bus.told(kind, partner_id=UUID(other["id"]))
    if isinstance(fact, CertificateWithdrawn):
        assert (fact.effective_on, fact.wholly, fact.non_compliance) == (ended, True, True)
        assert "mixed up" not in fact.reason, "which was said to the seller"


async def test_what_ended_before_a_sale_stays_with_the_seller(
    registry: Any, qualify: Any, site: Any, other: Any, sold: Any, verdicts: Any
) -> None:
    await qualify.certified(site, valid_to=str(TODAY - timedelta(50)))
    await sold(other["id"], 40)
    assert [await verdicts("certificate", days) for days in (60, 45, 30)] == ["met", "not_met", "not_met"]
    (kept,) = (await registry.client.get("/certificates", params={"site_id": site["id"]})).json()["items"]
    assert kept["partner_id"] == site["partner_id"]


async def test_non_compliance_that_was_stated_goes_with_the_certificate(
    registry: Any, qualify: Any, site: Any, other: Any, sold: Any
) -> None:
    found = await qualify.certified(site)
    said = {"effective_on": str(TODAY - timedelta(3)), "reason": "x", "non_compliance": True}
    said |= {"activities": ["drug_product"], "dosage_forms": ["tablet"]}
    await registry.client.done(f"/certificates/{found['id']}/restriction", said)
    await sold(other["id"], 1)
    held = (await registry.client.get("/certificates", params={"site_id": site["id"]})).json()["items"]
    assert [each["non_compliance"] for each in held] == [True, True]


async def test_a_suspension_that_was_lifted_between_a_sale_and_its_telling_counts_on_its_own_days(
    registry: Any, qualify: Any, site: Any, other: Any, sold: Any, bus: Any
) -> None:
    now = datetime.now(UTC)
    await qualify.certified(site)
    with clock.standing_at(now - timedelta(25)):
        await qualify.approved(site)
    quinn, path = registry.as_("quality", subject="quinn"), f"/partners/{site['partner_id']}"
    why = {"reason": "records in doubt"}
    with clock.standing_at(now - timedelta(10)):
        await quinn.done(f"{path}/suspension", why | {"decisions": []})
    with clock.standing_at(now - timedelta(5)):
        await quinn.done(f"{path}/activation", why)
    await sold(other["id"], 20)
    work = {"activity": "drug_product", "dosage_form": "tablet"}

    async def state(days: int) -> Any:
        asked = work | {"on": str(TODAY - timedelta(days))}
        listed = (await registry.client.get("/sites/approved", params=asked)).json()["items"]
        (shown,) = [each for each in listed if each["site"]["id"] == site["id"]]
        return shown["state"], shown["partner"]["id"] == other["id"]

    found = [await state(days) for days in (21, 20, 11, 10, 6, 5, 0)]
    assert found == [
        ("approved", False), ("conditional", True), ("conditional", True), ("suspended", True), ("suspended", True),
        ("conditional", True), ("conditional", True),
    ]  # fmt: skip
    told = await bus.told(SiteQualificationChanged, 3, partner_id=UUID(other["id"]))
    assert [each.after for each in told] == ["conditional", "suspended", "conditional"]
    assert not any("doubt" in str(each.reason) for each in told), "why was said to the seller"
