"""How much of a batch went into others: people state no more than is left, and what systems report beyond is asked."""

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Quantity
from contracts.batch_records import Use
from contracts.partner_feeds import MaterialLot
from quality_events.batches import materials
from quality_events.impacts.overdrawn import overdrawing
from runtime.database import Context
from runtime.principal import worker
from tests.releasing import readiness, recorded
from tests.world import handled

from .test_taken_over import sold as site_sold

TOLD = """
SELECT child_id, told_by, quantity, unit FROM batch_given($1)
WHERE told_by <> 'link' ORDER BY child_id, told_by, quantity, unit
"""
AMOUNT = {"value": "100", "unit": "kg"}
ABOUT = {"cause_type": "inputs"}


def kg(value: Any, unit: str = "kg") -> Quantity:
    """So much."""
    return Quantity(value=Decimal(str(value)), unit=unit)


async def made(bus: Any, known: Any, found: Any) -> tuple[Any, Any]:
    """A lot of which 100 kg were made, and its batch."""
    lot = known.lot(f"P-{uuid4().hex[:8]}")
    await bus.publish(known.start(lot), known.completion(lot, actual_quantity=kg(100)))
    return lot, await found("batches", lot=lot.number, state="manufactured")


async def split(service: Any, known: Any, parent: Any, amount: Any, child: Any = None, **more: Any) -> Any:
    """What is answered to whoever splits something off."""
    client = more.pop("client", service.client)
    body = {"site_id": str(known.site), "material": known.code, "number": uuid4().hex, "started_at": "2018-12"}
    id = child or (await client.done("/batches", body))["id"]
    amount = {"value": str(amount), "unit": "kg"}
    link = {"kind": "split", "parents": [{"batch_id": parent["id"], "quantity": amount}]} | more
    return await client.post(f"/batches/{id}/parents", json=link)


def of(lot: Any, quantity: Quantity | None, **more: Any) -> dict[str, Any]:
    """A use of a lot that is a batch."""
    return {"material": lot.material, "quantity": quantity} | more


async def asks(service: Any, batch_id: str) -> str:
    return str((await readiness(service.client, batch_id, "AT"))["by_name"]["inputs_released"]["why"])


async def test_what_was_used_is_counted_and_what_is_not_said_is_unknown(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any, tick: Any
) -> None:
    lot, parent = await made(bus, known, found)
    child, other = known.lot(), known.lot()
    named = (MaterialLot(material=lot.material, number=lot.number),)
    record = [f"{child.number}/{at}" for at in range(3)]
    await bus.publish(
        *(known.used(child, record[0], lot.number, at, **of(lot, kg(each))) for at, each in ((2, 30), (1, 70))),
        known.used(child, record[1], lot.number, **of(lot, kg(20_000, "g"))),
        known.used(child, record[2], lot.number, **of(lot, kg(9), use=Use.produced)),
        known.start(child, inputs=named),
        known.start(other, inputs=named),
    )
    children = [(await found("batches", lot=each.number, state="in_process"))["id"] for each in (child, other)]
    await service.client.done(f"/batches/{children[0]}/intent", {"markets": ["AT"]})

    async def edges() -> Any:
        seen = (await service.client.get(f"/batches/{parent['id']}/genealogy")).json()["links"]
        return {each["child_id"]: each["quantity"] for each in seen} if len(seen) > 1 else None

    assert await eventually(edges) == dict.fromkeys(children), "one in two units, and one of which nobody says it"
    unknown = await split(service, known, parent, 1)
    assert (unknown.status_code, "what is left is unknown" in unknown.text) == (409, True), unknown.text
    assert (await split(service, known, parent, 30, children[1], kind="consumed")).status_code == 200
    assert (await split(service, known, parent, 0)).status_code == 422
    refused = await split(service, known, parent, 21)
    assert (refused.status_code, "of 100 kg 20 are left" in refused.text) == (409, True), refused.text
    assert (await split(service, known, parent, 20)).status_code == 200
    assert "told to have gone" not in await asks(service, children[0])
    await bus.publish(known.used(child, record[1], lot.number, 2, **of(lot, kg("20.5"))))

    async def more() -> bool:
        here, there = [await asks(service, each) for each in children]
        said = f"{lot.number}: 100 kg were made, and 100.5 kg are told to have gone into batches: that is more"
        return said in here and said in there

    await eventually(more)
    none = await split(service, known, parent, "0.1")
    assert (none.status_code, "of 100 kg 0 are left" in none.text) == (409, True), "what is told is kept"
    assert (await edges())[children[0]] == {"value": "50.5", "unit": "kg"}
    await tick(overdrawing)
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        uses = (await maker.get(f"/batches/{children[0]}")).json()["reported_uses"]
        assert [each["quantity"] for each in uses if each["source"].endswith(f"{record[1]}/material")] == [
            {"value": "20000", "unit": "g"}, {"value": "20.5", "unit": "kg"},
        ]  # fmt: skip
        assert "that is more" in (await readiness(maker, children[0], "AT"))["by_name"]["inputs_released"]["why"]
    await bus.publish(known.used(None, record[1], lot.number, 3))

    async def fewer() -> bool:
        await tick(overdrawing)
        return "does not add up" not in await asks(service, children[1])

    await eventually(fewer)


