"""What a laboratory amends after a finding, or calls by another name, is told and explained."""

from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from quality_events.oos_investigations.retests import allot
from runtime.problems import RuleViolated
from tests.quality_records import NO_RETESTS, NOW

from .test_retests import HOUR, planned, propose, shown, told, why

BY_HAND: dict[str, Any] = {"amended_by": "lea", "amendment_reason": "typed wrong"}


def test_what_is_amended_after_the_finding_is_told_and_explained() -> None:
    """Of the result and of what stood beside it: a next revision may be another test."""
    one, beside, gone, newer = planned(**NO_RETESTS), uuid4(), uuid4(), uuid4()
    rows = [told(NOW - HOUR, "original", "2026-02", id, value="91") for id in (one.result_id, beside, gone)]
    assert shown(one, *rows) == []
    rows += [
        told(NOW + HOUR, "original", "2026-02", newer, value="99", supersedes=str(one.result_id), **BY_HAND),
        told(NOW + 2 * HOUR, "original", "2026-02", value="98", supersedes=str(beside), test="Assay (HPLC)"),
        told(NOW + 3 * HOUR, "original", "2026-02", supersedes=str(gone), voided=True),
    ]
    tested = allot([one], rows)[one.id]
    for order in permutations(rows):
        assert allot([one], order)[one.id] == tested
    found = {str(each.value): each for each in tested.tests}
    assert {value: each.planned or not each.unexplained for value, each in found.items()} == dict.fromkeys(
        ("99", "98", "91"), False
    )
    own = found["99"]
    assert (own.amended_at, own.amended_by, own.amendment_reason) == (NOW + HOUR, "lea", "typed wrong")
    assert [[str(before.value) for before in found[value].amended_from] for value in ("99", "98", "91")] == [
        *(["91"], ["91"]),
        [],
    ]
    assert (found["91"].voided_at, found["91"].amended_at) == (NOW + 3 * HOUR, NOW + 3 * HOUR)
    with pytest.raises(RuleViolated, match=str(newer)):
        propose(one, tested)
    propose(one, tested, *(why(each.result_id) for each in tested.tests))
    again = told(NOW + 4 * HOUR, "original", "2026-02", value="99.5", supersedes=str(newer))
    with pytest.raises(RuleViolated, match="invalidation-return"):
        one.approve_invalidation(allot([one], [*rows, again])[one.id], NOW)


def test_a_planned_retest_that_is_amended_until_it_passes_is_told_with_what_it_was() -> None:
    one, first = planned(), uuid4()
    rows = [told(NOW + HOUR, id=first, value="91"), told(NOW + 2 * HOUR, value="98", supersedes=str(first))]
    (test,) = allot([one], rows)[one.id].tests
    assert (test.planned, test.unexplained, str(test.value)) == (True, True, "98")
    assert [str(before.value) for before in test.amended_from] == ["91"]


def test_what_was_amended_before_the_finding_is_no_further_test() -> None:
    one, first = planned(), uuid4()
    own = told(NOW, "original", "2026-02", one.result_id, value="91", supersedes=str(first))
    assert shown(one, told(NOW - HOUR, "original", "2026-02", first, value="99"), own) == []


def test_what_quality_read_as_the_test_is_one() -> None:
    one, id = planned(), uuid4()
    rows = [told(NOW + HOUR, "original", id=id, test="Diss. (min)")]
    assert shown(one, *rows) == []
    assert shown(one, *rows, told(NOW + 2 * HOUR, "original", id=id, test="assay", reported_as="Diss. (min)")) == [
        False
    ]
