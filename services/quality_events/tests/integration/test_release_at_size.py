"""Readiness and its guard in the database: one statement however much went in, and nothing for a stranger."""

import time
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from uuid_utils.compat import uuid7

from contracts.partner_feeds import MaterialLot, TestStage
from contracts.sample_tracking import EvaluatedResult, Evaluation, ResultsReported
from tests.releasing import disposition, qualified, readiness, registered, specified

INDEXED = ("batch", "batch_input", "known_fact", "deviation_lot", "oos_investigation", "disposition", "batch_stage")


def many(world: Any, lot: Any) -> list[ResultsReported]:
    """Two thousand results of a lot, in twenty sets."""
    results = [
        EvaluatedResult.model_validate(
            {"result_id": uuid7(), "test": f"t-{at}", "value": "1", "unit": "%", "evaluation": Evaluation.passed}
        )
        for at in range(2000)
    ]
    return [
        ResultsReported(
            lot=lot, stage=TestStage.release, laboratory_site_id=world.laboratory_site,
            laboratory_partner_id=world.laboratory, results=tuple(results[at : at + 100]), occurred_at="2018-12-03",
        )
        for at in range(0, 2000, 100)
    ]  # fmt: skip


async def test_many_inputs_and_results_are_one_question(
    bus: Any, service: Any, known: Any, found: Any, database: Any
) -> None:
    lot, parents = known.lot(), [known.lot(f"I-{at}-{uuid4().hex[:6]}") for at in range(500)]
    named = tuple(MaterialLot(material=each.material, number=each.number) for each in parents)
    facts = [qualified(known, known.site, "drug_product"), registered(known, "US"), specified(known)]
    await bus.publish(known.start(lot, inputs=named), known.completion(lot), *facts, *many(known, lot))
    batch = await found("batches", lot=lot.number, state="manufactured")
    kept = "SELECT count(*) FROM known_fact WHERE about = $1"

    async def all_there() -> bool:
        return bool(await database.fetchval(kept, str(lot.id)) == 20)

    await bus.eventually(all_there)
    took = []  # of this process's time, for others share the machine; the least, for its consumers share the process
    for _ in range(10):
        begun = time.process_time()
        one = await readiness(service.client, batch["id"], "US")
        took.append(time.process_time() - begun)
    assert "inputs_released" in one["blocking"]
    assert min(took) < 0.2, took
    async with database.transaction():  # where an index serves, no table is read through
        await database.execute("SET LOCAL enable_seqscan = off")
        await database.fetchval("SELECT batch_dossier($1)", UUID(batch["id"]))
        read = await database.fetch("SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables")
    through = {row["relname"]: row["seq_tup_read"] for row in read if row["relname"] in INDEXED}
    assert through == dict.fromkeys(INDEXED, 0)


LIES = {
    "it confirms in the name of another": "state = 'confirmed', confirmed_by = 'other', confirmed_at = now()",
    "it releases": "state = 'released', decided_at = now()",
    "it stays open and was confirmed": "confirmed_by = 'me', confirmed_at = now()",
    "right the first time": "state = 'confirmed', confirmed_by = 'me', right_first_time = true",
    "another market": "state = 'confirmed', confirmed_by = 'me', market = 'US'",
}


@pytest_asyncio.fixture
async def opened(bus: Any, service: Any, known: Any, found: Any) -> tuple[UUID, UUID]:
    """A batch for one market and its disposition."""
    lot = known.lot()
    await bus.publish(known.start(lot), known.completion(lot))
    batch = await found("batches", lot=lot.number, state="manufactured")
    await service.client.done(f"/batches/{batch['id']}/intent", {"markets": ["AT"]})
    path = await disposition(service.client, batch["id"], "AT")
    return UUID(batch["id"]), UUID(path.rpartition("/")[2])


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_a_partners_login_decides_nothing(opened: Any, known: Any, partners_login: Any, lie: str) -> None:
    change = f"UPDATE disposition SET version = version + 1, {lie} WHERE id = $1"
    async with partners_login("quality_events", known.maker) as partner:
        assert await partner.run(change, opened[1]) == "refused"


async def test_a_stranger_learns_nothing_of_a_batch(opened: Any, known: Any, partners_login: Any) -> None:
    for partner_id, sees in ((known.maker, True), (known.laboratory, False)):
        async with partners_login("quality_events", partner_id) as partner:
            for table in ("known_fact", "readiness_statement", "disposition_decision"):
                assert await partner.run(f"SELECT 1 FROM {table}") == "refused"
            found = await partner.connection.fetchval("SELECT batch_dossier($1)", opened[0])
            assert (found is not None) is sees
