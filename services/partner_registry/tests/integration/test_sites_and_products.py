"""Sites and products over HTTP, and who sees what."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.sites import SiteCorrected
from installation import migrate


@pytest.fixture
async def partner(launch: Any) -> dict[str, Any]:
    """A partner of its own for each test."""
    registry = await launch("partner_registry")
    body = {"legal_name": f"Partner {uuid4().hex}", "kind": "clo", "country": "SI"}
    created: dict[str, Any] = (await registry.client.post("/partners", json=body)).json()
    return created


def site_of(partner: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body = {"partner_id": partner["id"], "name": "Plant", "country": "SI", "time_zone": "Europe/Ljubljana"}
    return body | {"activities": ["testing"]} | changes


async def test_a_site_belongs_to_its_partner_and_a_rival_does_not_see_it(launch: Any, partner: dict[str, Any]) -> None:
    registry = await launch("partner_registry")
    created = await registry.client.post("/sites", json=site_of(partner))
    assert created.status_code == 201, created.text
    path = f"/sites/{created.json()['id']}"
    async with registry.as_("partner_quality", partner_id=UUID(partner["id"])) as own:
        assert (await own.get(path)).status_code == 200
        assert [site["id"] for site in (await own.get("/sites")).json()["items"]] == [created.json()["id"]]
    async with registry.as_("partner_quality", partner_id=uuid4()) as rival:
        refused = await rival.get(path)
        assert refused.status_code == 404
        assert refused.json()["type"] == "urn:entente:problem:not-found"
        assert (await rival.get("/sites")).json() == {"items": [], "next": None, "total": None, "unreadable": []}


async def test_what_is_wrong_with_a_site_is_said_by_field(launch: Any, partner: dict[str, Any]) -> None:
    registry = await launch("partner_registry")
    answer = await registry.client.post("/sites", json=site_of(partner, time_zone="Ljubljana", country="Slovenia"))
    assert answer.status_code == 422
    reasons = {item["field"]: item["reason"] for item in answer.json()["errors"]}
    assert "Europe/Ljubljana" in reasons["body.time_zone"]
    assert "body.country" in reasons
    unknown = await registry.client.post("/sites", json=site_of({"id": str(uuid4())}))
    assert unknown.status_code == 404


async def test_a_site_is_corrected_with_the_days_of_its_zone_and_keeps_what_it_is_qualified_for(
    bus: Any, registry: Any, qualify: Any, site: Any
) -> None:
    path, why = f"/sites/{site['id']}", {"reason": "as the register has it"}
    await qualify.certified(site)
    qualified = f"/qualifications/{(await qualify.approved(site))['id']}"
    await registry.client.done(f"{path}/closing", {"closing_on": "2027-06-01", "reason": "x"})
    for body, status in ((why, 409), (why | {"name": "Plant"}, 409), (why | {"time_zone": "Vienna"}, 422)):
        assert (await registry.client.post(f"{path}/correction", json=body)).status_code == status, body
    refused = await registry.client.post(f"{path}/correction", json=why | {"activities": ["testing"]})
    assert (refused.status_code, "drug_product (QUAL-" in refused.json()["detail"]) == (409, True)
    given = {"premises": "Neue Gasse 1, 8010 Graz", "time_zone": "Asia/Tokyo", "technologies": ["direct compression"]}
    given |= {"activities": ["drug_product", "packaging"], "dosage_forms": ["tablet"]}
    done = await registry.client.done(f"{path}/correction", why | given)
    assert ({name: done[name] for name in given}, done["name"]) == (given, site["name"])
    (fact,) = await bus.told(SiteCorrected, site_id=UUID(site["id"]))
    assert (fact.time_zone, fact.premises, fact.activities) == (
        *("Asia/Tokyo", given["premises"], ("drug_product", "packaging")),
    )
    assert (await registry.client.get(qualified)).json()["ends_at"][10:19] == "T15:00:00", "its day ends in Tokyo"
    async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as own:
        assert (await own.post(f"{path}/correction", json=why | given)).status_code == 403
        assert (await own.get(path)).json()["premises"] == given["premises"]


async def test_a_product_code_is_taken_once(launch: Any) -> None:
    registry = await launch("partner_registry")
    body = {"code": uuid4().hex, "name": "Film-coated tablet", "dosage_form": "tablet", "strengths": ["5 mg"]}
    assert (await registry.client.post("/products", json=body)).status_code == 201
    again = await registry.client.post("/products", json=body)
    assert (again.status_code, again.json()["type"]) == (409, "urn:entente:problem:rule-violated")
    found = (await registry.client.get("/products", params={"code": body["code"]})).json()["items"]
    assert [product["strengths"] for product in found] == [["5 mg"]]


async def test_models_and_migrations_agree(launch: Any, settings: Any, postgres_dsn: str) -> None:
    await launch("partner_registry")
    admin = migrate.database_admin_url(postgres_dsn, settings.database_of("partner_registry"))
    await asyncio.to_thread(migrate.check, Path(__file__).parents[2] / "migrations", admin)


async def test_a_laboratory_reads_the_products_that_it_tests_and_no_other(
    registry: Any, partner: dict[str, Any]
) -> None:
    bodies = [{"code": uuid4().hex, "name": "Amlo", "dosage_form": "tablet", "strengths": ["5 mg"]} for _ in range(2)]
    tested, secret = [(await registry.client.done("/products", each)) for each in bodies]
    known = {"partner_id": partner["id"], "valid_from": "2026-02-01", "partner_code": "4711"}
    row = await registry.client.done("/partner-products", known | {"product_id": tested["id"]})
    again = await registry.client.post("/partner-products", json=known | {"product_id": secret["id"]})
    assert (again.status_code, f"4711 is {tested['code']}" in again.json()["detail"]) == (409, True)
    unknown = await registry.client.post("/partner-products", json=known | {"product_id": str(uuid4())})
    assert unknown.status_code == 404
    path = f"/partner-products/{row['id']}"
    async with registry.as_("partner_lab", partner_id=UUID(partner["id"])) as own:
        (seen,) = (await own.get("/partner-products", params={"on": "2026-03-01"})).json()["items"]
        assert [seen[name] for name in ("product_code", "dosage_form", "partner_code")] == [
            *(tested["code"], "tablet", "4711")
        ]
        assert (await own.get("/products")).status_code == 403
        assert (await own.post(f"{path}/withdrawal", json={"reason": "x"})).status_code == 403
    async with registry.as_("partner_lab", partner_id=uuid4()) as rival:
        assert (await rival.get(path)).status_code == 404
        assert (await rival.get("/partner-products")).json()["items"] == []
    await registry.client.done(f"{path}/end", {"valid_to": "2026-02-28", "reason": "renumbered"})
    assert (
        await registry.client.get("/partner-products", params={"on": "2026-03-01", "partner_id": partner["id"]})
    ).json()["items"] == []
    await registry.client.done("/partner-products", known | {"product_id": secret["id"], "valid_from": "2026-03-01"})


async def test_a_product_is_described_with_those_of_which_it_is_made(registry: Any) -> None:
    bodies = [{"code": uuid4().hex, "name": "Amlo", "dosage_form": "tablet"} for _ in range(3)]
    one, two, pack = [(await registry.client.done("/products", each)) for each in bodies]
    step = {"kind": "intermediate", "component_ids": []}
    await registry.client.done(f"/products/{one['id']}/description", step)
    await registry.client.done(f"/products/{two['id']}/description", step | {"component_ids": [one["id"]]})
    circle = await registry.client.post(
        f"/products/{one['id']}/description", json=step | {"component_ids": [two["id"]]}
    )
    assert (circle.status_code, "made of itself" in circle.json()["detail"]) == (409, True)
    made = {"kind": "finished_pack", "other_names": ["Amlodipin"], "component_ids": [two["id"]]}
    done = await registry.client.done(f"/products/{pack['id']}/description", made)
    assert ([each["number"] for each in done["components"]], done["other_names"]) == ([two["code"]], ["Amlodipin"])
    unknown = made | {"component_ids": [str(uuid4())]}
    assert (await registry.client.post(f"/products/{pack['id']}/description", json=unknown)).status_code == 404
