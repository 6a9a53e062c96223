"""What is handed over between two sites of a company of the invented world, and what is decided of it."""

from typing import Any
from uuid import UUID

from contracts import Role
from runtime.database import Context
from runtime.principal import worker
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of
from tech_transfer.transfers.schemas import TechTransferState
from tech_transfer.verifications.model import ProcessVerification
from tests.architecture.bodies_package import GAP, ITEM, SEARCHED
from tests.architecture.bodies_ppq import PROTOCOL, compared, named
from tests.architecture.bodies_transfer import FAILED, LESSON, STATED, SUBMITTED, transfer_of


async def transferred(registry: Any, service: Any, company: Any, eventually: Any) -> dict[str, str]:
    """A transfer whose first gate failed, with what is to be done of it; and another decision that waits."""
    site = {"name": f"{company.name} 1", "country": "SI", "time_zone": "UTC", "activities": ["testing"]}
    former = await registry.done("/sites", site | {"partner_id": company.id})
    body = transfer_of(company) | {"sending_site_id": former["id"]}

    async def known() -> Any:
        answer = await service.client.post("/transfers", json=body)
        return answer if answer.status_code != 409 else None

    transfer = (await eventually(known)).json()
    proposal = {"transfer_id": transfer["id"]} | FAILED | {"reason": company.name}
    path = f"/gate-decisions/{(await service.client.done('/gate-decisions', proposal))['id']}"
    for subject, signature in (("a", "sending-signature"), ("b", "receiving-signature")):
        async with service.as_(Role.partner_quality, partner_id=company.id, subject=subject) as person:
            await person.done(f"{path}/{signature}")
    await service.second.done(f"{path}/signature")
    (action,) = (await service.client.get("/transfer-actions", params={"transfer_id": transfer["id"]})).json()["items"]
    said = STATED | {"transfer_id": transfer["id"], "evidence": company.name}
    return await _ended(service, company, transfer, body) | {
        "transfer_id": transfer["id"],
        "transfer_action_id": action["id"],
        "gate_decision_id": (await service.client.done("/gate-decisions", proposal))["id"],
        "statement_id": (await service.client.done("/statements", said))["id"],
        **await _handed_over(service, company, {"transfer_id": transfer["id"]}),
    }


async def _handed_over(service: Any, company: Any, of: dict[str, str]) -> dict[str, str]:
    """An item of its package, a gap between its sites, and a search for more."""
    made = {
        "package_item_id": ("/package-items", ITEM | {"title": company.name}),
        "gap_id": ("/gaps", GAP | {"what": company.name}),
        "gap_search_id": ("/gap-searches", SEARCHED | {"looked_at": company.name}),
    }
    return {name: (await service.client.done(path, of | body))["id"] for name, (path, body) in made.items()}


async def qualified(service: Any, company: Any) -> dict[str, str]:
    """A batch of its transfer, a PPQ series, a comparison with historical lots, and a look at what was made since."""
    client, of_it = service.client, {"transfer_id": company.found["transfer_id"]}
    series = await client.done("/ppq-series", PROTOCOL | of_it | {"protocol": company.name})
    await service.second.done(f"/ppq-series/{series['id']}/protocol-approval")
    return {
        "ppq_series_id": series["id"],
        "process_verification_id": await _verified(service, company, series),
        "transfer_batch_id": (await client.done("/transfer-batches", named(company, company.name)))["id"],
        "comparability_id": (await client.done("/comparabilities", compared(company)))["id"],
    }


async def _verified(service: Any, company: Any, series: Any) -> str:
    """A look at what was made, as it stands of a transfer that is closed."""
    async with service.app.state.store.work(Context(worker("tech-transfer"))) as work:
        transfer = await work.get(Transfer, UUID(series["transfer_id"]))
        about: dict[str, Any] = columns_of(transfer) | {"parties": [transfer.receiving_partner_id]}
        said = {"number": f"CPV-{company.name}", "series_id": UUID(series["id"]), "strength": "10 mg", "attributes": []}
        made = ProcessVerification(**about | said, verified_at=work.now, verified_by=company.name)
        return str(work.add(made).id)


async def _ended(service: Any, company: Any, transfer: Any, body: Any) -> dict[str, str]:
    """What is submitted and was learned, and the report of another transfer, which stands past its gates."""
    learned = LESSON | {"transfer_id": transfer["id"], "text": company.name}
    submitted = SUBMITTED | {"transfer_id": transfer["id"]}
    other = await service.client.done("/transfers", body)
    async with service.app.state.store.work(Context(worker("tech-transfer"))) as work:
        (await work.get(Transfer, UUID(other["id"]))).state = TechTransferState.closure
    return {
        "submission_id": (await service.client.done("/submissions", submitted))["id"],
        "lesson_id": (await service.client.done("/lessons", learned))["id"],
        "closure_report_id": (await service.client.done("/closure-reports", {"transfer_id": other["id"]}))["id"],
    }
