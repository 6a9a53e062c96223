"""Who had a hand in a record decides nothing about it, also where a feed stands between."""

from typing import Any

from contracts.quality_events import DeviationCancelled


async def test_what_a_feed_reported_is_cancelled_by_a_second_person_and_with_the_partner(
    bus: Any, world: Any, service: Any, found: Any
) -> None:
    await bus.publish(world.deviation(world.lot(), sent_by="tester"))
    deviation = await found("deviations", partner_id=world.maker)
    assert deviation["reporter"] == "tester"
    path = f"/deviations/{deviation['id']}"
    alone = await service.second.post(f"{path}/cancellation", json={"reason": "it was none"})
    assert (alone.status_code, alone.json()["type"]) == (409, "urn:entente:problem:rule-violated")
    own = await service.client.post(f"{path}/cancellation-proposal", json={"reason": "it was none"})
    assert (own.status_code, own.json()["fields"]) == (403, ["reporter"])
    async with (
        service.as_("partner_quality", partner_id=world.maker) as maker,
        service.as_("partner_operations", partner_id=world.maker) as operations,
    ):
        assert (await maker.post(f"{path}/cancellation-agreement")).status_code == 409, "nobody proposed it"
        proposed = await service.second.done(f"{path}/cancellation-proposal", {"reason": "it was none"})
        assert (proposed["state"], proposed["waiting_for"]["partner_id"]) == ("reported", str(world.maker))
        assert (await operations.post(f"{path}/cancellation-agreement")).status_code == 403
        assert (await service.second.post(f"{path}/cancellation-agreement")).status_code == 403
        refused = await maker.done(f"{path}/cancellation-refusal", {"reason": "the press did stop"})
        assert (refused["waiting_for"]["side"], refused["cancellation_refusal"]) == ("sponsor", "the press did stop")
        again = await service.second.done(f"{path}/cancellation-proposal", {"reason": "it was an exercise"})
        assert "withdraw_cancellation" in [each["name"] for each in again["allowed"]]
        back = {"reason": "the log shows a stop"}
        assert (await maker.post(f"{path}/cancellation-withdrawal", json=back)).status_code == 403
        withdrawn = await service.client.done(f"{path}/cancellation-withdrawal", back)
        assert (withdrawn["waiting_for"]["side"], withdrawn["cancellation_proposed"]) == ("sponsor", False)
        assert (await maker.post(f"{path}/cancellation-agreement")).status_code == 409, "it is taken back"
        last = (await maker.get(f"{path}/history", params={"limit": 100})).json()["items"][-1]
        assert last["reason"] == "the log shows a stop"
        await service.second.done(f"{path}/cancellation-proposal", {"reason": "it stopped for a drill"})
        agreed = await maker.done(f"{path}/cancellation-agreement")
    assert (agreed["state"], agreed["waiting_for"]) == ("cancelled", None)
    (fact,) = await bus.told(DeviationCancelled, partner_id=world.maker)
    assert fact.reason == "it stopped for a drill"
