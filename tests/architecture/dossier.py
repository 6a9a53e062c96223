"""What authorities and the sponsor say of the sites of the invented world's companies."""

from typing import Any
from uuid import uuid4

from tests.architecture.examples import INSPECTION, LINE, QP, RECOGNITION, REGISTERED, REGISTRATION, SUB_SUPPLIER


async def inspected(registry: Any, company: Any) -> dict[str, str]:
    """An inspection of its site, and the qualification for what it makes."""
    inspection = INSPECTION | {"site_id": company.site, "authority": company.name}
    line = LINE | {"site_id": company.site, "code": company.name, "activity": "drug_product"}
    used = SUB_SUPPLIER | {"site_id": company.site, "supplier": company.name}
    buyer = await registry.done("/partners", {"legal_name": f"{uuid4()}", "kind": "cmo", "country": "SI"})
    sale = {"site_id": company.site, "buyer_id": buyer["id"], "effective_on": "2036-01-31", "reason": company.name}
    scope = {"site_id": company.site, "activity": "drug_product", "purpose": "commercial", "dosage_form": company.name}
    return {
        "sub_supplier_use_id": (await registry.done("/sub-suppliers", used))["id"],
        "line_id": (await registry.done("/lines", line))["id"],
        "site_transfer_id": (await registry.done("/site-transfers", sale))["id"],
        "inspection_id": (await registry.done("/inspections", inspection))["id"],
        "qualification_id": (await registry.done("/qualifications", scope))["id"],
    }


async def registered(running: Any, company: Any) -> dict[str, str]:
    """Its product for its site, of whose registration itself a partner knows nothing, and its qualified person."""
    registry = running.client
    submitted = REGISTRATION | {"product_id": company.product, "holder": company.name}
    registration = (await registry.done("/registrations", submitted))["id"]
    site = {"site_id": company.site, "activity": "drug_product", "valid_from": "2026-02-01"}
    body = REGISTERED | {"authorisation_number": company.name, "sites": [site], "storage": company.name}
    await registry.done(f"/registrations/{registration}/approval", body)
    person = QP | {"printed_name": company.name, "site_ids": [company.site], "partner_id": company.id}
    named = (await registry.done("/qp-capacities", person))["id"]
    await running.second.done(f"/qp-capacities/{named}/confirmation")
    rows = (await registry.get("/registered-sites", params={"site_id": company.site})).json()["items"]
    row = RECOGNITION | {"regime": "gb", "country": "SG", "source": company.name}
    recognised = (await registry.done("/mutual-recognitions", row))["id"]
    found = {"registration_id": registration, "registered_site_id": rows[0]["id"], "qp_capacity_id": named}
    return found | {"mutual_recognition_id": recognised}
