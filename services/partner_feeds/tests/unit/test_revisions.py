"""Revisions of records in whatever order they come: each content is taken once, and contradictions are the same."""

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from partner_feeds.reporting.revisions import TAKEN, Novelty, Revisions

SENT = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 3), st.integers(1, 2)), max_size=8)
"""Records, each of an id, a revision and a digest."""


def taken(sent: list[tuple[str, int, int]]) -> tuple[set[tuple[str, int]], Counter[Novelty]]:
    known, found, counts = Revisions(), set[tuple[str, int]](), Counter[Novelty]()
    for id_, revision, digest in sent:
        novelty = known.novelty(("TestResult", id_), revision, digest)
        counts[novelty] += 1
        if novelty in TAKEN:
            assert (id_, revision) not in found, "no revision is taken twice"
            found.add((id_, revision))
    return found, counts


@given(SENT, st.randoms())
def test_the_same_revisions_are_taken_in_any_order(sent: list[tuple[str, int, int]], random: object) -> None:
    other = sent.copy()
    random.shuffle(other)  # type: ignore[attr-defined]
    (found, counts), (again, counts_again) = taken(sent), taken(other)
    assert found == again == {(id_, revision) for id_, revision, _ in sent}
    assert counts[Novelty.new] == counts_again[Novelty.new] == len({id_ for id_, *_ in sent})


def test_what_each_of_two_revisions_is_to_the_other() -> None:
    first, order = (1, 11), []
    for revision, digest in product((1, 2, 3), (11, 12)):
        known = Revisions()
        known.add(("TestResult", "A"), *first)
        order.append(known.novelty(("TestResult", "A"), revision, digest))
    assert order == [Novelty.known, Novelty.contradicting] + [Novelty.amended] * 4
    behind = Revisions()
    behind.add(("TestResult", "A"), 2, 11)
    assert behind.novelty(("TestResult", "A"), 1, 11) is Novelty.late
    assert behind.novelty(("TestResult", "A"), 1, 12) is Novelty.contradicting
    assert behind.novelty(("BatchStart", "A"), 1, 12) is Novelty.new
