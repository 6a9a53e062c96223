"""The timer: overdue deviations are told once per due date."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.quality_events import DeviationOverdue
from quality_events.deviations import overdue
from runtime import clock
from runtime.database import Context
from runtime.principal import worker


async def tick(service: Any) -> None:
    """What the timer does when its time has come."""
    async with service.app.state.store.work(Context(worker("quality-events"))) as work:
        await overdue.timer.run(work)


async def test_a_deviation_is_overdue_once_per_due_date(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    # Due far ahead, so that the running timer with the real clock has nothing to tell.
    aware = datetime.now(UTC) - timedelta(hours=1)
    await bus.tell(world.deviation(partner_aware_at=aware, occurred_at=aware))
    deviation = await found("deviations", site_id=world.site)
    due_at = datetime.fromisoformat(deviation["clock"]["due_at"])

    def told() -> Any:
        return bus.of(DeviationOverdue, deviation_id=UUID(deviation["id"]))

    async def first() -> Any:
        return told()

    with clock.standing_at(due_at):
        await tick(service)
    with clock.standing_at(due_at + timedelta(minutes=1)):
        await tick(service)
        await tick(service)
    assert [fact.due_at for fact in await eventually(first)] == [due_at]

    later = due_at + timedelta(days=10)
    wish = {"due_at": later.isoformat(), "reason": "waiting for the punch"}
    assert (await service.client.post(f"/deviations/{deviation['id']}/extension", json=wish)).status_code == 200
    with clock.standing_at(later + timedelta(minutes=1)):
        await tick(service)
        await tick(service)

    async def second() -> bool:
        return len(told()) > 1

    await eventually(second)
    assert [fact.due_at for fact in told()] == [due_at, later]


async def test_what_is_closed_is_never_overdue(bus: Any, world: Any, found: Any, service: Any, database: Any) -> None:
    await bus.tell(world.deviation(partner_aware_at=datetime.now(UTC)))
    deviation = await found("deviations", site_id=world.site)
    cancelled = await service.client.post(f"/deviations/{deviation['id']}/cancellation", json={"reason": "a drill"})
    with clock.standing_at(datetime.now(UTC) + timedelta(days=60)):
        await tick(service)
    told = await database.fetchval(
        "SELECT count(*) FROM outbox WHERE key = $1 AND type LIKE '%Overdue%'", deviation["id"]
    )
    assert told == 0
    read = (await service.client.get(f"/deviations/{deviation['id']}")).json()
    assert read["version"] == cancelled.json()["version"]