async def test_a_start_states_no_more_than_is_left(bus: Any, known: Any, service: Any, found: Any) -> None:
    lot, parent = await made(bus, known, found)
    assert (await split(service, known, parent, 60)).status_code == 200

    def begun(amount: Any, **more: Any) -> dict[str, Any]:
        part = {"material": lot.material, "number": lot.number, "quantity": amount}
        body = {"site_id": str(known.site), "material": known.code, "number": uuid4().hex, "started_at": "2018-12"}
        return body | {"inputs": [part], **more}

    async with service.as_("partner_operations", partner_id=known.maker) as maker:
        refused = await maker.post("/batches", json=begun(AMOUNT | {"value": "41"}))
        assert (refused.status_code, refused.json()["fields"]) == (409, ["inputs"])
        assert "of 100 kg 40 are left" in refused.text
        assert (await maker.post("/batches", json=begun(AMOUNT | {"value": "0"}))).status_code == 422
        body = begun(AMOUNT | {"value": "25000", "unit": "g"})
        twice = await maker.post("/batches", json=body | {"inputs": body["inputs"] * 2})
        assert (twice.status_code, "named twice" in twice.text) == (409, True)
        raw = {"material": "LACTOSE", "number": "L-1", "quantity": AMOUNT}
        started = await maker.done("/batches", body | {"inputs": [*body["inputs"], raw]})
        shown = (await maker.get(f"/batches/{started['id']}")).json()["inputs"]
        assert {each["number"]: each["quantity"] for each in shown} == {
            lot.number: {"value": "25000", "unit": "g"}, "L-1": AMOUNT,
        }  # fmt: skip
        seen = (await maker.get(f"/batches/{started['id']}/genealogy")).json()
        assert [each["quantity"] for each in seen["links"]] == [{"value": "25000", "unit": "g"}]
        assert {each["number"]: each["quantity"] for each in seen["inputs"]}["L-1"] == AMOUNT
    refused = await split(service, known, parent, 16)
    assert (refused.status_code, "of 100 kg 15 are left" in refused.text) == (409, True)


async def told(service: Any, reports: Sequence[Any]) -> None:
    """Uses as the worker is told of them, in this order."""
    async with service.app.state.store.work(Context(worker("quality-events"))) as work:
        for at, report in enumerate(reports):
            await materials.uses(work, [recorded(report, at, report.source.id)])


async def test_amended_withdrawn_and_repeated_uses_end_alike_in_any_order(
    bus: Any, known: Any, service: Any, found: Any, database: Any
) -> None:
    lots = [await made(bus, known, found) for _ in range(2)]
    children = [known.lot() for _ in range(3)]
    parents = [UUID(batch["id"]) for _, batch in lots]
    amounts = [None, kg(3), kg(500, "g"), kg("0.25")]
    for seed in range(6):
        chance, mine = random.Random(seed), f"{seed}-{uuid4().hex[:6]}"
        history = [
            known.used(chance.choice([*children, None]), f"{mine}/{record}", (of_it := chance.choice(lots)[0]).number,
                       revision, **of(of_it, chance.choice(amounts)))
            for record in range(4) for revision in range(1, 5)
        ]  # fmt: skip
        ends = []
        for _ in range(2):
            chance.shuffle(history)
            await told(service, [*history, *chance.sample(history, 5)])
            ends.append([tuple(row) for row in await database.fetch(TOLD, parents)])
            await database.execute("DELETE FROM material_use WHERE source LIKE '%' || $1 || '%'", mine)
        assert ends[0] == ends[1], seed
        assert ends[0], seed


async def test_quantities_of_uses_from_before_they_were_kept_are_learned(
    bus: Any, known: Any, service: Any, found: Any, database: Any
) -> None:
    lot, parent = await made(bus, known, found)
    reports = [known.used(known.lot(), f"{lot.number}/{at}", lot.number, **of(lot, kg(5 + at))) for at in range(2)]
    await told(service, reports)
    forget = "UPDATE material_use SET quantity = NULL, unit = NULL WHERE number = $1 AND source LIKE '%/0/material'"
    await database.execute(forget, lot.number)
    async with service.app.state.store.work(Context(worker("quality-events"))) as work:
        await materials.quantities(work, [recorded(each, 1, each.source.id) for each in reports])
    kept = await database.fetch(TOLD, [UUID(parent["id"])])
    assert sorted(row["quantity"] for row in kept) == [5, 6]


