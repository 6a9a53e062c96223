"""What arrives while somebody decides: it waits for the decision and is asked about, or the decision has seen it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from uuid_utils.compat import uuid7

from contracts import Role
from contracts.data_integrity import FlagState
from contracts.sample_tracking import Evaluation
from quality_events.copies.known import keep
from quality_events.dispositions.commands import release
from quality_events.dispositions.schemas import Decide
from quality_events.excursions import commands as excursions
from quality_events.excursions.schemas import DecideExcursion
from quality_events.excursions.terms import ExcursionOutcome
from runtime.bodies import Reason
from runtime.database import Context
from runtime.principal import Principal, worker
from runtime.work import Work
from tests.releasing import (
    decision,
    disposition,
    flagged,
    made,
    readiness,
    recorded,
    results_of,
    settled,
    stated,
    usual,
)

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
QUALITY = Principal("tester", "Tester", frozenset({Role.quality}))


@pytest.fixture
def held(service: Any, database: Any, bus: Any) -> Callable[..., Any]:
    """``async with held(principal, step) as come:`` takes a step and holds its transaction open; ``await come(2)``
    returns once two others wait for it."""

    @asynccontextmanager
    async def run(principal: Principal, step: Callable[[Work], Awaitable[Any]]) -> AsyncIterator[Any]:
        async def come(others: int = 1) -> None:
            async def all_wait() -> bool:
                return bool(await database.fetchval(WAITING) >= others)

            await bus.eventually(all_wait)

        async with service.app.state.store.work(Context(principal)) as work:
            await step(work)
            await work.flush()
            yield come

    return run


@pytest_asyncio.fixture
async def ready(bus: Any, known: Any, service: Any, found: Any) -> Any:
    """A batch that may be released to the US: its id, its lot, and its deviation, a minor one that is under way."""
    id, lot = await made(bus, known, service, found, *usual(known, "US"), markets=("US",))
    await bus.publish(known.deviation(lot))
    deviation = await found("deviations", lot=lot.number)
    path = f"/deviations/{deviation['id']}"
    await service.client.done(f"{path}/classification", {"classification": "minor"})
    await service.client.done(f"{path}/investigation", {})
    of_it = {"impacts": [{"batch_id": id, "impact": "none"}]}
    await service.client.done(f"{path}/investigation-results", of_it)
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, id, "US")
        await settled(bus, quality, id, "US")
    return id, lot, deviation


def told_of(known: Any, lot: Any, ground: str) -> list[Any]:
    """What no release has weighed: kept as it is told, kept beside the batch, and a record that names the batch."""
    facts: dict[str, list[Any]] = {
        "results": results_of(known, lot, "assay", Evaluation.out_of_specification, supersedes=uuid7()),
        "inputs": [known.used(lot, lot.number, "L-9")],
        "oos": [known.oos(lot)],
        "flags": [flagged(known, lot, uuid7(), FlagState.confirmed, uuid7())],
    }
    return facts[ground]


@pytest.mark.parametrize("ground", ["results", "inputs", "oos", "flags"])
async def test_what_is_told_while_a_release_is_signed_waits_for_it_and_is_asked_about(
    bus: Any, known: Any, service: Any, found: Any, ready: Any, held: Any, ground: str
) -> None:
    id, lot, deviation = ready
    key = (await disposition(service.client, id, "US")).rsplit("/", 1)[1]
    body = Decide(**await decision(service.client, id, "US"), weighed=[deviation["number"]])
    async with held(QUALITY, lambda work: release(work, key, body)) as come:
        await bus.publish(*told_of(known, lot, ground))
        await come()
    impact = await found("distribution-impacts", batch_id=id, cause_type="results" if ground == "flags" else ground)
    assert (impact["market"], impact["state"]) == ("US", "open")


async def test_a_deviation_that_turns_out_graver_while_a_release_is_signed_is_asked_about(
    bus: Any, service: Any, found: Any, ready: Any, held: Any
) -> None:
    id, _, deviation = ready
    key = (await disposition(service.client, id, "US")).rsplit("/", 1)[1]
    body = Decide(**await decision(service.client, id, "US"), weighed=[deviation["number"]])
    async with held(QUALITY, lambda work: release(work, key, body)) as come:
        graver = {"classification": "critical", "reason": "metal was found"}
        await service.client.done(f"/deviations/{deviation['id']}/reclassification", graver)
        await come()
    impact = await found("distribution-impacts", batch_id=id, cause_type="deviation")
    assert (impact["cause"]["number"], impact["state"]) == (deviation["number"], "open")


async def test_a_release_waits_for_results_that_are_being_kept_and_has_read_them(
    known: Any, service: Any, ready: Any, held: Any
) -> None:
    id, lot, deviation = ready
    path = await disposition(service.client, id, "US")
    body = await decision(service.client, id, "US", weighed=[deviation["number"]])
    (reported, _) = told_of(known, lot, "results")
    async with held(worker("quality-events"), lambda work: keep(work, [recorded(reported, 1, str(lot.id))])) as come:
        asked = asyncio.create_task(service.client.post(f"{path}/release", json=body))
        await come()
    assert ((await asked).status_code, asked.result().json()["fields"]) == (409, ["readiness_digest"])
    now = (await readiness(service.client, id, "US"))["by_name"]["specification_met"]
    assert now["verdict"] == "not_met"


@pytest_asyncio.fixture
async def alarmed(bus: Any, known: Any, found: Any) -> Any:
    """An excursion of a batch, a deviation that names the batch, and who decides for the maker."""
    lot = known.lot()
    await bus.publish(known.completion(lot), known.alarm(lot), known.deviation(lot))
    ana = Principal("ana", "Ana", frozenset({Role.partner_quality}), known.maker)
    return await found("process-excursions", lot=lot.number), await found("deviations", lot=lot.number), ana


def decides(excursion: Any, deviation: Any = None) -> Callable[[Work], Awaitable[Any]]:
    """The maker decides: that a deviation deals with it, or nothing."""
    outcome = ExcursionOutcome.deviation if deviation else ExcursionOutcome.no_impact
    of_it = {"deviation_id": UUID(deviation["id"])} if deviation else {}
    body = DecideExcursion(source_revision=1, outcome=outcome, reason="first", **of_it)
    return lambda work: excursions.decide(work, UUID(excursion["id"]), body)


async def test_of_two_who_decide_of_an_alarm_at_once_one_does_and_the_other_reads_that(
    known: Any, service: Any, alarmed: Any, held: Any
) -> None:
    excursion, _, ana = alarmed
    path = f"/process-excursions/{excursion['id']}"
    second = {"outcome": "no_impact", "reason": "second", "source_revision": 1}
    async with service.as_("partner_quality", partner_id=known.maker, subject="bo") as bo:
        async with held(ana, decides(excursion)) as come:
            decided = asyncio.create_task(bo.post(f"{path}/decision", json=second))
            reopened = asyncio.create_task(service.client.post(f"{path}/reopening", json={"reason": "for how long?"}))
            await come(2)
        answers = [(await decided).status_code, (await reopened).status_code]
    # Whichever of the two comes next: what was decided is reopened, and the second decides then, or is refused before.
    now = (await service.client.get(path)).json()
    assert (answers, now["state"], now["decision"]) in [([409, 200], "open", None), ([200, 200], "decided", "second")]


async def test_an_alarm_that_is_decided_while_it_is_reopened_is_decided_of_what_was_said(
    known: Any, service: Any, alarmed: Any, held: Any
) -> None:
    excursion, _, _ = alarmed
    path = f"/process-excursions/{excursion['id']}"
    nothing = {"outcome": "no_impact", "reason": "first", "source_revision": 1}
    async with service.as_("partner_quality", partner_id=known.maker, subject="bo") as bo:
        await bo.done(f"{path}/decision", nothing)
        again = Reason(reason="for how long?")
        reopens = lambda work: excursions.reopen(work, UUID(excursion["id"]), again)  # noqa: E731
        async with held(QUALITY, reopens) as come:
            asked = asyncio.create_task(bo.post(f"{path}/decision", json=nothing | {"reason": "for a second"}))
            await come()
        assert ((await asked).status_code, asked.result().json()["decision"]) == (200, "for a second")


async def test_an_alarm_is_open_again_whose_deviation_is_cancelled_while_it_is_named(
    found: Any, alarmed: Any, held: Any, cancel: Any
) -> None:
    excursion, deviation, ana = alarmed
    async with held(ana, decides(excursion, deviation)) as come:
        cancelled = asyncio.create_task(cancel(deviation))
        await come()
    assert (await cancelled)["state"] == "cancelled"
    again = await found("process-excursions", number=excursion["number"], state="open")
    assert again["reopened_because"] == f"{deviation['number']}, which dealt with it, was cancelled"
