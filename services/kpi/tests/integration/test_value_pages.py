"""A KPI's numbers in pages."""

from typing import Any


async def test_numbers_come_in_pages(kpi: Any, bus: Any, new_world: Any) -> None:
    make, other = new_world(), new_world()
    other.maker, other.site = make.maker, make.site
    months = ("2026-01", "2026-02", "2026-03")
    await bus.publish(*(each.batch(at=month) for each in (make, other) for month in months))
    await kpi.until("right_first_time", sample=6, partner=str(make.maker))
    asked = {"partner": str(make.maker), "by": "product", "period": "month", "from": "2026-01", "to": "2026-03"}
    whole = (await kpi.client.get("/kpis/right_first_time/values", params=asked | {"count": "true"})).json()
    assert (len(whole["items"]), whole["total"], whole["next"]) == (6, 6, None)
    paged: list[Any] = []
    cursor = None
    while cursor is not None or not paged:
        more = {"limit": "4"} | ({"cursor": cursor} if cursor else {})
        page = (await kpi.client.get("/kpis/right_first_time/values", params=asked | more)).json()
        paged, cursor = paged + page["items"], page["next"]
    assert paged == whole["items"]
    for wrong in ("x", "e30=", "W10="):
        answer = await kpi.client.get("/kpis/right_first_time/values", params=asked | {"cursor": wrong})
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:entente:problem:invalid-cursor")


async def test_measures_come_in_pages(kpi: Any) -> None:
    whole = (await kpi.client.get("/measures")).json()
    assert (len(whole["items"]) > 4, whole["next"]) == (True, None)
    paged: list[Any] = []
    cursor = None
    while cursor is not None or not paged:
        page = (await kpi.client.get("/measures", params={"limit": 4} | ({"cursor": cursor} if cursor else {}))).json()
        paged, cursor = paged + page["items"], page["next"]
    assert paged == whole["items"]
    refused = await kpi.client.get("/measures", params={"cursor": "eyJtZWFzdXJlcyI6WyJ4Il19"})
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:entente:problem:invalid-cursor")
