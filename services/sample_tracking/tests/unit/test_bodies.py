"""What a request's body may say."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from contracts import clock
from sample_tracking.results.schemas import EnterResult
from sample_tracking.specifications.schemas import DraftSpecification

LIMIT = {"test": "assay", "stage": "release", "lower": "95.0", "upper": "105.0", "unit": "%", "decimals": 1}


def refused(model: type[Any], body: dict[str, Any]) -> tuple[str, str]:
    """Where a body is refused, and why."""
    with pytest.raises(ValidationError) as error:
        model.model_validate(body)
    (first, *_) = error.value.errors()
    return ".".join(map(str, first["loc"])), first["msg"]


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"unit": "percent"}, "limits.0.unit", "UCUM"),
        ({"unit": "Mg/mL"}, "limits.0.unit", "write mg/mL"),
        ({"lower": None, "upper": None}, "limits.0", "give lower, upper or both"),
        ({"text": "complies"}, "limits.0", "text for a result in words"),
        ({"lower": "106"}, "limits.0", "must not exceed"),
        ({"lower": "95.05"}, "limits.0", "more than 1 decimals"),
        ({"lower": "NaN"}, "limits.0.lower", "write a number in the digits"),
        ({"decimals": -1}, "limits.0.decimals", "greater than or equal to 0"),
        ({"stage": "someday"}, "limits.0.stage", "release"),
    ],
)
def test_a_limit_that_could_not_be_applied(change: dict[str, Any], field: str, reason: str) -> None:
    where, why = refused(DraftSpecification, {"product": "P1", "limits": [LIMIT | change]})
    assert where == field
    assert reason in why


@pytest.mark.parametrize("named", [{}, {"product": "P1", "product_id": "0b6c7a5e-9a53-4a0e-8f5e-2f4f3f0f3a11"}])
def test_a_product_is_named_in_one_way(named: dict[str, str]) -> None:
    assert "not by both" in refused(DraftSpecification, {"limits": [LIMIT], **named})[1]


def test_a_test_has_one_limit_at_a_stage() -> None:
    other_stage = LIMIT | {"stage": "stability"}
    DraftSpecification.model_validate({"product": "P1", "limits": [LIMIT, other_stage]})
    assert "assay (release)" in refused(DraftSpecification, {"product": "P1", "limits": [LIMIT, other_stage, LIMIT]})[1]


def entry(**others: Any) -> dict[str, Any]:
    """A result that somebody enters."""
    lot = {"site_id": str(uuid4()), "material": "P1", "number": "L1"}
    given = {"lot": lot, "laboratory_site_id": str(uuid4()), "test": "assay", "stage": "release"}
    return given | {"value": "99.1", "unit": "%", "occurred_at": "2026-02-28"} | others


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": "complies"}, "one of them"),
        ({"value": None}, "one of them"),
        ({"value": None, "text": "traces", "qualifier": "below_quantitation"}, "needs value"),
        ({"occurred_at": "2026-03-01T12:00:01Z"}, "future"),
        ({"occurred_at": "2026-03-03"}, "future"),
        ({"occurred_at": "2026-04"}, "future"),
        ({"unit": "Prozent"}, "UCUM"),
        ({"unit": "{CFU}/g"}, "write [CFU]/g"),
    ],
)
def test_a_result_that_cannot_be(change: dict[str, Any], reason: str) -> None:
    with clock.standing_at(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        assert reason in refused(EnterResult, entry(**change))[1]


@pytest.mark.parametrize("moment", ["2026-03-01T12:00:00Z", "2026-03-02", "2026-03", "2018-11"])
def test_a_moment_is_kept_as_precise_as_given(moment: str) -> None:
    with clock.standing_at(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        body = EnterResult.model_validate(entry(occurred_at=moment))
    assert body.model_dump(mode="json")["occurred_at"] == moment
