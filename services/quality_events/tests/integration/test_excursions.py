"""What a maker's system tells beside its record: excursions that somebody decides, and lots that no input names."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.quality_events import QualityEventsBallHeld
from tests.releasing import readiness

REVISION = {"source_revision": 1}


async def condition(client: Any, batch_id: str, name: str) -> tuple[str, str]:
    found = (await readiness(client, batch_id, "AT"))["by_name"][name]
    return found["verdict"], found["why"]


async def test_an_alarm_waits_for_the_maker_and_the_sponsor_may_ask_again(
    bus: Any, known: Any, service: Any, found: Any, new_world: Any
) -> None:
    lot = known.lot()
    await bus.publish(known.alarm(lot), known.alarm(lot, "8"))  # before anybody told of the batch
    await bus.publish(known.completion(lot))
    batch = await found("batches", lot=lot.number, state="manufactured")
    told = [await found("process-excursions", lot=lot.number, open="true", event_id=event) for event in ("7", "8")]
    verdict, why = await condition(service.client, batch["id"], "excursions_decided")
    assert (verdict, told[0]["number"] in why, told[1]["number"] in why) == ("not_met", True, True)
    rival = new_world()
    async with service.as_("partner_quality", partner_id=rival.maker) as other:
        assert (await other.get(f"/process-excursions/{told[0]['id']}")).status_code == 404
        assert (await other.get("/process-excursions", params={"lot": lot.number})).json()["items"] == []
    nothing = {"outcome": "no_impact", "reason": "no tablet was made", "source_revision": 1}
    assert (await service.client.post(f"/process-excursions/{told[0]['id']}/decision", json=nothing)).status_code == 403
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        await maker.done(f"/process-excursions/{told[0]['id']}/decision", nothing)
        deviation = await maker.done("/deviations", _deviation(known, batch["id"]))
        of_it = {"outcome": "deviation", "reason": "tablets were made", "deviation_id": deviation["id"]} | REVISION
        shown = await maker.done(f"/process-excursions/{told[1]['id']}/decision", of_it)
    assert shown["deviation"]["number"] == deviation["number"]
    verdict, why = await condition(service.client, batch["id"], "excursions_decided")
    assert (verdict, "no tablet was made" in why) == ("unknown", True)  # of temperature no fact tells yet
    again = await service.client.done(f"/process-excursions/{told[0]['id']}/reopening", {"reason": "for how long?"})
    assert (again["state"], again["reopened_because"]) == ("open", "for how long?")
    balls = await bus.told(QualityEventsBallHeld, 3, subject_id=UUID(told[0]["id"]))
    assert [ball.side for ball in balls] == ["partner", "nobody", "partner"]


async def test_a_deviation_of_another_batch_deals_with_no_alarm(
    bus: Any, known: Any, service: Any, found: Any, partners_login: Any
) -> None:
    lot, other = known.lot(), known.lot()
    await bus.publish(known.start(lot), known.start(other), known.alarm(lot))
    batch = await found("batches", lot=other.number)
    told = await found("process-excursions", lot=lot.number)
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        deviation = await maker.done("/deviations", _deviation(known, batch["id"]))
        body = {"outcome": "deviation", "reason": "x", "deviation_id": deviation["id"]} | REVISION
        refused = await maker.post(f"/process-excursions/{told['id']}/decision", json=body)
    step = """
        UPDATE process_excursion SET state = 'decided', outcome = $2, decision = $3, deviation_id = $4,
        decided_by = 'me', decided_at = now() WHERE id = $1
    """
    tries = [("deviation", "x", deviation["id"]), ("whatever", "x", None), ("no_impact", None, None)]
    async with partners_login("quality_events", known.maker) as login:
        assert [await login.run(step, told["id"], *each) for each in tries] == ["refused"] * 3
        assert await login.run(step, told["id"], "no_impact", "x", None) == "UPDATE 1"
    assert (refused.status_code, deviation["number"] in refused.json()["detail"]) == (409, True)


async def test_an_alarm_is_open_again_when_its_deviation_names_the_batch_no_more(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any
) -> None:
    lot, other = known.lot(), known.lot()
    record = f"{lot.number}/dev"
    await bus.publish(known.completion(lot), known.alarm(lot), known.deviation(lot, record=record))
    batch = await found("batches", lot=lot.number, state="manufactured")
    told, deviation = await found("process-excursions", lot=lot.number), await found("deviations", lot=lot.number)
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        body = {"outcome": "deviation", "reason": "x", "deviation_id": deviation["id"]} | REVISION
        await maker.done(f"/process-excursions/{told['id']}/decision", body)
    await bus.publish(known.deviation(other, record=record, revision=2))

    async def left() -> bool:
        verdict, why = await condition(service.client, batch["id"], "excursions_decided")
        return verdict == "not_met" and told["number"] in why

    await eventually(left)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1)])
async def test_an_alarm_that_turns_out_to_be_another_partners_shows_neither_the_others(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any, new_world: Any, database: Any, order: Any
) -> None:
    rival, lot = new_world(), known.lot()
    theirs, record = rival.lot(), f"event/{uuid4()}"
    await bus.publish(*rival.registered(), known.completion(lot), rival.completion(theirs))
    told = {1: known.alarm(lot), 2: rival.alarm(theirs, text="theirs"), 3: rival.alarm(theirs, "9", text="next")}
    for revision in (1, 2):
        told[revision] = told[revision].model_copy(update={"source": known.reported(record, revision)["source"]})
    batch = await found("batches", lot=lot.number, state="manufactured")
    for each in order:
        await bus.publish(told[each])
        if order[0] == 1 == each:
            one = await found("process-excursions", lot=lot.number)
            async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
                nothing = {"outcome": "no_impact", "reason": "of this lot", "source_revision": 1}
                await maker.done(f"/process-excursions/{one['id']}/decision", nothing)
    moved = await found("process-excursions", lot=theirs.number, event_id="7", state="open")
    await found("process-excursions", lot=theirs.number, event_id="9")  # nothing of their lot waits behind it
    assert (await condition(service.client, moved["batch_id"], "excursions_decided"))[0] == "not_met"

    # What its quality unit decided stands for nothing; what nobody decided no system takes from its batch.
    expected = ("unknown", "withdrawn") if order[0] == 1 else ("not_met", "open")

    async def stands() -> bool:
        verdict, _ = await condition(service.client, batch["id"], "excursions_decided")
        left = (await service.client.get("/process-excursions", params={"lot": lot.number})).json()["items"]
        return [(verdict, each["state"]) for each in left] == [expected]

    await eventually(stands)
    for mine, other in ((known, theirs), (rival, lot)):
        async with service.as_("partner_quality", partner_id=mine.maker) as maker:
            assert (await maker.get("/process-excursions", params={"lot": other.number})).json()["items"] == []
            own = (await maker.get("/process-excursions")).json()["items"]
            texts = [(await maker.get(f"/process-excursions/{each['id']}/history")).text for each in own]
            for said in (*map(str, own), *texts):
                assert [word for word in (other.number, str(other.partner_id)) if word in said] == []
    assert await database.fetchval("SELECT count(*) FROM parked WHERE key = $1", str(theirs.id)) == 0


async def test_a_lot_that_the_makers_system_used_and_no_input_names_is_asked_about(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any
) -> None:
    lot, other = known.lot(), known.lot()
    record = f"{lot.number}/use"
    await bus.publish(known.used(lot, record, "L-2", 2), known.used(lot, record, "L-1"), known.start(lot))
    await bus.publish(known.used(lot, f"{record}/b", "L-3"), known.used(None, f"{record}/b", "L-3", 2))
    await bus.publish(known.start(other))
    batch = await found("batches", lot=lot.number)

    async def asked() -> bool:
        verdict, why = await condition(service.client, batch["id"], "inputs_released")
        # what a later revision corrects, or takes from the batch, is asked about no more
        return verdict == "unknown" and "LACTOSE L-2" in why and "L-1" not in why and "L-3" not in why

    await eventually(asked)
    moved = await found("batches", lot=other.number)
    await bus.publish(known.used(other, record, "L-2", 3))

    async def gone() -> bool:
        here = await condition(service.client, batch["id"], "inputs_released")
        there = await condition(service.client, moved["id"], "inputs_released")
        return "nobody named what went in" in here[1] and "LACTOSE L-2" in there[1]

    await eventually(gone)


async def test_every_revision_of_what_was_used_is_kept_in_whichever_order_they_come(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any, database: Any
) -> None:
    lots = [known.lot() for _ in range(2)]
    first, second = lots
    for at, order in enumerate(([1, 2, 3, 4], [4, 2, 3, 1, 2])):
        record = f"{first.number}/{at}"
        said = {1: (first, "L-1"), 2: (first, "L-2"), 3: (second, "L-2"), 4: (first, "L-4")}
        for revision in order:
            lot, number = said[revision]
            await bus.publish(known.used(lot, record, number, revision))
    await bus.publish(*map(known.start, lots))
    batches = [await found("batches", lot=lot.number, state="in_process") for lot in lots]

    async def told() -> Any:
        answers = [(await service.client.get(f"/batches/{batch['id']}")).json() for batch in batches]
        uses = [each["reported_uses"] for each in answers]
        return uses if [len(each) for each in uses] == [6, 2] else None

    here, there = await eventually(told)
    shown = [(each["number"], each["revision"], each["superseded"]) for each in here]
    assert shown == [("L-1", 1, True), ("L-2", 2, True), ("L-4", 4, False)] * 2
    assert [(each["number"], each["superseded"]) for each in there] == [("L-2", True)] * 2
    asked = (await condition(service.client, batches[0]["id"], "inputs_released"))[1]
    assert [number in asked for number in ("L-1", "L-2", "L-4")] == [False, False, True]
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        assert (await maker.get(f"/batches/{batches[0]['id']}")).json()["reported_uses"] == here
    may = "SELECT array_agg(has_table_privilege('svc_worker', 'material_use', what)) FROM unnest($1::text[]) AS what"
    assert await database.fetchval(may, ["INSERT", "UPDATE", "DELETE"]) == [True, False, False]


def _deviation(known: Any, batch_id: str) -> dict[str, Any]:
    said = {"title": "force", "description": "above its limit", "category": "equipment", "batch_ids": [batch_id]}
    return said | {"site_id": str(known.site), "partner_aware_at": "2018-11-03T10:00:00Z"}
