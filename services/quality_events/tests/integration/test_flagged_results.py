"""A result that is confirmed as a data integrity problem after the release: its market asks, and no other takes it."""

from typing import Any
from uuid import uuid4

from contracts.data_integrity import FlagState
from tests.releasing import flagged, readiness, results_of


async def test_a_confirmed_flag_is_asked_about_and_holds_up_whoever_releases_next(
    bus: Any, known: Any, service: Any, found: Any, sold: Any, eventually: Any
) -> None:
    lot, id = sold
    flag, reported = uuid4(), results_of(known, lot)
    (result,) = reported[0].results  # type: ignore[attr-defined]
    await bus.publish(*reported, flagged(known, lot, result.result_id, FlagState.open, flag))

    async def stands(client: Any, verdict: str) -> Any:
        one = (await readiness(client, id, "US"))["by_name"]["specification_met"]
        return one if one["verdict"] == verdict else None

    await eventually(lambda: stands(service.client, "unknown"))
    confirmed = flagged(known, lot, result.result_id, FlagState.confirmed, flag)
    await bus.publish(confirmed)
    impact = await found("distribution-impacts", batch_id=id, cause_type="results")
    (news,) = impact["news"]
    assert f"a data integrity problem was confirmed (result {result.result_id}, flag {flag})" in news
    shown = await eventually(lambda: stands(service.client, "not_met"))
    assert [each["id"] for each in shown["proof"]] == [str(flag)]
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        shown = await stands(maker, "not_met")
        assert (shown["why"], shown["proof"]) == ("assay: a result is in question", [])
