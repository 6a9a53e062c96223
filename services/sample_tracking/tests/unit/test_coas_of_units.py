"""What a certificate says of tests of several units, in its data and on paper."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from contracts.unit_limits import FoundInUnits
from sample_tracking.coas.contents import certified, criterion
from sample_tracking.coas.schemas import CoaCriterion, CoaResult
from sample_tracking.coas.words import criterion as in_words
from sample_tracking.coas.words import found as as_found

from .test_coas import OURS, PLACES, found, limit, verdict

PLAN = {"inspected": 80, "accept": 2, "defect_class": "major"}
KINDS: dict[str, Any] = {
    "dissolution": {"dissolution": {"q": "80"}, "decimals": 0},
    "uniformity": {"uniformity": {}, "decimals": 1},
    "attribute": {
        "attribute": PLAN | {"code_letter": "J", "aql": "1.0", "plan": "II, normal"},
        "unit": "1",
        "decimals": 0,
    },
    "each_and_mean": {"lower": "85", "upper": "115", "each": {"lower": "75"}, "decimals": 0},
    "bounds": {"lower": "95", "decimals": 0},
}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("dissolution", "Q = 80 % (stages S1, S2, S3)"),
        ("uniformity", "acceptance value at most 15.0 (L1); of 30, none beyond 25.0 % (L2)"),
        ("attribute", "at most 2 major defects among 80 units (code letter J; AQL 1.0; II, normal)"),
        ("each_and_mean", "mean 85 to 115 %; each at least 75 %"),
    ],
)
def test_what_units_are_to_meet_is_put_into_words(kind: str, words: str) -> None:
    said = CoaCriterion.model_validate(criterion(limit("assay", **KINDS[kind])))
    assert (said.kind, in_words(said)) == (kind, words)


@pytest.mark.parametrize(
    ("kind", "told", "rounded", "words"),
    [
        (
            "dissolution",
            {"stage": "S2", "units": 12, "mean": "82.25", "worst": "71"},
            "82",
            "S2 of 12 units, mean 82 %, worst 71 %",
        ),
        (
            "uniformity",
            {"stage": "L1", "units": 10, "acceptance_value": "3.71", "worst": "97.6"},
            "3.7",
            "L1 of 10 units, acceptance value 3.7, worst 97.6 %",
        ),
        (
            "dissolution",
            {"stage": "S1", "units": 6, "mean": "86", "worst": "85", "contradicted": "99"},
            "86",
            "S1 of 6 units, mean 86 % (reported 99), worst 85 %",
        ),
        ("attribute", {"units": 80, "defects": 1}, "1", "1 defective of 80 units"),
        (
            "each_and_mean",
            {"units": 3, "worst": "74", "outside": 1},
            "88",
            "mean 88 %, worst 74 % of 3 determinations, 1 outside",
        ),
        (
            "bounds",
            {"units": 3, "worst": "94.4", "outside": 1},
            "98",
            "98 % (reported 98.3 %); 1 of 3 determinations outside, worst 94.4 %",
        ),
        ("bounds", {"units": 3, "worst": "97"}, "98", "98 % (reported 98.3 %)"),
    ],
)
def test_what_was_found_in_units_stands_in_the_data_and_in_words(
    kind: str, told: Any, rounded: str, words: str
) -> None:
    kept = FoundInUnits.model_validate(told).model_dump(mode="json")
    one = found("assay", value=Decimal("98.3"), evaluations=[verdict(OURS, "pass", rounded) | {"found": kept}])
    one.approved_at = datetime(2026, 3, 5, 8, tzinfo=UTC)
    (entry,) = certified(OURS, [limit("assay", **KINDS[kind])], [one], PLACES, {})
    assert entry["found"] == kept
    assert as_found(CoaResult.model_validate(entry)) == words
