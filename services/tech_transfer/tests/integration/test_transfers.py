"""Transfers over HTTP: begun, planned anew, held, given up; each by who may, and seen by who may."""

from typing import Any
from uuid import UUID, uuid4

from contracts.tech_transfer import TransferCancelled, TransferHeld, TransferPlanned, TransferResumed, TransferStarted

WHY = {"reason": "agreed with both units"}


async def test_a_transfer_is_both_partners_and_no_rivals(service: Any, known: Any, started: Any, bus: Any) -> None:
    transfer = await started()
    path = f"/transfers/{transfer['id']}"
    assert (transfer["state"], transfer["waiting_for"]["side"]) == ("initiation", "sponsor")
    assert [each["gate"] for each in transfer["planned"]][:2] == ["initiation", "planning"]
    for partner in (known.sender, known.maker):
        async with service.as_("partner_quality", partner_id=partner) as party:
            assert (await party.get(path)).json()["number"] == transfer["number"]
    async with service.as_("partner_quality", partner_id=uuid4()) as rival:
        assert (await rival.get(path)).status_code == 404
        assert (await rival.get("/transfers")).json()["items"] == []
    (fact,) = await bus.told(TransferStarted, transfer_id=UUID(transfer["id"]))
    assert (fact.sending_partner_id, fact.receiving_partner_id) == (known.sender, known.maker)


async def test_a_plan_moves_and_the_first_days_stay(service: Any, known: Any, started: Any, bus: Any) -> None:
    transfer = await started(planned=[{"gate": "initiation", "planned_on": "2036-01-31"}])
    path, first = f"/transfers/{transfer['id']}", transfer["planned"]
    tomorrow = await service.client.post("/transfers", json=known.transfer(began_on="2099-01-01"))
    assert tomorrow.json()["fields"] == ["began_on"]
    assert first[1] == {"gate": "planning", "planned_on": "2036-03-13"}
    early = {"planned": [{"gate": "planning", "planned_on": "2036-01-30"}]} | WHY
    refused = await service.client.post(f"{path}/plan", json=early)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["planned"])
    later = {"planned": [{"gate": "planning", "planned_on": "2036-03-20"}]} | WHY
    moved = await service.client.done(f"{path}/plan", later)
    assert (moved["planned"][1]["planned_on"], moved["first_planned"]) == ("2036-03-20", first)
    (fact,) = await bus.told(TransferPlanned, transfer_id=UUID(transfer["id"]))
    assert fact.reason == WHY["reason"]


async def test_it_rests_goes_on_and_is_given_up_by_two(service: Any, known: Any, started: Any, bus: Any) -> None:
    transfer = await started()
    path = f"/transfers/{transfer['id']}"
    held = await service.client.done(f"{path}/hold", WHY)
    assert (held["state"], held["held_at"]) == ("on_hold", "initiation")
    assert (await service.client.done(f"{path}/resumption"))["state"] == "initiation"
    assert (await service.second.post(f"{path}/cancellation", json=WHY)).status_code == 409
    await service.client.done(f"{path}/cancellation-request", WHY)
    assert (await service.client.post(f"{path}/cancellation", json=WHY)).status_code == 403
    ended = await service.second.done(f"{path}/cancellation", WHY)
    assert (ended["state"], ended["waiting_for"]["partner_id"]) == ("cancelled", str(known.maker))
    destroyed = {"outcome": "destroyed", "evidence": "0" * 64}
    async with service.as_("partner_quality", partner_id=known.sender) as sender:
        assert (await sender.post(f"{path}/package-confirmation", json=destroyed)).status_code == 403
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        confirmed = await receiver.done(f"{path}/package-confirmation", destroyed)
    assert (confirmed["package_outcome"], confirmed["waiting_for"]) == ("destroyed", None)
    id = UUID(transfer["id"])
    for fact in (TransferHeld, TransferResumed, TransferCancelled):
        await bus.told(fact, transfer_id=id)
