"""What a partner's database login can do by itself: no more than the API lets a partner's people do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from tests.quality_records import NO_RETESTS

DAY, DUE, LATE = "2026-03-01T08:00:00Z", "2026-03-31T22:00:00Z", "2100-01-01T00:00:00Z"
MADE = {"version": 1, "created_at": DAY, "updated_at": DAY}
RIVAL, RIVALS_SITE, RIVALS_BATCH = uuid4(), uuid4(), uuid4()


@dataclass
class Records:
    """A maker's records, as they stand before its login is used."""

    world: Any
    deviation: UUID
    """Under investigation; ``qa`` classified it."""
    oos: UUID
    """In phase 1, and the sponsor was told of it."""
    proposed: UUID
    """Its laboratory, by ``ana``, proposes to invalidate its result."""
    planned: UUID
    """In phase 1; its laboratory, by ``ana``, planned that nothing is tested again."""

    def new_deviation(self, **more: Any) -> dict[str, Any]:
        """A deviation as its partner records it."""
        clocks = dict.fromkeys(("partner_aware_at", "sponsor_aware_at", "reported_aware_at"), DAY)
        clocks |= {"due_at": DUE, "first_due_at": DUE}
        reported = {"title": "t", "description": "", "category": "c", "occurred_at": DAY, "reporter": "me"}
        kept = {
            "source_revision": 1,
            "awareness_accepted_revision": 0,
            "notification_limit_revision": 1,
            "prepared_by": [],
            "late_amendments": [],
            "shared_equipment": [],
            "cancellation_proposed": False,
        }
        return self._new(**clocks, **reported, **kept, historic=False, state="reported", batch_ids=[]) | more

    def new_batch(self, **more: Any) -> dict[str, Any]:
        """A batch that its maker announces."""
        revisions = {"start_revision": 0, "completion_revision": 0, "start_authority": 2, "completion_authority": 2}
        said = {"material": "m", "state": "announced", "stage_yields": [], "other_statements": [], "ppq": False}
        said |= {name: [] for name in ("aliases", "markets", "applied_changes", "record_authors")}
        return self._new(lot_id=uuid4(), **revisions, **said) | more

    def _new(self, **more: Any) -> dict[str, Any]:
        maker = self.world.maker
        whose = {"site_id": self.world.site, "partner_id": maker, "parties": [maker]}
        return {"id": uuid4(), "number": uuid4().hex, **MADE, **whose, **more}


@pytest_asyncio.fixture(scope="module")
async def records(bus: Any, service: Any, eventually: Any, new_world: Any) -> Records:
    """A maker and its laboratory with a deviation and two investigations; no test here changes them for good."""
    world = new_world()
    lots = [world.lot() for _ in range(4)]
    for fact in [*world.registered(), world.deviation(lots[0]), *map(world.oos, lots[1:])]:
        await bus.publish(fact)

    async def one(collection: str, lot: Any) -> dict[str, Any]:
        async def look() -> Any:
            return (await service.client.get(f"/{collection}", params={"lot": lot.number})).json()["items"]

        (record,) = await eventually(look)
        return dict(record)

    deviation = await one("deviations", lots[0])
    oos, proposed, planned = [await one("oos-investigations", lot) for lot in lots[1:]]
    quality, path = service.as_("quality", subject="qa"), f"/deviations/{deviation['id']}"
    assert (await quality.post(f"{path}/classification", json={"classification": "minor"})).status_code == 200
    assert (await quality.post(f"{path}/investigation", json={})).status_code == 200
    laboratory = service.as_("partner_lab", partner_id=world.laboratory, subject="ana")
    proposal = f"/oos-investigations/{proposed['id']}/invalidation-proposal"
    for each in (proposed, planned):
        await laboratory.done(f"/oos-investigations/{each['id']}/retest-plan", NO_RETESTS)
    answer = await laboratory.post(proposal, json={"cause": "c", "evidence": "e"})
    assert answer.status_code == 200, answer.text
    told = service.as_("partner_quality", partner_id=world.maker)
    assert (await told.post(f"/oos-investigations/{oos['id']}/notification")).status_code == 200

    async def site_is_known() -> bool:
        return (await one("deviations", lots[0]))["site"]["name"] is not None

    await eventually(site_is_known)
    return Records(world, *(UUID(each["id"]) for each in (deviation, oos, proposed, planned)))


