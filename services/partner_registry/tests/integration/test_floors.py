"""What else holds sites' risks up: late CAPAs, notifications of authorities, events outside of our records."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Fact, clock, contract_of
from contracts.complaints import AuthorityNotificationDue
from contracts.oversight import OutsideEventRecorded, RiskScoreChanged
from contracts.quality_events import CapaImplemented, CapaOverdue, DeviationRaised
from partner_registry.consumers import on_matter, subscriptions
from partner_registry.risk import notified
from runtime.work import Work

NOW = datetime.now(UTC).replace(microsecond=0)
INSOLVENT = {
    "kind": "insolvency_notice", "happened_at": str(NOW - timedelta(1)), "source": "gazette 4",
    "description": "proceedings were opened", "evidence": "0" * 64,
}  # fmt: skip


@pytest.fixture
def told(bus: Any, database: Any, eventually: Any) -> Any:
    """Tell facts, each when all handlers of the one before were given it."""

    async def tell(*facts: Fact) -> None:
        for fact in facts:
            (id,) = await bus.publish(fact)

            async def handled(id: UUID = id, groups: int = groups_of(fact)) -> bool:
                query = "SELECT count(*) FROM inbox WHERE event_id = $1"
                return bool(await database.fetchval(query, str(id)) == groups)

            await eventually(handled)

    return tell


def groups_of(fact: Fact) -> int:
    """How many groups of handlers are given such a fact."""
    return len(subscriptions.groups(contract_of(type(fact)).type))


async def floors_of(registry: Any, site: Any) -> Any:
    return (await registry.client.get(f"/site-risks/{site['id']}")).json()["floors"]


def capa(kind: type[Any], site: Any, id: UUID, days_ago: int) -> Any:
    given = {"capa_id": id, "number": f"CAPA-{id.hex[:6]}", "source_type": "manual", "source_id": id, "generation": 1}
    given |= {"site_id": UUID(site["id"]), "partner_id": UUID(site["partner_id"])}
    return kind(occurred_at=NOW - timedelta(days_ago), **given)


@pytest.mark.parametrize("order", [*permutations(range(3))])
async def test_a_capa_that_stayed_open_holds_the_risk_up_in_whatever_order_it_is_told(
    registry: Any, site: Any, told: Any, order: Any
) -> None:
    answered, open_ = uuid4(), uuid4()
    facts = [capa(CapaOverdue, site, answered, 50), capa(CapaImplemented, site, answered, 25)]
    facts.append(capa(CapaOverdue, site, open_, 31))
    an_action = capa(CapaOverdue, site, uuid4(), 60).model_copy(update={"actions": (1,)})
    await told(an_action, *(facts[each] for each in order), facts[order[0]])
    (floor,) = await floors_of(registry, site)
    assert (floor["dimension"], floor["band"], floor["fact"]) == ("quality", "medium", "CapaOverdue")
    assert floor["cause"].startswith(f"CAPA-{open_.hex[:6]}, due on ")
    assert datetime.fromisoformat(floor["holds_from"]) == NOW - timedelta(1)


async def test_a_capa_that_is_overdue_holds_it_up_when_its_time_has_come(
    registry: Any, site: Any, told: Any, tick: Any
) -> None:
    await told(capa(CapaOverdue, site, uuid4(), 29))
    await tick()
    assert await floors_of(registry, site) == []
    with clock.standing_at(NOW + timedelta(1)):
        await tick()
        assert [each["band"] for each in await floors_of(registry, site)] == ["medium"]


def deviation(site: Any, id: UUID) -> DeviationRaised:
    given = {"deviation_id": id, "number": "DEV-1", "title": "x", "category": "x", "site_id": site["id"]}
    moments = dict.fromkeys(("partner_aware_at", "sponsor_aware_at", "occurred_at", "due_at"), NOW)
    return DeviationRaised.model_validate(given | moments | {"partner_id": site["partner_id"]})


def notification(cause: UUID) -> AuthorityNotificationDue:
    given = {"notification_id": uuid4(), "number": "NTF-1", "regime": "eu_eea", "market": "AT", "kind": "defect"}
    given |= {"cause_type": "deviation", "cause_id": cause, "aware_at": NOW, "due_at": NOW + timedelta(3)}
    return AuthorityNotificationDue.model_validate(given | {"occurred_at": NOW})


@pytest.mark.parametrize("step", [1, -1])
async def test_a_notification_of_an_authority_holds_up_the_site_of_its_cause(
    registry: Any, site: Any, told: Any, step: int
) -> None:
    cause = uuid4()
    due = notification(cause)
    await told(*[deviation(site, cause), due][::step], due)
    (floor,) = await floors_of(registry, site)
    assert (floor["cause"], floor["dimension"], floor["band"]) == (
        "NTF-1 notification of an authority", "quality", "high",
    )  # fmt: skip


@pytest.mark.parametrize("step", [1, -1])
async def test_of_a_notification_and_its_cause_that_are_told_at_once_one_sees_the_other(
    registry: Any, site: Any, transaction: Any, held: Any, step: int
) -> None:
    cause = uuid4()
    raised: Any = SimpleNamespace(fact=deviation(site, cause), sequence=1)
    due = notification(cause)
    both: list[Callable[[Work], Awaitable[None]]]
    both = [lambda work: on_matter(work, [raised]), lambda work: notified.take(work, due)]
    first, second = both[::step]

    async def beside() -> None:
        async with transaction() as work:
            await second(work)

    async with transaction() as work:
        await first(work)
        await work.flush()
        other = await held(beside())
    await other
    assert [each["fact"] for each in await floors_of(registry, site)] == ["AuthorityNotificationDue"]


async def test_what_happened_outside_holds_up_all_sites_of_the_partner_until_it_is_taken_back(
    bus: Any, registry: Any, site: Any, eventually: Any
) -> None:
    body = INSOLVENT | {"partner_id": site["partner_id"]}
    event = await registry.as_("sourcing", subject="sam").done("/outside-events", body)
    later = {key: site[key] for key in ("partner_id", "country", "time_zone", "activities")} | {"name": "Later"}
    other = await registry.client.done("/sites", later)

    async def held(at: Any, band: str | None) -> Any:
        shown = (await registry.client.get(f"/site-risks/{at['id']}")).json()
        return shown if shown.get("band") == band and shown.get("id") else None

    for at in (site, other):
        shown = await eventually(lambda at=at: held(at, "critical"))
        assert {(each["dimension"], each["band"]) for each in shown["floors"]} == {
            ("financial", "critical"), ("continuity", "critical"),
        }  # fmt: skip
        assert shown["floors"][0]["cause"] == f"{event['number']} insolvency notice (gazette 4)"
    why, path = {"reason": "another company of that name"}, f"/outside-events/{event['id']}/withdrawal"
    own = await registry.as_("quality", subject="sam").post(path, json=why)
    assert (own.status_code, own.json()["fields"]) == (403, ["recorded_by"])
    assert (await registry.client.done(path, why))["state"] == "withdrawn"
    for at in (site, other):
        await eventually(lambda at=at: held(at, None))
    owner = UUID(site["partner_id"])
    told = [each for each in bus.heard if getattr(each.fact, "partner_id", None) == owner]
    kinds = (OutsideEventRecorded, RiskScoreChanged)
    assert {each.parties for each in told if isinstance(each.fact, kinds)} == {()}
    async with registry.as_("partner_quality", partner_id=owner) as partner:
        assert (await partner.get("/outside-events")).status_code == 403


async def test_an_event_that_is_taken_back_holds_up_no_site_that_was_sold_since(
    registry: Any, site: Any, tick: Any, eventually: Any
) -> None:
    body = INSOLVENT | {"partner_id": site["partner_id"]}
    event = await registry.as_("sourcing", subject="sam").done("/outside-events", body)
    buyer = {"legal_name": f"Buyer {uuid4().hex}", "kind": "cmo", "country": "AT"}
    sale = {"buyer_id": (await registry.client.done("/partners", buyer))["id"], "site_id": site["id"]}

    async def stands(**expected: Any) -> Any:
        shown = (await registry.client.get(f"/site-risks/{site['id']}")).json()
        return shown.get("id") and {key: shown[key] for key in expected} == expected

    await eventually(lambda: stands(band="critical"))
    sale |= {"effective_on": str(NOW.date() - timedelta(1)), "reason": "sold"}
    await registry.client.done("/site-transfers", sale)
    await tick()
    assert (await registry.client.get(f"/sites/{site['id']}")).json()["partner_id"] == sale["buyer_id"]
    await registry.client.done(f"/outside-events/{event['id']}/withdrawal", {"reason": "another company"})
    await eventually(lambda: stands(band=None, floors=[]))


async def test_an_event_is_of_sites_of_its_partner(registry: Any, site: Any) -> None:
    strange = str(uuid4())
    body = INSOLVENT | {"partner_id": site["partner_id"], "site_ids": [site["id"], strange]}
    refused = await registry.client.post("/outside-events", json=body)
    assert (refused.status_code, refused.json()["unknown"]) == (409, [strange])
