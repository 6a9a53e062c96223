"""What a certificate of analysis says, and when there is none."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Lot
from contracts.partner_feeds import TestStage
from contracts.sample_tracking import Limit
from runtime.problems import RuleViolated
from sample_tracking.coas.contents import amended_away, certified, changed, criterion
from sample_tracking.coas.model import Coa
from sample_tracking.coas.printed import form
from sample_tracking.coas.schemas import CoaCriterion, CoaRead, CoaResult
from sample_tracking.coas.words import criterion as in_words
from sample_tracking.coas.words import found as as_found
from sample_tracking.results.fields import ResultState
from sample_tracking.results.model import Result
from serving.canonical import canonical_json, sha256

OURS, OTHER, BENCH = uuid4(), uuid4(), uuid4()
PLACES = {BENCH: {"number": "S-2", "name": "Bench", "company": "Laboratory"}}


def limit(test: str, stage: TestStage = TestStage.release, **others: Any) -> dict[str, Any]:
    """As a specification keeps it."""
    given = {"test": test, "stage": stage, "unit": "%", "decimals": 1} | others
    return Limit.model_validate(given).model_dump(mode="json")


LIMITS = [
    limit("assay", lower="95", upper="105.0", method="HPLC-014"),
    limit("water", upper="0.5"),
    limit("odour", report_only=True),
    limit("hardness", TestStage.intermediate),
]


def verdict(by: UUID, said: str, rounded: str | None = None) -> dict[str, Any]:
    return {"specification_id": str(by), "market": None, "verdict": said, "rounded": rounded}


def found(test: str, said: str = "pass", **others: Any) -> Result:
    """An approved result of release, judged by two specifications."""
    given: dict[str, Any] = {
        "value": Decimal("99.04"),
        "unit": "%",
        "state": ResultState.approved,
        "approved_by": "cene",
        "reportable": True,
        "occurred_at": "2026-03",
        "created_at": datetime(2026, 3, 5, tzinfo=UTC),
    }
    given |= {"evaluations": [verdict(OTHER, "oos", "99.04"), verdict(OURS, said, "99.0")], "stage": "release"}
    return Result(id=uuid4(), test=test, laboratory_site_id=BENCH, **given | others)


def complete() -> list[Result]:
    return [found("assay", qualifier="at_most"), found("water", "oos"), found("odour", "not_evaluated")]


def test_results_are_shown_as_this_specification_judged_them() -> None:
    entries = certified(OURS, LIMITS, complete(), PLACES, {})
    assert [(one["test"], one["verdict"]) for one in entries] == [
        *(("assay", "pass"), ("odour", "not_evaluated"), ("water", "oos"))
    ]
    assert (entries[0]["value"], entries[0]["rounded"], entries[0]["qualifier"]) == ("99.04", "99.0", "at_most")


def test_each_result_stands_beside_what_it_was_held_against_by_which_method_and_where() -> None:
    water = found("water", method="KF-2", method_version="2.1", approved_at=datetime(2026, 3, 5, 8, tzinfo=UTC))
    entries = certified(OURS, LIMITS[:2], [found("assay"), water], PLACES, {})
    bounds = {"kind": "bounds", "lower": "95", "upper": "105.0", "accepted": [], "unit": "%", "decimals": 1}
    assert entries[0]["criterion"] == bounds
    assert [(one["method"], one["method_version"]) for one in entries] == [("HPLC-014", None), ("KF-2", "2.1")]
    assert all(one["laboratory"] == PLACES[BENCH] for one in entries)
    said = ("tested_at", "approved_by", "approved_at")
    assert [entries[1][name] for name in said] == ["2026-03", "cene", "2026-03-05T08:00:00+00:00"]


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (limit("assay", lower="95", upper="105.0"), "95.0 to 105.0 %"),
        (limit("assay", lower="95", unit="1", decimals=0), "at least 95"),
        (limit("water", upper="0.5"), "at most 0.5 %"),
        (limit("colour", text="white", accepted=("off-white",), unit="1"), "white or off-white"),
        (limit("odour", report_only=True), "report only"),
    ],
)
def test_a_criterion_is_put_into_words(kept: dict[str, Any], words: str) -> None:
    assert in_words(CoaCriterion.model_validate(criterion(kept))) == words


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ({}, "99.0 % (reported 99.04 %)"),
        ({"value": Decimal("99.0")}, "99.0 %"),
        ({"qualifier": "below_quantitation", "value": Decimal("0.05")}, "below the limit of quantitation, 0.05 %"),
        ({"qualifier": "not_detected", "value": None}, "not detected"),
        ({"text": "white", "value": None}, "white"),
    ],
)
def test_a_result_is_put_into_words_as_evaluated_and_a_qualified_one_as_reported(of: Any, words: str) -> None:
    approved = {"approved_at": datetime(2026, 3, 5, 8, tzinfo=UTC)}
    (entry,) = certified(OURS, LIMITS[:1], [found("assay", **approved | of)], PLACES, {})
    assert as_found(CoaResult.model_validate(entry)) == words


def drafted(about: dict[str, Any], results: list[dict[str, Any]]) -> Coa:
    lot = Lot(id=OURS, number="L-1", material="NOR-50", product_id=OURS, site_id=OTHER, partner_id=OTHER)
    given = {"number": "COA-1", "market": "AT", "specification_id": OURS, "revision": 2, "drafted_by": "ana"}
    return Coa.draft(lot, about, results, None, **given)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("criterion", {"lower": "90"}),
        ("method", "HPLC-015"),
        ("laboratory", {"number": "S-3"}),
        ("approved_by", "dora"),
        ("tested_at", "2026-04"),
    ],
)
def test_the_digest_covers_all_that_is_said(name: str, other: Any) -> None:
    about = {"product": {"code": "NOR-50", "name": "Norvex"}, "manufactured_on": "2026-03-01"}
    (entry,) = certified(OURS, LIMITS[:1], [found("assay")], PLACES, {})
    digest = drafted(about, [entry]).digest
    assert drafted(dict(reversed(about.items())), [dict(entry)]).digest == digest
    assert drafted(about, [entry | {name: other}]).digest != digest
    assert drafted(about | {"manufactured_on": None}, [entry]).digest != digest


def test_what_an_earlier_release_did_not_keep_is_not_made_up_on_paper() -> None:
    approved: dict[str, Any] = {"approved_at": datetime(2026, 3, 5, 8, tzinfo=UTC)}
    approved |= {"occurred_at": "2026-03-04T10:20:00+00:00"}
    (entry,) = certified(OURS, LIMITS[:1], [found("assay", **approved)], PLACES, {})
    kept = {name: said for name, said in entry.items() if name not in ("criterion", "method", "laboratory")}
    earlier = dict(drafted({}, [kept])) | dict.fromkeys(("about", "site", "partner", "product_name", "manufacturer"))
    earlier |= {"changed": ["assay"], "found_invalid": None, "flagged": None}
    paper = form(CoaRead.model_validate(earlier))
    assert (paper.title, paper.lines["Specification"]) == ("Certificate of analysis", "revision 2")
    assert paper.lines["Not true any more"] == "results changed since its draft: assay"
    where, when = ["not kept", "not kept"], ["2026-03-04 10:20 UTC", "cene, 2026-03-05 08:00 UTC"]
    assert paper.rows == [["assay", "not kept", "99.04 %", "pass", *where, *when]]


INVALID = {"invalidated_at": datetime(2026, 3, 9, 8, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("left", "why"),
    [
        ([], "lacking"),
        ([found("water", state=ResultState.reviewed)], "not approved yet"),
        ([found("water"), found("water", state=ResultState.submitted)], "not approved yet"),
        ([found("water", superseded_by=uuid4())], "lacking"),
        ([found("water", reason="voided")], "lacking"),
        ([found("water", "not_evaluated")], "not judged by this specification"),
        ([found("water", evaluations=[verdict(OTHER, "pass")])], "not judged by this specification"),
        ([found("water", stage="stability")], "lacking"),
        ([found("water", reportable=None)], "nobody can say whether it is reportable"),
        ([found("water", reportable=False)], "lacking"),
        ([found("water", "oos", **INVALID)], "lacking"),
        ([found("water", "oos", **INVALID), found("water", state=ResultState.submitted)], "not approved yet"),
    ],
)
def test_what_lacks_is_named_with_why(left: list[Result], why: str) -> None:
    others = [one for one in complete() if one.test != "water"]
    with pytest.raises(RuleViolated, match=rf"judged; {why}: water$"):
        certified(OURS, LIMITS, others + left, PLACES, {})


def test_a_specification_that_names_no_test_for_release_makes_no_certificate() -> None:
    with pytest.raises(RuleViolated, match="lacking: all"):
        certified(OURS, LIMITS[3:], complete(), PLACES, {})


def test_later_verdicts_and_readings_count() -> None:
    late = found("H2O", evaluations=None, evaluated_against=[verdict(OURS, "pass")], interpretation={"test": "water"})
    (entry,) = certified(OURS, LIMITS[1:2], [late], PLACES, {})
    assert (entry["test"], entry["verdict"]) == ("water", "pass")


def test_what_is_not_reportable_is_not_shown_and_hides_nothing() -> None:
    aside = found("water", "oos", reportable=False, value=Decimal("0.9"))
    entries = certified(OURS, LIMITS, [*complete(), aside], PLACES, {})
    assert str(aside.id) not in {one["result_id"] for one in entries}
    assert len(entries) == 3


def test_in_the_place_of_what_was_found_invalid_stand_its_retests() -> None:
    invalid, retest = found("water", "oos", **INVALID), found("water", role="retest")
    entries = certified(OURS, LIMITS[1:2], [invalid, retest], PLACES, {})
    assert [(one["result_id"], one["verdict"]) for one in entries] == [(str(retest.id), "pass")]


def test_the_version_of_the_method_is_named_where_it_was_not_reported() -> None:
    told, untold = found("assay", method_version="1.1"), found("water")
    entries = certified(OURS, LIMITS[:2], [told, untold], PLACES, {told.id: "9.9", untold.id: "2.0"})
    assert [one["method_version"] for one in entries] == ["1.1", "2.0"]


@pytest.mark.parametrize(
    ("since", "differ"),
    [
        ({}, []),
        ({"superseded_by": uuid4()}, ["water"]),
        ({"reason": "voided"}, ["water"]),
        ({"reportable": False}, ["water"]),
        ({"reportable": None}, ["water"]),
        (INVALID, ["water"]),
        ({"state": ResultState.submitted}, ["water"]),
        ({"evaluations": [verdict(OURS, "pass")]}, ["water"]),
        ({"interpretation": {"test": "assay"}}, ["assay", "water"]),
    ],
)
def test_what_came_since_its_draft_is_named(since: dict[str, Any], differ: list[str]) -> None:
    results = complete()
    entries = certified(OURS, LIMITS, results, PLACES, {})
    for name, value in since.items():
        setattr(results[1], name, value)
    assert changed(entries, OURS, results) == differ


@pytest.mark.parametrize(
    ("new", "differ"),
    [
        (found("assay", "oos", state=ResultState.submitted), ["assay"]),
        (found("assay"), ["assay"]),
        (found("assay", reportable=False), []),
        (found("assay", "oos", **INVALID), []),
        (found("assay", stage="stability"), []),
        (found("hardness"), []),
    ],
)
def test_a_result_that_a_certificate_does_not_show_is_named(new: Result, differ: list[str]) -> None:
    results = complete()
    entries = certified(OURS, LIMITS, results, PLACES, {})
    assert changed(entries, OURS, [*results, new]) == differ


AWAY: dict[str, Any] = {"evaluation": "oos", "evaluations": [verdict(OURS, "oos")]}


@pytest.mark.parametrize(
    ("failed", "named"),
    [
        (AWAY, ["water"]),
        (AWAY | {"evaluations": None}, ["water"]),
        (AWAY | {"test": "Water"}, ["water"]),
        (AWAY | {"stage": "stability"}, ["water"]),
        (AWAY | {"reportable": False}, ["water"]),
        (AWAY | {"evaluations": [verdict(OTHER, "oos"), verdict(OURS, "pass")]}, []),
        (AWAY | INVALID, []),
        ({"evaluation": "pass", "evaluations": [verdict(OURS, "pass")]}, []),
    ],
)
def test_what_failed_before_it_was_amended_is_named_by_whatever_chain(failed: dict[str, Any], named: list[str]) -> None:
    results = complete()
    entries = certified(OURS, LIMITS, results, PLACES, {})
    between = found("water", superseded_by=results[1].id)
    first = found(**{"test": "water"} | failed, superseded_by=between.id)
    for order in ([first, between, *results], [*results, between, first]):
        assert amended_away(entries, OURS, order) == [(test, first) for test in named]
        assert changed(entries, OURS, order) == named


def test_what_failed_and_was_withdrawn_is_named_and_a_circle_of_amendments_ends() -> None:
    results = complete()
    entries = certified(OURS, LIMITS, results, PLACES, {})
    withdrawn = found("water", reason="voided")
    first, second = found("water", **AWAY, superseded_by=withdrawn.id), found("water", **AWAY)
    second.superseded_by = second.id
    everything = [*results, withdrawn, first, second]
    assert amended_away(entries, OURS, everything) == [("water", first), ("water", second)]
    elsewhere = found("hardness", **AWAY, superseded_by=withdrawn.id)
    assert amended_away(entries, OURS, [*results, withdrawn, elsewhere]) == []


def test_the_digest_is_of_what_is_said_and_not_of_how_it_is_written() -> None:
    assert sha256(canonical_json({"a": "1", "b": ["é"]})) == sha256(canonical_json({"b": ["é"], "a": "1"}))
    assert sha256(canonical_json({"a": "1"})) != sha256(canonical_json({"a": "2"}))
    # printf '{"a":"1"}' | sha256sum
    assert sha256(canonical_json({"a": "1"})) == "9afeb0f2b203f254312ec8ded441d0318b7c34c57f8695ede42d2215a30c0960"
