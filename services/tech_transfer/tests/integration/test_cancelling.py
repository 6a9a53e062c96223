"""A transfer that is given up: what its receiving unit reads no more, and what waits for nobody any more."""

from typing import Any

from services.tech_transfer.tests.designing import designed, reported, watched
from services.tech_transfer.tests.passing import fulfil, passed, proposed
from tests.qualifying_batches import ASSAY
from tests.world import handled

from .test_gaps import _gap

WHY = {"reason": "the product is given up"}
PROFILE = {"elements": [{"element": "route of administration", "aim": "oral"}]}
BATCH = {"kind": "engineering", "strength": "10 mg", "scale": "200 kg", "limits": [ASSAY]}


async def cancelled(service: Any, transfer: Any) -> None:
    """MSAT asks for it, and quality agrees."""
    await service.client.done(f"/transfers/{transfer['id']}/cancellation-request", WHY)
    await service.second.done(f"/transfers/{transfer['id']}/cancellation", WHY)


async def test_the_process_of_a_cancelled_transfer_is_closed_to_the_receiver(
    service: Any, known: Any, started: Any, bus: Any, database: Any
) -> None:
    transfer, lot = await started(), known.lot()
    mine = {"transfer_id": transfer["id"]}
    design = await designed(service, transfer)
    await handled(bus, database, reported(lot, "12"))
    await watched(service, transfer["id"], lot)
    (reading,) = (await service.client.get("/process-readings", params=mine)).json()["items"]
    records = {
        "target-profiles": await service.client.done("/target-profiles", mine | PROFILE),
        "cqas": design["cqa"],
        "cpps": design["cpp"],
        "qbd-cells": design["cell"],
        "gaps": await service.client.done("/gaps", _gap(transfer)),
        "process-readings": reading,
        "transfer-batches": await service.client.done("/transfer-batches", mine | BATCH | {"lot": lot.number}),
    }
    paths = [f"/{slug}/{record['id']}" for slug, record in records.items()]
    async with (
        service.as_("partner_quality", partner_id=known.sender) as sender,
        service.as_("partner_quality", partner_id=known.maker) as receiver,
    ):
        assert [(await receiver.get(path)).status_code for path in paths] == [200] * len(paths)
        await cancelled(service, transfer)
        for path in paths:
            assert [(await receiver.get(each)).status_code for each in (path, f"{path}/history")] == [404, 404], path
        for slug in records:
            assert (await receiver.get(f"/{slug}", params=mine | {"count": True})).json()["total"] == 0, slug
        matrix = (await receiver.get(f"/transfers/{transfer['id']}/qbd")).json()
        assert (matrix["profile"], matrix["cqas"], matrix["cpps"], matrix["cells"]) == (None, [], [], [])
        assert (await sender.get(f"/cpps/{design['cpp']['id']}")).json()["set_point"] == "12"
    assert (await service.client.get(paths[-1])).status_code == 200


async def test_partners_read_of_the_gates_of_a_cancelled_transfer_what_was_decided(
    service: Any, known: Any, started: Any
) -> None:
    transfer = await started()
    gap = await service.client.done("/gaps", _gap(transfer) | {"severity": "critical"})
    await passed(service, transfer, "initiation")
    withdrawn = (await service.client.get("/statements", params={"transfer_id": transfer["id"]})).json()["items"][0]
    await service.client.done(f"/statements/{withdrawn['id']}/withdrawal", WHY)
    path = f"/transfers/{transfer['id']}/gates"
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        assert gap["gap_number"] in (await receiver.get(path)).text
        assert (await receiver.get(path)).json()["gates"][0]["standing"] == "no_longer_true"
    await cancelled(service, transfer)
    for partner in (known.maker, known.sender):
        async with service.as_("partner_quality", partner_id=partner) as reader:
            gates = (await reader.get(path)).json()["gates"]
        assert [(each["unmet"], each["blocked_by"], each["blocked_since"]) for each in gates] == [([], None, None)] * 6
        assert [each["standing"] for each in gates] == ["passed", *["ahead"] * 5]
        assert [each["decision_id"] is not None for each in gates] == [True, *[False] * 5]
    assert gap["gap_number"] in (await service.client.get(path)).text, "the sponsor reads what was open"


async def test_nobody_is_asked_to_sign_for_a_cancelled_transfer(service: Any, known: Any, started: Any) -> None:
    transfer = await started()
    await fulfil(service, transfer, "initiation")
    path = f"/gate-decisions/{(await proposed(service, transfer, 'initiation'))['id']}"
    await cancelled(service, transfer)
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        decision = (await receiver.get(path)).json()
        assert (decision["state"], decision["waiting_for"], decision["allowed"]) == ("void", None, [])


async def test_a_request_to_cancel_is_withdrawn_by_who_asked_or_refused_by_quality(service: Any, started: Any) -> None:
    of = f"/transfers/{(await started())['id']}"
    for end, people in (
        ("withdrawal", (service.second, service.client)),
        ("refusal", (service.client, service.second)),
    ):
        asked = await service.client.done(f"{of}/cancellation-request", WHY)
        assert asked["cancellation_requested_by"] is not None
        other, right = people
        assert (await other.post(f"{of}/cancellation-{end}", json=WHY)).status_code in (403, 409)
        assert (await right.done(f"{of}/cancellation-{end}", WHY))["cancellation_requested_by"] is None
        assert (await service.second.post(f"{of}/cancellation", json=WHY)).status_code == 409, "nobody asks any more"
