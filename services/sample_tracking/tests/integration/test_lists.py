"""Results in lists: by their days, and of a lot in pages."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

from contracts.partner_feeds import TestStage


async def test_results_are_found_by_the_day_on_which_they_were_determined(
    tracking: Any, known: Any, bus: Any, results: Any
) -> None:
    """A month counts as its first day, and an instant's day is that of UTC."""
    lot = known.lot()
    early = datetime(2018, 11, 2, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    for moment in ("2018-11", date(2018, 11, 2), early):
        await bus.publish(known.report("71", lot, occurred_at=moment))
    first, second, third = [found["id"] for found in await results(lot, 3)]

    async def within(**asked: str) -> set[str]:
        named = {name.rstrip("_"): value for name, value in asked.items()}
        answer = await tracking.client.get("/results", params={"lot_id": str(lot.id)} | named)
        return {found["id"] for found in answer.json()["items"]}

    assert await within(from_="2018-11-01", to="2018-11-01") == {first, third}
    assert await within(from_="2018-11-02") == {second}
    assert await within(to="2018-10-31") == set()
    assert await within(to="2018-11-02") == {first, second, third}
    refused = await tracking.client.get("/results", params={"from": "2018-11-02", "to": "2018-11-01"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "query.from")


async def test_a_lots_tests_come_in_pages_each_whole(tracking: Any, known: Any, bus: Any, results: Any) -> None:
    lot = known.lot()
    release, other = TestStage.release, TestStage.stability
    for test, stage in (("assay", release), ("assay", other), ("water", release), ("dissolution_min", release)):
        await bus.publish(*(known.report(value, lot, test=test, stage=stage) for value in ("71", "72")))
    await results(lot, 8)
    whole = (await tracking.client.get(f"/lots/{lot.id}/results")).json()
    assert (len(whole["items"]), whole["next"]) == (4, None)
    assert all(len(item["original"]) == 2 for item in whole["items"])
    paged: list[Any] = []
    cursor = None
    while cursor is not None or not paged:
        asked = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await tracking.client.get(f"/lots/{lot.id}/results", params=asked)).json()
        paged, cursor = paged + page["items"], page["next"]
    assert paged == whole["items"]
    refused = await tracking.client.get(f"/lots/{lot.id}/results", params={"cursor": "x"})
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:entente:problem:invalid-cursor")
    assert (await tracking.client.get(f"/lots/{lot.id}/results", params={"limit": 0})).status_code == 422
