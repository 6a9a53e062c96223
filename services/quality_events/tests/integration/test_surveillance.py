"""Surveillance audits from the sponsor's plans of oversight: one for each site, by the newest plan."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts import clock
from contracts.oversight import OversightPlanChanged
from quality_events.audits.surveillance import planning
from tests.world import ZONE, handled

NOW = datetime.now(UTC)
TODAY = NOW.date()
TEAM = [{"name": "Mira Vidmar", "function": "lead auditor", "subject": "tom", "independent": True}]


def in_days(days: int) -> str:
    return str(TODAY + timedelta(days))


@pytest.fixture
def plans(bus: Any, database: Any, known: Any) -> Any:
    """Tell what plans state: ``(days from now until the next audit, minutes after now at which it was recorded)``."""

    async def tell(*stated: tuple[int | None, int]) -> None:
        for days, minutes in stated:
            fact = OversightPlanChanged(
                plan_id=uuid4(), number="PLAN-2026-1", site_id=known.site, partner_id=known.maker, state="in_force",
                before=(), after=(), cause="risk high", unknown=(), occurred_at=NOW,
                next_audit_on=None if days is None else TODAY + timedelta(days),
            )  # fmt: skip
            await handled(bus, database, fact, time=NOW + timedelta(minutes=minutes))

    return tell


@pytest.fixture
def audits(service: Any, known: Any) -> Any:
    """The surveillance audits of the site, oldest first."""

    async def read() -> Any:
        query = {"site_id": str(known.site), "kind": "surveillance", "sort": "id"}
        return (await service.client.get("/audits", params=query)).json()["items"]

    return read


@pytest.mark.parametrize("order", [*permutations([(60, 1), (80, 2), (70, 3)])])
async def test_one_is_planned_for_the_day_of_the_newest_plan(plans: Any, audits: Any, order: Any) -> None:
    await plans(*order, order[0], (None, -1))
    (audit,) = await audits()
    assert (audit["state"], audit["planned_on"], audit["first_planned_on"]) == ("planned", in_days(70), in_days(70))


async def test_it_is_planned_ninety_days_ahead(plans: Any, audits: Any, tick: Any, known: Any, service: Any) -> None:
    await plans((100, 1))
    await tick(planning)
    assert await audits() == []
    for _ in range(2):
        with clock.standing_at(NOW + timedelta(days=10)):
            await tick(planning)
    (audit,) = await audits()
    assert (audit["planned_on"], audit["waiting_for"]["side"]) == (in_days(100), "partner")
    async with service.as_("partner_quality", partner_id=known.maker) as site:
        (seen,) = (await site.get("/audits")).json()["items"]
        assert [each["name"] for each in seen["allowed"]] == ["confirm"]


async def test_what_was_postponed_or_confirmed_stays(plans: Any, audits: Any, service: Any, known: Any) -> None:
    await plans((30, 1))
    path = f"/audits/{(await audits())[0]['id']}"
    async with service.as_("auditor", subject="mira") as mira:
        await mira.done(f"{path}/postponement", {"planned_on": in_days(40), "reason": "a strike"})
    await plans((30, 2))
    (audit,) = await audits()
    assert (audit["planned_on"], audit["first_planned_on"]) == (in_days(40), in_days(30))
    async with service.as_("partner_quality", partner_id=known.maker) as site:
        await site.done(f"{path}/confirmation")
    await plans((80, 3))
    (audit,) = await audits()
    assert (audit["state"], audit["planned_on"]) == ("confirmed", in_days(40))


async def test_the_next_follows_the_report_and_no_plan_of_before(
    plans: Any, audits: Any, service: Any, known: Any, tick: Any
) -> None:
    await plans((30, -10))
    path = f"/audits/{(await audits())[0]['id']}"
    await service.client.done(f"{path}/team", {"team": TEAM})
    async with service.as_("partner_quality", partner_id=known.maker) as site:
        await site.done(f"{path}/confirmation")
    async with service.as_("auditor", subject="tom") as tom:
        await tom.done(f"{path}/conduct", {"conducted_on": str(datetime.now(ZoneInfo(ZONE)).date())})
    async with service.as_("auditor", subject="mira") as mira:
        await mira.done(f"{path}/report", {"outcome": "acceptable", "report": "0" * 64})
    await plans((20, -5))
    await tick(planning)
    assert [each["state"] for each in await audits()] == ["closed"], "that plan spoke of the audit that was held"
    await plans((85, 60))
    assert [each["state"] for each in await audits()] == ["closed", "planned"]
