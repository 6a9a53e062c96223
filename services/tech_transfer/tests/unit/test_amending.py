"""Which amendments count: none of a result that did not for its time, in whatever order they come."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from tech_transfer.method_transfers.amending import settle
from tech_transfer.method_transfers.results import MethodTransferResult, Refusal

EARLY, LATE, VERSION = Refusal.tested_before_freezing, Refusal.too_late, Refusal.other_version
REFUSED, UNKNOWN = Refusal.amends_refused, Refusal.amends_unknown
One = tuple[str, str | None, Refusal | None]


def result(name: str, amends: str | None, refused: Refusal | None) -> MethodTransferResult:
    """A result as it comes."""
    about: dict[str, Any] = {"supersedes": of(amends) if amends else None, "refused": refused}
    return MethodTransferResult(source_result_id=of(name), **about)


def of(name: str) -> UUID:
    """The id of a result."""
    return UUID(int=ord(name))


def settled(told: Sequence[One]) -> dict[str, tuple[Any, bool]]:
    """Why each is refused and whether it counts, where they come in this order."""
    there: list[MethodTransferResult] = []
    for each in told:
        there.append(result(*each))
        settle(there)
    found = {each.source_result_id: (each.refused, each.counts) for each in there}
    return {name: found[of(name)] for name, _, _ in told}


COUNTS, AMENDED = (None, True), (None, False)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([("a", None, None), ("b", "a", None)], {"a": AMENDED, "b": COUNTS}),
        ([("a", None, EARLY), ("b", "a", None)], {"a": (EARLY, False), "b": (REFUSED, False)}),
        ([("a", None, EARLY), ("b", "a", None), ("c", "b", None)], {"b": (REFUSED, False), "c": (REFUSED, False)}),
        ([("a", None, LATE), ("b", "a", LATE)], {"a": (LATE, False), "b": (REFUSED, False)}),
        ([("a", None, None), ("b", "a", LATE), ("c", "b", LATE)], {"b": AMENDED, "c": COUNTS}),
        ([("a", None, None), ("b", "a", EARLY), ("c", "b", None)], {"b": (EARLY, False), "c": (REFUSED, False)}),
        # A version that was written wrongly may be corrected, while results are taken or where another stood there.
        ([("a", None, VERSION), ("b", "a", None)], {"a": (VERSION, False), "b": COUNTS}),
        ([("a", None, VERSION), ("b", "a", LATE)], {"b": (LATE, False)}),
        ([("a", None, None), ("b", "a", VERSION)], {"a": AMENDED, "b": (VERSION, False)}),
        ([("a", None, None), ("b", "a", VERSION), ("c", "b", LATE)], {"a": AMENDED, "c": COUNTS}),
        # What was never kept was known before the criteria were frozen, or is of something else.
        ([("b", "a", None)], {"b": (UNKNOWN, False)}),
        ([("b", "a", LATE), ("c", "b", None)], {"b": (LATE, False), "c": (REFUSED, False)}),
        ([("b", "a", VERSION), ("c", "b", None)], {"b": (VERSION, False), "c": (UNKNOWN, False)}),
    ],
)
def test_an_amendment_never_counts_where_what_it_amends_did_not_for_its_time(
    told: list[One], expected: dict[str, tuple[Any, bool]]
) -> None:
    for order in permutations(told):
        found = settled(order)
        assert {name: found[name] for name in expected} == expected, order


@pytest.mark.parametrize(("refused", "expected"), [(EARLY, REFUSED), (LATE, None), (None, None)])
def test_an_older_revision_that_comes_after_the_newer_one_says_when_it_was_tested(
    refused: Refusal | None, expected: Refusal | None
) -> None:
    """The newer one came first, and was not told to amend anything."""
    for first in (True, False):
        newer, older = result("b", None, None), result("a", None, refused)
        older.superseded_by = of("b")
        settle([newer])
        settle([newer, older] if first else [older, newer])
        assert (newer.refused, older.counts) == (expected, False)


def test_results_that_amend_one_another_do_not_count() -> None:
    for order in permutations([("b", "a", None), ("a", "b", None)]):
        assert not any(counts for _, counts in settled(order).values())