async def test_of_another_makers_batch_no_quantity_is_read(
    bus: Any, known: Any, service: Any, found: Any, new_world: Any, partners_login: Any, tick: Any
) -> None:
    rival = new_world()
    await bus.publish(*rival.registered())
    lot, parent = await made(bus, known, found)
    theirs, own = rival.lot(), known.lot()
    await bus.publish(rival.start(theirs), known.start(own))
    await bus.publish(known.used(own, own.number, lot.number, **of(lot, kg(77))))
    below = [await found("batches", lot=each.number, state="in_process") for each in (theirs, own)]
    link = {"kind": "packed", "parents": [{"batch_id": parent["id"], "quantity": AMOUNT | {"value": "13"}}]}
    await service.client.done(f"/batches/{below[0]['id']}/parents", link)
    await service.client.done(f"/batches/{below[0]['id']}/intent", {"markets": ["AT"]})
    await bus.publish(known.used(own, own.number, lot.number, 2, **of(lot, kg(88))))

    async def more() -> bool:
        return "101 kg are told" in await asks(service, below[0]["id"])

    await bus.eventually(more)
    await tick(overdrawing)
    ours = (await readiness(service.client, below[0]["id"], "AT"))["by_name"]["inputs_released"]
    async with service.as_("partner_quality", partner_id=rival.maker) as stranger:
        theirs = (await readiness(stranger, below[0]["id"], "AT"))["by_name"]["inputs_released"]
        assert (theirs["verdict"], "does not add up" in theirs["why"]) == (ours["verdict"], True)
        for path in ("", "/genealogy", "/readiness?market=AT"):
            read = (await stranger.get(f"/batches/{below[0]['id']}{path}")).text
            assert [each for each in (lot.number, parent["id"], '"88"', '"13"', "101 kg") if each in read] == [], path
    async with partners_login("quality_events", rival.maker) as partner:
        assert await partner.connection.fetch("SELECT * FROM batch_given($1)", [UUID(parent["id"])]) == []
        assert await partner.run("SELECT quantity FROM material_use") == "refused"
    async with partners_login("quality_events", known.maker) as partner:
        rows = await partner.connection.fetch("SELECT * FROM batch_given($1)", [UUID(parent["id"])])
    read = {row["told_by"]: (row["child_id"], row["quantity"]) for row in rows}
    assert read == {"use": (UUID(below[1]["id"]), 88), "link": (None, 13)}, "into which of theirs it went is not told"


async def test_what_is_said_twice_of_a_buyers_batch_is_no_sum_for_the_maker(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any
) -> None:
    (lot, parent), (_, child), buyer = await made(bus, known, found), await made(bus, known, found), uuid4()
    await bus.publish(site_sold(known, buyer))
    amount = {"value": "60", "unit": "kg"}
    body = {"site_id": str(known.site), "material": known.code, "number": uuid4().hex, "started_at": "2018-12-05"}
    body["inputs"] = [{"material": lot.material, "number": lot.number, "quantity": amount}]
    eva = service.as_("partner_operations", partner_id=buyer, subject="eva")

    async def begun() -> Any:
        answer = await eva.post("/batches", json=body)
        return answer.json()["id"] if answer.status_code == 201 else None

    assert (await split(service, known, parent, 60, await eventually(begun), kind="consumed")).status_code == 200
    async with service.as_("partner_operations", partner_id=known.maker, subject="ana") as ana:
        refused = await split(service, known, parent, 41, child["id"], kind="consumed", client=ana)
        assert (refused.status_code, "of 100 kg 40 are left" in refused.text) == (409, True), refused.text
        assert (await split(service, known, parent, 40, child["id"], kind="consumed", client=ana)).status_code == 200


@pytest.mark.parametrize("told_last", ["what went elsewhere", "that it went in", "how much was made"])
async def test_who_rests_on_what_is_overdrawn_is_asked_once_whichever_is_told_last(
    told_last: str, bus: Any, known: Any, service: Any, sold: Any, database: Any, tick: Any
) -> None:
    into, id = sold
    lot, other = known.lot(f"P-{uuid4().hex[:8]}"), known.lot()
    named = (MaterialLot(material=lot.material, number=lot.number),)
    uses = [known.used(other, f"{lot.number}/{at}", lot.number, **of(lot, kg(60))) for at in (1, 2)]
    tellings = {
        "how much was made": [known.completion(lot, actual_quantity=kg(100))],
        "that it went in": [known.start(into, revision=2, inputs=named)],
        "what went elsewhere": uses,
    }
    await handled(bus, database, known.start(lot), known.start(other))
    for told in (*(each for each in tellings if each != told_last), told_last):
        for fact in tellings[told]:
            await handled(bus, database, fact)
            await tick(overdrawing)
    name = f"{lot.material} {lot.number}"

    async def news() -> Any:
        (impact,) = (await service.client.get("/distribution-impacts", params=ABOUT | {"batch_id": id})).json()["items"]
        said = [text.rsplit(", ", 1)[0] for text in impact["news"]]
        return said if len(said) > 1 else None

    wrong = f"{name}: more of it is told to have gone into batches than was made"
    assert await bus.eventually(news) == [f"{name} went in", wrong]
    await handled(bus, database, known.used(other, f"{lot.number}/3", lot.number, **of(lot, kg(7))))
    await tick(overdrawing)
    assert await news() == [f"{name} went in", wrong], "once, and not with each further use"
