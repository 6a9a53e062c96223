"""The timer: overdue deviations are told once per due date."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import select

from contracts import clock
from contracts.quality_events import DeviationOverdue
from quality_events.deviations.model import Deviation
from runtime.database import Context
from runtime.principal import worker


async def test_a_deviation_is_overdue_once_per_due_date(
    bus: Any, world: Any, found: Any, service: Any, tick: Any
) -> None:
    # Due far ahead, so that the running timer with the real clock has nothing to tell.
    aware = datetime.now(UTC) - timedelta(hours=1)
    await bus.publish(world.deviation(partner_aware_at=aware, occurred_at=aware))
    deviation = await found("deviations", site_id=world.site)
    due_at = datetime.fromisoformat(deviation["clock"]["due_at"])

    told = partial(bus.told, DeviationOverdue, deviation_id=UUID(deviation["id"]))
    with clock.standing_at(due_at):
        await tick()
    with clock.standing_at(due_at + timedelta(minutes=1)):
        await tick()
        await tick()
        # What is told is read while the clock stands there: before, it would be of the future.
        assert [fact.due_at for fact in await told()] == [due_at]

    later = due_at + timedelta(days=10)
    wish = {"due_at": later.isoformat(), "reason": "waiting for the punch"}
    for person, step in ((service.second, "extension-request"), (service.client, "extension")):
        assert (await person.post(f"/deviations/{deviation['id']}/{step}", json=wish)).status_code == 200
    with clock.standing_at(later + timedelta(minutes=1)):
        await tick()
        await tick()
        assert [fact.due_at for fact in await told(2)] == [due_at, later]


async def test_a_list_and_a_record_say_the_same_of_a_due_date(bus: Any, world: Any, found: Any, service: Any) -> None:
    aware = datetime.now(UTC) - timedelta(hours=1)
    await bus.publish(world.deviation(partner_aware_at=aware, occurred_at=aware))
    deviation = await found("deviations", site_id=world.site)
    due_at = datetime.fromisoformat(deviation["clock"]["due_at"])
    for moment, overdue in ((due_at, False), (due_at + timedelta(microseconds=1), True)):
        async with service.app.state.store.work(Context(worker("quality-events"))) as work:
            work.now = moment
            record = await work.session.get_one(Deviation, UUID(deviation["id"]))
            query = select(Deviation.id).where(Deviation.overdue(work), Deviation.id == record.id)
            listed = await work.session.scalar(query)
            assert (listed is not None, record.is_overdue(moment)) == (overdue, overdue)


async def test_what_is_closed_is_never_overdue(
    bus: Any, world: Any, found: Any, service: Any, database: Any, tick: Any, cancel: Any
) -> None:
    await bus.publish(world.deviation(partner_aware_at=datetime.now(UTC)))
    deviation = await found("deviations", site_id=world.site)
    cancelled = await cancel(deviation)
    with clock.standing_at(datetime.now(UTC) + timedelta(days=60)):
        await tick()
    told = await database.fetchval(
        "SELECT count(*) FROM outbox WHERE key = $1 AND type LIKE '%Overdue%'", deviation["id"]
    )
    assert told == 0
    read = (await service.client.get(f"/deviations/{deviation['id']}")).json()
    assert read["version"] == cancelled["version"]


async def test_one_that_cannot_be_told_keeps_no_other_from_being_told(
    bus: Any, world: Any, found: Any, service: Any, database: Any, tick: Any
) -> None:
    aware = datetime.now(UTC) - timedelta(hours=1)
    await bus.publish(world.deviation(partner_aware_at=aware, occurred_at=aware, category="bad"))
    await bus.publish(world.deviation(partner_aware_at=aware, occurred_at=aware, category="good"))
    bad, good = [await found("deviations", site_id=world.site, category=word) for word in ("bad", "good")]
    # As an earlier release took it: a due date that no fact may carry.
    await database.execute("SET entente.actor = 'an earlier release'")
    await database.execute("UPDATE deviation SET due_at = '0019-03-31' WHERE id = $1", bad["id"])

    with clock.standing_at(aware + timedelta(days=31)):
        await tick()
        await tick()
        assert len(await bus.told(DeviationOverdue, deviation_id=UUID(good["id"]))) == 1
    listed = (await service.client.get("/set-aside")).json()["items"]
    (item,) = [item for item in listed if item["record_id"] == bad["id"]]
    assert (item["timer"], item["attempts"]) == ("deviation-overdue", 1)
    assert "lies before 1900-01-01" in item["reason"]
    assert (await service.client.get("/status")).json()["set_aside"] >= 1
