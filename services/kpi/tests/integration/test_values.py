"""From facts in Kafka to numbers over HTTP."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import mean, median
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from installation import migrate
from tests.world import number_of

MIGRATIONS = Path(__file__).parents[2] / "migrations"
HAND_MADE = {
    # product -> (its batches' yields, results that pass, results that are OOS), as one would write it on a sheet
    "first": (["94.1", "95.2", "96.6", "97.3"], 57, 3),
    "second": (["88.25", "91.75"], 40, 0),
}


async def test_models_and_migrations_do_not_drift(kpi: Any, settings: Any, postgres_dsn: str) -> None:
    admin = migrate.database_admin_url(postgres_dsn, settings.database_of("kpi"))
    await asyncio.to_thread(migrate.check, MIGRATIONS, admin)


async def test_rate_and_mean_per_product_are_what_a_spreadsheet_says(kpi: Any, bus: Any, new_world: Any) -> None:
    make, expected = new_world(), {}
    for yields, passed, oos in HAND_MADE.values():
        product = uuid4()
        expected[str(product)] = (oos / (passed + oos), mean(float(percent) for percent in yields), passed + oos)
        lot = make.lot(product=product)
        await bus.publish(*(make.batch(percent=percent, lot=make.lot(product=product)) for percent in yields))
        await bus.publish(*(make.result("pass", lot=lot) for _ in range(passed)))
        await bus.publish(*(make.result("oos", lot=lot) for _ in range(oos)))
        await bus.publish(*(make.result("not_evaluated", lot=make.lot(product=None)) for _ in range(5)))
    partner = str(make.maker)
    await kpi.until("oos_rate", sample=100, partner=partner)
    await kpi.until("yield", sample=6, partner=partner)
    rates = await kpi.values("oos_rate", partner=partner, by="product", period="all")
    means = await kpi.values("yield", partner=partner, by="product", period="all")
    assert {item["product"]["id"]: item["sample"] for item in rates} == {key: row[2] for key, row in expected.items()}
    for item in rates:
        assert float(item["value"]) == pytest.approx(expected[item["product"]["id"]][0], abs=1e-10)
        assert float(item["value"]) == pytest.approx(float(item["numerator"]) / float(item["denominator"]), abs=1e-10)
    for item in means:
        assert float(item["value"]) == pytest.approx(expected[item["product"]["id"]][1], abs=1e-9)
        assert float(item["value"]) == pytest.approx(float(item["numerator"]) / float(item["denominator"]), abs=1e-10)


async def test_a_number_of_any_size_is_answered(kpi: Any, bus: Any, new_world: Any) -> None:
    make = new_world()
    await bus.publish(*(make.batch(percent=percent) for percent in ("1E+30", "1E-30", "1234567890123456789012.5")))
    await kpi.until("yield", sample=3, partner=str(make.maker))
    answer = await kpi.client.get("/facts", params={"partner": make.maker, "measure": "batch_yield"})
    assert answer.status_code == 200, answer.text
    assert sorted(fact["value"] for fact in answer.json()["items"]) == ["0", "1" + "0" * 30, "1234567890123456789012.5"]


async def test_a_number_opens_down_to_its_events(kpi: Any, bus: Any, new_world: Any) -> None:
    make = new_world()
    results = [make.recorded(make.result("oos" if n < 3 else "pass"), time=datetime.now(UTC)) for n in range(60)]
    await bus.publish(*results, *(make.result("pass", at=date(2026, 5, 1)) for _ in range(4)))
    await kpi.until("oos_rate", sample=64, partner=str(make.maker))
    [march] = await kpi.values("oos_rate", partner=make.maker, **{"from": "2026-03", "to": "2026-03"})
    assert (march["numerator"], march["denominator"], march["value"]) == ("3", "60", "0.05")
    facts: list[dict[str, Any]] = []
    following = f"http://test{march['facts']}&limit=25"
    while following:
        page = (await kpi.client.get(following)).json()
        facts += page["items"]
        following = page["next"] and f"http://test{march['facts']}&limit=25&cursor={page['next']}"
    totals = {
        code: str(sum(int(fact["value"]) for fact in facts if fact["measure"] == code))
        for code in ("oos_test", "test_evaluated")
    }
    assert totals == {"oos_test": march["numerator"], "test_evaluated": march["denominator"]}
    assert {fact["event"]["id"] for fact in facts} == {str(result.id) for result in results}
    assert facts[0]["occurred_at"] == "2026-03-05"
    assert facts[0]["event"]["type"] == "io.entente.ResultsReported.v1"


async def test_names_follow_registrations_and_numbers_serve_as_filters(kpi: Any, bus: Any, new_world: Any) -> None:
    make = new_world()
    await bus.publish(make.result("pass"))
    item = await kpi.until("oos_rate", sample=1, partner=str(make.maker), by="partner,site,product")
    assert item["partner"] == {"id": str(make.maker), "number": None, "name": None}
    unknown = await kpi.client.get("/kpis/oos_rate/values", params={"partner": number_of("P", make.maker)})
    assert unknown.status_code == 422, unknown.text
    await bus.publish(*make.registered())
    names = {"partner": number_of("P", make.maker), "site": number_of("S", make.site), "product": make.code}

    async def known() -> Any:
        return (await kpi.client.get("/kpis/oos_rate/values", params=names)).status_code == 200

    await kpi.eventually(known)
    item = await kpi.until("oos_rate", sample=1, **names)
    assert item["partner"] == {"id": str(make.maker), "number": number_of("P", make.maker), "name": "Maker"}
    assert item["site"]["number"] == number_of("S", make.site)
    assert item["product"]["number"] == make.code


async def test_a_month_without_data_is_not_rated(kpi: Any, bus: Any, new_world: Any) -> None:
    make = new_world()
    await bus.publish(*(make.batch(at=month) for month in ("2026-01", "2026-04") for _ in range(12)))
    await kpi.until("right_first_time", sample=24, partner=str(make.maker))
    items = await kpi.values("right_first_time", partner=make.maker, period="month")
    assert [(item["from"], item["value"], item["rating"]) for item in items] == [
        ("2026-01", "1", "green"),
        ("2026-02", None, "not_rated"),
        ("2026-03", None, "not_rated"),
        ("2026-04", "1", "green"),
    ]
    [nothing] = await kpi.values("right_first_time", partner=uuid4(), period="all")
    assert (nothing["value"], nothing["sample"], nothing["rating"]) == (None, 0, "not_rated")


async def test_a_batch_of_1900_hides_no_number_of_today(kpi: Any, bus: Any, new_world: Any) -> None:
    make = new_world()
    lots = [make.lot(product=uuid4()) for _ in range(5)]
    old = make.batch(lot=make.lot(product=lots[0].product_id), at="1900-01")
    await bus.publish(*(make.batch(lot=lot) for lot in lots), old)
    partner = {"partner": str(make.maker)}
    everything = await kpi.until("right_first_time", sample=6, **partner)
    assert (everything["from"], everything["to"]) == ("1900-01", "2026-03")
    items = await kpi.values("right_first_time", by="product", **partner)
    assert sum(item["sample"] for item in items) == 5
    assert {item["from"] for item in items} == {f"{2016 + month // 12}-{month % 12 + 1:02}" for month in range(3, 123)}
    old = await kpi.values("right_first_time", **partner, **{"from": "1900-01", "to": "1900-02"})
    assert [item["sample"] for item in old] == [1, 0]
    until = await kpi.values("right_first_time", **partner, to="1901-01")
    assert (until[0]["from"], len(until), until[0]["sample"]) == ("1900-01", 13, 1)
    [before_all] = await kpi.values("right_first_time", partner=uuid4(), to="2020-01")
    assert (before_all["from"], before_all["rating"]) == ("2020-01", "not_rated")


@pytest.mark.parametrize("month", ["0001-01", "1899-12", "9999-12", "2026-13"])
async def test_a_month_that_cannot_be_is_refused(kpi: Any, month: str) -> None:
    for path in ("/kpis/oos_rate/values", "/facts"):
        for name in ("from", "to"):
            answer = await kpi.client.get(path, params={name: month})
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, f"query.{name}")


async def test_deviations_close_and_what_is_open_stands_beside(kpi: Any, bus: Any, new_world: Any) -> None:
    make, ids, days = new_world(), [uuid4() for _ in range(7)], [3, 10, 11.5, 24, 50]
    aware = make.raised(ids[0]).partner_aware_at
    await bus.publish(*(make.raised(id, lots=3, hours=number * 4) for number, id in enumerate(ids)))
    await bus.publish(*(make.closed(id, at=aware + timedelta(days=n)) for id, n in zip(ids, days, strict=False)))
    await bus.publish(make.cancelled(ids[6]))
    item = await kpi.until(
        "deviation_closure_days", lambda item: bool(item["open"]["count"] == 1), sample=5, partner=str(make.maker)
    )
    assert float(item["value"]) == median(days)
    assert (item["numerator"], item["denominator"]) == (None, None)
    assert float(item["open"]["oldest_days"]) > 0
    [p90] = await kpi.values("deviation_closure_days_p90", partner=make.maker, period="all")
    assert float(p90["value"]) == pytest.approx(24 + 0.6 * 26)
    [told] = await kpi.values("notification_hours", partner=make.maker, period="all")
    assert (told["sample"], told["value"]) == (6, "18")
    [per_batch] = await kpi.values("deviations_per_batch", partner=make.maker, period="all")
    assert (per_batch["numerator"], per_batch["value"]) == ("6", None)


async def test_an_amended_deviation_flaws_the_batches_that_it_names_now(kpi: Any, bus: Any, new_world: Any) -> None:
    make, deviation, minor, batches = new_world(), uuid4(), uuid4(), [uuid4() for _ in range(3)]
    partner = str(make.maker)
    await bus.publish(*(make.batch(batch_id=batch) for batch in batches))
    await bus.publish(
        make.raised(deviation, batches[0]), make.recorded(make.classified(deviation, batches[0]), sequence=2)
    )
    await kpi.until("right_first_time", lambda item: bool(item["numerator"] == "2"), sample=3, partner=partner)
    await bus.publish(
        make.recorded(make.amended(minor, batches[2], standing="minor"), sequence=2),
        make.recorded(make.amended(minor, batches[2], standing=None), sequence=3),
        make.recorded(make.amended(deviation, *batches[:2]), sequence=3),
    )
    await kpi.until("right_first_time", lambda item: bool(item["numerator"] == "1"), sample=3, partner=partner)
    facts = (await kpi.client.get("/facts", params={"subject": batches[1], "measure": "right_first_time"})).json()
    assert "DeviationAmended" in str(facts["items"]), "the amendment proves it"
    await bus.publish(make.recorded(make.cancelled(deviation, *batches[:2]), sequence=4))
    await kpi.until("right_first_time", lambda item: bool(item["numerator"] == "3"), sample=3, partner=partner)


async def test_a_batch_that_an_amendment_leaves_out_is_right_first_time_again(
    kpi: Any, bus: Any, new_world: Any
) -> None:
    make, deviation, other, batches = new_world(), uuid4(), uuid4(), [uuid4() for _ in range(3)]
    partner = str(make.maker)
    await bus.publish(*(make.batch(batch_id=batch) for batch in batches))
    for one, concerned in ((deviation, batches), (other, batches[1:2])):
        await bus.publish(make.raised(one, *concerned), make.recorded(make.classified(one, *concerned), sequence=2))
    await kpi.until("right_first_time", lambda item: bool(item["numerator"] == "0"), sample=3, partner=partner)
    await bus.publish(make.recorded(make.amended(deviation, batches[2], departure="2026-03"), sequence=3))
    await kpi.until("right_first_time", lambda item: bool(item["numerator"] == "1"), sample=3, partner=partner)
    facts = (await kpi.client.get("/facts", params={"partner": partner, "measure": "right_first_time"})).json()["items"]
    counting = {fact["subject_id"]: fact["value"] for fact in facts if not fact["reverses"] and not fact["reversed_by"]}
    assert counting == {str(batches[0]): "1", str(batches[1]): "0", str(batches[2]): "0"}, "another deviation stands"


async def test_an_amendment_moves_a_deviation_to_the_product_and_month_that_it_names_now(
    kpi: Any, bus: Any, new_world: Any
) -> None:
    make, deviation, batch = new_world(), uuid4(), uuid4()
    partner, product = str(make.maker), make.product
    make.product = None  # as on a raw material's lot
    await bus.publish(make.recorded(make.raised(deviation)))
    await kpi.until("notification_hours", sample=1, partner=partner)
    make.product = product
    await bus.publish(
        make.recorded(make.amended(deviation, batch, standing=None, departure="2026-01"), sequence=2),
        make.recorded(make.closed(deviation, batch), sequence=3),
    )
    codes = ("deviations_per_batch", "notification_hours", "deviation_closure_days")
    await kpi.until("deviation_closure_days", sample=1, partner=partner)
    for code in codes:
        [item] = await kpi.values(code, partner=partner, by="product", period="all")
        assert item["product"]["id"] == str(product), code
    [january] = await kpi.values("deviations_per_batch", partner=partner, **{"from": "2026-01", "to": "2026-01"})
    [march] = await kpi.values("deviations_per_batch", partner=partner, **{"from": "2026-03", "to": "2026-03"})
    assert (january["numerator"], march["numerator"]) == ("1", "0")
    proof = (await kpi.client.get("/facts", params={"subject": deviation, "measure": "deviation"})).json()["items"]
    assert [(fact["value"], fact["month"]) for fact in proof] == [("1", "2026-01"), ("-1", "2026-03"), ("1", "2026-03")]
    assert "DeviationAmended" in proof[0]["event"]["type"]
    compared = (await kpi.client.post("/rebuilds", json={"compare": True})).json()
    assert compared["differences"] == []


async def test_right_first_time_follows_flaws_before_and_after_manufacture(kpi: Any, bus: Any, new_world: Any) -> None:
    make, batches, deviation = new_world(), [uuid4() for _ in range(4)], uuid4()
    await bus.publish(make.recorded(make.classified(deviation, batches[0], batches[1]), sequence=2))
    await bus.publish(make.oos_concluded(uuid4(), batches[2], conclusion="confirmed"))
    await bus.publish(*(make.batch(batch_id=id) for id in batches))

    partner = str(make.maker)
    await kpi.until("right_first_time", lambda item: bool(item["numerator"] == "1"), sample=4, partner=partner)
    await bus.publish(make.recorded(make.classified(deviation, batches[0], batches[1], to="minor"), sequence=3))
    await kpi.until("right_first_time", lambda item: bool(item["numerator"] == "3"), sample=4, partner=partner)
    facts = (await kpi.client.get("/facts", params={"subject": batches[2], "measure": "right_first_time"})).json()
    assert sorted(fact["value"] for fact in facts["items"]) == ["-1", "0", "1"]
    assert facts["items"][0]["event"]["type"] == "io.entente.OosConcluded.v1"


async def test_the_same_event_twice_counts_once(kpi: Any, bus: Any, new_world: Any) -> None:
    make = new_world()
    result = make.recorded(make.result("oos"))
    await bus.publish(result, result, make.recorded(make.result("pass")), result)
    item = await kpi.until("oos_rate", sample=2, partner=str(make.maker))
    assert item["numerator"] == "1"


async def test_an_amended_test_counts_once_and_stays_the_oos_that_it_was_whichever_came_first(
    kpi: Any, bus: Any, new_world: Any
) -> None:
    make = new_world()
    for amendment_first in (True, False):
        original = make.result("oos")
        pair = [original, make.result("pass", supersedes=original.results[0].result_id)]
        for fact in reversed(pair) if amendment_first else pair:
            await bus.publish(fact)
    item = await kpi.until("oos_rate", sample=2, partner=str(make.maker))

    async def settled() -> Any:
        facts = (await kpi.client.get("/facts", params={"partner": make.maker, "measure": "oos"})).json()["items"]
        return len(facts) == 2 and sum(int(fact["value"]) for fact in facts) == 2

    await kpi.eventually(settled)
    [item] = await kpi.values("oos_rate", partner=make.maker, period="all")
    assert (item["numerator"], item["denominator"]) == ("2", "2"), "no laboratory amends its failures away"


async def test_behind_one_origin_the_link_to_the_facts_has_its_prefix(kpi: Any, bus: Any, new_world: Any) -> None:
    make = new_world()
    await bus.publish(make.result("pass"))
    await kpi.until("oos_rate", sample=1, partner=str(make.maker))
    origin = Starlette(routes=[Mount("/api/kpi", kpi.running.app)])
    token = kpi.client.headers["authorization"]
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(origin), base_url="http://test", headers={"Authorization": token}
    ) as client:
        params = {"partner": str(make.maker), "period": "all"}
        [item] = (await client.get("/api/kpi/v1/kpis/oos_rate/values", params=params)).json()["items"]
        assert item["facts"].startswith("/api/kpi/v1/facts?")
        assert [fact["value"] for fact in (await client.get(item["facts"])).json()["items"]] == ["1"]
