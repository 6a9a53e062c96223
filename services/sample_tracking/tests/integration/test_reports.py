"""From a laboratory's report to a result and the facts about it."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts import Fact, Recorded
from contracts.partner_feeds import ResultRole
from contracts.sample_tracking import OosDetected, ResultsReported


def limit(lower: str | None = "80", upper: str | None = None, **others: Any) -> dict[str, Any]:
    """A limit as a request's body has it."""
    given = {"test": "dissolution_min", "stage": "release", "unit": "%", "decimals": 0}
    return given | {"lower": lower, "upper": upper} | others


def of_result(heard: list[Recorded[Fact]], id: str) -> dict[type, Recorded[Any]]:
    """The facts about one result by their class."""
    return {type(each.fact): each for each in heard if UUID(id) in ids_of(each.fact)}


def ids_of(fact: Any) -> list[UUID]:
    """The results that a fact tells of."""
    return [result.result_id for result in getattr(fact, "results", [fact]) if hasattr(result, "result_id")]


async def test_a_result_out_of_specification_is_told_at_once(
    known: Any, specify: Any, bus: Any, results: Any, database: Any, eventually: Any
) -> None:
    specification = await specify(known.code, limit())
    report = known.report("79.4", occurred_at="2018-11")
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    assert (result["evaluation"], result["value"], result["rounded_value"]) == ("oos", "79.4", "79")
    assert (result["specification_id"], result["applied_limit"]["lower"]) == (specification["id"], "80")
    assert (result["occurred_at"], result["state"]) == ("2018-11", "submitted")

    keys = [str(report.lot.id), result["id"]]
    rows = await database.fetch("SELECT type, parties FROM outbox WHERE key = ANY ($1) ORDER BY position", keys)
    assert [row["type"] for row in rows] == ["io.entente.ResultsReported.v1", "io.entente.OosDetected.v1"]

    async def both() -> dict[type, Recorded[Any]] | None:
        facts = of_result(bus.heard, result["id"])
        return facts if OosDetected in facts else None

    facts = await eventually(both)
    oos = facts[OosDetected]
    assert set(oos.parties) == {known.maker, known.laboratory}
    assert (oos.fact.occurred_at, oos.fact.lot, str(oos.fact.value)) == ("2018-11", report.lot, "79.4")
    assert (str(oos.fact.limit.lower), str(oos.fact.specification_id)) == ("80", specification["id"])
    assert oos.correlation_id == "test"
    assert facts[ResultsReported].fact.results[0].evaluation == "oos"


async def test_the_bound_itself_passes_and_nothing_is_detected(
    known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    await specify(known.code, limit())
    report = known.report("79.5", occurred_at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC))
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    assert (result["evaluation"], result["reason"], result["rounded_value"]) == ("pass", None, "80")
    assert (result["value"], result["occurred_at"]) == ("79.5", "2026-03-01T08:30:00Z")

    async def reported() -> bool:
        return ResultsReported in of_result(bus.heard, result["id"])

    await eventually(reported)
    assert OosDetected not in of_result(bus.heard, result["id"])


async def test_a_value_in_another_unit_is_converted(known: Any, specify: Any, bus: Any, results: Any) -> None:
    await specify(known.code, limit(None, "0.5", test="water", decimals=1))
    report = known.report("5600", test="water", unit="[ppm]")
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    assert (result["value"], result["unit"]) == ("5600", "[ppm]")
    assert (result["evaluation"], result["rounded_value"]) == ("oos", "0.6")


async def test_what_cannot_be_evaluated_is_kept_with_the_reason(
    known: Any, bus: Any, results: Any, specify: Any
) -> None:
    lot = known.lot()
    await bus.publish(known.report("93.1", lot))
    await results(lot, 1)
    await specify(known.code, limit())
    await bus.publish(
        known.report("93.1", lot, test="hardness"),
        known.report("93.1", lot, unit="mg"),
        known.report(None, lot, text="complies"),
    )
    reasons = Counter(result["reason"] for result in await results(lot, 4))
    assert reasons == {"no_specification": 1, "no_limit": 1, "unit_not_comparable": 1, "kind_not_comparable": 1}


