"""The genealogy over HTTP: edges that are refused, what travels downstream, and what a rival cannot reach."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.batches import BatchesLinked
from contracts.partner_feeds import MaterialLot

Make = Callable[..., Awaitable[Any]]


@pytest_asyncio.fixture
async def make(known: Any, service: Any) -> Make:
    """``await make("A")``: a batch of which 100 kg were made."""

    async def one(number: str, client: Any = None, site: UUID | None = None, **description: Any) -> Any:
        client = client or service.client
        body = {"site_id": str(site or known.site), "material": known.code, "number": f"{number}-{uuid4().hex[:6]}"}
        batch = await client.done("/batches", body | {"started_at": "2026-02"})
        made = {"completed_at": "2026-02-10", "actual_quantity": {"value": "100", "unit": "kg"}}
        batch = await client.done(f"/batches/{batch['id']}/completion", made)
        return await client.done(f"/batches/{batch['id']}/description", description) if description else batch

    return one


def of(*parents: Any, kind: str = "split", kg: Any = 10, **more: Any) -> dict[str, Any]:
    """What is said about parents."""
    amount = {"value": str(kg), "unit": "kg"}
    return {"kind": kind, "parents": [{"batch_id": each["id"], "quantity": amount} for each in parents]} | more


async def link(client: Any, child: Any, *parents: Any, **more: Any) -> Any:
    return await client.post(f"/batches/{child['id']}/parents", json=of(*parents, **more))


async def test_up_and_down_with_what_is_open(bus: Any, service: Any, known: Any, make: Make) -> None:
    top, middle, low, other = [await make(name) for name in ("T", "M", "L", "O")]
    for child, parent in ((middle, top), (low, middle), (other, top)):
        assert (await link(service.client, child, parent)).status_code == 200
    (fact,) = await bus.told(BatchesLinked, child_id=UUID(low["id"]))
    assert (fact.parent_lot.number, fact.child_lot.number, fact.kind, str(fact.quantity.value)) == (
        *(middle["number"], low["number"], "split", "10"),
    )
    hold = await service.client.done("/batch-holds", {"batch_id": top["id"], "reason": "seal", "markets": ["AT"]})
    lot = known.lot(top["number"])
    await bus.publish(known.oos(lot), known.deviation(lot))

    async def travelled() -> Any:
        seen = (await service.client.get(f"/batches/{low['id']}/genealogy")).json()
        return seen if len(seen["open_events"]) == 3 else None

    seen = await bus.eventually(travelled)
    assert {each["id"] for each in seen["ancestors"]} == {top["id"], middle["id"]}
    assert {each["kind"]: each["batch_id"] for each in seen["open_events"]} == dict.fromkeys(
        ("deviation", "oos", "hold"), top["id"]
    )
    assert [each["markets"] for each in seen["open_events"] if each["id"] == hold["id"]] == [["AT"]]
    assert [(each["parent_id"], each["quantity"]) for each in seen["links"] if each["child_id"] == low["id"]] == [
        (middle["id"], {"value": "10", "unit": "kg"})
    ]
    above = (await service.client.get(f"/batches/{top['id']}/genealogy")).json()
    assert {each["id"] for each in above["descendants"]} == {middle["id"], low["id"], other["id"]}
    assert {each["id"] for each in above["used_in"]} == {middle["id"], other["id"]}
    await service.client.done(f"/batch-holds/{hold['id']}/lifting", {"reason": "resealed"})
    after = (await service.client.get(f"/batches/{low['id']}/genealogy")).json()
    assert {each["kind"] for each in after["open_events"]} == {"deviation", "oos"}


async def test_a_circle_is_refused_also_over_reports_and_by_hand(
    bus: Any, service: Any, known: Any, make: Make, found: Any
) -> None:
    first, second = await make("A"), await make("B")
    granulate = known.lot(f"G-{uuid4().hex[:6]}")
    named = (MaterialLot(material=known.code, number=second["number"]),)
    await bus.publish(known.start(granulate, inputs=named))
    third = await found("batches", lot=granulate.number, state="in_process")
    assert (await link(service.client, second, first)).status_code == 200
    await service.client.done(f"/batches/{third['id']}/completion", {
        "completed_at": "2026-02-10", "actual_quantity": {"value": "9", "unit": "kg"}
    })  # fmt: skip
    for parent in (second, third):
        refused = await link(service.client, first, parent, kg=1)
        assert (refused.status_code, "went into one of these" in refused.text) == (409, True)
    lot, user = known.lot(), known.lot()
    await bus.publish(known.start(user, inputs=(MaterialLot(material=known.code, number=lot.number),)))
    await found("batches", lot=user.number, state="in_process")
    begun = {"site_id": str(known.site), "material": known.code, "number": lot.number, "started_at": "2026-02"}
    circle = await service.client.post("/batches", json=begun | {"inputs": [_input(known, user.number)]})
    assert (circle.status_code, "went into one of these" in circle.text) == (409, True)
    assert (await service.client.post("/batches", json=begun | {"inputs": [_input(known, "none")]})).status_code == 201


def _input(world: Any, number: str) -> dict[str, str]:
    return {"material": world.code, "number": number}


async def test_two_at_once_close_no_circle_and_take_no_more_than_there_is(service: Any, make: Make) -> None:
    a, b, c, d = [await make(name) for name in "ABCD"]
    for child, parent in ((b, a), (d, c)):
        assert (await link(service.client, child, parent, kg=1)).status_code == 200
    both = await asyncio.gather(link(service.client, c, b, kg=1), link(service.second, a, d, kg=1))
    assert sorted(each.status_code for each in both) == [200, 409], "the two name no batch in common"
    parent, *children = [await make(name) for name in "PQRS"]
    taken = await asyncio.gather(*(link(service.client, child, parent, kg=40) for child in children))
    assert sorted(each.status_code for each in taken) == [200, 200, 409]


@pytest.mark.parametrize("seed", range(3))
async def test_no_circle_can_be_built(service: Any, make: Make, seed: int) -> None:
    chance, batches = random.Random(seed), [await make(f"N{place}") for place in range(5)]
    children: dict[int, set[int]] = {place: set() for place in range(5)}

    def below(place: int) -> set[int]:
        return {place}.union(*(below(child) for child in children[place]))

    for _ in range(20):
        parent, child = chance.sample(range(5), 2)
        if child in children[parent]:
            continue
        answer = await link(service.client, batches[child], batches[parent], kg=1, kind="consumed")
        assert answer.status_code == (409 if parent in below(child) else 200), answer.text
        if answer.status_code == 200:
            children[parent].add(child)


async def test_a_merge_takes_the_earliest_dates(service: Any, make: Make) -> None:
    a = await make("A", manufacture_date="2026-01-10", expiry_date="2028-01-09")
    b = await make("B", manufacture_date="2026-01-20", expiry_date="2027-12")
    merged, undated = await make("M"), await make("U")
    missing = await link(service.client, merged, a, undated, kind="merged")
    assert (missing.status_code, missing.json()["missing"]) == (409, [undated["number"]])
    done = (await link(service.client, merged, a, b, kind="merged")).json()
    assert (done["manufacture_date"], done["expiry_date"]) == ("2026-01-10", "2027-12")
    for batch in (merged, a):
        later = await service.client.post(f"/batches/{batch['id']}/description", json={"expiry_date": "2029-01"})
        assert (later.status_code, "part of a merge" in later.text) == (409, True)


async def test_a_reprocessing_has_a_deviation(bus: Any, service: Any, known: Any, make: Make, found: Any) -> None:
    parent, other, child = await make("A"), await make("B"), await make("C")
    await bus.publish(known.deviation(known.lot(parent["number"])))
    deviation = await found("deviations", batch_id=parent["id"])
    named = {"kind": "reprocessed", "deviation_id": deviation["id"]}
    foreign = await link(service.client, child, other, **named)
    assert (foreign.status_code, foreign.json()["fields"]) == (409, ["deviation_id"])
    assert (await link(service.client, child, parent, **named | {"deviation_id": str(uuid4())})).status_code == 404
    assert (await link(service.client, child, parent, **named)).status_code == 200
    for kind in ("reworked", "reprocessed"):
        assert (await link(service.client, child, other, kind=kind)).status_code == 422


async def test_a_rework_follows_an_approved_change_and_its_stability(
    bus: Any, service: Any, known: Any, make: Make
) -> None:
    parent, child, proof = await make("A"), await make("C"), {"kind": "reworked", "stability": "0b" * 32}
    body = {"site_id": str(known.site), "products": [known.code], "title": "x", "description": "x"}
    change = await service.second.done("/changes", body | {"effective_from": "2099-01-31"})
    path, named = f"/changes/{change['id']}", proof | {"change_id": change["id"]}
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        assert (await link(maker, child, parent, **proof, change_id=str(uuid4()))).status_code == 404
        early = await link(maker, child, parent, **named)
        assert (early.status_code, early.json()["fields"]) == (409, ["change_id"])
        await service.client.done(f"{path}/classification", {"classification": "minor"})
        async with service.as_("regulatory") as regulatory:
            markets = {"markets": [{"market": "AT", "category": "ib"}], "lots_already_made": "none"}
            await regulatory.done(f"{path}/assessment", markets)
        await service.client.done(f"{path}/approval")
        await maker.done(f"{path}/site-approval")
        assert (await link(maker, child, parent, kind="reworked", change_id=change["id"])).status_code == 422
        assert (await link(maker, child, parent, **named)).status_code == 200
    (fact,) = await bus.told(BatchesLinked, child_id=UUID(child["id"]))
    assert (fact.kind, str(fact.change_id)) == ("reworked", change["id"])


async def test_a_rivals_batch_is_unseen_and_cannot_be_linked(
    bus: Any, service: Any, known: Any, make: Make, new_world: Any, eventually: Any
) -> None:
    rival = new_world()
    await bus.publish(*rival.registered())
    own, child = await make("A"), await make("C")

    async def registered() -> Any:
        body = {"site_id": str(rival.site), "material": known.code, "number": uuid4().hex, "started_at": "2026-02"}
        answer = await service.client.post("/batches", json=body)
        return answer.json() if answer.status_code == 201 else None

    theirs = await eventually(registered)
    made = {"completed_at": "2026-02-10", "actual_quantity": {"value": "100", "unit": "kg"}}
    await service.client.done(f"/batches/{theirs['id']}/completion", made)
    nobody = {"id": str(uuid4())}
    async with (
        service.as_("partner_quality", partner_id=known.maker) as maker,
        service.as_("partner_quality", partner_id=rival.maker) as stranger,
    ):
        for client, mine, foreign in ((maker, child, theirs), (stranger, theirs, own)):
            answers = [await link(client, mine, each, kind="consumed") for each in (foreign, nobody)]
            answers += [await link(client, each, mine, kind="consumed") for each in (foreign, nobody)]
            assert {each.status_code for each in answers} == {404}
            assert {each.json()["type"] for each in answers} == {"urn:entente:problem:not-found"}
        assert (await link(maker, child, own)).status_code == 200
        assert (await link(service.client, theirs, own, kind="packed")).status_code == 200
        hold = {"batch_id": own["id"], "reason": "seal"}
        await service.client.done("/batch-holds", hold)
        seen = (await stranger.get(f"/batches/{theirs['id']}/genealogy")).json()
        assert (seen["ancestors"], seen["links"], seen["open_events"]) == ([], [], [])
        above = (await maker.get(f"/batches/{own['id']}/genealogy")).json()
        assert [each["id"] for each in above["descendants"]] == [child["id"]]
        assert (await link(service.client, child, theirs, kind="consumed")).status_code == 200
        assert len((await service.client.get(f"/batches/{child['id']}/genealogy")).json()["ancestors"]) == 2
        assert len((await maker.get(f"/batches/{child['id']}/genealogy")).json()["ancestors"]) == 1
        circle = await link(maker, own, child, kind="consumed")
        assert (circle.status_code, theirs["number"] in circle.text) == (409, False)
        rest = await link(maker, await make("R"), own, kg=81)
        assert (rest.status_code, theirs["number"] in rest.text) == (409, False)
    facts = await bus.told(BatchesLinked, child_id=UUID(theirs["id"]))
    assert len(facts) == 1


async def test_five_hundred_inputs_are_one_question(
    bus: Any, service: Any, known: Any, found: Any, database: Any
) -> None:
    lots = [known.lot(f"I-{place}-{uuid4().hex[:6]}") for place in range(500)]
    await bus.publish(*(known.start(lot) for lot in lots))
    into = known.lot()
    named = tuple(MaterialLot(material=lot.material, number=lot.number) for lot in lots)
    await bus.publish(known.start(into, inputs=named))
    batch = await found("batches", lot=into.number, state="in_process")

    async def complete() -> Any:
        seen = (await service.client.get(f"/batches/{batch['id']}/genealogy")).json()
        return seen if len(seen["ancestors"]) == 500 else None

    seen = await bus.eventually(complete)
    assert (len(seen["inputs"]), len(seen["links"])) == (500, 500)
