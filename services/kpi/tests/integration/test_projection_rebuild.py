"""All that kpi built from facts is built anew from the topics, and says the same as before."""

from typing import Any
from uuid import uuid4

import kpi.buckets.model  # noqa: F401
from directory.copies import TABLES
from kpi.main import create
from kpi.metadata import metadata
from runtime.settings import Settings

OWN = {"kpi_definition", "kpi_target"}
"""What people say and no fact tells."""


def test_everything_but_definitions_and_targets_is_built_anew() -> None:
    assert {*create(Settings(local=True)).state.projections} == {*metadata.tables, *TABLES} - OWN


async def values(kpi: Any, **of: Any) -> dict[str, Any]:
    """What every KPI says, by product and month, with what stands beside each number but how new its facts are."""
    codes = [one["code"] for one in (await kpi.client.get("/kpis")).json()["items"]]
    items = {code: await kpi.values(code, by="product", period="month", **of) for code in sorted(codes)}
    return {code: [{**item, "as_of": None} for item in found] for code, found in items.items()}


async def test_a_rebuild_gives_the_same_numbers(kpi: Any, bus: Any, new_world: Any, database: Any) -> None:
    """Amended results, flaws that come and go, durations; and what arrives while it is built."""
    make, batches, deviations = new_world(), [uuid4() for _ in range(12)], [uuid4() for _ in range(6)]
    partner = {"partner": str(make.maker), "from": "2026-01", "to": "2026-12"}
    first = make.result("oos")
    await bus.publish(*make.registered(), first, *(make.result("pass") for _ in range(40)))
    await bus.publish(make.result("pass", supersedes=first.results[0].result_id))
    await bus.publish(*(make.batch(batch_id=batch) for batch in batches))
    for number, deviation in enumerate(deviations):
        await bus.publish(
            make.raised(deviation, batches[number], hours=number), make.classified(deviation, batches[number])
        )
    await bus.publish(make.closed(deviations[0], batches[0]), make.cancelled(deviations[1], batches[1]))
    await kpi.until("oos_rate", sample=41, partner=str(make.maker))
    await kpi.until("right_first_time", lambda item: float(item["value"]) < 0.7, partner=str(make.maker))
    named = lambda item: bool(item["product"]["name"] and item["partner"]["name"])  # noqa: E731
    await kpi.until("oos_rate", named, by="product", partner=str(make.maker))
    # Each of the last facts by itself: the lag that a process knows may be from before they were published.
    await kpi.until(
        "deviation_closure_days",
        lambda item: (item["sample"], item["open"]["count"]) == (1, 4),
        partner=str(make.maker),
    )
    before, facts = await values(kpi, **partner), await entered(database, make)
    target = await database.fetchval("SELECT count(*) FROM kpi_target")

    answer = await kpi.client.post("/projection-rebuilds")
    assert answer.status_code == 202
    await bus.publish(*(make.result("pass", at="2025-12") for _ in range(30)))
    await kpi.eventually(lambda: all_read(kpi), 90)
    await kpi.until("oos_rate", sample=71, partner=str(make.maker))

    async def same() -> bool:
        return await values(kpi, **partner) == before

    await kpi.eventually(same, 60)
    assert await entered(database, make) == facts | {"test_evaluated": facts["test_evaluated"] + 30}
    assert (await kpi.client.post("/rebuilds", json={"compare": True})).json()["different"] == 0
    assert await database.fetchval("SELECT count(*) FROM kpi_target") == target
    assert await database.fetchval("SELECT count(*) FROM parked") == 0


async def all_read(kpi: Any) -> bool:
    status = (await kpi.client.get("/status")).json()
    return bool(status["partitions_to_read"] == 0 and status["lag"] == 0)


async def entered(database: Any, make: Any) -> dict[str, int]:
    """How many of a partner's facts count, by measure: what was taken back, because it came early, does not."""
    sql = "SELECT measure, sum(count)::int AS count FROM measured_fact WHERE partner_id = $1 GROUP BY 1"
    return {row["measure"]: row["count"] for row in await database.fetch(sql, make.maker) if row["count"]}


async def test_only_an_admin_may_begin_one(kpi: Any, new_world: Any) -> None:
    for client in (kpi.as_("quality"), kpi.as_("partner_quality", partner_id=new_world().maker)):
        async with client:
            assert (await client.post("/projection-rebuilds")).status_code == 403
