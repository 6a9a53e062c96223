"""Results that nobody could judge: somebody looks, says how they are to be read, and by that they are judged."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from contracts.partner_feeds import Qualifier
from contracts.sample_tracking import (
    OosDetected,
    ReEvaluates,
    ResultInterpreted,
    ResultsReported,
    SpecificationApproved,
)


def limit(**others: Any) -> dict[str, Any]:
    """A limit as a request's body has it."""
    of_it = {"test": "assay", "method": "AP-04", "stage": "release", "unit": "%", "decimals": 1}
    return of_it | {"lower": "95.0", "upper": "105.0"} | others


OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("98.0", {}),
    ("91.0", {}),
    ("990", {"unit": "mg/g"}),
    ("96.0", {"qualifier": Qualifier.at_most}),
]
"""Of the same test: two as the first, one in another unit, and one with a sign."""


async def unjudged(tracking: Any, world: Any, lot: Any) -> list[dict[str, Any]]:
    """The worklist, of one lot."""
    listed = await tracking.as_("quality").get("/results", params={"unjudged": "true", "lot_id": str(lot.id)})
    items: list[dict[str, Any]] = listed.json()["items"]
    return items


def facts_of(bus: Any, id: str, kind: type) -> list[Any]:
    """What was published about a result, in order."""
    found = []
    for each in bus.heard:
        for one in getattr(each.fact, "results", [each.fact]) if isinstance(each.fact, kind) else ():
            found += [one] if str(one.result_id) == id else []
    return found


