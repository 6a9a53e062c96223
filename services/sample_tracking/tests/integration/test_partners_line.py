"""What a laboratory's database login can do by itself: no more than the API lets its people do."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from .test_entries import entry, limit

DAY = "2026-03-01T08:00:00Z"
RIVAL, RIVALS_SITE = uuid4(), uuid4()


def result(world: Any, lot: Any, **more: Any) -> dict[str, Any]:
    """A result as its laboratory enters it."""
    world.set_id = getattr(world, "set_id", None) or uuid4()
    made = {"id": uuid4(), "version": 1, "created_at": DAY, "updated_at": DAY, "state": "submitted"}
    of = {"lot_id": lot.id, "lot_number": lot.number, "material": lot.material, "site_id": lot.site_id}
    whose = {"partner_id": world.maker, "parties": [world.maker, world.laboratory]}
    by = {"laboratory_site_id": world.laboratory_site, "laboratory_partner_id": world.laboratory}
    found = {"test": "water", "stage": "release", "role": "original", "value": 1, "unit": "%", "occurred_at": DAY}
    found |= {"evaluation": "pass", "submitted_by": "me", "set_id": world.set_id}
    return made | of | whose | by | found | more


def set_of(world: Any, lot: Any, **more: Any) -> dict[str, Any]:
    """A set of it."""
    entered = result(world, lot)
    its = {name: entered[name] for name in entered.keys() - {"id", "test", "role", "value", "unit", "evaluation"}}
    its = {name: value for name, value in its.items() if name not in ("product_id", "set_id")}
    return its | {"id": world.set_id, "submitted_by": ["me"], "reviewed_by": [], "set_key": f"{uuid4()}"} | more


BEGINNINGS = {
    "approved": {"state": "approved", "approved_by": "qa", "approved_at": DAY},
    "reviewed": {"reviewed_by": "bor", "reviewed_at": DAY},
    "entered by another": {"submitted_by": "zz"},
    "of a feed": {"feed_id": uuid4(), "source_id": "1", "source_revision": 1},
    "for a rival too": {"parties": "more"},
    "of a rival's lot": {"partner_id": RIVAL, "parties": "its"},
    "of a lot that it has nothing to do with": {"lot_id": uuid4()},
    "by a rival's laboratory": {"laboratory_site_id": RIVALS_SITE},
    "in another set": {"stage": "stability"},
}


@pytest.mark.parametrize("other", BEGINNINGS.values(), ids=BEGINNINGS)
async def test_a_result_begins_at_its_beginning(
    known: Any, bus: Any, results: Any, database: Any, partners_login: Any, other: dict[str, Any]
) -> None:
    report = known.report("1.5", test="water")
    await bus.publish(report)
    await results(report.lot, 1)
    site = "INSERT INTO known_site (id, partner_id, number) VALUES ($1, $2, 'S') ON CONFLICT DO NOTHING"
    await database.execute(site, RIVALS_SITE, RIVAL)
    parties = {"more": [known.maker, known.laboratory, RIVAL], "its": [RIVAL, known.laboratory]}
    if "parties" in other:
        other = other | {"parties": parties[other["parties"]]}
    async with partners_login("sample_tracking", known.laboratory) as partner:
        assert await partner.insert("result_set", set_of(known, report.lot)) == "INSERT 0 1"
        assert await partner.insert("result", result(known, report.lot, **other)) == "refused"
        assert await partner.insert("result", result(known, report.lot)) == "INSERT 0 1"
    async with partners_login("sample_tracking", known.maker) as partner:
        assert await partner.insert("result", result(known, report.lot)) == "refused", "it is the laboratory's"


async def test_a_result_is_reviewed_and_approved_by_others(
    tracking: Any, known: Any, bus: Any, results: Any, partners_login: Any
) -> None:
    report = known.report("1.5", test="water")
    await bus.publish(report)
    await results(report.lot, 1)
    entered = result(known, report.lot)
    review = "UPDATE result SET state = 'reviewed', reviewed_by = $2, reviewed_at = now() WHERE id = $1"
    approve = "UPDATE result SET state = 'approved', approved_by = $2, approved_at = now() WHERE id = $1"
    async with partners_login("sample_tracking", known.laboratory) as partner:
        assert await partner.insert("result_set", set_of(known, report.lot, reviewed_by=["bor"])) == "refused"
        assert await partner.insert("result_set", set_of(known, report.lot)) == "INSERT 0 1"
        assert await partner.insert("result", entered) == "INSERT 0 1"
        assert await partner.run(review, entered["id"], "me") == "refused", "who entered it"
        assert await partner.run(review, entered["id"], "bor") == "refused", "in another's name"
        await partner.run("SELECT set_config('entente.actor', 'bor', true)")
        assert await partner.run(approve, entered["id"], "bor") == "refused"
        assert await partner.run(review, entered["id"], "bor") == "UPDATE 1"
        assert await partner.run(approve, entered["id"], "bor") == "refused", "who reviewed it"
        of_the_set = "UPDATE result_set SET state = 'reviewed', reviewed_by = $2, reviewed_at = now() WHERE id = $1"
        assert await partner.run(of_the_set, known.set_id, ["me", "bor"]) == "refused", "another's name too"
        assert await partner.run(of_the_set, known.set_id, ["bor"]) == "UPDATE 1"


FACT = """
INSERT INTO outbox (id, type, topic, key, time, sequence, correlation_id, parties, data)
VALUES (gen_random_uuid(), $1, 'sample-tracking.result', $2, now(), 1, '', $3, $4)
"""


async def test_a_laboratory_tells_of_its_result(known: Any, bus: Any, results: Any, partners_login: Any) -> None:
    report = known.report("1.5", test="water")
    await bus.publish(report)
    await results(report.lot, 1)
    entered = result(known, report.lot)
    parties = ",".join(sorted(map(str, entered["parties"])))
    body = {"lot": {"id": report.lot.id, "partner_id": known.maker}, "laboratory_partner_id": known.laboratory}

    async with partners_login("sample_tracking", known.laboratory) as partner:

        async def tells(type: str) -> str:
            data = json.dumps(body | {"result_id": entered["id"]}, default=str)
            return str(await partner.run(FACT, f"io.entente.{type}.v1", str(entered["id"]), parties, data))

        async def tells_set(*results: Any, key: Any = report.lot.id, parties: str = parties, **other: Any) -> str:
            each = [{"result_id": entered["id"]} | result if isinstance(result, dict) else result for result in results]
            data = json.dumps(body | {"results": each} | other, default=str)
            return str(await partner.run(FACT, "io.entente.ResultsReported.v1", str(key), parties, data))

        assert await tells_set({}) == "refused", "there is no such result"
        assert await partner.insert("result_set", set_of(known, report.lot)) == "INSERT 0 1"
        assert await partner.insert("result", entered) == "INSERT 0 1"
        second = result(known, report.lot, value=3)
        assert await partner.insert("result", second) == "INSERT 0 1"
        own = {"value": "1.0", "evaluation": "pass"}
        assert await tells_set(own) == "INSERT 0 1"
        assert await tells_set(own, {"result_id": second["id"], "value": "3"}) == "INSERT 0 1"
        assert await tells_set(own, {"result_id": second["id"], "value": "1"}) == "refused", "each is looked at"
        assert await tells_set(own, {"result_id": uuid4()}) == "refused"
        assert await tells_set() == "refused"
        assert await tells_set(own, "a result") == "refused"
        assert await tells_set({"value": "2"}) == "refused"
        assert await tells_set({"value": "2"}, value="1.0") == "refused", "in two places"
        assert await tells_set({"lot": body["lot"]}, lot={"id": uuid4(), "partner_id": known.maker}) == "refused"
        assert await tells_set(own, key=entered["id"]) == "refused", "the key is the lot's"
        assert await tells_set(own, key=uuid4()) == "refused"
        assert await tells_set({"evaluation": "not_evaluated"}) == "refused"
        assert await tells_set(own, parties=str(known.laboratory)) == "refused"
        assert await tells_set(own, laboratory_partner_id=RIVAL) == "refused"
        assert await tells("OosDetected") == "refused", "it is not"
        assert await tells("ResultApproved") == "refused", "nobody approved it"
        assert await tells("SpecificationApproved") == "refused"


async def test_a_result_is_superseded_by_its_amendment_and_by_nothing_else(
    tracking: Any, known: Any, specify: Any, partners_login: Any
) -> None:
    await specify(known.code, limit())
    petra = tracking.as_("lab", subject="petra")
    body = entry(known, "39")
    failed, another = await petra.done("/results", body), await petra.done("/results", entry(known, "93"))
    beside = await petra.done("/results", body | {"test": "water", "value": "5"})
    twin = await petra.done("/results", body | {"role": "retest", "value": "94"})
    amend = "UPDATE result SET version = version + 1, superseded_by = $2, awaited_side = NULL, "
    amend += "awaited_partner_id = NULL, awaited_since = NULL WHERE id = $1"

    async def supersede(partner: Any, id: str, by: str) -> str:
        """What becomes of it, at the latest at the end of the transaction."""
        done = str(await partner.run(amend, UUID(id), UUID(by)))
        ended = await partner.run("SET CONSTRAINTS ALL IMMEDIATE")
        return done if ended == "SET CONSTRAINTS" else str(ended)

    for other in (failed, another, beside, twin):
        async with partners_login("sample_tracking", known.laboratory) as partner:
            assert await supersede(partner, failed["id"], other["id"]) == "refused", other["test"]
    said = {"reason": "two digits were swapped", "value": "93", "unit": "%"}
    ana = tracking.as_("partner_lab", partner_id=known.laboratory, subject="ana")
    amended = await ana.done(f"/results/{failed['id']}/amendment", said)
    last = await ana.done(f"/results/{amended['id']}/amendment", said | {"value": "92"})
    for amendment in (amended, last):
        async with partners_login("sample_tracking", known.laboratory) as partner:
            assert await supersede(partner, last["id"], amendment["id"]) == "refused", "in a circle"
            assert await supersede(partner, twin["id"], amendment["id"]) == "refused", "it amends another"
