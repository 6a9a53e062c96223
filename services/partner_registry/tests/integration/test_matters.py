"""What is open at a partner by facts in any order, and what is decided of it while the partner is suspended."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Fact, Lot
from contracts.dispositions import BatchFollowUpClosed, BatchReleased, BatchReleasedForProcessing, Decision
from contracts.laboratory_orders import OrderPriority, TestOrderCompleted, TestOrdered, TestOrderReopened
from contracts.partner_registry import PartnerStatusChanged
from contracts.partner_work import PartnerWorkDecided
from contracts.quality_events import BatchManufactured, BatchStarted

NOW = datetime.now(UTC).replace(microsecond=0)
RELEASED: dict[str, Any] = {
    "disposition_id": uuid4(),
    "number": "DISP-1",
    "market": "AT",
    "regime": "eu_eea",
    "register_number": None,
}


def lot_at(site: Any, number: str) -> Lot:
    site_id = UUID(site["id"])
    id = Lot.identify(site_id, "TAB", number)
    return Lot(id=id, number=number, material="TAB", site_id=site_id, partner_id=UUID(site["partner_id"]))


def started(site: Any, number: str, days_ago: int = 10) -> BatchStarted:
    lot = lot_at(site, number)
    return BatchStarted(batch_id=lot.id, lot=lot, occurred_at=NOW - timedelta(days_ago))


def manufactured(site: Any, number: str, days_ago: int = 5) -> BatchManufactured:
    lot = lot_at(site, number)
    return BatchManufactured(batch_id=lot.id, lot=lot, occurred_at=NOW - timedelta(days_ago))


def released(site: Any, number: str, days_ago: int = 1, **more: Any) -> BatchReleased:
    lot, at = lot_at(site, number), NOW - timedelta(days_ago)
    given = (
        RELEASED
        | {"decision": Decision.released, "decided_at": at, "readiness_digest": None, "register_number": None}
        | more
    )
    return BatchReleased(batch_id=lot.id, lot=lot, occurred_at=at, **given)


def for_processing(site: Any, number: str) -> tuple[BatchReleasedForProcessing, BatchFollowUpClosed]:
    """One that is worked on under quarantine, and that what it waited for is done."""
    lot, at = lot_at(site, number), NOW - timedelta(3)
    given = RELEASED | {"batch_id": lot.id, "lot": lot, "follow_up_on": at.date()}
    decided = {"decision": Decision.released_for_processing, "decided_at": at, "readiness_digest": None}
    return (
        BatchReleasedForProcessing.model_validate(given | decided | {"occurred_at": at}),
        BatchFollowUpClosed.model_validate(
            {key: value for key, value in given.items() if key != "register_number"} | {"occurred_at": NOW}
        ),
    )


def order(kind: type[Any], site: Any, id: UUID, days_ago: int) -> Any:
    lot = lot_at(site, "L-order")
    given: dict[str, Any] = {"order_id": id, "number": f"ORD-{id.hex[:8]}", "tests": (), "lot": lot}
    given |= {"laboratory_site_id": UUID(site["id"]), "laboratory_partner_id": UUID(site["partner_id"])}
    given |= {"priority": OrderPriority.routine, "agreed_working_days": 5, "answer_due_at": NOW, "due_at": NOW}
    if kind is not TestOrdered:
        given["lot"] = {"id": lot.id, "number": lot.number, "material": lot.material, "product_id": uuid4()}
    return kind(occurred_at=NOW - timedelta(days_ago), **given)


@pytest.fixture
def told(bus: Any, database: Any, eventually: Any) -> Any:
    """Tell facts in their order, until this service has heard all of them."""

    async def tell(*facts: Fact) -> None:
        ids = [str(id) for fact in facts for id in await bus.publish(fact)]

        async def handled() -> bool:
            query = "SELECT count(DISTINCT event_id) FROM inbox WHERE event_id = ANY($1)"
            return bool(await database.fetchval(query, ids) == len(ids))

        await eventually(handled)

    return tell


async def work_at(client: Any, site: Any) -> Sequence[Any]:
    shown = (await client.get(f"/partners/{site['partner_id']}")).json()
    assert shown["open_work_known"] is True
    return list(shown["open_work"])


@pytest.fixture(autouse=True)
async def read_to_the_end(registry: Any, site: Any, eventually: Any) -> None:
    """Until then it is said that more may be open."""

    async def known() -> bool:
        return bool((await registry.client.get(f"/partners/{site['partner_id']}")).json()["open_work_known"])

    await eventually(known)


async def test_the_same_is_open_in_whatever_order_it_is_told(registry: Any, told: Any, site: Any) -> None:
    for at, (first, second, third) in enumerate(permutations(range(3))):
        made, id = f"L-{at}", uuid4()
        facts = [started(site, made), manufactured(site, made), released(site, made)]
        orders = [order(TestOrdered, site, id, 9), order(TestOrderCompleted, site, id, 5)]
        orders += [order(TestOrderReopened, site, id, 3)]
        await told(
            *(facts[each] for each in (first, second, third)), *(orders[each] for each in (first, second, third))
        )
    await told(started(site, "L-open", 4), manufactured(site, "L-open", 2))
    shown = await work_at(registry.client, site)
    assert [(each["kind"], each["since"]) for each in shown] == [
        *[("test_order", (NOW - timedelta(9)).isoformat().replace("+00:00", "Z"))] * 6,
        ("batch", (NOW - timedelta(4)).isoformat().replace("+00:00", "Z")),
    ]


async def test_a_batch_for_processing_is_open_until_its_follow_up_is_closed(
    registry: Any, told: Any, site: Any
) -> None:
    for at, order_ in enumerate(permutations(range(3))):
        facts = [started(site, f"L-{at}"), *for_processing(site, f"L-{at}")]
        await told(*(facts[each] for each in order_))
    waits, _ = for_processing(site, "L-waits")
    await told(started(site, "L-waits"), waits)
    assert [each["number"] for each in await work_at(registry.client, site)] == ["L-waits"]


async def test_a_suspension_lists_what_is_open_and_what_becomes_of_it_is_told(
    bus: Any, registry: Any, qualify: Any, site: Any, told: Any
) -> None:
    await qualify.certified(site)
    await qualify.approved(site)
    await told(started(site, "L-1", 9), started(site, "L-2", 8), started(site, "L-3", 7), released(site, "L-3"))
    path, owner = f"/partners/{site['partner_id']}", UUID(site["partner_id"])
    first, second = await work_at(registry.client, site)
    hold = {"work_id": first["id"], "decision": "hold", "rationale": "until the recall is assessed"}
    suspended = await registry.client.done(f"{path}/suspension", {"reason": "a recall", "decisions": [hold]})
    assert [(each["number"], each["decision"]) for each in suspended["open_work"]] == [("L-1", "hold"), ("L-2", None)]
    finish = {"work_id": second["id"], "decision": "finish", "rationale": "nothing of it is concerned"}
    strange = await registry.client.post(
        f"{path}/work-decisions", json={"decisions": [finish | {"work_id": site["id"]}]}
    )
    assert (strange.status_code, strange.json()["unknown"]) == (409, [site["id"]])
    decided = await registry.client.done(f"{path}/work-decisions", {"decisions": [finish]})
    assert [each["decision"] for each in decided["open_work"]] == ["hold", "finish"]
    (fact,) = await bus.told(PartnerStatusChanged, partner_id=owner, after="suspended")
    assert ([each.number for each in fact.decided_work], fact.undecided_work) == (["L-1"], 1)
    (later,) = await bus.told(PartnerWorkDecided, partner_id=owner)
    assert ([(each.number, each.decision) for each in later.decided_work], later.undecided_work) == (
        [("L-2", "finish")], 0,
    )  # fmt: skip
    async with registry.as_("partner_quality", partner_id=owner) as own:
        assert [each["decision"] for each in await work_at(own, site)] == ["hold", "finish"], "who is to act on it"
        assert (await own.post(f"{path}/work-decisions", json={"decisions": [finish]})).status_code == 403
    listed = (await registry.client.get("/partners", params={"number": suspended["number"]})).json()["items"]
    assert [each["number"] for each in listed[0]["open_work"]] == ["L-1", "L-2"]


async def test_of_what_was_begun_in_a_suspension_quality_says_what_becomes_of_it_after_the_lift(
    registry: Any, qualify: Any, site: Any, told: Any
) -> None:
    await qualify.certified(site)
    await qualify.approved(site)
    path = f"/partners/{site['partner_id']}"
    await registry.client.done(f"{path}/suspension", {"reason": "a recall"})
    await registry.client.done(f"{path}/activation", {"reason": "it is lifted"})
    await told(started(site, "L-late"))
    (late,) = await work_at(registry.client, site)
    finish = {"work_id": late["id"], "decision": "finish", "rationale": "it is not concerned"}
    await registry.client.done(f"{path}/work-decisions", {"decisions": [finish]})
    assert [each["decision"] for each in await work_at(registry.client, site)] == ["finish"]


async def test_a_partner_reads_of_its_own_work_and_of_no_quality_event(
    registry: Any, told: Any, site: Any, database: Any
) -> None:
    await told(started(site, "L-1"))
    async with registry.as_("partner_quality", partner_id=uuid4()) as stranger:
        assert (await stranger.get(f"/partners/{site['partner_id']}")).status_code == 404
    policies = "SELECT qual FROM pg_policies WHERE tablename = 'known_matter' AND policyname = 'party'"
    policy = await database.fetchval(policies)
    assert ("partner_id" in policy, "batch" in policy, "capa" in policy) == (True, True, False)
