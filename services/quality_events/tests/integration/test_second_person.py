"""Who had a hand in a record decides nothing about it, also where a feed stands between."""

from typing import Any


async def test_who_sent_a_report_through_a_feed_does_not_cancel_it(
    bus: Any, world: Any, service: Any, found: Any
) -> None:
    await bus.publish(world.deviation(world.lot(), sent_by="tester"))
    deviation = await found("deviations", partner_id=world.maker)
    assert deviation["reporter"] == "tester"
    path = f"/deviations/{deviation['id']}/cancellation"
    alone = await service.client.post(path, json={"reason": "it was none"})
    assert (alone.status_code, alone.json()["fields"]) == (403, ["reporter"])
    assert (await service.second.post(path, json={"reason": "it was none"})).status_code == 200
