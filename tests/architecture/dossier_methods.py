"""A method that goes from one site of a company of the invented world to another, and what was found of it."""

from datetime import UTC, datetime
from typing import Any

from contracts import Role
from tests.architecture.bodies_methods import FOUND, plan_of


async def transferred(service: Any, company: Any) -> dict[str, str]:
    """A method transfer whose criteria are frozen, with a result of the receiving laboratory."""
    transfer = (await service.client.get(f"/transfers/{company.found['transfer_id']}")).json()
    body = plan_of(company) | {"sending_laboratory_site_id": transfer["sending_site_id"]}
    one = await service.client.done("/method-transfers", body)
    path = f"/method-transfers/{one['id']}"
    for subject, step in (("a", "sending-approval"), ("b", "receiving-approval")):
        async with service.as_(Role.partner_lab, partner_id=company.id, subject=subject) as person:
            await person.done(f"{path}/{step}")
    await service.second.done(f"{path}/protocol-approval")
    found = FOUND | {"analyst": company.name, "tested_at": datetime.now(UTC).isoformat()}
    async with service.as_(Role.partner_lab, partner_id=company.id) as person:
        await person.done(f"{path}/results", {"side": "receiving", "results": [found]})
    query = {"method_transfer_id": one["id"]}
    (result,) = (await service.client.get("/method-transfer-results", params=query)).json()["items"]
    return {"method_transfer_id": one["id"], "method_transfer_result_id": result["id"]}
