"""A result that its investigation found invalid, what amends it after that, and the readiness of its batch."""

from datetime import timedelta
from typing import Any

from contracts import clock
from contracts.sample_tracking import Evaluation
from tests.quality_records import NO_RETESTS
from tests.releasing import readiness, results_of, specified

PROVEN = {"cause": "bad pipette", "evidence": "calibration 2026-117 failed"}
TEST = "dissolution_min"
KEPT = "SELECT count(*) = 2 FROM known_fact WHERE about = $1 AND kind = 'ResultApproved'"


async def test_what_amends_a_result_since_it_was_found_invalid_releases_nothing(
    bus: Any, known: Any, found: Any, service: Any, eventually: Any, database: Any
) -> None:
    lot = known.lot()
    first: Any = results_of(known, lot, TEST, Evaluation.out_of_specification)
    failed = first[0].results[0].result_id
    await bus.publish(known.start(lot), known.completion(lot), specified(known, None, TEST), *first)
    await bus.publish(known.oos(lot, result=failed))
    batch = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    await service.client.done(f"/batches/{batch}/intent", {"markets": ["AT"]})
    path = f"/oos-investigations/{(await found('oos-investigations', result_id=failed))['id']}"
    async with (
        service.as_("partner_lab", partner_id=known.laboratory, subject="lea") as laboratory,
        service.as_("partner_quality", partner_id=known.maker, subject="maja") as maker,
    ):
        await laboratory.done(f"{path}/retest-plan", NO_RETESTS)
        await laboratory.done(f"{path}/invalidation-proposal", PROVEN)
        await maker.done(f"{path}/invalidation-approval")

        async def as_both_read_it(*expected: str) -> bool:
            seen = [(await readiness(reader, batch, "AT"))["by_name"] for reader in (service.client, maker)]
            of_it = ("tests_approved", "specification_met", "oos_concluded")
            return all([one[name]["verdict"] for name in of_it] == [*expected] for one in seen)

        async def lacks_a_retest() -> bool:
            return await as_both_read_it("not_met", "unknown", "met")

        assert await eventually(lacks_a_retest)
        await bus.publish(*results_of(known, lot, TEST, supersedes=failed))

        async def heard() -> bool:
            return bool(await database.fetchval(KEPT, str(lot.id)))

        assert await eventually(heard)
        assert await lacks_a_retest()
        why = (await readiness(maker, batch, "AT"))["by_name"]["tests_approved"]["why"]
        assert why == f"{TEST}: its result was found invalid, and no retest is there"
        reason = {"reason": "new evidence", "evidence": "the log was changed"}
        await service.client.done(f"{path}/reopening", reason)
        assert await as_both_read_it("met", "not_met", "not_met")


async def test_what_amended_a_result_by_its_conclusion_stands(
    bus: Any, known: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot = known.lot()
    first: Any = results_of(known, lot, TEST, Evaluation.out_of_specification)
    failed = first[0].results[0].result_id
    right: Any = results_of(known, lot, TEST, supersedes=failed)
    await bus.publish(known.start(lot), known.completion(lot), specified(known, None, TEST), *first)
    await bus.publish(known.oos(lot, result=failed))
    await bus.publish(*right, time=clock.now() - timedelta(minutes=1))
    batch = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    path = f"/oos-investigations/{(await found('oos-investigations', result_id=failed))['id']}"
    async with service.as_("partner_lab", partner_id=known.laboratory, subject="lea") as laboratory:
        await laboratory.done(f"{path}/retest-plan", NO_RETESTS)
        await laboratory.done(f"{path}/invalidation-proposal", PROVEN | {"cause": "typed wrong"})
    (amendment,) = await eventually(lambda: amended_to(service.client, path))
    assert (amendment["result_id"], amendment["value"]) == (str(right[0].results[0].result_id), "99.1")
    asked = (await service.client.post(f"{path}/invalidation-approval", auth=None)).json()
    assert asked["text"].count("amended to: (evaluation: pass;") == 1, asked["text"]
    await service.client.done(f"{path}/invalidation-approval")

    async def stands() -> bool:
        by_name = (await readiness(service.client, batch, "AT"))["by_name"]
        return [by_name[name]["verdict"] for name in ("tests_approved", "specification_met")] == ["met", "met"]

    assert await eventually(stands)


async def amended_to(client: Any, path: str) -> Any:
    """What who approves reads of it."""
    return (await client.get(path)).json()["amended_to"]
