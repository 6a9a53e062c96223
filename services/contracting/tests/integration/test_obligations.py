"""Obligations judged from facts on Kafka: told late and in time, over clocks, amendments and corrections."""

from datetime import datetime, timedelta
from typing import Any

from contracting.agreements.model import Agreement
from contracting.obligations import commands as judging
from contracts import clock
from contracts.contracting_obligations import ObligationBreached, ObligationCorrected, ObligationMet, ObligationOpened
from contracts.quality_events import DeviationAcknowledged, DeviationAmended
from runtime.database import Context
from runtime.principal import worker
from services.contracting.tests.agreeing import DEVIATIONS, noon_of
from services.contracting.tests.obliging import JUNE, NOTIFY, Accord, Departure, clauses, owed
from tests.world import handled


async def test_told_after_thirty_hours_breaches_with_its_proof_and_in_time_is_met(
    bus: Any, known: Any, agreeing: Any, service: Any, database: Any, maker: Any
) -> None:
    with noon_of("2026-06-01"):  # a day of the past: no fact is of the future
        agreement = await agreeing.in_force(effective_from="2026-06-01")
    late = Departure(known.maker, known.site, known.product, "2026-11-09T08:00+01:00")
    timely = Departure(known.maker, known.site, known.product, "2026-11-09T08:00+01:00")
    told = late.raised("2026-11-10T14:00+01:00"), timely.raised("2026-11-10T08:00+01:00")
    await handled(bus, database, *told)

    breach, met = await owed(service.client, late), await owed(maker, timely)
    assert (breach["state"], breach["late_seconds"], breach["due_at"]) == ("breached", 6 * 3600, "2026-11-10T07:00:00Z")
    assert (met["state"], met["agreement_version"], met["judged_as"]) == ("met", 1, "critical")
    assert (met["agreement_id"], met["agreement_number"]) == (agreement["id"], agreement["number"])
    opened_up = (await maker.get(f"/obligations/{breach['id']}")).json()
    assert [each["proves"] for each in opened_up["facts"]] == [True]
    assert opened_up["facts"][0]["says"]["at"]["Deviation.sponsor_aware_at"] == "2026-11-10T14:00:00+01:00"
    assert [(each["verdict"], each["cause"]) for each in opened_up["verdicts"]] == [
        ("breached", "io.entente.DeviationRaised.v1")
    ]
    (fact,) = await bus.told(ObligationBreached, subject_id=late.id)
    assert [str(each) for each in fact.proof] == breach["proof"] == [opened_up["facts"][0]["id"]]
    assert len(await bus.told(ObligationMet, subject_id=timely.id)) == 1
    assert len(bus.of(ObligationOpened, subject_id=late.id)) == 1


async def test_an_earlier_awareness_reported_later_turns_met_into_breached_by_the_version_of_that_day(
    bus: Any, known: Any, agreeing: Any, service: Any, database: Any
) -> None:
    with noon_of("2026-06-01"):
        agreement = await agreeing.in_force(effective_from="2026-06-01")
    before = Departure(known.maker, known.site, known.product, "2026-11-09T22:30Z")
    await handled(bus, database, before.raised("2026-11-11T09:30Z"))
    with noon_of("2026-11-09"):
        longer = DEVIATIONS | {"amounts": {"critical": 36, "major": 48}}
        amended = await agreeing.amended(agreement["id"], 1, effective_from="2026-11-10", clauses=[longer])
        await agreeing.signed(amended)
    with noon_of("2026-11-10"):
        await agreeing.tick(agreement["id"])
    after = Departure(known.maker, known.site, known.product, "2026-11-09T23:30Z")
    await handled(bus, database, after.raised("2026-11-11T09:30Z"))

    old, new = await owed(service.client, before), await owed(service.client, after)
    assert (old["state"], old["agreement_version"], old["late_seconds"]) == ("breached", 1, 11 * 3600)
    assert (new["state"], new["agreement_version"], new["due_at"]) == ("met", 2, "2026-11-11T11:30:00Z")

    after.aware = before.aware
    amended = after.said(DeviationAmended, "2026-11-20T09:00Z", title="Weight", category="process")
    await handled(bus, database, amended)
    new = await owed(service.client, after)
    assert (new["state"], new["agreement_version"], new["due_at"]) == ("breached", 1, "2026-11-10T22:30:00Z")
    (told,) = await bus.told(ObligationCorrected, subject_id=after.id)
    assert (told.before, told.verdict, told.cause) == ("met", "breached", "io.entente.DeviationAmended.v1")
    opened_up = (await service.client.get(f"/obligations/{new['id']}")).json()
    assert [each["verdict"] for each in opened_up["verdicts"]] == ["met", "breached"]
    assert str(told.cause_id) == opened_up["verdicts"][1]["cause_id"] == opened_up["facts"][1]["id"]


