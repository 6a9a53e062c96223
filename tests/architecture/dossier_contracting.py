"""What is agreed with a company of the invented world, and what of that is still open."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from contracting.agreements.clock import follow
from contracting.agreements.model import Agreement
from contracts import Role, clock
from runtime.database import Context
from runtime.principal import worker
from tests.architecture.bodies_contracting import OWN_CLAUSE, PDF, REVIEW, draft_of, prices_of, terms_of


async def agreed(service: Any, company: Any, eventually: Any) -> dict[str, str]:
    """A quality agreement in force, a version that is to change it, a draft, and what both are to decide of it."""
    first = await _signed(service, company, await _proposed(service, company, eventually))
    agreement_id = first["agreement_id"]
    async with service.app.state.store.work(Context(worker("contracting"))) as work:
        await follow(work, await work.get(Agreement, UUID(agreement_id)))
    change = {"agreement_id": agreement_id, "parent_version": 1}
    if not (await service.client.get("/responsibility-clauses")).json()["items"]:
        await service.client.done("/responsibility-clauses", OWN_CLAUSE)
    drafts = [
        await service.client.done("/agreement-drafts", change | {"content": terms_of(company, **more)})
        for more in ({"documents": [await _document(service, company)]}, {"governing_law": "DE"})
    ]
    second = await service.client.done(f"/agreement-drafts/{drafts[0]['id']}/submission")
    decision = await service.client.done("/joint-decisions", REVIEW | {"agreement_id": agreement_id})

    async def owed() -> Any:
        """Of its deviation the sponsor was told in time, or before the agreement's first day: nobody can waive that."""
        of_it = {"subject_id": company.found["deviation_id"], "clause": "notify_deviation"}
        return (await service.client.get("/obligations", params=of_it)).json()["items"]

    return {
        "obligation_id": (await eventually(owed))[0]["id"],
        "agreement_id": agreement_id,
        "agreement_version_id": second["version_id"],
        "agreement_draft_id": drafts[1]["id"],
        "joint_decision_id": decision["id"],
        "price_list_id": (await service.client.done("/price-lists", prices_of(company)))["id"],
        "digest": sha256(PDF.format(company.name).encode()).hexdigest(),
    }


async def _document(service: Any, company: Any) -> Any:
    """A document of the sponsor's, as the version that is to change the agreement names it."""
    kind, content = "application/pdf", PDF.format(company.name)
    name = {"file_name": "agreement.pdf"}
    sent = await service.client.post("/documents", content=content, params=name, headers={"Content-Type": kind})
    assert sent.is_success, sent.text
    return sent.json()


async def _proposed(service: Any, company: Any, eventually: Any) -> Any:
    """The first version, begun today."""
    body = draft_of(company, effective_from=clock.now().date().isoformat())

    async def known() -> Any:
        answer = await service.client.post("/agreement-drafts", json=body)
        return answer if answer.status_code != 409 else None

    draft = (await eventually(known)).json()
    done = await service.client.done(f"/agreement-drafts/{draft['id']}/submission")
    return (await service.client.get(f"/agreement-versions/{done['version_id']}")).json()


async def _signed(service: Any, company: Any, version: Any) -> Any:
    path = f"/agreement-versions/{version['id']}"
    coverage = await service.client.get(f"/agreements/{version['agreement_id']}/coverage")
    cells = {"cells": [{"code": code, "owner": "sponsor"} for code in coverage.json()["open_mandatory"]]}
    await service.client.done(f"{path}/responsibilities", cells)
    async with service.as_(Role.partner_quality, partner_id=UUID(company.id)) as partner:
        await partner.done(f"{path}/responsibilities", cells)
        digest = {"digest": (await service.client.get(path)).json()["digest"]}
        await service.client.done(f"{path}/agreement", digest)
        await partner.done(f"{path}/partner-agreement", digest)
        await service.second.done(f"{path}/signature")
    async with service.as_(Role.partner_quality, partner_id=UUID(company.id), subject=f"head {company.id}") as head:
        return await head.done(f"{path}/partner-signature")
