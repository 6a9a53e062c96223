"""Facts that come late, twice and in any order leave the same obligations."""

import random
from datetime import timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from contracting.obligations.assessing import NO_ZONE
from contracts import Recorded, clock, contract_of
from contracts.quality_events import DeviationAcknowledged, DeviationAmended, DeviationClassified, DeviationClosed
from services.contracting.tests.obliging import JUNE, NOTIFY, Accord, Departure, clauses, owed
from tests.world import handled, site_registered


@pytest.mark.parametrize("seed", range(2))
async def test_facts_late_twice_and_in_any_order_end_the_same(
    bus: Any, known: Any, service: Any, database: Any, seed: int
) -> None:
    accord = Accord(service, known.maker)
    await accord.takes_effect(JUNE, clauses("close_deviation", "acknowledge_deviation", **NOTIFY))
    ends = []
    for shuffled in (False, True):
        departure = Departure(known.maker, known.site, known.product, "2026-11-10T08:00Z")
        told = _story(departure)
        if shuffled:
            random.Random(seed).shuffle(told)
        for each in [*told, *told[seed:]]:
            await handled(bus, database, each)
        listed = await service.client.get("/obligations", params={"subject_id": str(departure.id)})
        ends.append({each["clause"]: _end_state(each, told) for each in listed.json()["items"]})
    assert ends[0] == ends[1]
    assert {code: each["state"] for code, each in ends[0].items()} == {
        **{"notify_deviation": "breached", "close_deviation": "met", "acknowledge_deviation": "met"}
    }


def _story(departure: Departure) -> list[Recorded[Any]]:
    """A deviation from its report to its closing, as its facts are numbered by who tells them."""
    told = departure.raised("2026-11-11T07:00Z", "major")
    at = {"sponsor_aware_at": told.sponsor_aware_at}
    facts = [
        told,
        departure.said(DeviationAcknowledged, "2026-11-11T09:00Z", **at),
        departure.said(DeviationClassified, "2026-11-12T09:00Z", classification="critical"),
    ]
    departure.aware -= timedelta(days=4)
    facts += [
        departure.said(DeviationAmended, "2026-11-13T09:00Z", title="Weight", category="process"),
        departure.said(DeviationClosed, "2026-11-20T09:00Z", classification="critical", first_due_at=told.due_at),
    ]
    return [
        Recorded(uuid7(), contract_of(type(each)).type, "/test", clock.now(), "", place, "", None, None, (), each)
        for place, each in enumerate(facts, 1)
    ]


def _end_state(shown: dict[str, Any], told: list[Recorded[Any]]) -> dict[str, Any]:
    """What must be the same of it; its proof by the places of the facts."""
    place = {str(each.id): each.sequence for each in told}
    own = {
        "allowed",
        "id",
        "number",
        "version",
        "created_at",
        "updated_at",
        "subject_id",
        "subject_number",
        "waiting_for",
    }
    same = {name: value for name, value in shown.items() if name not in own}
    return same | {"proof": [place[each] for each in shown["proof"]]}


async def test_a_fact_that_comes_while_a_version_takes_effect_is_judged_by_it(
    bus: Any, known: Any, service: Any, database: Any, eventually: Any
) -> None:
    departure = Departure(known.maker, known.site, known.product, "2026-11-09T08:00Z")

    async def told_meanwhile() -> None:
        await bus.publish(departure.raised("2026-11-09T10:00Z"))

        async def it_waits() -> Any:
            return await database.fetchval(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            )

        await eventually(it_waits)

    await Accord(service, known.maker).takes_effect(JUNE, clauses(**NOTIFY), meanwhile=told_meanwhile)

    async def judged() -> Any:
        return await owed(service.client, departure)

    assert (await eventually(judged))["state"] == "met"


async def test_what_happened_at_a_site_is_judged_once_its_time_zone_is_known(
    bus: Any, known: Any, service: Any, database: Any
) -> None:
    await Accord(service, known.maker).takes_effect(JUNE, clauses(**NOTIFY))
    site = uuid7()
    departure = Departure(known.maker, site, known.product, "2026-11-09T08:00Z")
    await handled(bus, database, departure.raised("2026-11-09T10:00Z"))
    unknown = await owed(service.client, departure)
    assert (unknown["state"], unknown["why"]) == ("unknown", NO_ZONE)
    await handled(bus, database, site_registered(site, known.maker))
    assert (await owed(service.client, departure))["state"] == "met"
