"""Which limits for units a specification takes."""

from typing import Any

import pytest
from pydantic import ValidationError

from sample_tracking.results.schemas import AmendResult
from sample_tracking.specifications.schemas import LimitBody

PLAN = {"inspected": 80, "accept": 2, "defect_class": "major"}
COUNTED = {"unit": "1", "decimals": 0, "attribute": PLAN}


def drafted(**of_it: Any) -> LimitBody:
    return LimitBody.model_validate({"test": "assay", "stage": "release", "unit": "%", "decimals": 0} | of_it)


@pytest.mark.parametrize(
    "limit",
    [
        {"dissolution": {"q": "80"}},
        {"dissolution": {"q": "77.5"}, "decimals": 1},
        {"uniformity": {}, "decimals": 1},
        {"lower": "85", "upper": "115", "each": {"lower": "75", "upper": "125"}},
        COUNTED,
        COUNTED | {"attribute": PLAN | {"code_letter": "J", "aql": "1.0"}},
    ],
)
def test_a_limit_of_one_kind_is_taken_as_it_is(limit: dict[str, Any]) -> None:
    body = drafted(**limit)
    assert body.as_limit().model_dump(exclude_none=True).items() >= body.model_dump(exclude_none=True).items()


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        ({"dissolution": {"q": "80"}, "lower": "80"}, "give lower, upper or both"),
        ({"dissolution": {"q": "80"}, "report_only": True}, "give lower, upper or both"),
        ({"dissolution": {"q": "77.5"}}, "more than 0 decimals"),
        ({"uniformity": {"l1": "15.25"}, "decimals": 1}, "more than 1 decimals"),
        ({"uniformity": {}, "unit": "mg"}, "per cent of the label claim"),
        ({"dissolution": {"q": "0.80"}, "unit": "1", "decimals": 2}, "dissolution is in per cent"),
        ({"dissolution": {"q": "400"}, "unit": "mg"}, "dissolution is in per cent"),
        ({"each": {"lower": "75"}}, "beside lower or upper"),
        ({"each": {}, "lower": "75"}, "give lower, upper or both"),
        ({"each": {"lower": "75.5"}, "lower": "80"}, "more than 0 decimals"),
        (COUNTED | {"attribute": PLAN | {"accept": 80}}, "less than inspected"),
        (COUNTED | {"attribute": PLAN | {"code_letter": "O"}}, "pattern"),
        (COUNTED | {"unit": "%"}, "unit 1"),
        (COUNTED | {"attribute": PLAN | {"aql": "1.0"}}, "goes with code_letter"),
        (COUNTED | {"attribute": PLAN | {"code_letter": "J", "aql": "1.5"}}, "inspected 80 and accept 3"),
        (COUNTED | {"attribute": PLAN | {"code_letter": "J", "aql": "1.1"}}, "the table has"),
    ],
)
def test_a_limit_that_could_not_be_judged_by_is_refused(limit: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        drafted(**limit)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"text": "complies", "determinations": ["1"]}, "go with value"),
        ({"text": "complies", "inspected": 80}, "go with value"),
        ({"value": "81", "inspected": 80}, "not more than were inspected"),
    ],
)
def test_units_go_with_the_number_that_is_made_of_them(found: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        AmendResult.model_validate({"unit": "1", "reason": "x"} | found)
