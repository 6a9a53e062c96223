"""What is wrong with a document, in one line: every field, and no value."""

import json
from typing import Annotated, Any

import pytest
from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from contracts import HappenedAt, Moment
from contracts.faults import faults_of, in_one_line
from contracts.partner_feeds import TestResultsReported


def refusal(model: Any, document: str) -> ValidationError:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(model).validate_json(document)
    return raised.value


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"results": [{"id": "1", "test": "a", "unit": "%", "value": "Mrs Novak"}]}, "results.0.value is no number"),
        ({"parties": ["x"], "lot": 5}, "parties.0 is no UUID; lot is no object"),
        ({"parties": 5, "historic": "x", "sent_by": 5}, "parties is no list; sent_by is no text; historic is neither"),
        ({"occurred_at": "2018-13"}, "occurred_at is no instant, day or month"),
        ({"occurred_at": "1.1.2019"}, "occurred_at: write an instant with its zone"),
        ({"stage": "x"}, "stage: Input should be 'raw_material', 'intermediate', 'release' or 'stability'"),
    ],
)
def test_every_field_is_told_in_words(document: dict[str, Any], reason: str) -> None:
    line = in_one_line(refusal(TestResultsReported, json.dumps(document)))
    missing, told = line.split(" are missing; ")
    assert told.startswith(reason)
    assert {"feed_id", "laboratory_site_id"} <= set(missing.split(", "))
    assert "\n" not in line
    assert "http" not in line
    assert "Novak" not in line


@pytest.mark.parametrize(("document", "reason"), [("", "the data is no JSON: "), ("[]", "the data is no object")])
def test_what_is_wrong_with_the_whole_is_told_as_such(document: str, reason: str) -> None:
    assert in_one_line(refusal(TestResultsReported, document)).startswith(reason)


@pytest.mark.parametrize("given", ["yesterday", "2018-13"])
def test_a_field_of_several_forms_is_told_once_under_its_own_name(given: str) -> None:
    errors = [dict(each) | {"loc": ("query", "since", *each["loc"])} for each in refusal(Moment, f'"{given}"').errors()]
    assert [fault.field for fault in faults_of(errors)] == ["query.since"]


def test_a_field_may_be_called_as_a_form_is() -> None:
    (error,) = refusal(dict[str, HappenedAt], '{"date": "yesterday"}').errors()
    assert [fault.field for fault in faults_of([error])] == ["date"]


@pytest.mark.parametrize(
    ("document", "fields"), [("[]", ["tests"]), ('["a", "b"]', ["tests.0", "tests.1"]), ('["a"]', ["tests.0", "tests"])]
)
def test_what_is_long_enough_is_not_told_as_too_short_for_its_faults(document: str, fields: list[str]) -> None:
    numbers = Annotated[tuple[int, ...], Field(min_length=len(fields))]
    errors = [each | {"loc": ("tests", *each["loc"])} for each in refusal(numbers, document).errors()]
    assert [fault.field for fault in faults_of(errors)] == fields


@pytest.mark.parametrize(("pattern", "right"), [("^[0-9a-f]{64}$", "SHA-256"), ("^[A-Z]{2}$", "such as SI")])
def test_a_pattern_is_told_as_what_would_be_right(pattern: str, right: str) -> None:
    (fault,) = faults_of(refusal(Annotated[str, StringConstraints(pattern=pattern)], '"Austria"').errors())
    assert right in fault.reason
