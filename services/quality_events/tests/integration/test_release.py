"""A batch on its way to two markets: what stands against it, who may decide, and what is told."""

import asyncio
import hashlib
import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest_asyncio

from contracts.dispositions import BatchConfirmed, BatchRecalled, BatchRejected, BatchReleased, DispositionReasoned
from quality_events.holds.commands import place
from quality_events.holds.schemas import PlaceHold
from runtime.database import Context
from runtime.principal import worker
from tests.releasing import (
    all_that_blocks_says_since_when,
    decision,
    disposition,
    made,
    named,
    qualified,
    readiness,
    registered,
    settled,
    specified,
    stated,
    usual,
)


def of(world: Any, regime: str = "eu_eea") -> dict[str, Any]:
    """The register of who holds the registrations."""
    return {"legal_entity": f"Holder {world.code}", "regime": regime}


@pytest_asyncio.fixture
async def quality(service: Any) -> Any:
    """Somebody of the sponsor's quality who states, and releases nothing."""
    async with service.as_("quality", subject="stater") as client:
        yield client


async def test_nothing_is_released_while_facts_are_read_once_more(
    bus: Any, known: Any, service: Any, found: Any, quality: Any, database: Any
) -> None:
    """As after an upgrade that keeps more of results: until they are read again, one that fails may not be known."""
    id, _ = await made(bus, known, service, found, *usual(known, "US"), markets=("US",))
    await stated(quality, id, "US")
    await settled(bus, quality, id, "US")
    us, begin_anew = await disposition(quality, id, "US"), "UPDATE handled SET registered = $1 WHERE type = $2"
    await database.execute(begin_anew, False, results := "io.entente.ResultsReported.v1")
    try:
        waits = await settled(bus, quality, id, "US", "facts_read")
        assert waits["by_name"]["facts_read"]["why"].startswith(f"{results} is being read again")
        refused = await service.client.post(f"{us}/release", json=await decision(quality, id, "US"))
        assert (refused.status_code, refused.json()["missing"]) == (409, ["facts_read"])
    finally:
        await database.execute(begin_anew, True, results)
    released = await service.client.done(f"{us}/release", await decision(quality, id, "US"))
    assert released["state"] == "released"


