"""What amends a result that an investigation found invalid brings no result back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_tracking.coas.contents import certified
from sample_tracking.results.lineage import found_invalid
from sample_tracking.results.model import Result

from .test_coas import LIMITS, OURS, PLACES, found

AT = datetime(2026, 3, 9, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def in_line(*revisions: dict[str, Any]) -> list[Result]:
    """Each amended by the next, and a retest beside them."""
    given: dict[str, Any] = {"test": "water", "created_at": AT}
    line = [found(**given | each) for each in revisions]
    for older, newer in pairwise(line):
        older.superseded_by = newer.id
    return [*line, found("water", role="retest", created_at=AT)]


FAILED: dict[str, Any] = {"said": "oos", "evaluation": "oos"}
FOUND_INVALID = FAILED | {"invalidated_at": AT}
BY_THEN, SINCE, LATER = ({"created_at": AT + hours * HOUR} for hours in (0, 1, 2))


@pytest.mark.parametrize(
    ("revisions", "stands"),
    [
        ([FOUND_INVALID, SINCE], False),
        ([FOUND_INVALID, SINCE, LATER], False),
        ([FOUND_INVALID, SINCE | {"reason": "voided"}, LATER], False),
        ([FOUND_INVALID, BY_THEN], True),
        ([FOUND_INVALID, BY_THEN, LATER], True),
        ([FAILED, FOUND_INVALID, SINCE], False),
        ([FOUND_INVALID, SINCE | FAILED], True),
        ([FOUND_INVALID, SINCE | FAILED, LATER], True),
        ([FOUND_INVALID, SINCE | FOUND_INVALID | {"invalidated_at": AT + HOUR}, LATER], False),
        ([FAILED, SINCE], True),
    ],
)
def test_what_amends_a_result_that_was_found_invalid_is_no_original_again(revisions: Any, stands: bool) -> None:
    """What stood by the conclusion is what it left standing; what fails itself is for its own investigation."""
    *line, retest = in_line(*revisions)
    for order in permutations([*line, retest]):
        said = {one["result_id"] for one in certified(OURS, LIMITS[1:2], order, PLACES, {})}
        assert said == {str(retest.id)} | ({str(line[-1].id)} if stands else set())


@given(data=st.data())
def test_what_is_found_invalid_is_the_same_in_whatever_order_and_ends_with_the_reopening(data: st.DataObject) -> None:
    moments = st.integers(0, 5).map(lambda hours: AT + hours * HOUR)
    revision: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {"created_at": moments, "invalidated_at": st.none() | moments, "evaluation": st.sampled_from(["oos", "pass"])}
    )
    results = [found("water", **each) for each in data.draw(st.lists(revision, min_size=1, max_size=6))]
    for at, one in enumerate(results[:-1]):  # a late revision is amended by the newest that there was
        one.superseded_by = results[data.draw(st.integers(at + 1, len(results) - 1))].id
    invalid = found_invalid(results)
    assert found_invalid(data.draw(st.permutations(results))) == invalid
    for one in results:
        assert (invalid.get(one.id) == one.id) == (one.invalidated_at is not None)
        one.invalidated_at = None
    assert not found_invalid(results)
