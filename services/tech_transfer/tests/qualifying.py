"""What a transfer is shown by: methods that laboratories are entitled for, batches, their series, and stability."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts import Lot
from contracts.entitlements import EntitlementChanged, EntitlementStanding
from tests.qualifying_batches import ASSAY, PARAMETERS, PROTOCOL, made

WAIVED = {
    **{"method": "HPLC-015", "method_version": "1.0", "kind": "waiver", "lots": [], "runs": 1, "criteria": []},
    **{"protocol": "MTP-0043 version 1", "protocol_digest": "0b" * 32},
}


def entitlement(method_transfer: Any, standing: str, **more: Any) -> EntitlementChanged:
    """How the laboratory of a method transfer stands to its method from the day of the signature on."""
    said: dict[str, Any] = {"valid_from": method_transfer["entitled_from"], "proof_digest": "0c" * 32} | more
    return EntitlementChanged(
        entitlement_id=uuid4(),
        method_id=uuid4(),
        method_code=method_transfer["method"],
        method_version=method_transfer["method_version"],
        laboratory_site_id=UUID(method_transfer["laboratory_site_id"]),
        laboratory_partner_id=UUID(method_transfer["laboratory_partner_id"]),
        standing=EntitlementStanding(standing),
        occurred_at=datetime.now(UTC),
        **said,
    )


async def entitle(service: Any, transfer: Any) -> None:
    """The receiving site's own laboratory takes over by a waiver, where nobody planned another way."""
    asked = {"transfer_id": transfer["id"]}
    known = (await service.client.get("/method-transfers", params=asked)).json()["items"]
    if not known:
        plan = asked | WAIVED | {"laboratory_site_id": transfer["receiving_site_id"]}
        planned = await service.client.done("/method-transfers", plan)
        why = {"justification": "the same method is in use there"}
        known = [await service.second.done(f"/method-transfers/{planned['id']}/waiver", why)]
    standing = {"waived": "waived", "passed": "transferred"}
    ended = [each for each in known if each["state"] in standing]
    await service.tell(*(entitlement(each, standing[each["state"]]) for each in ended))


async def name(service: Any, transfer: Any, kind: str, **more: Any) -> Any:
    """Name a batch under the next number, with its process parameters."""
    limits = {} if kind == "ppq" else {"limits": [ASSAY]}
    body = {"transfer_id": transfer["id"], "kind": kind, "lot": f"L-{uuid4().hex[:8]}", "scale": "200 kg"}
    body |= {"strength": transfer["strengths"][0]} | limits
    batch = await service.client.done("/transfer-batches", body | more)
    return await service.client.done(f"/transfer-batches/{batch['id']}/parameters", PARAMETERS)


def lot_of(batch: Any) -> Lot:
    """The lot of a batch as facts name it."""
    return Lot(
        id=batch["lot_id"],
        number=batch["lot_number"],
        material=batch["material"],
        product_id=batch["product_id"],
        site_id=batch["receiving_site_id"],
        partner_id=batch["receiving_partner_id"],
    )


async def engineer(service: Any, transfer: Any) -> None:
    """An engineering batch is made at scale, and conforms."""
    await service.tell(*made(lot_of(await name(service, transfer, "engineering"))))


async def start_series(service: Any, transfer: Any) -> Any:
    """A series is planned, its protocol approved, and begun."""
    plan = PROTOCOL | {"transfer_id": transfer["id"], "strengths": transfer["strengths"][:1]}
    series = await service.client.done("/ppq-series", plan)
    await service.second.done(f"/ppq-series/{series['id']}/protocol-approval")
    return await service.client.done(f"/ppq-series/{series['id']}/start")


async def qualify(service: Any, transfer: Any) -> None:
    """Three PPQ batches in a row conform, in the series that runs or in a new one."""
    asked = {"transfer_id": transfer["id"], "state": "running"}
    running = (await service.client.get("/ppq-series", params=asked)).json()["items"]
    series = running[0] if running else await start_series(service, transfer)
    for day in range(series["count"], series["required"]):
        batch = await name(service, transfer, "ppq", series_id=series["id"])
        await service.tell(*made(lot_of(batch), day))


async def store(service: Any, transfer: Any) -> None:
    """Each PPQ batch that conforms is stored in a stability study."""
    asked = {"transfer_id": transfer["id"], "kind": "ppq", "state": "conforming"}
    for batch in (await service.client.get("/transfer-batches", params=asked)).json()["items"]:
        stored = {"study": "ST-0042", "started_on": "2026-04-01"}
        await service.client.done(f"/transfer-batches/{batch['id']}/stability-start", stored)
