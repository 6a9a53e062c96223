"""What the sponsor keeps in sample_tracking of the invented world's companies beside what is reported."""

from datetime import UTC, datetime
from typing import Any

from contracts import Role
from tests.architecture.bodies import ORDERED
from tests.entitling import entitled, registered


async def certified(tracking: Any, company: Any) -> dict[str, str]:
    """A draft of a certificate of analysis of another lot, which its maker tested itself, by a method of its own."""
    lot = {"site_id": company.site, "material": company.code, "number": f"{company.name} 0007"}
    body = {"lot": lot, "laboratory_site_id": company.site, "stage": "release"}
    body["occurred_at"] = datetime.now(UTC).date().isoformat()
    found = {"test": "assay", "value": "99.0", "unit": "%", "method": company.name}
    async with tracking.as_(Role.lab, subject="analyst") as analyst:
        result = await analyst.done("/results", body | found)
    method = await registered(tracking.client, company.name, product_id=company.product)
    entitlement = await entitled(tracking.client, method, company.site)
    path = f"/result-sets/{result['set_id']}"
    async with tracking.as_(Role.lab, subject="reviewer") as reviewer:
        await reviewer.done(f"{path}/review", {"raw_data_seen": True})
    async with tracking.as_(Role.quality, subject="approver") as approver:
        await approver.done(f"{path}/approval")
    asked = {"lot_id": result["lot_id"], "market": "AT", "specification_id": company.found["specification_id"]}
    async with tracking.as_(Role.quality, subject="drafter") as drafter:
        coa = await drafter.done("/certificates-of-analysis", asked)
    return {"coa_id": coa["id"], "method_id": method["id"], "entitlement_id": entitlement["id"]}


async def flagged(tracking: Any, company: Any, eventually: Any) -> dict[str, str]:
    """A result of another lot that was entered long after its maker tested it, and the flag that this raises."""
    lot = {"site_id": company.site, "material": company.code, "number": f"{company.name} 0009"}
    body = {"lot": lot, "laboratory_site_id": company.site, "stage": "release", "occurred_at": "2026-03-07"}
    async with tracking.as_(Role.lab, subject="analyst") as analyst:
        result = await analyst.done("/results", body | {"test": "assay", "value": "99.0", "unit": "%"})

    async def raised() -> Any:
        asked = {"result_id": result["id"]}
        return (await tracking.client.get("/data-integrity-flags", params=asked)).json()["items"]

    return {"data_integrity_flag_id": (await eventually(raised))[0]["id"]}


async def ordered(tracking: Any, company: Any) -> dict[str, str]:
    """An order of another lot's test, issued to its maker, which tests it itself."""
    lot = {"site_id": company.site, "material": company.code, "number": f"{company.name} 0008"}
    test = ORDERED | {"specification_id": company.found["specification_id"], "method": company.name}
    body = {"lot": lot, "laboratory_site_id": company.site, "tests": [test], "agreed_working_days": 5}
    async with tracking.as_(Role.lab, subject="orderer") as orderer:
        order = await orderer.done("/test-orders", body)
        await orderer.done(f"/test-orders/{order['id']}/issue", {"not_yet_qualified_reason": company.name})
    return {"test_order_id": order["id"]}


async def typed(tracking: Any, company: Any) -> dict[str, str]:
    """A certificate on paper of another lot, which its maker tested itself, as one person typed it."""
    lot = {"site_id": company.site, "material": company.code, "number": f"{company.name} 0009"}
    body = {"lot": lot, "laboratory_site_id": company.site, "stage": "release", "occurred_at": "2026-03-07"}
    paper = body | {"certificate_digest": "c" * 64, "results": [{"test": "assay", "value": "99.0", "unit": "%"}]}
    async with tracking.as_(Role.lab, subject="first-typist") as typist:
        keyed = await typist.done("/transcriptions", paper)
    return {"transcription_id": keyed["id"]}
