"""What the sponsor and the sites of the invented world's companies keep in quality_events beside what is reported."""

from typing import Any
from uuid import UUID

from contracts import Role
from tests.architecture.examples import AUDIT, AUDITED


async def audited(quality: Any, company: Any) -> dict[str, str]:
    """An audit that is planned, and a finding of another one that has its report."""
    body = AUDIT | {"site_id": company.site, "scope": company.name}
    planned, reported = [(await quality.client.done("/audits", body))["id"] for _ in range(2)]
    async with quality.as_(Role.partner_quality, partner_id=UUID(company.id)) as site:
        await site.done(f"/audits/{reported}/confirmation")
    async with quality.as_(Role.auditor, subject="lead") as lead:
        await lead.done(f"/audits/{reported}/conduct", {"conducted_on": "2026-02-04"})
    async with quality.as_(Role.auditor, subject="second") as second:
        await second.done(f"/audits/{reported}/report", AUDITED)
    (finding,) = (await quality.client.get("/audit-findings", params={"audit_id": reported})).json()["items"]
    return {"site_audit_id": planned, "audit_finding_id": finding["id"], **await released(quality, company)}


async def released(quality: Any, company: Any) -> dict[str, str]:
    """A disposition of its batch for one market, and what quality stated of it."""
    batch_id = company.found["batch_id"]
    await quality.client.done(f"/batches/{batch_id}/intent", {"markets": ["US"]})
    (opened,) = (await quality.client.get("/dispositions", params={"batch_id": batch_id})).json()["items"]
    said = {"batch_id": batch_id, "market": "US", "condition": "samples_retained", "evidence": "0b" * 32}
    async with quality.as_(Role.quality, subject="stater") as stater:
        statement = await stater.done("/readiness-statements", said | {"statement": company.name})
    return {"disposition": opened["id"], "readiness_statement_id": statement["id"]}
