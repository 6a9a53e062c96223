"""A result that lies outside of what the lots before it let expect is told, and shown beside its verdict."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts.out_of_trend import OotDetected, TrendBasis
from contracts.partner_feeds import ReportedResult, StabilityPoint, TestStage

AT = datetime(2026, 3, 3, 8, tzinfo=UTC)


def measured(value: Any, **others: Any) -> ReportedResult:
    return ReportedResult(id=uuid4().hex, test="assay", value=Decimal(value), unit="%", **others)


async def test_a_lot_is_held_against_the_twenty_before_it_whenever_they_are_told(
    tracking: Any, known: Any, bus: Any, results: Any, eventually: Any
) -> None:
    def lot_of(day: int, value: Any) -> Any:
        return known.together(measured(value), lot=known.lot(), occurred_at=AT + timedelta(days=day))

    odd = lot_of(40, "103.5")
    await bus.publish(odd)
    await bus.publish(*(lot_of(day, 99 + 2 * (day % 2)) for day in range(20)))
    (told,) = await bus.told(OotDetected, lot=odd.lot)
    assert (told.basis, told.points, told.holds, told.upper < Decimal("103.1")) == (
        TrendBasis.release_lots,
        20,
        True,
        True,
    )
    (result,) = await results(odd.lot, 1)
    for partner, sees in ((known.maker, True), (known.laboratory, True), (uuid4(), False)):
        reader = tracking.as_("partner_quality", partner_id=partner, subject="ivo")
        answer = await reader.get(f"/results/{result['id']}")
        assert answer.status_code == (200 if sees else 404)
        assert not sees or answer.json()["out_of_trend"]["points"] == 20
        asked = {"material": known.code, "out_of_trend": "true"}
        listed = (await reader.get("/results", params=asked)).json()["items"]
        assert [each["id"] for each in listed] == [result["id"]] * sees
    asked = {"material": known.code, "out_of_trend": "false", "count": "true"}
    assert (await tracking.client.get("/results", params=asked)).json()["total"] == 20
    await bus.publish(lot_of(30, "107"))  # which comes late, and shows that the process varies more
    _, again = await bus.told(OotDetected, 2, result_id=UUID(result["id"]))
    assert again.holds is False
    assert (await tracking.client.get(f"/results/{result['id']}")).json()["out_of_trend"] is None


async def test_a_lot_is_held_against_twenty_lots_however_many_results_they_have(
    tracking: Any, known: Any, bus: Any, results: Any
) -> None:
    def lot_of(day: int, value: int, count: int = 6) -> Any:
        each = (measured(value + Decimal(nth) / 100) for nth in range(count))
        return known.together(*each, lot=known.lot(), occurred_at=AT + timedelta(days=day))

    before = [lot_of(day, 99 + 2 * (day % 2)) for day in range(21)]
    await bus.publish(*before)
    for each in before:
        await results(each.lot, 6)
    await bus.publish(first := lot_of(30, 110, 1))
    await bus.told(OotDetected, lot=first.lot)  # so that those before it are judged, and no part of what is judged next
    await bus.publish(odd := lot_of(40, 150))
    told = await bus.told(OotDetected, 6, lot=odd.lot)
    assert {each.points for each in told} == {20}


async def test_a_pull_is_held_against_the_earlier_ones_of_its_batch(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any
) -> None:
    limit = {"test": "assay", "stage": "stability", "unit": "%", "decimals": 1, "lower": "90", "each": {"lower": "80"}}
    await specify(known.code, limit)
    lot, values = known.lot(), {0: "100.2", 3: "99.9", 6: "99.5", 9: "99.3", 12: "98.9", 18: "96.9"}
    pair = (Decimal("98.7"), Decimal("98.8"))
    # What its determinations do not give is no point, and nobody wonders that it lies outside.
    odd = measured("120", stability=StabilityPoint(months=15, condition="25C/60RH"), determinations=pair)
    await bus.publish(known.together(odd, lot=lot, occurred_at=AT + timedelta(days=15), stage=TestStage.stability))
    for months, value in values.items():
        point = StabilityPoint(months=months, condition="25C/60RH")
        pulled = {"lot": lot, "occurred_at": AT + timedelta(days=months), "stage": TestStage.stability}
        await bus.publish(known.together(measured(value, stability=point), **pulled))
    (told,) = await bus.told(OotDetected, lot=lot)
    assert (told.stability.months, told.points, told.basis) == (18, 5, TrendBasis.stability_regression)
    assert [round(float(bound), 6) for bound in (told.lower, told.upper)] == [98.005005, 98.554995]
