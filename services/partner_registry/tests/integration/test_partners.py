"""Partners over HTTP, against real PostgreSQL and Kafka."""

from typing import Any
from uuid import uuid4


async def test_a_partner_is_registered_once_and_works_when_it_is_qualified(launch: Any) -> None:
    registry = await launch("partner_registry")
    name = f"Alpine Tablets {uuid4().hex[:6]} GmbH"
    body = {"legal_name": name, "kind": "cmo", "country": "AT"}
    created = await registry.client.post("/partners", json=body, headers={"Idempotency-Key": uuid4().hex})
    assert created.status_code == 201, created.text
    partner = created.json()
    assert partner["state"] == "prospect"
    assert created.headers["etag"] == '"1"'
    again = await registry.client.post(
        "/partners", json=body | {"legal_name": name.upper().replace("GMBH", "G.m.b.H.")}
    )
    assert again.status_code == 409, again.text
    refused = await registry.client.post(f"/partners/{partner['id']}/activation", json={"reason": "it is cheap"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:entente:problem:rule-violated")
    assert "the first qualification makes it active" in refused.json()["detail"]
    assert (await registry.client.get(f"/partners/{partner['id']}")).json()["state"] == "prospect"


async def test_a_suspended_one_that_is_qualified_is_activated_by_hand(registry: Any, qualify: Any, site: Any) -> None:
    await qualify.certified(site)
    await qualify.approved(site)
    path = f"/partners/{site['partner_id']}"
    assert (await registry.client.get(path)).json()["state"] == "active"
    await registry.client.done(f"{path}/suspension", {"reason": "a recall"})
    assert (await registry.client.done(f"{path}/activation", {"reason": "the cause is lifted"}))["state"] == "active"
