"""A laboratory plans its retests, tests, and only then proposes that it erred."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from contracts.partner_feeds import ResultRole, StabilityPoint, TestStage
from contracts.sample_tracking import EvaluatedResult, Evaluation, ResultsReported
from tests.quality_records import NO_RETESTS

PROVEN = {"cause": "bad pipette", "evidence": "calibration 2026-117 failed"}


def retest(world: Any, lot: Any, laboratory: UUID | None = None, **more: Any) -> ResultsReported:
    """A retest that is made now."""
    passed: dict[str, Any] = {"value": 91, "unit": "%", "evaluation": Evaluation.passed, "result_id": uuid7()}
    one = EvaluatedResult(**{"test": "dissolution_min", "role": ResultRole.retest, **passed, **more})
    return ResultsReported(
        lot=lot,
        stage=TestStage.release,
        laboratory_site_id=world.laboratory_site,
        laboratory_partner_id=laboratory or world.laboratory,
        results=(one,),
        occurred_at=datetime.now(UTC),
    )


def withdrawn(world: Any, lot: Any, before: UUID) -> ResultsReported:
    """What a laboratory's system says of a result that it withdraws."""
    nothing: dict[str, Any] = {"value": None, "role": ResultRole.original, "evaluation": Evaluation.not_evaluated}
    return retest(world, lot, supersedes=before, voided=True, **nothing)


