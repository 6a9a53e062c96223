"""What authorities and the sponsor say of the sites of the invented world's companies."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from contracts import Role
from tests.architecture.examples import (
    CERTIFICATE,
    CONTACT,
    INSPECTION,
    LINE,
    OUTSIDE,
    QP,
    RECOGNITION,
    REGISTERED,
    REGISTRATION,
    SUB_SUPPLIER,
)


async def inspected(registry: Any, company: Any) -> dict[str, str]:
    """An inspection of its site, and the qualification for what it makes."""
    inspection = INSPECTION | {"site_id": company.site, "authority": company.name}
    line = LINE | {"site_id": company.site, "code": company.name, "activity": "drug_product"}
    used = SUB_SUPPLIER | {"site_id": company.site, "supplier": company.name}
    buyer = await registry.done("/partners", {"legal_name": f"{uuid4()}", "kind": "cmo", "country": "SI"})
    merges = {"partner_id": company.id, "successor_id": buyer["id"], "effective_on": "2036-02-01", "evidence": "0" * 64}
    sale = {"site_id": company.site, "buyer_id": buyer["id"], "effective_on": "2036-01-31", "reason": company.name}
    scope = {"site_id": company.site, "activity": "drug_product", "purpose": "commercial", "dosage_form": company.name}
    union = {"partner_id": company.id, "other_id": buyer["id"], "reason": company.name}
    united = (await registry.done("/partner-unions", union))["id"]
    merger = (await registry.done("/partner-mergers", merges | {"reason": company.name}))["id"]
    # Called off: nobody leaves while a merger is to come.
    await registry.done(f"/partner-mergers/{merger}/cancellation", {"reason": company.name})
    return {
        "partner_union_id": united,
        "sub_supplier_use_id": (await registry.done("/sub-suppliers", used))["id"],
        "line_id": (await registry.done("/lines", line))["id"],
        "site_transfer_id": (await registry.done("/site-transfers", sale))["id"],
        "partner_merger_id": merger,
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


async def leaving(running: Any, company: Any) -> dict[str, str]:
    """Its exit, before which a site of it was qualified for development, and an event outside of all records."""
    registry, site = running.client, {"site_id": company.site}
    held = CERTIFICATE | site | {"kind": "gmp", "certificate_number": f"{company.name} gmp", "valid_to": "2036-01-31"}
    certificate = (await registry.done("/certificates", held))["id"]
    seen = {"authority_register": "EudraGMDP", "checked_on": "2026-02-02"}
    await running.second.done(f"/certificates/{certificate}/confirmation", seen)
    scope = site | {"activity": "testing", "purpose": "development"}
    path = f"/qualifications/{(await registry.done('/qualifications', scope))['id']}"
    async with running.as_(Role.quality, subject="starter") as starter:
        begun = await starter.done(f"{path}/assessment")
    answers = [{"item": each["code"], "verdict": "met"} for each in begun["items"] if each["mandatory"]]
    await registry.done(f"{path}/answers", {"answers": answers})
    yesterday = str(datetime.now(UTC).date() - timedelta(1))  # later than the audit that was told
    audit = {"audited_on": yesterday, "outcome": "acceptable", "report": "0" * 64}
    await registry.done(f"{path}/audit", audit)
    async with running.as_(Role.msat, subject="max") as msat:
        await msat.done(f"{path}/endorsement")
    await running.second.done(f"{path}/approval")
    leaves = {"partner_id": company.id, "reason": company.name}
    event = OUTSIDE | {"partner_id": company.id, "source": company.name}
    return {
        "partner_exit_id": (await registry.done("/partner-exits", leaves))["id"],
        "outside_event_id": (await registry.done("/outside-events", event))["id"],
    }


async def companies(registry: Any, company: Any) -> dict[str, str]:
    """A further legal entity of it, a number, whom to ask, and another partner that looks like it."""
    entity = {"partner_id": company.id, "legal_name": f"{company.name} services", "country": "AT", "seat": company.name}
    number = {"partner_id": company.id, "scheme": "vat", "value": f"US{company.id.replace('-', '')[-15:]}"}
    known = {"partner_id": company.id, "product_id": company.product, "valid_from": "2026-02-01"}
    contact = CONTACT | {"partner_id": company.id, "person": company.name}
    alike = {"legal_name": company.name, "kind": "cmo", "country": "HR"}
    looks_so = {"partner_id": (await registry.done("/partners", alike))["id"]}
    return {
        "legal_entity_id": (await registry.done("/legal-entities", entity))["id"],
        "identifier_id": (await registry.done("/identifiers", number))["id"],
        "partner_product_id": (await registry.done("/partner-products", known | {"partner_name": company.name}))["id"],
        "contact_id": (await registry.done("/contacts", contact))["id"],
        "duplicate_id": (await registry.get("/duplicates", params=looks_so)).json()["items"][0]["id"],
    }
