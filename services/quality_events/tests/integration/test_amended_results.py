"""What a laboratory tells again, amends or calls by another name after a finding is read before it is signed."""

from typing import Any

from uuid_utils.compat import uuid7

from contracts.partner_feeds import ResultRole
from contracts.sample_tracking import Evaluation
from tests.quality_records import NO_RETESTS
from tests.releasing import readiness, results_of, reviewed, stated, usual

from .test_retests import PROVEN, retest

ORIGINAL: dict[str, Any] = {"role": ResultRole.original}


async def test_who_amends_a_failed_result_or_what_stood_beside_it_says_so_to_the_signer(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any, printed: Any
) -> None:
    lot, own, beside = world.lot(), uuid7(), uuid7()
    failed: dict[str, Any] = {"result_id": own, "value": 91, "evaluation": Evaluation.out_of_specification}
    await bus.publish(retest(world, lot, **ORIGINAL, **failed), retest(world, lot, **ORIGINAL, result_id=beside))
    await bus.publish(world.oos(lot, result=own))
    path = f"/oos-investigations/{(await found('oos-investigations', result_id=own))['id']}"
    why: dict[str, Any] = {"amended_by": "lea", "amendment_reason": "transcription"}
    await bus.publish(
        retest(world, lot, **ORIGINAL, supersedes=own, value=99, **why),
        retest(world, lot, **ORIGINAL, supersedes=beside, value=98, test="Diss."),
    )

    async def amended() -> Any:
        tests = (await service.client.get(path)).json()["further_tests"]
        return tests if len(tests) == 2 else None

    tests = await eventually(amended)
    assert [(each["value"], each["planned"], each["amended_from"][0]["value"]) for each in tests] == [
        ("99", False, "91"),
        ("98", False, "91"),
    ]
    async with (
        service.as_("partner_lab", partner_id=world.laboratory, subject="lea") as laboratory,
        service.as_("partner_quality", partner_id=world.maker) as maker,
    ):
        await laboratory.done(f"{path}/retest-plan", NO_RETESTS)
        silent = await laboratory.post(f"{path}/invalidation-proposal", json=PROVEN)
        assert (silent.status_code, silent.json()["fields"]) == (409, ["explained"])
        explained = [{"result_id": each["result_id"], "reason": "a digit was turned"} for each in tests]
        await laboratory.done(f"{path}/invalidation-proposal", PROVEN | {"explained": explained})
        text = (await maker.post(f"{path}/invalidation-approval", auth=None)).json()["text"]
        (again,) = (line for line in text.splitlines() if line.startswith("tested again:"))
        for said in ("99", "98", "91", "amended at", "lea", "transcription", "a digit was turned"):
            assert said in again
        paper = " ".join((await printed(maker, path)).split())
        assert all(said in paper for said in ("transcription", "99 %", "91 % until then", "a digit was turned"))


async def test_what_quality_reads_as_the_test_is_a_further_one(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot, id = world.lot(), uuid7()
    await bus.publish(world.oos(lot))
    path = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"
    told: dict[str, Any] = {**ORIGINAL, "result_id": id, "test": "Diss. (min)"}
    await bus.publish(retest(world, lot, **told, unjudged=True))
    await bus.publish(retest(world, lot, **told, read_as="dissolution_min"))

    async def read() -> Any:
        return (await service.client.get(path)).json()["further_tests"] or None

    (test,) = await eventually(read)
    assert (test["result_id"], test["planned"]) == (str(id), False)


async def test_a_result_that_quality_read_as_the_test_counts_for_a_release(
    bus: Any, known: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot = known.lot()
    await bus.publish(known.start(lot), known.completion(lot), *usual(known, "US"))
    first: Any
    (first, approved) = results_of(known, lot, "Assay HPLC", Evaluation.not_evaluated, unjudged=True)
    (one,) = first.results
    read = one.model_copy(update={"evaluation": Evaluation.passed, "unjudged": False, "read_as": "assay"})
    await bus.publish(first, approved)
    await bus.publish(first.model_copy(update={"results": (read,)}))
    batch = f"/batches/{(id := (await found('batches', lot=lot.number, state='manufactured'))['id'])}"
    await reviewed(service, known, batch)
    await service.client.done(f"{batch}/intent", {"markets": ["US"]})
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, id, "US")

    async def met() -> bool:
        by_name = (await readiness(service.client, id, "US"))["by_name"]
        return {by_name[name]["verdict"] for name in ("tests_approved", "specification_met")} == {"met"}

    assert await eventually(met)