async def test_a_retest_outside_of_the_plan_is_flagged_and_one_of_the_plan_is_awaited(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any, printed: Any
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
        await bus.publish(retest(world, lot), retest(world, lot, role=ResultRole.repeat))
        for reader in (laboratory, maker, service.client):
            read = await tests(reader, 3)
            assert [test["planned"] for test in read["further_tests"]] == [False, True, False]
        changed = await laboratory.post(f"{path}/retest-plan", json=plan | {"retests": 2})
        assert (changed.status_code, "the plan stands" in changed.json()["detail"]) == (409, True)
        outside = [test["result_id"] for test in read["further_tests"] if not test["planned"]]
        silent = await laboratory.post(f"{path}/invalidation-proposal", json=PROVEN)
        assert (silent.status_code, silent.json()["fields"]) == (409, ["explained"])
        assert all(id in silent.json()["detail"] for id in outside)
        explained = [{"result_id": id, "reason": "the flask cracked"} for id in outside]
        proposed = await laboratory.done(f"{path}/invalidation-proposal", PROVEN | {"explained": explained})
        asked = (await maker.post(f"{path}/invalidation-approval", auth=None)).json()
        read = {
            name: said for line in asked["text"].splitlines() if ": " in line for name, said in [line.split(": ", 1)]
        }
        numbers = [read[name] for name in ("retests planned", "resamples planned", "not reported of the plan")]
        assert (numbers, read["tested again"].count("reason: the flask cracked")) == (["1", "0", "0"], 2)
        await on_paper(printed, maker, path, read["tested again"])
        (first,) = (test["result_id"] for test in proposed["further_tests"] if test["planned"])
        await bus.publish(withdrawn(world, lot, UUID(first)))
        gone = await eventually(lambda: is_voided(maker, path))
        assert (gone["role"], gone["planned"], gone["reason"]) == ("retest", True, None)
        missing = await maker.post(f"{path}/invalidation-approval")
        assert (missing.status_code, missing.json()["missing"]) == (409, ["1 retest"])
        back = await maker.done(f"{path}/invalidation-return", {"reason": "a retest was withdrawn"})
        assert (back["retests_missing"], [test["reason"] for test in back["further_tests"]]) == (1, [None] * 3)


async def on_paper(printed: Any, reader: Any, path: str, signed: str) -> None:
    """Who approves reads what each retest gave, and why two of three were not planned."""
    record = (await reader.get(path)).json()
    given = [[test[name] for name in ("value", "unit", "evaluation")] for test in record["further_tests"]]
    assert (record["state"], given) == ("awaiting_approval", [["91", "%", "pass"]] * 3)
    assert signed.count("unit: %; value: 91") == 3, signed
    paper = " ".join((await printed(reader, path)).split())
    assert (paper.count("91 % pass"), paper.count("the flask cracked")) == (3, 2), paper


async def is_voided(reader: Any, path: str) -> Any:
    """The one further test that its laboratory withdrew, once there is one."""
    tests = (await reader.get(path)).json()["further_tests"]
    return next((test for test in tests if test["voided_at"]), None)


async def test_a_plan_is_returned_by_another_person(bus: Any, world: Any, found: Any, service: Any) -> None:
    lot = world.lot()
    await bus.publish(world.oos(lot))
    path = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"
    both = {"partner_id": world.laboratory, "subject": "lea"}
    async with (
        service.as_("partner_lab", **both) as laboratory,
        service.as_("partner_quality", partner_id=world.maker) as maker,
    ):
        await laboratory.done(f"{path}/retest-plan", NO_RETESTS)
        back = await maker.done(f"{path}/retest-plan-return", {"reason": "why none?"})
        assert (back["retests_planned_at"], back["no_retests_reason"], back["return_reason"]) == (
            None,
            None,
            "why none?",
        )
        again = await laboratory.done(f"{path}/retest-plan", NO_RETESTS)
        assert "retest-plan" not in {each["path"].rpartition("/")[2] for each in again["allowed"]}


async def test_a_later_pull_of_a_study_is_no_further_test_of_an_earlier_one(
    bus: Any, known: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot, own = known.lot(), uuid7()

    def pulled(months: int | None, **more: Any) -> ResultsReported:
        point = None if months is None else StabilityPoint(months=months)
        told = retest(known, lot, role=ResultRole.original, stability=point, **more)
        return told.model_copy(update={"stage": TestStage.stability})

    oos = known.oos(lot, result=own).model_copy(update={"stage": TestStage.stability})
    later, unknown, same = (pulled(months) for months in (18, None, 12))
    await bus.publish(pulled(12, result_id=own, evaluation=Evaluation.out_of_specification), oos)
    path = f"/oos-investigations/{(await found('oos-investigations', result_id=own))['id']}"
    await bus.publish(later, unknown, same)
    asked = [str(each.results[0].result_id) for each in (unknown, same)]

    async def further() -> bool:
        tests = (await service.client.get(path)).json()["further_tests"]
        return [test["result_id"] for test in tests] == asked

    assert await eventually(further)


async def test_of_thousands_of_results_only_further_tests_and_what_they_amend_are_read(
    bus: Any, known: Any, found: Any, service: Any, database: Any, eventually: Any
) -> None:
    lot, own = known.lot(), uuid7()
    first = retest(known, lot)
    amended = retest(known, lot, role=ResultRole.original, supersedes=first.results[0].result_id)
    others = [
        EvaluatedResult.model_validate(
            {"result_id": uuid7(), "test": f"t-{at}", "value": "1", "unit": "%", "evaluation": Evaluation.passed}
        )
        for at in range(1800)
    ]
    many = retest(known, lot).model_copy(update={"results": tuple(others)})
    before = retest(known, lot, role=ResultRole.original)
    original = retest(known, lot, role=ResultRole.original, result_id=own, test="Dissolution")
    later = retest(known, lot, role=ResultRole.original, test="Dissolution")
    await bus.publish(before, known.oos(lot, result=own), original, many, first, amended, later)
    one = await found("oos-investigations", result_id=own)

    async def all_there() -> bool:
        return bool(await database.fetchval("SELECT count(*) = 6 FROM known_fact WHERE about = $1", str(lot.id)))

    await eventually(all_there)
    kept = {str(own), *(str(each.results[0].result_id) for each in (first, amended, later))}
    async with database.transaction():  # where an index serves, no table is read through
        await database.execute("SET LOCAL enable_seqscan = off")
        rows = await database.fetch("SELECT said ->> 'result_id' AS id FROM results_beside($1)", [UUID(one["id"])])
        read = await database.fetch("SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables")
    assert (len(rows), {row["id"] for row in rows}) == (4, kept)
    through = {row["relname"]: row["seq_tup_read"] for row in read}
    assert (through["known_fact"], through["oos_investigation"]) == (0, 0)
    tests = (await service.client.get(f"/oos-investigations/{one['id']}")).json()["further_tests"]
    assert [(test["result_id"], test["role"], test["planned"]) for test in tests] == [
        (str(each.results[0].result_id), "original", False) for each in (amended, later)
    ]
