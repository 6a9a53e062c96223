"""A revision for a market comes into force once its day has come and that market's registration names it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import clock
from contracts.registrations import RegistrationState, RegistrationStep
from contracts.sample_tracking import SampleTrackingBallHeld, SpecificationEffective
from runtime.database import Context
from runtime.principal import worker
from sample_tracking.specifications.registrations import keep
from tests.releasing import recorded, registered

TODAY = datetime.now(UTC).date()
LIMIT = {"test": "dissolution_min", "method": "AP-02", "stage": "release", "lower": "80", "unit": "%", "decimals": 0}


@pytest.fixture
def approved(tracking: Any, known: Any) -> Any:
    async def run(version: str | None, market: str | None = "AT", **more: Any) -> Any:
        body = {"product": known.code, "limits": [LIMIT], "market": market, "registered_version": version} | more
        drafted = await tracking.client.done("/specifications", body)
        return await tracking.second.done(f"/specifications/{drafted['id']}/approval")

    return run


@pytest.fixture
def told(tracking: Any, known: Any) -> Any:
    """What was told of the product's registration for a market, as which of the facts about it."""
    first, key = registered(known, "AT"), str(uuid4())

    async def run(version: str | None, sequence: int, on: date = TODAY, withdrawn: bool = False) -> None:
        more: dict[str, Any] = {"specification_version": version, "effective_on": on}
        if withdrawn:
            more |= {"what": RegistrationStep.withdrawn, "state": RegistrationState.withdrawn, "sites": ()}
        async with tracking.app.state.store.work(Context(worker("sample-tracking"))) as work:
            await keep(work, [recorded(first.model_copy(update=more), sequence, key)])

    return run


async def shown(tracking: Any, one: Any) -> Any:
    return (await tracking.client.get(f"/specifications/{one['id']}")).json()


async def test_what_a_registration_does_not_name_waits_for_it_and_says_so(
    tracking: Any, known: Any, approved: Any, told: Any, tick: Any, bus: Any
) -> None:
    await told("v1", 1, date(2025, 1, 1))
    first = await approved("v1", effective_from="2025-06-01")
    assert (first["state"], first["registered"], first["waiting_for"]) == ("effective", "registered", None)
    second = await approved("v2", effective_from=str(TODAY - timedelta(3)))
    assert (second["state"], second["registered"], second["held_back"]) == ("approved", "other_version", True)
    assert (second["waiting_for"]["side"], "names v1" in second["registered_reason"]) == ("sponsor", True)
    held = await tracking.client.get("/specifications", params={"product": known.code, "held_back": True})
    assert [each["id"] for each in held.json()["items"]] == [second["id"]]
    await tick()
    assert (await shown(tracking, second))["version"] == second["version"], "nothing is written while nothing changes"
    await told("v2", 2, TODAY + timedelta(2))
    await tick()
    assert (await shown(tracking, second))["state"] == "approved"
    with clock.standing_at(datetime.combine(TODAY + timedelta(2), time(1), UTC)):
        await tick()
    now = await shown(tracking, second)
    later = str(TODAY + timedelta(2))
    assert (now["state"], now["effective_from"]) == ("effective", later), "not before it was registered"
    assert ((await shown(tracking, first))["state"], now["waiting_for"]) == ("superseded", None)
    (fact,) = await bus.told(SpecificationEffective, specification_id=UUID(second["id"]))
    assert fact.effective_from == TODAY + timedelta(2)
    balls = await bus.told(SampleTrackingBallHeld, 2, subject_id=UUID(second["id"]))
    assert [each.side for each in balls] == ["sponsor", "nobody"]


