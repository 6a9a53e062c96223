"""Records of quality by design, of risks and of sites' qualifications, as tests make them."""

from collections.abc import Collection
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from contracts import Fact, Lot, Recorded, SourceRecord, contract_of
from contracts.partner_feeds import ProcessDataReported, ProcessValue
from contracts.qualifications import Purpose, QualificationPlanned, QualificationState, SiteQualificationChanged
from contracts.tech_transfer import Gate
from runtime.database import Context
from runtime.principal import worker
from tech_transfer.actions.opening import open_action
from tech_transfer.actions.schemas import ActionCause
from tech_transfer.copies import commands as known
from tech_transfer.cpps.model import Cpp
from tech_transfer.cqas.model import Cqa
from tech_transfer.decisions.model import GateDecision
from tech_transfer.gates import rules
from tech_transfer.gates.dossier import dossier_of
from tech_transfer.process_readings.commands import watch_lot
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of

DIGEST = "0" * 64
SCORES = {"severity": 4, "occurrence": 2, "detection": 2}
CQA: dict[str, Any] = {"name": "Dissolution", "unit": "%", "lower": "80", "upper": None, "requirement": None} | {
    "criticality": "critical"
}
CPP: dict[str, Any] = {"name": "main compression force, mean", "step": "compression", "unit": "kN"} | {
    "set_point": "12",
    "normal_lower": "11",
    "normal_upper": "13",
    "proven_lower": "9",
    "proven_upper": "15",
    "design_lower": None,
    "design_upper": None,
}
NUMBERS = ("lower", "upper", "set_point", *(name for name in CPP if name.endswith("er") and "_" in name))


def in_python(body: dict[str, Any]) -> dict[str, Any]:
    """A body as a model takes it."""
    return {name: Decimal(value) if name in NUMBERS and value else value for name, value in body.items()}


def cqa(of: Transfer, code: str = "CQA-1", **more: Any) -> Cqa:
    """A quality attribute of a transfer."""
    return Cqa.begin(of, code=code, **in_python(CQA) | more)


def cpp(of: Transfer, code: str = "CPP-1", **more: Any) -> Cpp:
    """A process parameter of a transfer."""
    return Cpp.begin(of, code=code, **in_python(CPP) | more)


def cell(cqa_id: Any, cpp_id: Any, effect: str = "low", **more: Any) -> dict[str, Any]:
    """A body that assesses a cell."""
    return {"cqa_id": str(cqa_id), "cpp_id": str(cpp_id), "effect": effect, "rationale": "x", "evidence": DIGEST} | more


async def scored(service: Any, transfer: Any) -> None:
    """Each risk of a transfer that is open is scored at its gate; where there is none, one is named."""
    mine = {"transfer_id": transfer["id"]}
    if not (known := (await service.client.get("/risks", params=mine | {"state": "open"})).json()["items"]):
        await service.client.done("/risks", mine | SCORES | {"failure_mode": "wet granules", "effect": "sticking"})
    for each in known:
        await service.client.done(f"/risks/{each['id']}/scores", SCORES)


async def designed(service: Any, transfer: Any) -> dict[str, Any]:
    """A transfer has one attribute, which its protocols name, and one parameter, and their cell is known."""
    mine = {"transfer_id": transfer["id"]}
    made: dict[str, Any] = {"cqa": await service.client.done("/cqas", CQA | mine | {"code": "CQA-1", "name": "Assay"})}
    made["cpp"] = await service.client.done("/cpps", CPP | mine | {"code": "CPP-1"})
    made["cell"] = await service.client.done("/qbd-cells", cell(made["cqa"]["id"], made["cpp"]["id"]))
    return made


def planned(site_id: UUID, partner_id: UUID, qualification_id: UUID, **more: Any) -> QualificationPlanned:
    """A site is to be qualified for making any product."""
    said: dict[str, Any] = {"number": "Q-1", "activity": "drug_product", "dosage_form": None, "product_ids": ()}
    said |= {"purpose": Purpose.commercial, "occurred_at": datetime.now(UTC)} | more
    return QualificationPlanned(site_id=site_id, partner_id=partner_id, qualification_id=qualification_id, **said)


def changed(of: QualificationPlanned, after: str, **more: Any) -> SiteQualificationChanged:
    """What a planned qualification became."""
    said = of.model_dump() | {"before": QualificationState.planned, "after": after, "valid_from": None}
    said |= {"valid_to": None, "conditions": (), "waived": False, "reason": "x"} | more
    return SiteQualificationChanged(**said)


async def watched(service: Any, transfer_id: str, lot: Lot) -> None:
    """A transfer names a lot as one of its batches."""
    async with service.app.state.store.work(Context(worker("tech-transfer"))) as work:
        await watch_lot(work, await transfers.locked(work, UUID(transfer_id)), lot)


def reported(
    lot: Lot, value: str, record: str = "PO-1/press", revision: int = 1, unit: str | None = "kN", **more: Any
) -> ProcessDataReported:
    """What a press reports of its force."""
    values = (ProcessValue(name="Main compression  force, mean", value=Decimal(value), unit=unit),)
    source = SourceRecord(id=record, revision=revision, feed_id=lot.partner_id, message_id=uuid4())
    said: dict[str, Any] = {"step": "Compression", "values": values, "occurred_at": "2026-05", "parties": ()}
    return ProcessDataReported(lot=lot, source=source, **said | more)


def in_envelope(fact: Fact, sequence: int = 1, minute: int = 0) -> Recorded[Any]:
    """A fact as it was recorded."""
    contract, time = contract_of(type(fact)), datetime(2026, 2, 2, 9, minute, tzinfo=UTC)
    around: dict[str, Any] = {"type": contract.type, "source": "test", "time": time, "key": contract.key_of(fact)}
    around |= {"sequence": sequence, "correlation_id": "test", "causation_id": None, "traceparent": None}
    return Recorded(**around, id=uuid7(), parties=(), fact=fact)


async def site_planned(service: Any, transfer: Any) -> None:
    """The receiving site of a transfer is to be qualified, as the service hears it."""
    fact = planned(UUID(transfer["receiving_site_id"]), UUID(transfer["receiving_partner_id"]), uuid7())
    async with service.app.state.store.work(Context(worker("tech-transfer"))) as work:
        await known.take(work, [in_envelope(fact)])


async def decided(service: Any, transfer: Any, gate: str, but: Collection[str] = ()) -> None:
    """A gate of a transfer was passed, but for some rules, without the way to it."""
    signers = {f"{unit}_signed_by": unit for unit in ("sending", "receiving", "quality")}
    async with service.app.state.store.work(Context(worker("tech-transfer"))) as work:
        of = await transfers.locked(work, UUID(transfer["id"]))
        said: dict[str, Any] = {"number": f"GD-{uuid7()}", "state": "taken", "gate": gate, "verdict": "conditional"}
        said |= {"proposed_by": "x", "conditions": [], "decided_at": work.now} | signers
        open_ = [each.as_kept for each in rules.unmet(Gate(gate), await dossier_of(work, of)) if each.rule in but]
        decision = GateDecision(**columns_of(of), **said, unmet=open_, signed_by=[*signers.values()])
        work.session.add(decision)
        about = {"cause": ActionCause.condition, "decision_id": decision.id, "gate": gate, "unit": "sponsor"}
        for rule in but:
            await open_action(work, of, rule=rule, text="it is to be done", **about)