async def test_a_lot_that_names_no_product_is_of_the_one_whose_code_it_bears(
    known: Any, specify: Any, bus: Any, results: Any
) -> None:
    await specify(known.code, limit())
    report = known.report("70", known.lot(product=None))
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    assert (result["evaluation"], result["product_id"]) == ("oos", str(known.product))


async def test_an_oos_of_the_past_says_that_it_is_history(known: Any, specify: Any, bus: Any, eventually: Any) -> None:
    await specify(known.code, limit())
    lot = known.lot()
    await bus.publish(known.report("70", lot, historic=True), known.report("71", lot))

    async def detected() -> Any:
        facts = [each.fact for each in bus.heard if isinstance(each.fact, OosDetected) and each.fact.lot.id == lot.id]
        return {float(fact.value or 0): fact.historic for fact in facts} if len(facts) == 2 else None

    assert await eventually(detected) == {70: True, 71: False}


async def test_below_the_limit_of_quantitation(known: Any, specify: Any, bus: Any, results: Any) -> None:
    await specify(known.code, limit(None, "0.1", test="impurity", decimals=1))
    lot = known.lot()
    await bus.publish(
        known.report("0.05", lot, test="impurity", below_quantitation=True),
        known.report("0.5", lot, test="impurity", below_quantitation=True),
    )
    found = {result["value"]: result for result in await results(lot, 2)}
    assert found["0.05"]["evaluation"] == "pass"
    assert found["0.5"]["reason"] == "undecided_below_quantitation"
    assert found["0.05"]["qualifier"] == "below_quantitation"


async def test_originals_and_retests_stand_side_by_side(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any
) -> None:
    await specify(known.code, limit())
    lot = known.lot()
    await bus.publish(
        known.report("71", lot),
        known.report("84", lot, role=ResultRole.retest),
        known.report("86", lot, role=ResultRole.retest),
        known.report("85", lot, role=ResultRole.repeat),
        known.report("99", lot, test="assay"),
    )
    await results(lot, 5)
    answer = (await tracking.client.get(f"/lots/{lot.id}/results")).json()
    assert (answer["lot_number"], answer["material"]) == (lot.number, known.code)
    assay, dissolution = answer["items"]
    assert (assay["test"], dissolution["test"]) == ("assay", "dissolution_min")
    assert [found["evaluation"] for found in dissolution["original"]] == ["oos"]
    assert [found["value"] for found in dissolution["retest"]] == ["84", "86"]
    assert [found["value"] for found in dissolution["repeat"]] == ["85"]
    assert dissolution["resample"] == []