async def test_clocks_cross_a_change_of_the_hour_and_a_public_holiday(
    bus: Any, known: Any, service: Any, database: Any, maker: Any
) -> None:
    await Accord(service, known.maker).takes_effect(JUNE, clauses("acknowledge_deviation", **NOTIFY))
    # Summer time ends in the night; Monday, 26 October, is Austria's national day.
    departure = Departure(known.maker, known.site, known.product, "2026-10-24T20:00+02:00")
    await handled(bus, database, departure.raised("2026-10-25T19:30+01:00"))
    late, pending = await owed(maker, departure), await owed(maker, departure, "acknowledge_deviation")
    assert (late["due_at"], late["late_seconds"]) == ("2026-10-25T18:00:00Z", 1800)
    assert (pending["owes"], pending["due_at"]) == ("sponsor", "2026-10-28T00:00:00Z")
    assert (pending["state"], pending["overdue"], pending["waiting_for"]["side"]) == ("breached", True, "sponsor")

    told = {"sponsor_aware_at": departure.raised("2026-10-25T19:30+01:00").sponsor_aware_at}
    await handled(bus, database, departure.said(DeviationAcknowledged, "2026-10-27T23:59:59Z", **told))
    met = await owed(maker, departure, "acknowledge_deviation")
    assert (met["state"], met["late_seconds"], met["waiting_for"]) == ("met", None, None)


async def test_what_falls_due_is_breached_by_the_clock_and_told_again_when_it_is_done(
    bus: Any, known: Any, service: Any, database: Any
) -> None:
    await Accord(service, known.maker).takes_effect(JUNE, clauses("close_deviation"))
    now = clock.now().replace(microsecond=0)
    departure = Departure(known.maker, known.site, known.product, now.isoformat())
    await handled(bus, database, departure.raised(now.isoformat()))
    pending = await owed(service.client, departure, "close_deviation")
    assert (pending["state"], pending["overdue"]) == ("pending", False)
    due = datetime.fromisoformat(pending["due_at"])
    for instant in (due, due + timedelta(seconds=1), due + timedelta(days=1)):
        with clock.standing_at(instant):
            async with service.app.state.store.work(Context(worker("contracting"))) as work:
                await judging.timer.run(work)
        late = await owed(service.client, departure, "close_deviation")
        assert late["state"] == ("pending" if instant == due else "breached")
    (told,) = await bus.told(ObligationBreached, subject_id=departure.id)
    assert (told.done_at, told.due_at) == (None, due)
    opened_up = (await service.client.get(f"/obligations/{late['id']}")).json()
    assert [each["cause"] for each in opened_up["verdicts"]] == ["io.entente.DeviationRaised.v1", "clock"]
    assert len(bus.of(ObligationOpened, subject_id=departure.id)) == 1


async def test_who_waited_for_its_turn_does_not_take_back_what_fell_due_meanwhile(
    bus: Any, known: Any, service: Any, database: Any
) -> None:
    accord = Accord(service, known.maker)
    await accord.takes_effect(JUNE, clauses("close_deviation"))
    now = clock.now().replace(microsecond=0)
    departure = Departure(known.maker, known.site, known.product, now.isoformat())
    await handled(bus, database, departure.raised(now.isoformat()))
    pending = await owed(service.client, departure, "close_deviation")
    later = datetime.fromisoformat(pending["due_at"]) + timedelta(seconds=1)
    async with service.app.state.store.work(Context(worker("contracting"))) as waiting:
        with clock.standing_at(later):
            async with service.app.state.store.work(Context(worker("contracting"))) as work:
                await judging.timer.run(work)
            await judging.recompute_for(waiting, await waiting.get(Agreement, accord.id))
    opened_up = (await service.client.get(f"/obligations/{pending['id']}")).json()
    assert [each["verdict"] for each in opened_up["verdicts"]] == ["pending", "breached"]
