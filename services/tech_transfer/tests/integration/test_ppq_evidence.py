"""Which batches show something, on real facts: when they were made, and what is told of their bulk at once."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from contracts import Fact, Lot, Recorded
from contracts.batches import BatchesLinked, LinkKind
from contracts.transfer_batches import ProcessVerified
from contracts.vocabulary import Quantity
from runtime.database import Context
from runtime.principal import worker
from services.tech_transfer.tests.qualifying_series import Qualifying
from tech_transfer.ppq_series.consumers import on_lot_facts
from tech_transfer.transfers.schemas import TechTransferState
from tests.qualifying_batches import BEGAN, investigated, made, recorded, result

SCALE = {"strength": "10 mg", "scale": "200 kg"}


async def test_batches_are_made_after_their_protocol_was_approved(qualifying: Qualifying) -> None:
    known, (early, told_later) = qualifying.known, (qualifying.known.lot() for _ in range(2))
    await qualifying.tell(*made(early, -3))
    named = {
        "transfer_id": qualifying.transfer["id"],
        "kind": "ppq",
        "lot": early.number,
        "series_id": qualifying.series,
    }
    refused = await qualifying.service.client.post("/transfer-batches", json=named | SCALE)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["lot"])
    assert "began before the protocol was approved" in refused.json()["detail"]
    batch = await qualifying.named(told_later)
    others = [known.lot() for _ in range(3)]
    await qualifying.tell(*made(told_later, -3))
    for day, lot in enumerate(others):
        await qualifying.named(lot)
        await qualifying.tell(*made(lot, day))
    found = (await qualifying.service.client.get(f"/transfer-batches/{batch['id']}")).json()
    assert (found["state"], found["why"]) == ("excluded", ["its making began before the protocol was approved"])
    assert await qualifying.stands() == ("conforming", 1, 3), "it takes no step, and stands in nobody's way"


def split(bulk: Lot, part: Lot) -> Fact:
    """A lot was split from a bulk."""
    ids: dict[str, Any] = {
        "link_id": uuid4(),
        "parent_id": uuid5(bulk.id, "batch"),
        "child_id": uuid5(part.id, "batch"),
    }
    quantity = Quantity(value=Decimal(1), unit="kg")
    lots: dict[str, Any] = {"parent_lot": bulk, "child_lot": part, "quantity": quantity, "occurred_at": BEGAN}
    return BatchesLinked(kind=LinkKind.split, **ids, **lots)


async def test_what_two_workers_are_told_of_a_bulk_at_once_reaches_its_part(
    qualifying: Qualifying, eventually: Any
) -> None:
    bulk, part = qualifying.known.lot(), qualifying.known.lot()
    batch = await qualifying.named(part)
    await qualifying.tell(*made(part))
    store, me = qualifying.service.app.state.store, Context(worker("tech-transfer"))

    async def told(facts: list[Recorded[Any]]) -> None:
        async with store.work(me) as work:
            await on_lot_facts(work, facts)

    async def waits_or_ends() -> bool:
        asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return other.done() or bool(await qualifying.database.fetchval(asked))

    async with store.work(me) as first:
        await on_lot_facts(first, recorded([split(bulk, part)]))
        other = asyncio.create_task(told(recorded(investigated(bulk, uuid4()))))
        await eventually(waits_or_ends)
    await other
    found = (await qualifying.service.client.get(f"/transfer-batches/{batch['id']}")).json()
    assert (found["state"], found["why"]) == ("undecided", [f"OOS-{bulk.number} (Assay) is open"])


async def test_what_is_made_after_the_closure_is_verified(qualifying: Qualifying, placed: Any) -> None:
    client, known, of_it = qualifying.service.client, qualifying.known, {"transfer_id": qualifying.transfer["id"]}
    body = {"series_id": qualifying.series}
    refused = await client.post("/process-verifications", json=body)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["series_id"])
    await placed(qualifying.transfer, TechTransferState.closure)
    report = await client.done("/closure-reports", of_it)
    await qualifying.service.second.done(f"/closure-reports/{report['id']}/signature")
    new, bulk, part = (known.lot() for _ in range(3))
    await qualifying.tell(*made(new), *made(bulk, 1, "100.2"), *result(part)[1], split(bulk, part))
    refused = await client.post("/process-verifications", json=body | {"strength": "5 mg"})
    assert refused.json()["fields"] == ["strength"]
    verified = await client.done("/process-verifications", body)
    (of_assay,) = verified["attributes"]
    assert (of_assay["capability"]["lots"], of_assay["signals"], verified["strength"]) == (2, [], "10 mg")
    bulks, early = sorted(each["why"] for each in verified["left_out"])
    assert bulks.startswith("it is of one bulk with ")
    assert early == "it was begun before the transfer was closed, and is no PPQ batch", "the engineering batch"
    (seen,) = await qualifying.bus.told(ProcessVerified, verification_id=UUID(verified["id"]))
    assert (seen.attributes[0].n, seen.attributes[0].verdict) == (2, "not_assessed")