async def test_the_same_revision_again_changes_nothing(
    known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    await specify(known.code, limit())
    report, after = known.report("70", id="R1"), known.report("71", id="R2")
    again = report.model_copy(update={"results": (report.results[0].model_copy(update={"value": Decimal(71)}),)})
    await bus.publish(report, again, report)
    await results(report.lot, 1)
    await bus.publish(report, after.model_copy(update={"lot": report.lot}))
    first, second = await results(report.lot, 2)
    assert sorted([first["source_id"], second["source_id"]]) == ["R1", "R2"]
    assert first["value"] == "70"
    assert first["version"] == 1

    async def last() -> bool:
        return OosDetected in of_result(bus.heard, second["id"])

    await eventually(last)
    ours = [each for each in bus.heard if getattr(each.fact, "lot", None) == report.lot]
    assert Counter(type(each.fact) for each in ours) == {ResultsReported: 2, OosDetected: 2}


async def test_an_amendment_stands_beside_what_it_amends(
    known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    await specify(known.code, limit())
    lot = known.lot()
    await bus.publish(known.report("70", lot, id="R1"))
    await results(lot, 1)
    await bus.publish(known.report("88", lot, id="R1", revision=2))
    old, new = await results(lot, 2)
    assert (old["value"], old["evaluation"], old["superseded_by"]) == ("70", "oos", new["id"])
    assert (new["value"], new["evaluation"], new["superseded_by"]) == ("88", "pass", None)
    assert (old["version"], new["source_revision"]) == (2, 2)

    async def published() -> Any:
        return of_result(bus.heard, new["id"]).get(ResultsReported)

    amended = await eventually(published)
    assert str(amended.fact.results[0].supersedes) == old["id"]


async def test_the_audit_names_the_report_behind_a_result_and_behind_its_end(
    known: Any, bus: Any, results: Any, tracking: Any
) -> None:
    first, second, lot = str(uuid4()), str(uuid4()), known.lot()
    await bus.publish(known.report("70", lot, id="R1"), id=first, correlationid="message 1")
    await results(lot, 1)
    await bus.publish(known.report("88", lot, id="R1", revision=2), id=second, correlationid="message 2")
    old, new = await results(lot, 2)

    async def entries(result: dict[str, Any]) -> list[tuple[str, str, str]]:
        items = (await tracking.client.get(f"/audit/{result['id']}")).json()["items"]
        return [(entry["done"], entry["cause"], entry["correlation_id"]) for entry in items]

    assert await entries(old) == [("created", first, "message 1"), ("changed", second, "message 2")]
    assert await entries(new) == [("created", second, "message 2")]


async def test_revisions_in_one_batch_and_in_the_wrong_order(
    known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    await specify(known.code, limit())
    lot = known.lot()
    await bus.publish(
        *(known.report(str(value), lot, id="R1", revision=revision) for revision, value in [(4, 84), (2, 72)])
    )
    await results(lot, 2)
    await bus.publish(
        *(known.report(str(value), lot, id="R1", revision=revision) for revision, value in [(3, 83), (5, 75)])
    )
    by_revision = {result["source_revision"]: result for result in await results(lot, 4)}
    following = {revision: result["superseded_by"] for revision, result in by_revision.items()}
    # Each is superseded by the next that was there; what has been said once is not said anew.
    assert following[5] is None
    assert following[4] == by_revision[5]["id"]
    assert following[3] == by_revision[4]["id"]
    assert following[2] in (by_revision[3]["id"], by_revision[4]["id"])

    async def published() -> Any:
        return of_result(bus.heard, by_revision[3]["id"]).get(ResultsReported)

    late = await eventually(published)
    assert str(late.fact.results[0].superseded_by) == by_revision[4]["id"]
    assert late.fact.results[0].supersedes is None


async def test_two_lots_amended_on_two_partitions_leave_one_that_counts(
    known: Any, bus: Any, database: Any, eventually: Any
) -> None:
    """An amendment may correct the lot itself, and then travels under another key."""
    reports = [
        known.report(str(revision), known.lot(f"{record}-{revision}"), id=str(record), revision=revision)
        for record in range(40)
        for revision in range(1, 6)
    ]
    await bus.publish(*reports)

    async def all_there() -> bool:
        stored = await database.fetchval("SELECT count(*) FROM result WHERE feed_id = $1", known.feed)
        return bool(stored == len(reports))

    await eventually(all_there)
    counting = await database.fetch(
        "SELECT source_revision FROM result WHERE feed_id = $1 AND superseded_by IS NULL", known.feed
    )
    assert [row["source_revision"] for row in counting] == [5] * 40
    assert await database.fetchval("SELECT count(*) FROM parked") == 0


async def test_every_result_is_audited(known: Any, bus: Any, results: Any, database: Any) -> None:
    report = known.report("93.10")
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    query = "SELECT actor, operation, new->>'value' AS value FROM audit WHERE record_id = $1"
    (row,) = await database.fetch(query, UUID(result["id"]))
    assert tuple(row) == ("service:sample-tracking", "INSERT", "93.10")


async def test_an_unknown_lot_has_no_results(tracking: Any) -> None:
    assert (await tracking.client.get(f"/lots/{uuid4()}/results")).status_code == 404
