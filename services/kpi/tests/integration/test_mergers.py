"""A partner that merged into another one is rated until its last day, and nothing of one of the two is the other's."""

from datetime import UTC, date, datetime
from typing import Any

from contracts.companies import PartnerAbsorbed
from contracts.partner_registry import PartnerStatus
from kpi.values import measured
from runtime.database import Context
from runtime.principal import worker
from tests.world import number_of

from .test_definitions import new
from .test_measured import told

FIRST = {"If-Match": "*"}


def absorbed(merging: Any, successor: Any, on: date) -> PartnerAbsorbed:
    whose: dict[str, Any] = {"partner_id": merging.maker, "number": number_of("P", merging.maker)}
    into: dict[str, Any] = {"successor_id": successor.maker, "successor_number": number_of("P", successor.maker)}
    said: dict[str, Any] = {"legal_name": "Old", "successor_name": "New", "reason": "merged"}
    return PartnerAbsorbed(
        **whose, **into, **said, before=PartnerStatus.active, effective_on=on, occurred_at=datetime.now(UTC)
    )


async def test_the_numbers_and_targets_of_a_partner_end_with_it(kpi: Any, bus: Any, new_world: Any) -> None:
    old, successor, body = new_world(), new_world(), new(minimum_sample=1)
    code, merged, other = body["code"], {"partner": str(old.maker)}, {"partner": str(successor.maker)}
    target = f"/kpis/{code}/target"
    await kpi.client.post("/kpis", json=body)
    for make in (old, successor):
        await bus.publish(*make.registered(), *(make.batch(at=f"2026-0{month}") for month in (1, 2, 3)))
    for whose in (merged, other):
        await kpi.until(code, lambda item: bool(item["partner"]["name"]), sample=3, **whose)
        await kpi.client.put(target, params=whose, json={"value": 0.4, "red": 0.9}, headers=FIRST)
    general = await kpi.client.put(target, json={"value": 0.1, "red": 0.2}, headers=FIRST)
    assert general.json()["ended_on"] is None
    await bus.publish(*[absorbed(old, successor, date(2026, 2, 10))] * 2)
    ended = await kpi.until(code, lambda item: item["ended_on"] is not None, **merged)
    why = f"merged into {number_of('P', successor.maker)} on 2026-02-10"
    assert (ended["ended_on"], ended["end_reason"]) == ("2026-02-09", why)
    assert (ended["sample"], ended["rating"], ended["target"]) == (3, "not_rated", None), "what was counted stays"

    found = await kpi.values(code, **merged)
    assert [(each["rating"], each["ended_on"]) for each in found] == [
        ("green", None), ("green", None), ("not_rated", "2026-02-09"),
    ]  # fmt: skip
    assert [each["rating"] for each in await kpi.values(code, **other)] == ["green"] * 3
    read = (await kpi.client.get(target, params=merged)).json()
    assert (read["ended_on"], read["end_reason"]) == ("2026-02-09", why)
    refused = await kpi.client.put(target, params=merged, json={"value": 0.5, "red": 0.9}, headers=FIRST)
    assert (refused.status_code, why in refused.json()["detail"]) == (409, True), refused.text
    async with kpi.as_("partner_quality", partner_id=successor.maker) as theirs:
        (nothing,) = (await theirs.get(f"/kpis/{code}/values", params=merged)).json()["items"]
        assert (nothing["sample"], nothing["partner"]["number"], nothing["end_reason"]) == (0, None, None)
        shown = (await theirs.get(f"/kpis/{code}")).json()["targets"]
        assert {each["partner_id"] for each in shown} == {None, str(successor.maker)}
    async with kpi.as_("partner_quality", partner_id=old.maker) as own:
        shown = (await own.get(f"/kpis/{code}")).json()["targets"]
        assert [(each["partner_id"], each["end_reason"]) for each in shown] == [(None, None), (str(old.maker), why)]


async def test_whoever_runs_the_installation_is_told_of_no_partner_that_is_no_more(
    kpi: Any, bus: Any, new_world: Any
) -> None:
    old, successor, now = new_world(), new_world(), datetime.now(UTC)
    await bus.publish(*(make.batch(at=now.strftime("%Y-%m")) for make in (old, successor)))
    await bus.publish(absorbed(old, successor, date(now.year - 1, 12, 31)))
    await kpi.until("yield", lambda item: item["ended_on"] is not None, partner=str(old.maker))
    await kpi.until("yield", sample=1, partner=str(successor.maker))
    async with kpi.running.app.state.store.work(Context(worker("kpi"), read_only=True)) as work:
        await measured.measure(work)
    assert (told("sample", old), told("sample", successor)) == (None, 1)