async def test_a_test_of_another_name_is_read_as_the_specification_s_and_is_an_oos(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    await specify(known.code, limit())
    report = known.report("91.0", test="Gehalt")
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    assert (result["evaluation"], result["reason"]) == ("not_evaluated", "no_limit")
    (listed,) = await unjudged(tracking, known, report.lot)
    quality, id = tracking.as_("quality", subject="petra"), result["id"]
    assert {"assign", "interpret", "exempt"} <= {each["name"] for each in listed["allowed"]}

    taken = await quality.post(f"/results/{id}/assignment", json={})
    assert taken.json()["owner"] == "petra"
    missed = await quality.post(f"/results/{id}/interpretation", json={"test": "water", "reason": "a slip"})
    assert (missed.status_code, missed.json()["reason"]) == (409, "no_limit")
    assert "no test of this name at the stage release: it has assay; where no limit" in missed.json()["detail"]
    read = await quality.post(f"/results/{id}/interpretation", json={"test": "assay", "reason": "German for assay"})
    assert read.status_code == 200, read.text
    judged = read.json()
    assert (judged["evaluation"], judged["rounded_value"], judged["test"]) == ("oos", "91.0", "Gehalt")
    assert (judged["interpretation"], judged["interpreted_by"]) == ({"test": "assay"}, "petra")
    assert await unjudged(tracking, known, report.lot) == []

    async def told() -> Any:
        return facts_of(bus, id, OosDetected)

    (oos,) = await eventually(told)
    assert (oos.test, str(oos.value), str(oos.limit.lower)) == ("assay", "91.0", "95.0")
    assert oos.read_at is not None, "nobody could know of it before"
    reported = facts_of(bus, id, ResultsReported)
    assert [(each.unjudged, each.test, each.read_as) for each in reported] == [
        (True, "Gehalt", None),
        (False, "Gehalt", "assay"),
    ]
    (decided,) = facts_of(bus, id, ResultInterpreted)
    assert (decided.test, decided.evaluation, decided.source.feed_id) == ("Gehalt", "oos", report.feed_id)
    assert decided.source.id == report.results[0].id
    again = await quality.post(f"/results/{id}/interpretation", json={"test": "assay", "reason": "once more"})
    assert again.status_code == 409


@pytest.mark.parametrize(("text", "reading", "evaluation"), [("Conforms", "complies", "pass"), ("ok", None, None)])
async def test_an_unknown_word_is_never_an_oos(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any, text: str, reading: str | None, evaluation: Any
) -> None:
    await specify(known.code, limit(text="complies", lower=None, upper=None))
    report = known.report(None, text=text, test="assay")
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    assert (result["evaluation"], result["reason"]) == ("not_evaluated", "unknown_word")
    quality = tracking.as_("quality")
    if reading is None:
        exempt = await quality.post(f"/results/{result['id']}/exemption", json={"reason": "a remark, no result"})
        assert (exempt.json()["reason"], exempt.json()["evaluation"]) == ("exempt", "not_evaluated")
    else:
        body = {"text": reading, "reason": "the same word"}
        read = await quality.post(f"/results/{result['id']}/interpretation", json=body)
        assert (read.json()["evaluation"], read.json()["text"]) == (evaluation, text)
    assert await unjudged(tracking, known, report.lot) == []


async def test_results_that_were_reported_alike_are_read_at_once(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    await specify(known.code, limit(), limit(test="water", lower=None, upper="1.0"))
    first = known.report("99.0", test="Gehalt")
    lot = first.lot
    others = [known.report(value, lot, test="Gehalt", **more) for value, more in OTHERS]
    await bus.publish(first, *others, known.report("0.4", lot, test="Wasser"))
    found = {row["value"]: row for row in await results(lot, 6) if row["test"] == "Gehalt"}
    quality = tracking.as_("quality")
    body = {"test": "assay", "reason": "German for assay", "alike": True}
    read = await quality.post(f"/results/{found['99.0']['id']}/interpretation", json=body)
    assert read.json()["evaluation"] == "pass", read.text
    left = {(row["test"], row["value"], row["unit"]) for row in await unjudged(tracking, known, lot)}
    assert left == {("Wasser", "0.4", "%"), ("Gehalt", "990", "mg/g"), ("Gehalt", "96.0", "%")}

    async def told() -> Any:
        return facts_of(bus, found["91.0"]["id"], OosDetected)

    (oos,) = await eventually(told)
    assert (oos.test, str(oos.value)) == ("assay", "91.0")
    past = (await quality.get(f"/results/{found['91.0']['id']}/history")).json()["items"]
    assert any(entry["reason"] == "German for assay" for entry in past)


async def test_a_revision_that_looks_back_finds_what_was_read_as_its_test(
    tracking: Any, known: Any, bus: Any, results: Any
) -> None:
    today = datetime.now(UTC).date()

    async def revision(lower: str, days: int, **more: Any) -> Any:
        since = {"effective_from": str(today - timedelta(days=days))}
        body = {"product": known.code, "limits": [limit(lower=lower)]} | since | more
        drafted = await tracking.client.done("/specifications", body)
        return await tracking.second.done(f"/specifications/{drafted['id']}/approval")

    await revision("90.0", 300)
    report = known.report("91.0", test="Gehalt", occurred_at=today - timedelta(days=10))
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    path, body = f"/results/{result['id']}", {"test": "assay", "reason": "German for assay"}
    read = await tracking.as_("quality", subject="petra").done(f"{path}/interpretation", body)
    assert read["evaluation"] == "pass"
    second = await revision("95.0", 5, applies_to="all_open_lots")
    held = (await tracking.client.get(path)).json()
    assert (held["evaluation"], held["specification_id"]) == ("oos", second["id"])
    (oos,) = await bus.told(OosDetected, result_id=UUID(result["id"]))
    assert (oos.test, str(oos.limit.lower)) == ("assay", "95.0")
    (approved,) = await bus.told(SpecificationApproved, specification_id=UUID(second["id"]))
    assert approved.re_evaluates == ReEvaluates(lots=1, results=1)


async def test_a_qualified_result_is_kept_as_it_was_written(known: Any, specify: Any, bus: Any, results: Any) -> None:
    await specify(known.code, limit(lower=None, upper="0.1"))
    report = known.report("0.05", test="assay", qualifier=Qualifier.below_quantitation)
    from_before = known.report("0.2", report.lot, test="assay", below_quantitation=True)
    await bus.publish(report, from_before)
    found = {row["value"]: row for row in await results(report.lot, 2)}
    assert [found["0.05"][name] for name in ("qualifier", "evaluation")] == ["below_quantitation", "pass"]
    assert [found["0.2"][name] for name in ("qualifier", "evaluation")] == ["below_quantitation", "not_evaluated"]
    assert found["0.2"]["reason"] == "undecided_below_quantitation"


async def test_who_reads_an_unjudged_result_is_the_sponsor_s_quality_and_nobody_who_entered_it(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any
) -> None:
    await specify(known.code, limit())
    report = known.report("91.0", test="Gehalt")
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    body = {"test": "assay", "reason": "the same test"}
    laboratory = tracking.as_("partner_quality", partner_id=known.laboratory)
    for who in (laboratory, tracking.as_("lab")):
        assert (await who.post(f"/results/{result['id']}/interpretation", json=body)).status_code == 403
    nothing = await tracking.as_("quality").post(f"/results/{result['id']}/interpretation", json={"reason": "a guess"})
    assert nothing.status_code == 422


async def test_a_result_that_another_revision_replaces_leaves_the_worklist(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any
) -> None:
    await specify(known.code, limit())
    first = known.report("91.0", test="Gehalt", id="r1")
    await bus.publish(first)
    await results(first.lot, 1)
    await bus.publish(known.report("99.0", first.lot, test="assay", id="r1", revision=2))
    found = {Decimal(row["value"]): row for row in await results(first.lot, 2)}
    assert UUID(found[Decimal("91.0")]["superseded_by"])
    assert await unjudged(tracking, known, first.lot) == []


async def test_what_is_of_the_past_stays_so_when_it_is_read(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    await specify(known.code, limit())
    report = known.report("0.8", test="Gehalt", unit="1", historic=True)
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    body = {"test": "assay", "unit": "%", "reason": "a share, and meant in per cent"}
    read = await tracking.as_("quality").post(f"/results/{result['id']}/interpretation", json=body)
    assert (read.json()["evaluation"], read.json()["unit"]) == ("oos", "1")

    async def told() -> Any:
        return facts_of(bus, result["id"], OosDetected)

    (oos,) = await eventually(told)
    assert (oos.historic, oos.test, oos.unit, str(oos.value)) == (True, "assay", "%", "0.8")


@pytest.mark.parametrize(
    "words", [{"accepted": ["does not comply"]}, {"accepted": ["ok"], "rejected": ["OK "]}, {"rejected": ["Complies"]}]
)
async def test_a_word_does_not_meet_a_limit_and_miss_it(tracking: Any, known: Any, words: Any) -> None:
    limits = [limit(text="complies", lower=None, upper=None, unit="1", decimals=0) | words]
    body = {"product_id": str(known.product), "limits": limits}
    refused = await tracking.as_("quality").post("/specifications", json=body)
    assert (refused.status_code, "which is it" in refused.text) == (422, True)
