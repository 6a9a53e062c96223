"""Sites and products over HTTP, and who sees what."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

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