async def test_who_drafted_it_does_not_name_what_was_approved_otherwise(
    tracking: Any, known: Any, told: Any, tick: Any
) -> None:
    await told("v1", 1, date(2025, 1, 1))
    rita = tracking.as_("regulatory", subject="rita")
    body = {"product": known.code, "limits": [LIMIT], "market": "AT", "registered_version": "v2"}
    drafted = await rita.done("/specifications", body)
    waits = await tracking.second.done(f"/specifications/{drafted['id']}/approval")
    path, named = f"/specifications/{waits['id']}/registered-version", {"registered_version": "v1", "reason": "x"}
    refused = await rita.post(path, json=named)
    assert (refused.status_code, refused.json()["fields"]) == (403, ["drafted_by"])
    await tick()
    assert (await shown(tracking, waits))["state"] == "approved"
    await tracking.as_("regulatory", subject="rob").done(path, named)


async def test_what_is_withdrawn_lets_nothing_begin_and_what_is_told_late_is_shown(
    tracking: Any, approved: Any, told: Any, tick: Any
) -> None:
    unknown = await approved("v1")
    assert (unknown["state"], unknown["registered"]) == ("effective", "unknown")
    assert "nothing is known of a registration" in unknown["registered_reason"]
    everywhere, unnamed = await approved(None, None), await approved(None, "US")
    assert [(each["state"], each["registered"]) for each in (everywhere, unnamed)] == [
        *(("effective", None), ("effective", "unknown"))
    ]
    await told("v1", 1, date(2025, 1, 1))
    await told(None, 2, TODAY, withdrawn=True)
    await tick()
    late = await shown(tracking, unknown)
    assert (late["state"], late["registered"]) == ("effective", "not_registered"), "what began stays, and says so"
    waits = await approved("v1")
    assert (waits["state"], waits["registered"], waits["waiting_for"]["side"]) == (
        "approved",
        "not_registered",
        "sponsor",
    )
    given_up = await tracking.client.done(f"/specifications/{waits['id']}/withdrawal", {"reason": "not marketed"})
    assert (given_up["state"], given_up["waiting_for"]) == ("withdrawn", None)


async def test_where_it_must_be_registered_what_is_unknown_waits_until_it_is_named(
    tracking: Any, approved: Any, told: Any, tick: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTENTE_SPECIFICATIONS_MUST_BE_REGISTERED", "true")
    waits, everywhere = await approved(None), await approved(None, None)
    assert (waits["state"], waits["registered"], everywhere["state"]) == ("approved", "unknown", "effective")
    await told("SPEC-14 v3", 1, date(2025, 1, 1))
    await tick()
    assert (await shown(tracking, waits))["state"] == "approved"
    path = f"/specifications/{waits['id']}/registered-version"
    named = {"registered_version": "SPEC-14 v3", "reason": "as it was filed"}
    assert (await tracking.as_("quality").post(path, json=named)).status_code == 403
    await tracking.as_("regulatory", subject="rita").done(path, named)
    await tick()
    begun = await shown(tracking, waits)
    assert (begun["state"], begun["registered"]) == ("effective", "registered")


async def test_of_one_for_every_market_no_registration_says_anything(tracking: Any, known: Any) -> None:
    body = {"product": known.code, "limits": [LIMIT], "registered_version": "v1"}
    refused = await tracking.client.post("/specifications", json=body)
    assert (refused.status_code, "registered_version" in refused.text) == (422, True)


async def test_since_when_it_is_in_force_does_not_ask_what_was_told_first(
    tracking: Any, approved: Any, told: Any, tick: Any
) -> None:
    """Else lots that were made in between were judged by what was not registered yet, or were not."""
    await told("v1", 1, date(2025, 1, 1))
    await approved("v1", effective_from="2025-06-01")
    await told("v2", 2, TODAY)
    at_once = await approved("v2", effective_from=str(TODAY - timedelta(30)))
    assert (at_once["state"], at_once["effective_from"]) == ("effective", str(TODAY))
    in_process = await approved(None, purpose="in_process", effective_from="2025-06-01")
    assert in_process["effective_from"] == "2025-06-01", "no registration names it"
