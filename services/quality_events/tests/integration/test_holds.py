"""Holds over HTTP: several on a batch, each of its side and for its markets, and unseen by a rival."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.batches import BatchHeld, BatchHoldLifted
from contracts.quality_events import BatchManufactured

WHY = {"reason": "broken seal"}


@pytest_asyncio.fixture
async def batch(known: Any, bus: Any, found: Any) -> Any:
    """A batch in the making."""
    lot = known.lot()
    await bus.publish(known.start(lot))
    return await found("batches", lot=lot.number, state="in_process")


def maker(service: Any, world: Any) -> Any:
    return service.as_("partner_quality", partner_id=world.maker, subject="ana")


async def open_of(client: Any, **filters: Any) -> list[str]:
    answer = await client.get("/batch-holds", params={"open": "true", "sort": "id"} | filters)
    return [each["number"] for each in answer.json()["items"]]


async def test_each_side_lifts_its_own(bus: Any, world: Any, service: Any, batch: Any) -> None:
    body = WHY | {"batch_id": batch["id"]}
    sponsors = await service.client.done("/batch-holds", body)
    async with maker(service, world) as quality:
        makers = await quality.done("/batch-holds", body | {"markets": ["DE"]})
        names = [[way["name"] for way in each["allowed"]] for each in (sponsors, makers)]
        assert names == [["lift"], ["lift_as_maker"]]
        assert await open_of(quality, batch_id=batch["id"]) == [sponsors["number"], makers["number"]]
        for client, others in ((quality, sponsors), (service.client, makers)):
            refused = await client.post(f"/batch-holds/{others['id']}/lifting", json=WHY)
            assert (refused.status_code, refused.json()["detail"][:10]) == (409, others["number"][:10])
            assert (await client.get(f"/batch-holds/{others['id']}")).json()["allowed"] == []
        lifted = await quality.done(f"/batch-holds/{makers['id']}/lifting", {"reason": "tested again"})
        assert (lifted["state"], lifted["lifted_by"], lifted["allowed"]) == ("lifted", "ana", [])
        assert (await quality.post(f"/batch-holds/{makers['id']}/lifting", json=WHY)).status_code == 409
    async with service.as_("qp") as person:
        await person.done(f"/batch-holds/{sponsors['id']}/lifting", WHY)
    assert await open_of(service.client, batch_id=batch["id"]) == []
    held = await bus.told(BatchHeld, 2, batch_id=UUID(batch["id"]))
    assert {(fact.by_side, fact.markets) for fact in held} == {("sponsor", ()), ("maker", ("DE",))}
    assert {fact.lot.number for fact in held} == {batch["number"]}
    (fact,) = await bus.told(BatchHoldLifted, hold_id=UUID(makers["id"]))
    assert (fact.reason, fact.lift_reason) == ("broken seal", "tested again")


async def test_a_held_batch_is_found_and_goes_on(bus: Any, world: Any, service: Any, found: Any, batch: Any) -> None:
    other = world.lot()
    await bus.publish(world.start(other))
    await found("batches", lot=other.number)
    hold = await service.client.done("/batch-holds", WHY | {"batch_id": batch["id"], "markets": ["AT"]})

    async def held(**filters: Any) -> list[str]:
        answer = await service.client.get("/batches", params={"site_id": str(world.site), "sort": "id"} | filters)
        return [each["number"] for each in answer.json()["items"]]

    assert await held(held="true") == await held(held_in="AT") == [batch["number"]]
    assert await held(held="false") == [other.number]
    assert await held(held_in="DE") == await open_of(service.client, market="DE", batch_id=batch["id"]) == []
    everywhere = await service.client.done("/batch-holds", WHY | {"batch_id": batch["id"]})
    assert await held(held_in="DE") == [batch["number"]]
    assert await open_of(service.client, market="DE", batch_id=batch["id"]) == [everywhere["number"]]
    await bus.publish(world.completion(world.lot(batch["number"])))
    await bus.told(BatchManufactured, batch_id=UUID(batch["id"]))
    shown = (await service.client.get(f"/batches/{batch['id']}")).json()
    assert (shown["state"], [each["number"] for each in shown["open_holds"]]) == (
        *("manufactured", [hold["number"], everywhere["number"]]),
    )


async def test_a_rival_sees_and_holds_nothing(service: Any, world: Any, batch: Any) -> None:
    hold = await service.client.done("/batch-holds", WHY | {"batch_id": batch["id"]})
    async with service.as_("partner_quality", partner_id=uuid4()) as rival:
        for path, body in (
            ("/batch-holds", WHY | {"batch_id": batch["id"]}),
            (f"/batch-holds/{hold['id']}/lifting", WHY),
        ):
            assert (await rival.post(path, json=body)).status_code == 404
        assert await open_of(rival) == []
        assert (await rival.get(f"/batch-holds/{hold['id']}")).status_code == 404
    async with service.as_("partner_operations", partner_id=world.maker) as operator:
        assert (await operator.post("/batch-holds", json=WHY | {"batch_id": batch["id"]})).status_code == 403


async def test_two_lift_at_once_and_one_of_them_does(service: Any, batch: Any) -> None:
    hold = await service.client.done("/batch-holds", WHY | {"batch_id": batch["id"]})
    path = f"/batch-holds/{hold['id']}/lifting"
    answers = await asyncio.gather(*(client.post(path, json=WHY) for client in (service.client, service.second)))
    assert sorted(each.status_code for each in answers) == [200, 409]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"markets": ["Germany"]}, "markets"), ({"reason": " "}, "reason"), ({"batch_id": "B-1"}, "batch_id")],
)
async def test_what_is_wrong_is_said(service: Any, batch: Any, change: Any, field: str) -> None:
    answer = await service.client.post("/batch-holds", json=WHY | {"batch_id": batch["id"]} | change)
    assert answer.status_code == 422
    assert field in answer.text


INVENTED = {
    "the sponsor's": {"by_side": "sponsor"},
    "by another": {"placed_by": "qa"},
    "of another lot": {"lot_id": uuid4()},
    "lifted": {"state": "lifted"},
    "a rival's too": {"parties": "both"},
}


@pytest.mark.parametrize("change", INVENTED.values(), ids=INVENTED)
async def test_a_partners_login_places_a_hold_of_its_own(
    world: Any, service: Any, batch: Any, partners_login: Any, change: dict[str, Any]
) -> None:
    of_sponsor = await service.client.done("/batch-holds", WHY | {"batch_id": batch["id"]})
    at = "2026-03-01T08:00:00Z"
    row = {name: batch[name] for name in ("lot_id", "site_id", "partner_id")} | WHY | {"markets": [], "version": 1}
    row |= {"id": uuid4(), "number": uuid4().hex, "state": "open", "by_side": "maker", "placed_by": "me"}
    row |= {"batch_id": batch["id"], "created_at": at, "updated_at": at, "parties": [world.maker]}
    if change.get("parties"):
        change = {"parties": [world.maker, uuid4()]}
    lift = "UPDATE batch_hold SET state = 'lifted', lifted_by = 'me', lifted_at = now(), version = 2 WHERE id = $1"
    async with partners_login("quality_events", world.maker) as partner:
        assert await partner.insert("batch_hold", row | change) == "refused"
        assert await partner.insert("batch_hold", row) == "INSERT 0 1"
        assert await partner.run(lift, row["id"]) == "UPDATE 1"
        assert await partner.run(lift, UUID(of_sponsor["id"])) == "refused"
