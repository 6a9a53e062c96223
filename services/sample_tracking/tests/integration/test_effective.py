"""Approved is not yet effective: a revision comes into force when its day has come."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from contracts import clock
from contracts.sample_tracking import SpecificationApproved, SpecificationEffective

LIMIT = {"test": "dissolution_min", "method": "AP-02", "stage": "release", "unit": "%", "decimals": 0}
TODAY = datetime.now(UTC).date()


async def approved(tracking: Any, known: Any, lower: str, **others: Any) -> dict[str, Any]:
    """A revision that quality approved."""
    body = {"product": known.code, "limits": [LIMIT | {"lower": lower}]} | others
    drafted = await tracking.client.post("/specifications", json=body)
    assert drafted.status_code == 201, drafted.text
    answer = await tracking.second.post(f"/specifications/{drafted.json()['id']}/approval")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def states(tracking: Any, known: Any) -> dict[int, str]:
    """The states of the product's revisions."""
    listed = await tracking.client.get("/specifications", params={"product": known.code})
    return {item["revision"]: item["state"] for item in listed.json()["items"]}


async def test_a_revision_comes_into_force_when_its_day_has_come(
    tracking: Any, known: Any, bus: Any, results: Any, tick: Any, eventually: Any
) -> None:
    first = await approved(tracking, known, "80")
    second = await approved(tracking, known, "85", effective_from=str(TODAY + timedelta(days=2)))
    assert (first["state"], second["state"]) == ("effective", "approved")
    before = known.report("82")
    await bus.publish(before)
    (result,) = await results(before.lot, 1)
    assert (result["evaluation"], result["specification_id"]) == ("pass", first["id"])
    with clock.standing_at(datetime.combine(TODAY + timedelta(days=1), time.max, UTC)):
        await tick()
    assert await states(tracking, known) == {1: "effective", 2: "approved"}
    with clock.standing_at(datetime.combine(TODAY + timedelta(days=2), time.min, UTC)):
        await tick()
        await tick()
    assert await states(tracking, known) == {1: "superseded", 2: "effective"}
    after = known.report("82")
    await bus.publish(after)
    (result,) = await results(after.lot, 1)
    assert (result["evaluation"], result["specification_id"]) == ("oos", second["id"])

    async def told() -> Any:
        facts = [each.fact for each in bus.heard if getattr(each.fact, "specification_id", None) == UUID(second["id"])]
        return facts if any(isinstance(fact, SpecificationEffective) for fact in facts) else None

    facts = await eventually(told)
    (effective,) = [fact for fact in facts if isinstance(fact, SpecificationEffective)]
    (approval,) = [fact for fact in facts if isinstance(fact, SpecificationApproved)]
    assert (str(effective.supersedes), effective.effective_from) == (first["id"], approval.effective_from)
    assert approval.effective_from == TODAY + timedelta(days=2)


async def test_what_waits_is_withdrawn_or_superseded_and_what_is_in_force_has_one_purpose(
    tracking: Any, known: Any
) -> None:
    later = str(TODAY + timedelta(days=9))
    await approved(tracking, known, "80", effective_from="2026-01-05")
    withdrawn = await approved(tracking, known, "81", effective_from=later)
    answer = await tracking.client.post(
        f"/specifications/{withdrawn['id']}/withdrawal", json={"reason": "the wrong day"}
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    await approved(tracking, known, "82", effective_from=later)
    await approved(tracking, known, "83")
    assert await states(tracking, known) == {1: "superseded", 2: "withdrawn", 3: "superseded", 4: "effective"}
    shelf_life = await approved(tracking, known, "75", purpose="shelf_life")
    assert (shelf_life["revision"], shelf_life["state"]) == (5, "effective")
    assert (await states(tracking, known))[4] == "effective"


async def test_a_revision_cannot_have_been_in_force_before_the_one_that_it_follows(tracking: Any, known: Any) -> None:
    await approved(tracking, known, "80", effective_from="2026-02-01")
    body = {"product": known.code, "limits": [LIMIT | {"lower": "85"}], "effective_from": "2026-01-31"}
    drafted = await tracking.client.post("/specifications", json=body)
    refused = await tracking.second.post(f"/specifications/{drafted.json()['id']}/approval")
    assert (refused.status_code, "before it" in refused.json()["detail"]) == (409, True)
