"""Partners over HTTP, against real PostgreSQL and Kafka."""

from typing import Any
from uuid import uuid4


async def test_a_partner_is_registered_once_and_activated(launch: Any) -> None:
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
    active = await registry.client.post(f"/partners/{partner['id']}/activation", json={"reason": "first qualification"})
    assert active.json()["state"] == "active"
    assert active.json()["version"] == 2