async def test_released_in_one_market_and_rejected_in_the_other(
    bus: Any, known: Any, service: Any, found: Any, quality: Any, printed: Any
) -> None:
    world, qp = known, f"qp-{known.code}"
    facts = [*usual(world, "AT", "US"), named(world, qp)]
    id, lot = await made(bus, world, service, found, *facts, markets=("AT", "US"))
    for market in ("AT", "US"):
        await stated(quality, id, market)
    waits = await settled(bus, quality, id, "AT", "confirmations")
    assert (waits["by_name"]["confirmations"]["owner"], waits["ready"]) == ("maker", False)
    await all_that_blocks_says_since_when(quality, id, "AT", "JP")
    at = await disposition(quality, id, "AT")
    async with service.as_("partner_quality", partner_id=world.maker, subject="ana") as maker:
        seen = await readiness(maker, id, "AT")
        assert (seen["digest"], seen["by_name"]["samples_retained"]["why"]) == (None, "it holds")
        await maker.done(f"{at}/confirmation", {"stages": ["making"], "deviations": []})
        assert (await maker.get(f"{at}/decisions")).status_code == 403
        elsewhere = await maker.get(f"/batches/{id}/readiness", params={"market": "JP"})
        assert (elsewhere.status_code, "REG-" in elsewhere.text) == (404, False), "where else it is registered"
    body = await decision(quality, id, "AT")
    async with service.as_("qp", subject=qp) as person, service.as_("qp", subject="other") as other:
        refused = await other.post(f"{at}/release", json=body)
        assert (refused.status_code, "on no authorisation" in refused.json()["detail"]) == (403, True), refused.text
        stale = await person.post(f"{at}/release", json=body | {"readiness_digest": "0" * 64})
        assert (stale.status_code, stale.json()["readiness_digest"]) == (409, body["readiness_digest"])
        read = (await person.post(f"{at}/release", json=body, auth=None)).json()["text"].splitlines()
        assert read[0] == f"{qp} signs: the batch is released to the market"
        said = {"market: AT", "confirmed stages: making", "confirmed deviations: none"}
        assert said | {f"lot: {lot.number} {lot.material}"} < {*read}, read
        digest = body["readiness_digest"]
        assert read[-1] == f"given: justification: all is met; readiness digest: {digest}; weighed: none"
        released = await person.done(f"{at}/release", body)
    assert (released["state"], released["right_first_time"]) == ("released", None)
    assert (await readiness(quality, id, "AT"))["disposition"]["state"] == "released"
    us = await disposition(quality, id, "US")
    assert (await quality.post(f"{us}/rejection", json=await decision(quality, id, "US"))).status_code == 403
    rejected = await service.client.done(f"{us}/rejection", await decision(quality, id, "US"))
    assert (rejected["state"], rejected["right_first_time"]) == ("rejected", False)
    assert (await quality.get(f"/batches/{id}")).json()["state"] == "dispositioned"
    (entry,) = (await quality.get(f"{at}/decisions")).json()["items"]
    assert (entry["register_number"], entry["legal_entity"]) == (1, f"Holder {world.code}")
    assert (
        hashlib.sha256(entry["readiness"].encode()).hexdigest() == entry["readiness_digest"] == body["readiness_digest"]
    )
    await only_the_sponsor_reads_the_register(world, service, printed, at, lot.number)
    (fact,) = await bus.told(BatchReleased, batch_id=UUID(id))
    assert (fact.market, fact.register_number, fact.readiness_digest) == ("AT", None, None)
    assert len(await bus.told(BatchRejected, batch_id=UUID(id))) == 1
    assert (await bus.told(BatchConfirmed, batch_id=UUID(id)))[0].stages == ("making",)
    (reasoned,) = await bus.told(DispositionReasoned, batch_id=UUID(id), product_id=known.product, market="AT")
    assert (reasoned.justification, reasoned.legal_entity) == ("all is met", f"Holder {world.code}")
    assert (reasoned.register_number, reasoned.readiness_digest) == (1, body["readiness_digest"])
    await recalled(service, id, mock=True)
    assert (await quality.get(at)).json()["state"] == "released", "an exercise withdraws nothing"
    await recalled(service, id)
    assert [(await quality.get(each)).json()["state"] for each in (at, us)] == ["withdrawn", "rejected"]
    (fact,) = await bus.told(BatchRecalled, batch_id=UUID(id))
    assert (fact.market, fact.decision, fact.lot.number) == ("AT", "withdrawn", lot.number)
    (held,) = (await quality.get("/batch-holds", params={"batch_id": id, "state": "open"})).json()["items"]
    assert (held["markets"], held["reason"].startswith("RCL-")) == (["AT", "US"], True), "and nothing of it follows"