BEGINNINGS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "closed": ("deviation", {"state": "closed", "classification": "minor", "classified_by": "qa", "closed_at": DAY}),
    "classified": ("deviation", {"classification": "minor", "classified_by": "qa"}),
    "acknowledged": ("deviation", {"acknowledged_at": DAY}),
    "historic": ("deviation", {"historic": True}),
    "due a lifetime later": ("deviation", {"due_at": LATE, "first_due_at": LATE}),
    "without its limit": ("deviation", {"proposed_classification": "critical"}),
    "reported by another": ("deviation", {"reporter": "qa"}),
    "prepared by another": ("deviation", {"prepared_by": ["qa"]}),
    "a rival's too": ("deviation", {"parties": "both"}),
    "at a rival's site": ("deviation", {"site_id": RIVALS_SITE}),
    "of a rival's batch": ("deviation", {"batch_ids": [RIVALS_BATCH]}),
    "a batch that is a rival's too": ("batch", {"parties": "both"}),
    "a batch at a rival's site": ("batch", {"site_id": RIVALS_SITE}),
    "a batch that is made": ("batch", {"state": "manufactured"}),
    "a batch with a market": ("batch", {"markets": ["DE"]}),
    "a batch whose record was reviewed": ("batch", {"reviewed_side": "maker"}),
    "a batch that a feed began": (
        "batch",
        {"state": "in_process", "started_at": DAY, "start_source": "feed/1", "start_revision": 1},
    ),
}


@pytest.mark.parametrize(("table", "other"), BEGINNINGS.values(), ids=BEGINNINGS)
async def test_a_record_begins_at_its_beginning(
    records: Records, partners_login: Any, database: Any, table: str, other: dict[str, Any]
) -> None:
    maker = records.world.maker
    row = records.new_deviation() if table == "deviation" else records.new_batch()
    site = "INSERT INTO known_site (id, partner_id, number, name) VALUES ($1, $2, 'S', 'S') ON CONFLICT DO NOTHING"
    await database.execute(site, RIVALS_SITE, RIVAL)
    if other.get("parties"):
        other = {"parties": [maker, RIVAL]}
    async with partners_login("quality_events", maker) as partner:
        assert await partner.insert(table, row | other) == "refused"
        assert await partner.insert(table, row) == "INSERT 0 1"


MAKER, LABORATORY = "maker", "laboratory"
INVALIDATED = "state = 'concluded', conclusion = 'invalidated', concluded_at = now()"
PROPOSAL = "state = 'awaiting_approval', cause = 'c', evidence = 'e', invalidation_proposed_at = now()"
PLAN = (
    "planned_retests = 0, planned_resamples = 0, original_analyst = 'a', no_retests_reason = 'r', "
    "retests_planned_at = now()"
)
NO_PLAN = (
    "planned_retests = NULL, planned_resamples = NULL, original_analyst = NULL, no_retests_reason = NULL, "
    "retests_planned_at = NULL, retests_planned_by = NULL, return_reason = 'r'"
)
CHANGES = {
    "nobody prepared it": (MAKER, "deviation", "prepared_by = '{}'"),
    "another prepared it": (MAKER, "deviation", "prepared_by = prepared_by || '{me,zz}'"),
    "another asks for time": (MAKER, "deviation", f"requested_due_at = '{LATE}', extension_requested_by = 'zz'"),
    "nobody asks for time": (MAKER, "deviation", f"requested_due_at = '{LATE}'"),
    "another hands it in": (MAKER, "deviation", "state = 'awaiting_approval', approval_requested_by = 'zz'"),
    "it is closed": (MAKER, "deviation", "state = 'closed'"),
    "the laboratory concludes": (LABORATORY, "proposed", INVALIDATED),
    "the laboratory goes on by itself": (LABORATORY, "oos", "state = 'phase_2', phase_2_reason = 'r'"),
    "the maker proposes": (MAKER, "oos", f"{PROPOSAL}, invalidation_proposed_by = 'me'"),
    "another proposes": (LABORATORY, "oos", f"{PROPOSAL}, invalidation_proposed_by = 'zz'"),
    "the maker concludes at once": (MAKER, "oos", INVALIDATED),
    "the maker confirms a proposal": (MAKER, "proposed", "state = 'concluded', conclusion = 'confirmed'"),
    "the maker says that it is invalid": (MAKER, "oos", "conclusion = 'invalidated'"),
    "the laboratory says that it is invalid": (LABORATORY, "oos", "conclusion = 'invalidated'"),
    "the maker's evidence": (MAKER, "proposed", "evidence = 'x'"),
    "the maker plans": (MAKER, "oos", f"{PLAN}, retests_planned_by = 'me'"),
    "another plans": (LABORATORY, "oos", f"{PLAN}, retests_planned_by = 'zz'"),
    "the laboratory plans anew": (LABORATORY, "proposed", f"{PLAN}, retests_planned_by = 'me'"),
    "the laboratory plans anew in phase 1": (LABORATORY, "planned", f"{PLAN}, retests_planned_by = 'me'"),
    "the laboratory drops its plan": (LABORATORY, "planned", NO_PLAN),
    "the maker returns a plan and leaves some of it": (MAKER, "planned", NO_PLAN.replace("original_analyst", "cause")),
    "the laboratory proposes without a plan": (LABORATORY, "oos", f"{PROPOSAL}, invalidation_proposed_by = 'me'"),
    "the laboratory says that it had none to make": (LABORATORY, "oos", "without_plan = true"),
    "it is cancelled and nobody proposed that": (MAKER, "deviation", "state = 'cancelled', cancelled_at = now()"),
    "the maker proposes to cancel": (MAKER, "deviation", "cancellation_proposed = true, cancellation_reason = 'r'"),
    "it was told before": (MAKER, "oos", f"notified_at = '{DAY}'"),
}


