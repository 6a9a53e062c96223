"""A partner sees its own numbers; what is kept is what the facts give."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.world import number_of


async def test_a_partner_sees_only_its_own_facts_and_numbers(kpi: Any, bus: Any, new_world: Any) -> None:
    mine, rival = new_world(), new_world()
    await bus.publish(*mine.registered(), *rival.registered())
    await bus.publish(mine.result("oos"), mine.result("pass"), *(rival.result("pass") for _ in range(3)))
    for by in ("partner", "product"):  # what they are called comes by other topics
        await kpi.until("oos_rate", lambda item, by=by: bool(item[by]["number"]), by=by, partner=str(mine.maker))
    await kpi.until("oos_rate", sample=2, partner=str(mine.maker))
    await kpi.until("oos_rate", sample=3, partner=str(rival.maker))
    async with kpi.as_("partner_quality", partner_id=mine.maker) as partner:
        by_partner = (await partner.get("/kpis/oos_rate/values", params={"by": "partner", "period": "all"})).json()
        assert [(item["partner"]["number"], item["sample"]) for item in by_partner["items"]] == [
            (number_of("P", mine.maker), 2)
        ]
        by_product = (await partner.get("/kpis/oos_rate/values", params={"by": "product", "period": "all"})).json()
        assert [item["product"]["number"] for item in by_product["items"]] == [mine.code]
        facts = (await partner.get("/facts", params={"kpi": "oos_rate"})).json()["items"]
        assert {fact["partner"]["id"] for fact in facts} == {str(mine.maker)}
        asked = await partner.get("/kpis/oos_rate/values", params={"partner": rival.maker, "period": "all"})
        assert asked.json()["items"][0]["sample"] == 0
        for word in (
            {"partner": number_of("P", rival.maker)},
            {"site": number_of("S", rival.site)},
            {"product": rival.code},
        ):
            assert (await partner.get("/kpis/oos_rate/values", params=word)).status_code == 422
        assert (await partner.post("/rebuilds", json={"compare": True})).status_code == 403


async def test_another_partners_target_stays_unseen(kpi: Any, bus: Any, new_world: Any) -> None:
    mine, rival = new_world(), new_world()
    for make, value in ((mine, 12), (rival, 24)):
        await bus.publish(*make.registered())
        await kpi.until("oos_rate", lambda item: bool(item["partner"]["name"]), partner=str(make.maker))
        await kpi.client.put(
            "/kpis/notification_hours/target",
            params={"partner": str(make.maker)},
            json={"value": value, "red": 48},
            headers={"If-Match": "*"},
        )
    async with kpi.as_("partner_quality", partner_id=mine.maker) as partner:
        targets = (await partner.get("/kpis/notification_hours")).json()["targets"]
    assert [target["value"] for target in targets] == ["12"]


async def test_rebuild_tells_and_mends_a_tampered_bucket(kpi: Any, bus: Any, new_world: Any, database: Any) -> None:
    make, batch, deviation = new_world(), uuid4(), uuid4()
    await bus.publish(
        *(make.result("pass") for _ in range(30)), make.batch(batch_id=batch), make.raised(deviation, batch)
    )
    await bus.publish(make.closed(deviation, batch, to="major"))
    await kpi.until("oos_rate", sample=30, partner=str(make.maker))

    async def agrees() -> Any:
        compared = (await kpi.client.post("/rebuilds", json={"compare": True})).json()
        return compared if compared["differences"] == [] and compared["buckets"] > 4 else None

    assert (await kpi.eventually(agrees))["changed"] is False
    await database.execute(
        "UPDATE bucket SET total = total + 7 WHERE partner_id = $1 AND measure = 'test_evaluated'", make.maker
    )
    compared = (await kpi.client.post("/rebuilds", json={"compare": True})).json()
    [difference] = compared["differences"]
    assert (difference["partner_id"], difference["kept"], difference["rebuilt"]) == (
        str(make.maker),
        {"count": 30, "total": "37"},
        {"count": 30, "total": "30"},
    )
    rebuilt = (await kpi.client.post("/rebuilds", json={})).json()
    assert (rebuilt["changed"], rebuilt["different"]) == (True, 1)
    again = (await kpi.client.post("/rebuilds", json={"compare": True})).json()
    assert (again["differences"], again["buckets"]) == ([], rebuilt["buckets"])


async def test_amended_numbers_of_any_size_leave_what_a_rebuild_gives(kpi: Any, bus: Any, new_world: Any) -> None:
    make, ids = new_world(), [uuid4() for _ in range(3)]
    yields = zip(ids, ["1E+30", "1E-30", "1234567890123456789012.5"], strict=True)
    await bus.publish(*(make.batch(batch_id=id, percent=percent) for id, percent in yields))
    await kpi.until("yield", sample=3, partner=str(make.maker))
    await bus.publish(*(make.recorded(make.batch(batch_id=id, percent="90"), sequence=2) for id in ids))
    await kpi.until("yield", lambda item: item["numerator"] == "270", partner=str(make.maker))
    compared = (await kpi.client.post("/rebuilds", json={"compare": True})).json()
    assert compared["differences"] == []


async def test_two_rebuilds_at_once_follow_each_other(
    kpi: Any, bus: Any, new_world: Any, database: Any, eventually: Any
) -> None:
    make = new_world()
    await bus.publish(make.result("oos"), make.result("pass"))
    await kpi.until("oos_rate", sample=2, partner=str(make.maker))

    async def both_wait() -> bool:
        waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'measured_fact'::regclass AND NOT granted"
        return bool(await database.fetchval(waiting) == 2)

    async with database.transaction():  # a writer whom both wait for, so that both go on in the same moment
        await database.execute("LOCK TABLE measured_fact IN ROW EXCLUSIVE MODE")
        rebuilds = [asyncio.create_task(kpi.client.post("/rebuilds", json={})) for _ in range(2)]
        await eventually(both_wait)
    answers = await asyncio.gather(*rebuilds)
    assert [answer.status_code for answer in answers] == [200, 200], [answer.text for answer in answers]
    assert (await kpi.client.post("/rebuilds", json={"compare": True})).json()["differences"] == []
    [item] = await kpi.values("oos_rate", partner=make.maker, period="all")
    assert (item["numerator"], item["denominator"]) == ("1", "2")


async def test_a_rebuild_needs_an_administrator(kpi: Any) -> None:
    async with kpi.as_("supply") as supply:
        assert (await supply.post("/rebuilds", json={"compare": True})).status_code == 403