async def only_the_sponsor_reads_the_register(world: Any, service: Any, printed: Any, at: str, lot: str) -> None:
    """On paper, in the lists, and by what a list is asked for."""
    day = (await service.client.get(at)).json()["decided_at"][:10]
    decided = of(world) | {"lot": lot, "decided_from": day, "decided_to": day, "product_id": str(world.product)}
    paper = await printed(service.client, at)
    (entry,) = (await service.client.get(f"{at}/decisions")).json()["items"]
    one_line = "".join(paper.split())
    by = f"Dr. {entry['decided_by']} ("
    known = [f"Holder {world.code}", "all is met", f"QP-qp-{world.code}", f"product {world.code} Tablets"]
    known += [entry["readiness_digest"], f"{by}{entry['decided_by']}), QP-", "authorisation A-1 of"]
    conditions = json.loads(entry["readiness"])["conditions"]
    assert [each for each in known if "".join(each.split()) not in one_line] == []
    assert [each["name"] for each in conditions if "".join(each["name"].split("_")) not in one_line] == []
    assert one_line.count("".join(by.split())) == 2, "in the register and under the signature"
    (listed,) = (await service.client.get("/dispositions", params=decided)).json()["items"]
    assert (listed["market"], listed["batch"]["number"]) == ("AT", lot)
    refused = await service.client.get("/dispositions", params=decided | {"decided_to": "2018-01-01"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "query.decided_from")
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        paper = await printed(maker, at)
        assert (lot in paper, "all is met" in paper, "Register" in paper) == (True, False, False)
        assert [
            each for each in ("A-1", "Dr.", "samples retained", entry["readiness_digest"][:16]) if each in paper
        ] == []
        assert (await maker.get("/batch-registers/lines", params=of(world))).status_code == 403
        assert (await maker.get("/dispositions", params=decided)).json()["items"] == []
        await who_prepared_it_is_the_sponsors(service.client, maker, at)


async def who_prepared_it_is_the_sponsors(sponsor: Any, maker: Any, at: str) -> None:
    """In the history and in the audit: neither the column, nor a line that says nothing else."""
    for path in (f"{at}/history", f"/audit/{at.rpartition('/')[2]}"):
        whole, theirs = [(await client.get(path)).json()["items"] for client in (sponsor, maker)]
        assert "prepared_by" in str(whole), "who stated what no fact tells does not decide"
        assert not {"prepared_by", "parties", "decided_by"} & {
            change["field"] for entry in theirs for change in entry["changes"]
        }
        assert "stater" not in str(theirs), theirs
        assert len(whole) - len(theirs) == sum(
            {change["field"] for change in each["changes"]} == {"prepared_by"} for each in whole
        )
        told = [fact["type"].split(".")[-2] for entry in theirs for fact in entry.get("facts", ())]
        assert told in ([], ["BallHeld", "BatchConfirmed", "BallHeld", "BatchReleased", "BallHeld"]), told


async def recalled(service: Any, id: str, *, mock: bool = False) -> None:
    """The batch is recalled from both markets."""
    markets = [{"market": "AT", "regime": "eu_eea"}, {"market": "US", "regime": "us"}]
    body = {"batch_ids": [id], "markets": markets, "classification": "I", "depth": "consumer", "mock": mock}
    async with service.as_("qp", subject="eva") as eva:
        recall = await eva.done("/recalls", body | {"cause": "impurity", "health_hazard": "it may harm"})
    for role in ("quality", "regulatory"):
        async with service.as_(role, subject=f"of {role}") as person:
            await person.done(f"/recalls/{recall['id']}/{role}-approval")


async def test_what_a_site_was_on_the_day_of_its_work_decides(
    bus: Any, known: Any, service: Any, found: Any, quality: Any, database: Any
) -> None:
    world = known
    late = qualified(world, world.site, "drug_product", valid_from=date(2018, 12, 15))
    facts = [late, qualified(world, world.laboratory_site, "testing"), specified(world), registered(world, "US")]
    id, _ = await made(bus, world, service, found, *facts, markets=("US",))
    await stated(quality, id, "US")
    one = await settled(bus, quality, id, "US", "site_qualified")
    assert "not qualified for" in one["by_name"]["site_qualified"]["why"]
    before = qualified(world, world.site, "drug_product")
    await bus.publish(before)
    one = await settled(bus, quality, id, "US")
    path, body = await disposition(quality, id, "US"), await decision(quality, id, "US")
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'SELECT FROM batch%'"

    async def waiting() -> bool:
        return bool(await database.fetchval(waits))

    async with service.app.state.store.work(Context(worker("quality-events"))) as work:
        hold = await place(work, PlaceHold(batch_id=UUID(id), markets=["US"], reason="a seal is broken"))
        await work.flush()
        asked = asyncio.create_task(service.client.post(f"{path}/release", json=body))
        await bus.eventually(waiting)
    assert ((await asked).status_code, asked.result().json()["fields"]) == (409, ["readiness_digest"])
    await service.client.done(f"/batch-holds/{hold.id}/lifting", {"reason": "it was another batch's"})
    answers = await asyncio.gather(
        service.client.post(f"{path}/release", json=body), service.second.post(f"{path}/release", json=body)
    )
    assert sorted(each.status_code for each in answers) == [200, 409]
    refused = next(each.json() for each in answers if each.status_code == 409)
    assert ("entry 1 of" in refused["detail"], refused["register_number"]) == (True, 1)
    more = body | {"impact": "none was sold"}
    stopped = await service.client.done(f"{path}/stop", more)
    resumed = await service.client.done(f"{path}/resumption", more)
    assert (stopped["state"], resumed["state"]) == ("stopped", "released")
    entries = (await quality.get(f"{path}/decisions")).json()["items"]
    assert [(each["decision"], each["register_number"]) for each in entries] == [
        *(("released", 1), ("stopped", 2), ("resumed", 3))
    ]
    assert (entries[0]["impact"], entries[1]["impact"]) == (None, "none was sold")
    await a_missing_number_is_seen(database, quality, of(world, "us"), entries[1]["id"])


async def a_missing_number_is_seen(database: Any, quality: Any, register: dict[str, Any], second: str) -> None:
    """Somebody takes an entry out, past all code of ours."""
    async with database.transaction():
        await database.execute("SELECT set_config('entente.actor', 'migration:x', true)")
        await database.execute("DELETE FROM disposition_decision WHERE id = $1", second)
    lines: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = register | {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await quality.get("/batch-registers/lines", params=asked)).json()
        lines, cursor = [*lines, *page["items"]], page["next"]
    entered = [(each["number"], each["entry"] and each["entry"]["decision"]) for each in lines]
    assert entered == [(1, "released"), (2, None), (3, "resumed")]
    known = (await quality.get("/batch-registers")).json()["items"]
    (one,) = [each for each in known if each["legal_entity"] == register["legal_entity"]]
    nobodys = await quality.get("/batch-registers/lines", params=register | {"legal_entity": "Nobody"})
    assert (nobodys.json()["items"], nobodys.json()["next"]) == ([], None), (
        "no line is missing of a register that there is not"
    )
    assert (one["entries"], one["last_number"], one["missing"]) == (2, 3, 1)


SAMPLES = {"condition": "samples_retained", "state": "stands"}


async def test_what_is_unknown_or_held_is_refused_whatever_the_way(
    bus: Any, known: Any, service: Any, found: Any, quality: Any
) -> None:
    world = known
    id, _ = await made(bus, world, service, found, *usual(world, "US"), markets=("US", "CH"))
    unknown = ("yield_explained", "inputs_released", "agreement_effective")
    one = await settled(bus, quality, id, "US", *unknown, "excursions_decided", "within_times", "samples_retained")
    path = await disposition(quality, id, "US")
    refused = await service.client.post(f"{path}/release", json=await decision(quality, id, "US"))
    assert (refused.status_code, set(refused.json()["missing"])) == (409, set(one["blocking"]))
    decides = {"batch_id": id, "market": "US", "condition": "registered", "statement": "x", "evidence": "0c" * 32}
    assert (await quality.post("/readiness-statements", json=decides)).status_code == 409
    await stated(quality, id, "US")
    await service.client.done("/batch-holds", {"batch_id": id, "markets": ["US"], "reason": "a seal is broken"})
    again = await quality.post("/readiness-statements", json=decides | {"condition": "samples_retained"})
    (stands,) = (await quality.get("/readiness-statements", params=SAMPLES | {"batch_id": id})).json()["items"]
    assert (again.status_code, again.json()["statement_id"]) == (409, stands["id"])
    assert again.json()["detail"] == f"{stands['number']} states it: withdraw that first (withdrawal)"
    held = await readiness(quality, id, "US")
    assert (held["blocking"], held["by_name"]["not_held"]["owner"]) == (["not_held"], "sponsor")
    body = await decision(quality, id, "US")
    assert (await service.client.post(f"{path}/release", json=body)).status_code == 409
    more = body | {"follow_up_on": "2030-01-01"}
    assert (await service.client.post(f"{path}/release-for-processing", json=more)).status_code == 409
    (statement, *_) = (await quality.get("/readiness-statements", params={"batch_id": id})).json()["items"]
    await quality.done(f"/readiness-statements/{statement['id']}/withdrawal", {"reason": "wrong entry"})
    after = await readiness(quality, id, "US")
    assert statement["condition"] in after["blocking"]
    unsafe = await decision(quality, id, "US", every_market=True)
    await service.client.done(f"{path}/rejection", unsafe)
    states = (await quality.get("/dispositions", params={"batch_id": id})).json()["items"]
    assert [each["state"] for each in states] == ["rejected", "rejected"]


async def test_a_batch_for_no_market_says_so_and_a_rival_nothing(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    lot = known.lot()
    await bus.publish(known.start(lot))
    id = (await found("batches", lot=lot.number))["id"]
    answer = (await service.client.get(f"/batches/{id}/readiness")).json()
    assert (answer["markets"], "for which markets" in answer["unknown"]) == ([], True)
    async with service.as_("partner_quality", partner_id=known.laboratory) as rival:
        assert (await rival.get(f"/batches/{id}/readiness", params={"market": "AT"})).status_code == 404
