"""What a certificate of analysis says, and when there is none."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from runtime.problems import RuleViolated
from sample_tracking.coas.contents import certified
from sample_tracking.results.fields import ResultState
from sample_tracking.results.model import Result
from serving.canonical import canonical_json, sha256

OURS, OTHER = uuid4(), uuid4()
LIMITS: list[dict[str, Any]] = [
    {"test": "assay", "stage": "release"},
    {"test": "water", "stage": "release"},
    {"test": "odour", "stage": "release", "report_only": True},
    {"test": "hardness", "stage": "ipc"},
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
    }
    given |= {"evaluations": [verdict(OTHER, "oos", "99.04"), verdict(OURS, said, "99.0")], "stage": "release"}
    return Result(id=uuid4(), test=test, laboratory_site_id=uuid4(), occurred_at="2026-03", **given | others)


def complete() -> list[Result]:
    return [found("assay", qualifier="at_most"), found("water", "oos"), found("odour", "not_evaluated")]


def test_results_are_shown_as_this_specification_judged_them() -> None:
    entries = certified(OURS, LIMITS, complete())
    assert [(one["test"], one["verdict"]) for one in entries] == [
        *(("assay", "pass"), ("odour", "not_evaluated"), ("water", "oos"))
    ]
    assert (entries[0]["value"], entries[0]["rounded"], entries[0]["qualifier"]) == ("99.04", "99.0", "at_most")


@pytest.mark.parametrize(
    "left",
    [
        [],
        [found("water", state=ResultState.reviewed)],
        [found("water"), found("water", state=ResultState.submitted)],
        [found("water", superseded_by=uuid4())],
        [found("water", reason="voided")],
        [found("water", "not_evaluated")],
        [found("water", evaluations=[verdict(OTHER, "pass")])],
        [found("water", stage="stability")],
        [found("water", reportable=None)],
        [found("water", reportable=False)],
    ],
)
def test_what_lacks_is_named(left: list[Result]) -> None:
    others = [one for one in complete() if one.test != "water"]
    with pytest.raises(RuleViolated, match=r"lacking: water$"):
        certified(OURS, LIMITS, others + left)


def test_a_specification_that_names_no_test_for_release_makes_no_certificate() -> None:
    with pytest.raises(RuleViolated, match="lacking: all"):
        certified(OURS, LIMITS[3:], complete())


def test_later_verdicts_and_readings_count() -> None:
    late = found("H2O", evaluations=None, evaluated_against=[verdict(OURS, "pass")], interpretation={"test": "water"})
    (entry,) = certified(OURS, LIMITS[1:2], [late])
    assert (entry["test"], entry["verdict"]) == ("water", "pass")


def test_what_is_not_reportable_is_not_shown_and_hides_nothing() -> None:
    aside = found("water", "oos", reportable=False, value=Decimal("0.9"))
    entries = certified(OURS, LIMITS, [*complete(), aside])
    assert str(aside.id) not in {one["result_id"] for one in entries}
    assert len(entries) == 3


def test_the_digest_is_of_what_is_said_and_not_of_how_it_is_written() -> None:
    assert sha256(canonical_json({"a": "1", "b": ["é"]})) == sha256(canonical_json({"b": ["é"], "a": "1"}))
    assert sha256(canonical_json({"a": "1"})) != sha256(canonical_json({"a": "2"}))
    # printf '{"a":"1"}' | sha256sum
    assert sha256(canonical_json({"a": "1"})) == "9afeb0f2b203f254312ec8ded441d0318b7c34c57f8695ede42d2215a30c0960"
