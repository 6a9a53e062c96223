"""What the sponsor and the sites of the invented world's companies keep in quality_events beside what is reported."""

from typing import Any
from uuid import UUID

from contracts import Role
from tests.architecture.examples import ASSESSED, AUDIT, AUDITED, CHANGE, COMPLAINT, CONDUCTED, LIMITS, RECALL

REVIEWS = "/product-quality-reviews"


async def audited(quality: Any, company: Any) -> dict[str, str]:
    """An audit that is planned, a finding of one with its report, a change that is assessed, and recalls."""
    body = AUDIT | {"site_id": company.site, "scope": company.name}
    planned, reported = [(await quality.client.done("/audits", body))["id"] for _ in range(2)]
    async with quality.as_(Role.partner_quality, partner_id=UUID(company.id)) as site:
        await site.done(f"/audits/{reported}/confirmation")
    async with quality.as_(Role.auditor, subject="lead") as lead:
        await lead.done(f"/audits/{reported}/conduct", CONDUCTED)
    async with quality.as_(Role.auditor, subject="second") as second:
        await second.done(f"/audits/{reported}/report", AUDITED)
    (finding,) = (await quality.client.get("/audit-findings", params={"audit_id": reported})).json()["items"]
    found = {"site_audit_id": planned, "audit_finding_id": finding["id"]}
    found |= await _recalled(quality, company)
    found |= await _limited(quality, company)
    found |= {"change_id": await _assessed(quality, company), **await released(quality, company)}
    return found | {"product_review_id": await _reviewed(quality, company)}


async def _assessed(quality: Any, company: Any) -> str:
    body = CHANGE | {"site_id": company.site, "products": [company.code], "description": company.name}
    path = f"/changes/{(await quality.client.done('/changes', body))['id']}"
    await quality.client.done(f"{path}/classification", {"classification": "major"})
    async with quality.as_(Role.regulatory) as regulatory:
        await regulatory.done(f"{path}/assessment", ASSESSED)
    return path.rpartition("/")[2]


async def _limited(quality: Any, company: Any) -> dict[str, str]:
    """Limits that are proposed, and the deviation that explains why its batch lies outside of those that count."""
    body = LIMITS | {"material": company.code, "partner_id": company.id}
    of_step = {"step": f"compression {company.name}", "at_least": "90", "at_most": "101"}
    of_batch = {"yields": [{"at_least": "98", "at_most": "101"}]}
    stated = await quality.client.done("/process-limits", body | of_batch)
    await quality.second.done(f"/process-limits/{stated['id']}/confirmation")
    proposed = await quality.client.done("/process-limits", body | {"yields": [of_step]})
    said = {"batch_id": company.found["batch_id"], "deviation_id": company.found["deviation_id"]}
    said |= {"limit_name": "yield of the batch", "explanation": company.name}
    explained = await quality.client.done("/limit-explanations", said)
    return {"process_limits_id": proposed["id"], "limit_explanation_id": explained["id"]}


async def complained(quality: Any, company: Any) -> dict[str, str]:
    """A complaint that is shared with the lot's maker, and the notification of an authority that it never sees."""
    body = COMPLAINT | {"batch_id": company.found["batch_id"], "description": company.name}
    id = (await quality.client.done("/complaints", body))["id"]
    await quality.client.done(f"/complaints/{id}/triage", {"category": "counterfeit", "severity": "major"})
    await quality.client.done(f"/complaints/{id}/sharing")
    (due,) = (await quality.client.get("/authority-notifications", params={"cause_id": id})).json()["items"]
    cause = {"batch_id": company.found["batch_id"], "market": "US", "cause_type": "complaint", "cause_id": id}
    impact = await quality.client.done("/distribution-impacts", cause)
    found = {"complaint_id": id, "authority_notification_id": due["id"]}
    return found | {"distribution_impact": impact["id"]}


async def released(quality: Any, company: Any) -> dict[str, str]:
    """A disposition of its batch for one market, and what quality stated of it."""
    batch_id = company.found["batch_id"]
    await quality.client.done(f"/batches/{batch_id}/intent", {"markets": ["US"]})
    (opened,) = (await quality.client.get("/dispositions", params={"batch_id": batch_id})).json()["items"]
    said = {"batch_id": batch_id, "market": "US", "condition": "samples_retained", "evidence": "0b" * 32}
    async with quality.as_(Role.quality, subject="stater") as stater:
        statement = await stater.done("/readiness-statements", said | {"statement": company.name})
    return {"disposition": opened["id"], "readiness_statement_id": statement["id"]}


async def _reviewed(quality: Any, company: Any) -> str:
    """A review of its product, with what its own quality wrote, and the sponsor of what is its own."""
    body = {"site_ids": [company.site], "product_id": company.product, "period_from": "2026-01-01"}
    path = f"{REVIEWS}/{(await quality.client.done(REVIEWS, body | {'period_to': '2026-03-31'}))['id']}"
    await quality.client.done(f"{path}/parts", {"section": "market", "text": company.name})
    async with quality.as_(Role.partner_quality, partner_id=UUID(company.id)) as site:
        await site.done(f"{path}/parts", {"section": "equipment", "text": company.name})
    return path.rpartition("/")[2]


async def _recalled(quality: Any, company: Any) -> dict[str, str]:
    """A recall that is proposed, and its part in another one that started; why, the sponsor alone knows."""
    body = RECALL | {"batch_ids": [company.found["batch_id"]], "health_hazard": company.name}
    proposed, started = [(await quality.client.done("/recalls", body))["id"] for _ in range(2)]
    for role in (Role.quality, Role.regulatory):
        async with quality.as_(role, subject=f"approves for {role}") as person:
            recall = await person.done(f"/recalls/{started}/{role}-approval")
    (part,) = (await quality.client.get("/recall-parts", params={"number": recall["number"]})).json()["items"]
    return {"recall_id": proposed, "recall_part_id": part["id"]}


async def packs(registry: Any, quality: Any, company: Any, eventually: Any) -> dict[str, str]:
    """A stage that it does of a lot which somebody else makes, of whom nobody is asked here."""
    partner = {"legal_name": f"Maker for {company.name}", "kind": "cmo", "country": "SI"}
    partner_id = (await registry.done("/partners", partner))["id"]
    site = {"partner_id": partner_id, "name": "Plant", "country": "SI", "activities": ["drug_product"]}
    site_id = (await registry.done("/sites", site | {"time_zone": "Europe/Ljubljana"}))["id"]
    lot = {"site_id": site_id, "material": company.code, "number": f"{company.name} bulk", "started_at": "2026-03-01"}

    async def begun() -> Any:
        answer = await quality.client.post("/batches", json=lot)
        return answer.json() if answer.status_code == 201 else None

    stage = {"batch_id": (await eventually(begun))["id"], "site_id": company.site, "step": "packaging"}
    return {"partner_stage_id": (await quality.client.done("/stages", stage))["id"]}
