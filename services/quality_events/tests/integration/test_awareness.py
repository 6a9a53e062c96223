"""When the clocks of a deviation start, and what history does to them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.quality_events import DeviationAmended, DeviationRaised, OosOpened

AWARE = datetime(2026, 3, 1, 8, tzinfo=UTC)


async def test_a_later_awareness_counts_when_quality_accepts_it(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    for fact in world.registered():
        await bus.publish(fact)
    await bus.publish(world.deviation(record="D", partner_aware_at=AWARE), time=AWARE + timedelta(hours=2))
    deviation = await found("deviations", site_id=world.site)
    path = f"/deviations/{deviation['id']}"
    assert (await service.client.post(f"{path}/awareness-acceptance", json={"reason": "none"})).status_code == 409
    later = world.deviation(record="D", revision=2, partner_aware_at=AWARE + timedelta(days=2))
    earlier = world.deviation(record="D", revision=3, partner_aware_at=AWARE - timedelta(days=2))
    await bus.publish(later)

    async def stated() -> Any:
        read = (await service.client.get(path)).json()
        return read if read["clock"]["later_awareness"] else None

    waiting = await eventually(stated)
    assert (waiting["partner_aware_at"], waiting["clock"]["due_at"]) == ("2026-03-01T08:00:00Z", "2026-03-31T22:00:00Z")
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        assert (await maker.post(f"{path}/awareness-acceptance", json={"reason": "ours"})).status_code == 403
    accepted = await service.client.post(f"{path}/awareness-acceptance", json={"reason": "a wrong time stamp"})
    assert accepted.status_code == 200, accepted.text
    assert (accepted.json()["partner_aware_at"], accepted.json()["clock"]["due_at"]) == (
        "2026-03-03T08:00:00Z",
        "2026-04-02T22:00:00Z",
    )
    await bus.publish(earlier)

    async def moved() -> Any:
        read = (await service.client.get(path)).json()
        return read if read["partner_aware_at"] == "2026-02-27T08:00:00Z" else None

    assert (await eventually(moved))["clock"]["first_due_at"] == "2026-03-29T22:00:00Z"
    facts = await bus.told(DeviationAmended, 2, deviation_id=UUID(deviation["id"]))
    assert facts[1].partner_aware_at == AWARE + timedelta(days=2)


async def test_history_opens_no_clock(bus: Any, world: Any, found: Any, service: Any) -> None:
    lot, long_ago = world.lot(), datetime(2019, 5, 2, 8, tzinfo=UTC)
    old = {"historic": True, "occurred_at": long_ago, "partner_aware_at": long_ago}
    await bus.publish(world.deviation(lot, proposed_classification="critical", **old))
    await bus.publish(world.oos(lot, on=long_ago, historic=True))
    nothing = {"limit_hours": None, "taken_hours": None, "met": None}
    for collection in ("deviations", "oos-investigations"):
        read = await found(collection, lot=lot.number)
        assert (read["historic"], read["clock"]["overdue"], read["clock"]["due_at"]) == (True, False, None)
        assert read["clock"]["notification"] == nothing
    late = await service.client.get("/deviations", params={"site_id": world.site, "overdue": True})
    assert late.json()["items"] == []
    (raised,) = await bus.told(DeviationRaised, lots=(lot,))
    (opened,) = await bus.told(OosOpened, lot=lot)
    assert (raised.historic, opened.historic) == (True, True)
