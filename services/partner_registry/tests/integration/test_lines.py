"""Lines over HTTP, told by either side, and what a partner's login may write of them."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.sites import CapacityChanged, LineShared

USED = {"effective_on": "2026-01-01", "shared": False, "segregation": ["none"]}
USED |= {"batch_min": "10", "batch_max": "250", "batch_unit": "kg"}
HORMONES = USED | {"effective_on": "2026-02-01", "shared": True, "segregation": ["hormone"]}


@pytest.fixture
def own(registry: Any, site: Any) -> Any:
    return registry.as_("partner_operations", partner_id=UUID(site["partner_id"]), subject="otto")


async def test_a_line_from_its_beginning_to_its_end(
    registry: Any, site: Any, own: Any, bus: Any, eventually: Any
) -> None:
    body = USED | {"site_id": site["id"], "code": "KR-3", "activity": "drug_product"}
    made = await own.done("/lines", body)
    path = f"/lines/{made['id']}"
    assert (made["used"]["told_by"], made["capacity"]) == ("owner", None)
    assert (await registry.client.post("/lines", json=body)).status_code == 409
    assert (await registry.client.post("/lines", json=body | {"activity": "testing", "code": "Q"})).status_code == 409
    await own.done(f"{path}/use", HORMONES)
    amount = {"effective_on": "2026-02-01", "capacity": "400", "capacity_unit": "{batch}"}
    await own.done(f"{path}/capacity", amount)
    shown = await registry.client.done(f"{path}/capacity", amount | {"effective_on": "2026-03-01", "capacity": "300"})
    assert (shown["capacity"]["capacity"], shown["capacity"]["told_by"]) == ("300", "sponsor")
    (shared,) = await bus.told(LineShared, line_id=UUID(made["id"]))
    assert (shared.segregation, shared.told_by) == (("hormone",), "owner")
    told = await bus.told(CapacityChanged, 2, line_id=UUID(made["id"]))
    assert [(each.before and each.before.value, each.after.value, each.told_by) for each in told] == [
        (None, 400, "owner"),
        (400, 300, "sponsor"),
    ]

    async def held() -> Any:
        risk = (await registry.client.get(f"/site-risks/{site['id']}")).json()
        return [
            each["cause"]
            for each in risk.get("floors", ())
            if (each["dimension"], each["band"]) == ("quality", "medium")
        ]

    assert await eventually(held) == [f"{made['number']} shares with hormone from 2026-02-01 on"]
    rival = registry.as_("partner_quality", partner_id=uuid4())
    assert (await rival.get(path)).status_code == 404
    assert (await rival.post(f"{path}/capacity", json=amount)).status_code == 404
    assert (await rival.post("/lines", json=body | {"code": "X"})).status_code == 404
    ended = await own.done(f"{path}/retirement", {"valid_until": "2026-04-01", "reason": "replaced"})
    assert (ended["state"], ended["used"], ended["capacity"], ended["allowed"]) == ("retired", None, None, [])
    assert (await own.done("/lines", body))["code"] == "KR-3", "its code is free again"
