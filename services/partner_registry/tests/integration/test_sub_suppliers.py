"""Sub-suppliers over HTTP, told by either side; on whom several partners rest is the sponsor's to know."""

from typing import Any
from uuid import UUID, uuid4

from contracts.sites import SubSupplierUsed

JUDGED = {"criticality": "critical", "audited_by": "partner", "last_audit_on": "2025-11-04"}


async def test_a_sub_supplier_that_two_partners_use(registry: Any, site: Any, bus: Any, eventually: Any) -> None:
    name = f"Steril {uuid4().hex}"
    body = JUDGED | {"purpose": "sterilisation", "supplier": f"{name} GmbH", "supplier_country": "DE"}
    body |= {"used_since": "2026-02-01"}
    own = registry.as_("partner_quality", partner_id=UUID(site["partner_id"]), subject="otto")
    made = await own.done("/sub-suppliers", body | {"site_id": site["id"]})
    path = f"/sub-suppliers/{made['id']}"
    assert made["consent"] == "not_on_record"
    assert (await registry.client.get(path)).json()["consent"] == "not_on_record"
    assert made["waiting_for"]["side"] == "sponsor", "whose it is to agree, or not"
    twice = await registry.client.post("/sub-suppliers", json=body | {"site_id": site["id"], "supplier": name})
    assert twice.status_code == 409

    async def held() -> Any:
        risk = (await registry.client.get(f"/site-risks/{site['id']}")).json()
        return [
            each["cause"]
            for each in risk.get("floors", ())
            if (each["dimension"], each["band"]) == ("regulatory", "medium")
        ]

    assert await eventually(held) == [
        f"{made['number']} uses {name} GmbH for sterilisation, and no consent is on record"
    ]
    rival = {"legal_name": f"Rival {uuid4().hex}", "kind": "cmo", "country": "AT"}
    rivals = {key: site[key] for key in ("country", "time_zone", "activities")} | {"name": "Rival's"}
    rivals["partner_id"] = (await registry.client.done("/partners", rival))["id"]
    other = await registry.client.done("/sites", rivals)
    await registry.client.done("/sub-suppliers", body | {"site_id": other["id"], "supplier": name})
    found = (await registry.client.get("/sub-suppliers/points-of-failure")).json()["items"]
    (point,) = [each for each in found if each["supplier"].startswith(name)]
    assert {each["site"]["id"] for each in point["uses"]} == {site["id"], other["id"]}
    assert (await own.get("/sub-suppliers/points-of-failure")).status_code == 403
    assert [each["id"] for each in (await own.get("/sub-suppliers")).json()["items"]] == [made["id"]]
    stranger = registry.as_("partner_quality", partner_id=UUID(other["partner_id"]))
    assert (await stranger.post(f"{path}/judgement", json=JUDGED)).status_code == 404
    assert (await stranger.post("/sub-suppliers", json=body | {"site_id": site["id"]})).status_code == 404

    await own.done(f"{path}/judgement", JUDGED | {"criticality": "minor"})
    ended = await own.done(f"{path}/end", {"ended_on": "2026-10-01", "reason": "brought home"})
    assert (ended["state"], ended["allowed"]) == ("ended", [])
    told = await bus.told(SubSupplierUsed, 3, sub_supplier_use_id=UUID(made["id"]))
    assert [(each.criticality, str(each.ended_on)) for each in told] == [
        ("critical", "None"),
        ("minor", "None"),
        ("minor", "2026-10-01"),
    ]
