"""Whether two partners look like one company, without I/O."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_registry.duplicates.model import DuplicateCandidate
from partner_registry.duplicates.similarity import ALIKE, Company, domain_of, grounds, similarity, trigrams
from runtime.lifecycle import NotAllowedNow

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_trigrams_are_those_of_pg_trgm() -> None:
    assert trigrams("cat") == {"  c", " ca", "cat", "at "}
    assert similarity("word", "two words") == pytest.approx(4 / 11), "as its documentation has it"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("alpine tablets", "alpine tablets", True),
        ("alpine tablets", "tablets alpine", True),
        ("alpine pharmaceuticals", "alpine pharmaceutical", True),
        ("abcdefgh", "abcdefghx", False),
        ("alpine tablets", "alpine capsules", False),
    ],
)
def test_names_are_alike_from_four_fifths_on(one: str, other: str, alike: bool) -> None:
    assert (similarity(one, other) >= ALIKE) is alike
    assert bool(grounds(Company({one}), Company({"x", other}))) is alike


NAMES = st.sets(st.text("ab c", min_size=1, max_size=8), max_size=3)
COMPANIES = st.builds(Company, NAMES, st.sampled_from([None, "alpine.example", "https://www.alpine.example/x"]))


@given(one=COMPANIES, other=COMPANIES)
def test_it_is_the_same_whoever_is_compared_with_whom(one: Company, other: Company) -> None:
    assert grounds(one, other) == grounds(other, one)
    for name in one.names:
        assert similarity(name, name) in (1.0, 0.0), "a name of blanks alone is like none"


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.Alpine.example/about?x", "alpine.example"),
        ("alpine.example:443", "alpine.example"),
        ("http://bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_website_is_compared_by_its_domain(website: str, domain: str) -> None:
    assert domain_of(website) == domain


@pytest.mark.parametrize("website", ["alpine", "", "http://", "https://alpine..example", "10.0.0.1", "a b.example"])
def test_what_has_no_domain_is_refused(website: str) -> None:
    with pytest.raises(ValueError, match="has a domain"):
        domain_of(website)


def test_an_answer_is_kept_and_may_be_the_other_one_later() -> None:
    one = DuplicateCandidate(number="DUP-1", partner_id=uuid4(), other_id=uuid4(), grounds=["x"])
    one.call_different("two sisters", "eva", NOW)
    assert (one.state, one.decision_reason, one.decided_by) == ("different", "two sisters", "eva")
    with pytest.raises(NotAllowedNow):
        one.call_different("again", "eva", NOW)
    one.call_same("the register says so", "max", NOW)
    assert (one.state, one.decided_by) == ("same", "max")