@pytest.mark.parametrize(("who", "what", "change"), CHANGES.values(), ids=CHANGES)
async def test_a_partner_takes_the_steps_of_its_side(
    records: Records, partners_login: Any, who: str, what: str, change: str
) -> None:
    table = "deviation" if what == "deviation" else "oos_investigation"
    async with partners_login("quality_events", getattr(records.world, who)) as partner:
        assert await partner.run(f"UPDATE {table} SET {change} WHERE id = $1", getattr(records, what)) == "refused"


async def test_who_proposed_or_planned_does_not_approve(records: Records, partners_login: Any, database: Any) -> None:
    approve = f"UPDATE oos_investigation SET {INVALIDATED} WHERE id = $1"
    async with partners_login("quality_events", records.world.maker, "ana") as partner:
        assert await partner.run(approve, records.proposed) == "refused"
    async with database.transaction():
        await database.execute("SELECT set_config('entente.actor', 'migration:x', true)")
        planned = "UPDATE oos_investigation SET retests_planned_by = 'bor' WHERE id = $1"
        await database.execute(planned, records.proposed)
    async with partners_login("quality_events", records.world.maker, "bor") as partner:
        assert await partner.run(approve, records.proposed) == "refused", "he planned what is tested again"
    async with partners_login("quality_events", records.world.maker, "eva") as partner:
        assert await partner.run(approve, records.proposed) == "UPDATE 1"


async def test_a_plan_is_returned_by_its_maker_and_made_anew(records: Records, partners_login: Any) -> None:
    return_it = f"UPDATE oos_investigation SET {NO_PLAN} WHERE id = $1"
    async with partners_login("quality_events", records.world.maker, "ana") as partner:
        assert await partner.run(return_it, records.planned) == "refused", "she planned it"
    async with partners_login("quality_events", records.world.maker) as partner:
        assert await partner.run(return_it, records.planned) == "UPDATE 1"
        laboratory = str(records.world.laboratory)
        await partner.connection.execute("SELECT set_config('entente.tenant', $1, true)", laboratory)
        anew = f"UPDATE oos_investigation SET {PLAN}, retests_planned_by = 'me' WHERE id = $1"
        assert await partner.run(anew, records.planned) == "UPDATE 1"
        propose = f"{PROPOSAL}, invalidation_proposed_by = 'me', return_reason = NULL"
        propose = f"UPDATE oos_investigation SET {propose} WHERE id = $1"
        assert await partner.run(propose, records.planned) == "UPDATE 1"


async def test_what_hangs_on_a_record_is_held_too(records: Records, partners_login: Any) -> None:
    maker, deviation, batch = records.world.maker, records.new_deviation(), records.new_batch()
    lot = {"id": uuid4(), "lot_id": uuid4(), "number": "1", "material": "m", "site_id": records.world.site}
    async with partners_login("quality_events", maker) as partner:
        assert await partner.insert("deviation", deviation) == "INSERT 0 1"
        assert await partner.insert("batch", batch) == "INSERT 0 1"
        new = lot | {"deviation_id": deviation["id"], "partner_id": maker}
        for other in ({"partner_id": RIVAL}, {"impact": "none"}, {"deviation_id": records.deviation}):
            assert await partner.insert("deviation_lot", new | other) == "refused"
        assert await partner.insert("deviation_lot", new) == "INSERT 0 1"
        assert await partner.run("UPDATE deviation_lot SET impact = 'x' WHERE id = $1", lot["id"]) == "refused"
        part = {**lot, "batch_id": batch["id"], "source": "person/me", "revision": 1}
        assert await partner.insert("batch_input", part) == "refused", "of a batch that nobody began"


