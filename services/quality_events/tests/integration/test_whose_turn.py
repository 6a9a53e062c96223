"""Whom a record waits for, and since when: on the record, in its lists, and told."""

from typing import Any
from uuid import UUID

import pytest

from contracts import Holder
from contracts.quality_events import OosConcluded, QualityEventsBallHeld
from tests.quality_records import NO_RETESTS


async def heard(bus: Any, id: str, count: int) -> list[tuple[str, str | None, str]]:
    """The turns that were told of one record, as soon as there are so many."""
    facts = await bus.told(QualityEventsBallHeld, count, subject_id=UUID(id))
    return [(fact.side, fact.awaited_partner_id, fact.why) for fact in facts]


async def test_a_deviation_goes_from_side_to_side(bus: Any, world: Any, found: Any, service: Any) -> None:
    await bus.publish(world.deviation())
    deviation = await found("deviations", site_id=world.site)
    path, first = f"/deviations/{deviation['id']}", deviation["waiting_for"]
    assert (first["side"], first["partner_id"]) == ("sponsor", None)
    classified = await service.client.post(f"{path}/classification", json={"classification": "minor"})
    owners = classified.json()["waiting_for"]
    assert (owners["side"], owners["partner_id"]) == ("partner", str(world.maker))
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        begun = (await maker.post(f"{path}/investigation", json={})).json()
        assert begun["waiting_for"] == owners, "the same side still has it, since then"
        handed_in = (await maker.post(f"{path}/approval-request")).json()
        assert handed_in["waiting_for"]["side"] == "sponsor"
        mine = (await maker.get("/deviations", params={"waiting_for": "partner"})).json()["items"]
    assert mine == []
    closed = (await service.second.post(f"{path}/closure")).json()
    assert (closed["state"], closed["waiting_for"]) == ("closed", None)

    turns = await heard(bus, deviation["id"], 4)
    assert turns == [
        (Holder.sponsor, None, "reported"),
        (Holder.partner, world.maker, "classified"),
        (Holder.sponsor, None, "awaiting_approval"),
        (Holder.nobody, None, "closed"),
    ]


async def test_an_investigation_waits_for_the_laboratory_and_then_for_a_quality_unit(
    bus: Any, world: Any, found: Any, service: Any
) -> None:
    await bus.publish(world.oos(lot := world.lot()))
    record = await found("oos-investigations", lot=lot.number)
    path = f"/oos-investigations/{record['id']}"
    assert (record["waiting_for"]["side"], record["waiting_for"]["partner_id"]) == ("partner", str(world.laboratory))
    async with service.as_("partner_lab", partner_id=world.laboratory) as laboratory:
        ours = {"waiting_for_partner_id": str(world.laboratory)}
        assert [item["id"] for item in (await laboratory.get("/oos-investigations", params=ours)).json()["items"]] == [
            record["id"]
        ]
        body = {"cause": "pipette", "evidence": "log", "retest_plan": None}
        await laboratory.done(f"{path}/retest-plan", NO_RETESTS)
        proposed = await laboratory.post(f"{path}/invalidation-proposal", json=body)
    assert proposed.status_code == 200, proposed.text
    assert proposed.json()["waiting_for"]["side"] == "both"
    concluded = (await service.client.post(f"{path}/invalidation-approval")).json()
    assert concluded["waiting_for"] is None
    turns = await heard(bus, record["id"], 3)
    assert [(side, partner) for side, partner, _ in turns] == [
        (Holder.partner, world.laboratory),
        (Holder.both, world.maker),
        (Holder.nobody, None),
    ]
    assert await bus.told(OosConcluded, investigation_id=UUID(record["id"]))


async def test_a_batch_waits_for_its_maker_and_once_made_for_its_record(bus: Any, world: Any, found: Any) -> None:
    lot = world.lot()
    await bus.publish(world.start(lot))
    making = await found("batches", lot=lot.number)
    assert (making["waiting_for"]["side"], making["waiting_for"]["partner_id"]) == ("partner", str(world.maker))
    await bus.publish(world.completion(lot))
    made = await found("batches", lot=lot.number, state="manufactured")
    assert made["waiting_for"] == making["waiting_for"], (
        "since its making began: the maker owes the next step all along"
    )


@pytest.mark.parametrize("wanted", ["the partner", "maker", ""])
async def test_an_unknown_side_is_refused(service: Any, wanted: str) -> None:
    answer = await service.client.get("/deviations", params={"waiting_for": wanted})
    assert answer.status_code == 422
    assert "sponsor" in answer.text


async def test_it_waits_since_the_turn_passed_and_not_since_the_last_change(
    bus: Any, world: Any, found: Any, service: Any
) -> None:
    await bus.publish(world.deviation())
    deviation = await found("deviations", site_id=world.site)
    acknowledged = (await service.client.post(f"/deviations/{deviation['id']}/acknowledgement")).json()
    assert acknowledged["version"] == deviation["version"] + 1
    assert acknowledged["waiting_for"] == deviation["waiting_for"]
