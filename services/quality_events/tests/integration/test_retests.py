"""A laboratory plans its retests, tests, and only then proposes that it erred."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from contracts.partner_feeds import ResultRole, TestStage
from contracts.sample_tracking import EvaluatedResult, Evaluation, ResultsReported

PROVEN = {"cause": "bad pipette", "evidence": "calibration 2026-117 failed"}


def retest(world: Any, lot: Any, laboratory: UUID | None = None) -> ResultsReported:
    """A retest that is made now."""
    passed: dict[str, Any] = {"value": 91, "unit": "%", "evaluation": Evaluation.passed}
    one = EvaluatedResult(result_id=uuid7(), test="dissolution_min", role=ResultRole.retest, **passed)
    return ResultsReported(
        lot=lot,
        stage=TestStage.release,
        laboratory_site_id=world.laboratory_site,
        laboratory_partner_id=laboratory or world.laboratory,
        results=(one,),
        occurred_at=datetime.now(UTC),
    )


async def test_a_retest_outside_of_the_plan_is_flagged_and_one_of_the_plan_is_awaited(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot = world.lot()
    await bus.publish(retest(world, lot))  # before anybody heard of the result that it repeats
    await bus.publish(world.oos(lot))
    path = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"

    async def tests(reader: Any, count: int) -> Any:
        async def look() -> Any:
            read = (await reader.get(path)).json()
            return read if len(read["further_tests"]) == count else None

        return await eventually(look)

    async with (
        service.as_("partner_lab", partner_id=world.laboratory) as laboratory,
        service.as_("partner_quality", partner_id=world.maker) as maker,
        service.as_("partner_lab", partner_id=world.maker) as makers_laboratory,
    ):
        bare = await laboratory.post(f"{path}/invalidation-proposal", json=PROVEN)
        assert (bare.status_code, "retest-plan" in bare.json()["detail"]) == (409, True)
        plan = {"retests": 1, "original_analyst": "Ana Novak", "analysts": ["ana novak"]}
        own = await laboratory.post(f"{path}/retest-plan", json=plan)
        assert (own.status_code, "another analyst" in own.text) == (422, True)
        plan |= {"analysts": ["Bor Kos"]}
        assert (await makers_laboratory.post(f"{path}/retest-plan", json=plan)).status_code == 403
        planned = await laboratory.done(f"{path}/retest-plan", plan)
        assert (planned["retests_missing"], planned["waiting_for"]["partner_id"]) == (1, str(world.laboratory))
        assert [test["planned"] for test in (await tests(laboratory, 1))["further_tests"]] == [False]
        early = await laboratory.post(f"{path}/invalidation-proposal", json=PROVEN)
        assert (early.status_code, early.json()["missing"]) == (409, ["1 retest"])
        await bus.publish(retest(world, lot, uuid4()))  # another laboratory's is nobody's business here
        await bus.publish(retest(world, lot), retest(world, lot))
        for reader in (laboratory, maker, service.client):
            read = await tests(reader, 3)
            assert [test["planned"] for test in read["further_tests"]] == [False, True, False]
        changed = await laboratory.post(f"{path}/retest-plan", json=plan | {"retests": 2})
        assert (changed.status_code, "the plan stands" in changed.json()["detail"]) == (409, True)
        assert (await laboratory.done(f"{path}/invalidation-proposal", PROVEN))["state"] == "awaiting_approval"