FACT = """
INSERT INTO outbox (id, type, topic, key, time, sequence, correlation_id, parties, data)
VALUES (gen_random_uuid(), $1, $2, $3, now(), 1, '', $4, $5)
"""

FACT_AGAIN = FACT.replace("now(), 1", "now(), 2")
MANUFACTURED = """
UPDATE batch SET state = 'manufactured', completed_at = '2026-03', completed_on = '2026-03-01', version = version + 1,
       completion_source = 'person/me', completion_revision = 1, updated_at = now(),
       awaited_side = NULL, awaited_partner_id = NULL, awaited_since = NULL
WHERE id = $1
"""


async def test_a_partner_tells_what_it_did(records: Records, partners_login: Any) -> None:
    maker, batch, deviation = str(records.world.maker), records.new_batch(), records.new_deviation()
    id = str(batch["id"])

    def told(type: str = "BatchStarted", topic: str = "batch", parties: str = maker, **data: Any) -> list[str]:
        lot = {"id": batch["lot_id"], "partner_id": maker} | data.pop("lot", {})
        body = json.dumps({f"{topic}_id": id, "lot": lot} | data, default=str)
        return [f"io.entente.{type}.v1", f"quality-events.{topic}", id, parties, body]

    invented = [
        told(lot={"partner_id": RIVAL}),
        told(lot={"id": uuid4()}),
        told(parties=",".join(sorted([maker, str(RIVAL)]))),
        told(type="BatchManufactured"),
        told(type="PartnerStatusChanged"),
        told(type="SpecificationApproved"),
        told(topic="no-such-topic"),
        told(topic="deviation"),
        told(site_id=RIVALS_SITE),
    ]
    async with partners_login("quality_events", records.world.maker) as partner:
        assert await partner.run(FACT, *told()) == "refused", "there is no such batch"
        assert await partner.insert("batch", batch) == "INSERT 0 1"
        assert [await partner.run(FACT, *each) for each in invented] == ["refused"] * len(invented)
        assert await partner.run(FACT, *told()) == "INSERT 0 1"
        assert await partner.run(MANUFACTURED, batch["id"]) == "UPDATE 1"
        for moment in ("2026-04", "2026-03-01", "2026-03-01T00:00:00Z", None):
            assert await partner.run(FACT_AGAIN, *told("BatchManufactured", completed_at=moment)) == "refused"
        assert await partner.run(FACT_AGAIN, *told("BatchManufactured", completed_at="2026-03")) == "INSERT 0 1"
        id = str(deviation["id"])
        assert await partner.insert("deviation", deviation) == "INSERT 0 1"
        assert await partner.run(FACT, *told("DeviationClosed", "deviation")) == "refused"
        for false in ({"batch_ids": [RIVALS_BATCH]}, {"due_at": LATE}, {"title": "x"}, {"historic": True}):
            assert await partner.run(FACT, *told("DeviationRaised", "deviation", **false)) == "refused"
        of_the_record: dict[str, Any] = {"due_at": DUE, "title": "t", "batch_ids": [], "occurred_at": LATE}
        assert await partner.run(FACT, *told("DeviationRaised", "deviation", **of_the_record)) == "INSERT 0 1"


async def test_a_conclusion_is_told_by_who_concludes(records: Records, partners_login: Any) -> None:
    id, world = str(records.oos), records.world
    parties = ",".join(sorted([str(world.maker), str(world.laboratory)]))
    body = {"investigation_id": id, "conclusion": "invalidated"}
    fact = ["io.entente.OosConcluded.v1", "quality-events.oos-investigation", id, parties, json.dumps(body)]
    plan = f"UPDATE oos_investigation SET {PLAN}, retests_planned_by = 'me'"
    propose = f"UPDATE oos_investigation SET {PROPOSAL}, invalidation_proposed_by = 'me', version = version + 1"
    async with partners_login("quality_events", world.laboratory) as partner:
        for step in (plan, propose):
            assert await partner.run(f"{step} WHERE id = $1", records.oos) == "UPDATE 1"
        next_version = await partner.connection.fetchval(
            "SELECT version FROM oos_investigation WHERE id = $1", records.oos
        )
        assert await partner.run(FACT.replace("now(), 1", f"now(), {next_version}"), *fact) == "refused"
