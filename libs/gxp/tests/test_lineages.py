"""An amendment goes with what it amends where that was found invalid before, and with nothing else."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gxp.lineages import invalid_with

AT = datetime(2026, 3, 9, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_what_is_recorded_since_goes_with_it_and_what_stood_by_then_does_not() -> None:
    recorded = {"since": AT + HOUR, "later": AT + 2 * HOUR, "by then": AT}
    amended_by = {"found": ["since", "by then"], "since": ["later"], "by then": ["of another"]}
    goes = {"found": "found", "since": "found", "later": "found"}
    assert invalid_with({"found": AT}, amended_by, recorded, ()) == goes
    assert invalid_with({"found": AT}, amended_by, {}, ()).keys() == {*goes, "by then", "of another"}, (
        "unknown is after"
    )
    assert invalid_with({"found": AT}, amended_by, recorded, ("since",)).keys() == {"found"}, "it is judged itself"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12), st.permutations(range(12)), st.data())
def test_the_order_in_which_amendments_are_known_is_no_matter(
    edges: list[tuple[int, int]], order: list[int], data: st.DataObject
) -> None:
    ids = "abcdef"
    hours = st.dictionaries(st.sampled_from(ids), st.integers(0, 4).map(lambda hour: AT + hour * HOUR))
    invalid, recorded = data.draw(hours), data.draw(hours)
    pairs = [(ids[min(edge)], ids[max(edge)]) for edge in edges if edge[0] != edge[1]]
    shuffled = [pairs[at] for at in order if at < len(pairs)]
    found = [
        invalid_with(invalid, {older: [to for of, to in each if of == older] for older, _ in each}, recorded, invalid)
        for each in (pairs, shuffled)
    ]
    assert found[0] == found[1]
    assert {*found[0].values()} == {*invalid} <= {*found[0]}
