"""A deviation of a press counts for each lot that was made on the press, and for no other."""

from typing import Any

import pytest

from contracts.batches import LinkKind
from quality_events.batches import works
from quality_events.deviations.shared import may_concern
from quality_events.readiness.work_done import whole_work
from tests.releasing import decision, disposition, readiness, results_of, reviewed, settled, stated, usual

NOV = {"started_at": "2018-11-20", "ended_at": "2018-11-28"}


@pytest.mark.parametrize(
    ("ended", "occurred", "may"),
    [
        (None, "2018-12-01", True),
        ("2018-11-28", "2018-11-29", True),
        ("2018-11-28", "2018-11-30", False),
        ("2018-11", "2018-11-30", True),
        ("2018-10", "2018-11-30", False),
        ("2018-11-28", "2018-11", True),
    ],
)
def test_what_had_ended_before_is_not_concerned(ended: str | None, occurred: Any, may: bool) -> None:
    assert may_concern(ended, occurred) is may


@pytest.mark.parametrize("came_by", [[], [LinkKind.consumed], [LinkKind.packed], [LinkKind.split]])
async def test_the_database_reads_of_a_step_what_the_rules_do(known: Any, database: Any, came_by: list[str]) -> None:
    """A word that is added to the one is added to the other, too."""
    words = sorted(works.WORKS)
    pairs = [f"{one} and {other}" for one in words for other in words[::7]]
    steps = [*words, *filter(works.is_known, pairs), "press", "Primary_packaging"]
    rows = await database.fetch(
        "SELECT step, tells_of_making(step, $2) AS tells FROM unnest($1::varchar[]) AS step", steps, came_by
    )
    whole = whole_work(came_by)
    assert {row["step"]: row["tells"] for row in rows} == {step: works.work_of(step, "") <= whole for step in steps}


async def made_on(bus: Any, known: Any, service: Any, found: Any, *equipment: str, **stage: Any) -> str:
    """The id of a batch that is tested and reviewed, with a stage on some equipment; none stated where none is."""
    lot = known.lot()
    await bus.publish(known.start(lot, on="2018-10"), *results_of(known, lot))
    id: str = (await found("batches", lot=lot.number, state="in_process"))["id"]
    if equipment:
        said = {"step": "compression", "site_id": str(known.site), "equipment": equipment} | NOV | stage
        async with service.as_("partner_operations", partner_id=known.maker) as maker:
            await maker.done(f"/batches/{id}/stage", said)
    await bus.publish(known.completion(lot))
    await found("batches", lot=lot.number, state="manufactured")
    await reviewed(service, known, f"/batches/{id}")
    await service.client.done(f"/batches/{id}/intent", {"markets": ["US"]})
    return id


async def stands(service: Any, id: str) -> Any:
    found = (await readiness(service.client, id, "US"))["by_name"]["deviations_settled"]
    return found["verdict"], found["why"]


async def test_a_deviation_of_a_press_counts_for_what_was_made_on_it(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    await bus.publish(*usual(known, "US"))
    on_it = await made_on(bus, known, service, found, "PRESS-07", "COATER-1")
    as_typed = await made_on(bus, known, service, found, "press 07")
    elsewhere = await made_on(bus, known, service, found, "PRESS-08")
    before = await made_on(bus, known, service, found, "PRESS-07", started_at="2018-10-01", ended_at="2018-10-02")
    unsaid = await made_on(bus, known, service, found)
    packed = await made_on(bus, known, service, found, "BLISTER-02", step="packaging")
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, on_it, "US")
        await settled(bus, quality, on_it, "US")
    path = await disposition(service.client, on_it, "US")
    await service.client.done(f"{path}/release", await decision(service.client, on_it, "US"))
    raised: dict[str, Any] = {"title": "Press force drifted", "category": "equipment", "site_id": str(known.site)}
    raised |= {"partner_aware_at": "2018-12-01T08:00:00Z", "shared_equipment": ["PRESS-07", "PRESS-70"]}
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        unsaid_since = await maker.post("/deviations", json=raised)  # noticed in December: since when is it so?
        assert (unsaid_since.status_code, "occurred_at" in unsaid_since.text) == (422, True)
        deviation = await maker.done("/deviations", raised | {"occurred_at": "2018-11-22"})
    assert deviation["unknown_equipment"] == ["PRESS-70"], "no stage at the site names it"
    verdict, why = await stands(service, on_it)
    assert (verdict, f"{deviation['number']}: it is not classified, of PRESS-07, on which compression" in why) == (
        *("not_met", True),
    )
    assert "of press 07, on which compression" in str(await stands(service, as_typed)), "it is the same press"
    assert [(await stands(service, each))[0] for each in (elsewhere, before)] == ["met", "met"]
    assert [(await stands(service, each))[0] for each in (unsaid, packed)] == ["unknown"] * 2, "who packs makes nothing"
    impact = await found("distribution-impacts", batch_id=on_it, cause_type="deviation")
    assert impact["cause"]["number"] == deviation["number"], "it was released before anybody knew"
    none: dict[str, Any] = {"shared_equipment": []}
    silent = await service.client.post(f"/deviations/{deviation['id']}/shared-equipment", json=none)
    assert (silent.status_code, "reason" in silent.text) == (422, True)
    none["reason"] = "the press was calibrated"
    await service.client.done(f"/deviations/{deviation['id']}/shared-equipment", none)
    assert [(await stands(service, each))[0] for each in (on_it, unsaid)] == ["met", "met"]
    again = {"shared_equipment": ["Coater 1"], "reason": "the coater was next to it"}
    refused = await service.client.post(f"/deviations/{deviation['id']}/shared-equipment", json=again)
    assert (refused.status_code, "since" in refused.text) == (422, True)
    late = again | {"since": "2018-12-24"}
    await service.client.done(f"/deviations/{deviation['id']}/shared-equipment", late)
    assert (await stands(service, on_it))[0] == "met", "it was made before"
    again |= {"since": "2018-11"}
    renamed = await service.client.done(f"/deviations/{deviation['id']}/shared-equipment", again)
    assert (renamed["shared_equipment"], renamed["unknown_equipment"]) == (["Coater 1"], []), "COATER-1 is the same"
    assert (renamed["equipment_since"], (await stands(service, on_it))[0]) == ("2018-11", "not_met")
    await service.client.done(f"/deviations/{deviation['id']}/classification", {"classification": "minor"})
    assert (await stands(service, on_it))[0] == "met", "a minor one is no matter of others"
