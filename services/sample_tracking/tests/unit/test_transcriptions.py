"""Two people's typing of one paper, held against each other."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated
from sample_tracking.transcriptions.differences import differences
from sample_tracking.transcriptions.model import Transcription, TranscriptionState

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def typed(*results: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"lot_number": "L-1", "occurred_at": "2026-03-03", "results": [*results]} | others


def read(test: str, value: str, **others: Any) -> dict[str, Any]:
    return {"test": test, "role": "original", "method": None, "value": value, "unit": "%"} | others


def keyed(*results: dict[str, Any]) -> Transcription:
    """As one person typed it."""
    given: dict[str, Any] = {
        "lot_id": uuid4(),
        "lot_number": "L-1",
        "material": "P",
        "site_id": uuid4(),
        "partner_id": uuid4(),
    }
    given |= {"laboratory_site_id": uuid4(), "laboratory_partner_id": uuid4(), "stage": "release"}
    given |= {"certificate_digest": "0" * 64, "keyed_by": "ana", "parties": []}
    return Transcription(typed_first=typed(*results), **given)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (typed(read("assay", "99.0"), read("water", "1.2")), []),
        (typed(read("water", "1.2"), read("assay", "99.0")), []),
        (typed(read("assay", "99"), read("water", "1.2")), [("assay", "value", "99.0", "99")]),
        (typed(read("assay", "90.9"), read("water", "1.2")), [("assay", "value", "99.0", "90.9")]),
        (typed(read("assay", "99.0")), [("water", "test", "water", None)]),
        (
            typed(read("assay", "99.0"), read("water", "1.2", qualifier="at_most")),
            [("water", "qualifier", None, "at_most")],
        ),
        (typed(read("assay", "99.0"), read("water", "1.2"), lot_number="L-7"), [(None, "lot_number", "L-1", "L-7")]),
    ],
)
def test_what_differs_is_named(second: dict[str, Any], expected: Any) -> None:
    first = typed(read("assay", "99.0"), read("water", "1.2"))
    found = differences(first, second)
    assert [(each["test"], each["field"], each["first"], each["second"]) for each in found] == expected


def test_units_are_compared_in_their_order_and_shown() -> None:
    one, other = (typed(read("d", "80", determinations=each)) for each in (["80", "81"], ["81", "80"]))
    assert [(each["first"], each["second"]) for each in differences(one, other)] == [("80, 81", "81, 80")]


RESULTS = st.lists(st.tuples(st.sampled_from(["assay", "water"]), st.sampled_from(["1", "2", "10"])), max_size=4)


@given(RESULTS, RESULTS)
def test_only_the_same_is_without_differences(first: Any, second: Any) -> None:
    one, other = (typed(*(read(*each) for each in results)) for results in (first, second))
    by_test = [sorted(results, key=lambda each: each[0]) for results in (first, second)]
    assert (not differences(one, other)) == (by_test[0] == by_test[1])
    assert len(differences(one, other)) == len(differences(other, one))


def test_it_is_verified_by_a_second_person_and_solved_by_one_of_the_two() -> None:
    paper = keyed(read("assay", "90.9"))
    paper.verify(typed(read("assay", "99.0")), "bor", NOW)
    assert (paper.state, paper.verified_by, paper.verified_at) == (TranscriptionState.differing, "bor", None)
    with pytest.raises(RuleViolated, match="ana or bor"):
        paper.retype(typed(read("assay", "99.0")), "cene", NOW)
    with pytest.raises(RuleViolated, match="typed before"):
        paper.retype(typed(read("assay", "90.9")), "ana", NOW)
    paper.retype(typed(read("assay", "99.1")), "bor", NOW)
    assert paper.state == TranscriptionState.differing
    paper.retype(typed(read("assay", "99.1")), "ana", NOW)
    assert (paper.state, paper.verified_at, paper.differences) == (TranscriptionState.verified, NOW, [])
    with pytest.raises(NotAllowedNow):
        paper.withdraw("too late")
