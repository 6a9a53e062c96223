"""Partners' segments over HTTP: proposed, confirmed by somebody else, superseded and grown old."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from contracts import Lot, clock
from contracts.dispositions import BatchReleased, Decision
from contracts.laboratory_orders import OrderedLot, OrderPriority, TestOrderCompleted
from contracts.oversight import SegmentChanged

CRITERIA = (
    *("product_complexity", "regulatory_demand", "market_criticality", "competitive_sensitivity"),
    *("spend", "technology_uniqueness", "mutual_dependence"),
)
SUPPLIED = {"commercially_qualified": True, "first_commercial_on": "2023-07-03"}


def proposal(site: Any, *points: int | None, **more: Any) -> dict[str, Any]:
    given = zip(CRITERIA, points, strict=True)
    criteria = [{"criterion": name, "points": each, "rationale": "seen"} for name, each in given if each is not None]
    return {"partner_id": site["partner_id"], "criteria": criteria} | SUPPLIED | more


async def confirmed(registry: Any, body: Any) -> Any:
    proposed = await registry.client.done("/segmentations", body)
    return await registry.second.done(f"/segmentations/{proposed['id']}/confirmation")


def in_order(facts: Sequence[SegmentChanged]) -> list[SegmentChanged]:
    """As they happened: each proposal is a record of its own, and facts of different records have no order."""
    return sorted(facts, key=attrgetter("occurred_at"))


async def test_it_is_proposed_and_somebody_else_confirms(bus: Any, registry: Any, site: Any) -> None:
    proposed = await registry.client.done("/segmentations", proposal(site, *[7] * 7))
    path = f"/segmentations/{proposed['id']}"
    assert (proposed["state"], proposed["segment"], proposed["score"]) == ("proposed", "strategic", "70")
    assert (await registry.client.post(f"{path}/confirmation")).json()["type"].endswith("second-person-required")
    first = await registry.second.done(f"{path}/confirmation")
    assert (first["state"], first["segment"], first["why"], first["unknown"]) == ("confirmed", "strategic", "score", [])
    second = await confirmed(registry, proposal(site, *[7] * 6, 4))
    assert (second["score"], second["segment"], second["why"]) == ("67", "strategic", "within 3 points of an edge")
    third = await confirmed(registry, proposal(site, *[7] * 6, 4, regardless_of_edges=True))
    assert third["segment"] == "preferred"
    assert (await registry.client.get(path)).json()["state"] == "superseded"
    counting = (await registry.client.get("/segmentations", params=_counts(site))).json()["items"]
    assert [each["id"] for each in counting] == [third["id"]]
    facts = await bus.told(SegmentChanged, 3, partner_id=UUID(site["partner_id"]))
    told = [(each.before, each.after, str(each.score), each.stale) for each in in_order(facts)]
    assert told == [
        (None, "strategic", "70", False), ("strategic", "strategic", "67", False),
        ("strategic", "preferred", "67", False),
    ]  # fmt: skip
    assert [each.parties for each in bus.heard if each.fact in facts] == [()] * 3


def _counts(site: Any) -> dict[str, Any]:
    return {"partner_id": site["partner_id"], "state": "confirmed"}


async def test_without_a_criterion_the_last_segment_stays_and_is_stale(bus: Any, registry: Any, site: Any) -> None:
    nothing = await confirmed(registry, proposal(site, *[7] * 6, None))
    assert (nothing["segment"], nothing["stale"], nothing["missing"]) == (None, True, ["mutual_dependence"])
    await confirmed(registry, proposal(site, *[5] * 7))
    stale = await confirmed(registry, proposal(site, None, *[9] * 6))
    assert (stale["segment"], stale["stale"], stale["score"]) == ("preferred", True, None)
    facts = await bus.told(SegmentChanged, 3, partner_id=UUID(site["partner_id"]))
    told = [(each.after, each.stale) for each in in_order(facts)]
    assert told == [(None, True), ("preferred", False), ("preferred", True)]


async def test_after_a_year_it_is_stale_which_is_told_once(bus: Any, registry: Any, site: Any, tick: Any) -> None:
    one = await confirmed(registry, proposal(site, *[5] * 7))
    due = datetime.fromisoformat(one["review_due_at"])
    with clock.standing_at(due - timedelta(microseconds=1)):
        await tick()
        assert not (await registry.client.get(f"/segmentations/{one['id']}")).json()["stale"]
    with clock.standing_at(due):
        await tick()
        await tick()
        assert (await registry.client.get(f"/segmentations/{one['id']}")).json()["stale"]
        facts = await bus.told(SegmentChanged, 2, partner_id=UUID(site["partner_id"]))
    assert [(each.stale, each.occurred_at) for each in facts[1:]] == [(True, due)]


async def test_what_nobody_knows_is_named(registry: Any, site: Any) -> None:
    body = proposal(site, *[5] * 7)
    unknown = await registry.client.done("/segmentations", {key: body[key] for key in ("partner_id", "criteria")})
    assert (unknown["unknown"], unknown["why"]) == (["first commercial batch"], "no commercial qualification in force")
    young = datetime.now(UTC).date() - timedelta(100)
    assert (await confirmed(registry, body | {"first_commercial_on": str(young)}))["segment"] == "developing"


async def test_facts_say_whether_a_partner_is_developing(
    bus: Any, registry: Any, site: Any, qualify: Any, eventually: Any, tick: Any, database: Any
) -> None:
    body = proposal(site, *[9] * 7, commercially_qualified=None, first_commercial_on=None)
    path = f"/segmentations/{(await confirmed(registry, body))['id']}"

    async def stands(segment: str, why: str) -> Any:
        shown = (await registry.client.get(path)).json()
        return (shown["segment"], shown["why"]) == (segment, why) and shown

    assert await stands("developing", "no commercial qualification in force")
    await qualify.certified(site)
    qualification = await qualify.approved(site)
    await eventually(lambda: stands("developing", "no commercial year yet"))
    lot = Lot(id=uuid4(), number="L-1", material="T", site_id=UUID(site["id"]), partner_id=UUID(site["partner_id"]))
    made = datetime.now(UTC) - timedelta(100)
    assert (await registry.client.get(path)).json()["unknown"] == []
    await bus.publish(released(lot, made + timedelta(20), made))

    async def known() -> bool:
        return bool(await database.fetchval("SELECT marketed FROM known_matter WHERE lot_id = $1", lot.id))

    await eventually(known)
    await eventually(lambda: stands("developing", "no commercial year yet"))
    with clock.standing_at(made.replace(year=made.year + 1) - timedelta(1)):
        await tick()
        assert await stands("developing", "no commercial year yet")
    with clock.standing_at(made.replace(year=made.year + 1)):
        await tick()
        assert await stands("strategic", "score")
    await registry.client.done(f"/qualifications/{qualification['id']}/suspension", {"reason": "an audit"})
    await eventually(lambda: stands("developing", "no commercial qualification in force"))


async def test_a_laboratorys_year_begins_with_the_first_lot_that_it_tested_for_a_market(
    bus: Any, registry: Any, site: Any, eventually: Any
) -> None:
    body = proposal(site, *[9] * 7, first_commercial_on=None, commercially_supplied=False)
    one = await confirmed(registry, body)
    assert (one["segment"], one["why"]) == ("developing", "no commercial year yet")
    tested, own = datetime.now(UTC) - timedelta(400), UUID(site["partner_id"])
    lot = Lot(id=uuid4(), number="L-2", material="T", site_id=uuid4(), partner_id=uuid4())
    order = TestOrderCompleted(
        order_id=uuid4(), number="ORD-1", laboratory_site_id=UUID(site["id"]), laboratory_partner_id=own, tests=(),
        priority=OrderPriority.routine, occurred_at=tested, due_at=None,
        lot=OrderedLot(id=lot.id, number=lot.number, material=lot.material, product_id=uuid4()),
    )  # fmt: skip
    await bus.publish(order)
    await bus.publish(released(lot, tested + timedelta(3)))

    async def grown() -> bool:
        return bool((await registry.client.get(f"/segmentations/{one['id']}")).json()["segment"] == "strategic")

    await eventually(grown)


def released(lot: Lot, decided_at: datetime, manufactured_at: datetime | None = None) -> BatchReleased:
    return BatchReleased(
        disposition_id=uuid4(), number="DISP-1", batch_id=uuid4(), lot=lot, market="AT", regime="eu_eea",
        decision=Decision.released, decided_at=decided_at, register_number=None, readiness_digest=None,
        manufactured_at=manufactured_at, occurred_at=decided_at,
    )  # fmt: skip


async def test_what_is_wrong_with_a_proposal_is_said(registry: Any, site: Any) -> None:
    weights = dict.fromkeys(CRITERIA, 14)
    refused = await registry.client.post("/segmentations", json=proposal(site, *[5] * 7, weights=weights))
    assert (refused.status_code, refused.json()["errors"][0]["reason"]) == (
        422, "weights must total 100, and these total 98",
    )  # fmt: skip
    beyond = await registry.client.post("/segmentations", json=proposal(site, 11, *[5] * 6))
    assert beyond.json()["errors"][0]["field"] == "body.criteria.0.points"


async def test_a_partner_learns_nothing_of_its_own_segment(registry: Any, site: Any) -> None:
    one = await confirmed(registry, proposal(site, *[9] * 7))
    path = f"/segmentations/{one['id']}"
    async with registry.as_("partner_commercial", partner_id=UUID(site["partner_id"])) as own:
        for of in ("/segmentations", path, f"{path}/history"):
            assert (await own.get(of)).status_code == 403
        shown = (await own.get(f"/partners/{site['partner_id']}")).text
        assert "strategic" not in shown + (await own.get(f"/partners/{site['partner_id']}/history")).text
