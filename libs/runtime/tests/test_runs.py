"""Facts of one type are handled together, over many keys; those of a key in their order."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from contracts import Fact, Recorded
from runtime.subscriptions import runs_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def recorded(type_: str, key: str) -> Recorded[Fact]:
    nothing: Any = None
    return Recorded(uuid4(), type_, "/test", NOW, key, 1, "", None, None, (), nothing)


@given(st.lists(st.builds(recorded, st.sampled_from(["Started", "Completed", "Cleaned"]), st.sampled_from("abc"))))
def test_every_fact_is_in_one_run_of_its_type_and_the_order_of_each_key_holds(facts: list[Recorded[Fact]]) -> None:
    runs = runs_of(facts)
    assert all(len({fact.type for fact in run}) == 1 for run in runs)
    handled = [fact for run in runs for fact in run]
    assert Counter(fact.id for fact in handled) == Counter(fact.id for fact in facts)
    for key in "abc":
        assert [fact.id for fact in handled if fact.key == key] == [fact.id for fact in facts if fact.key == key]


def test_starts_and_completions_that_alternate_over_many_batches_are_two_runs() -> None:
    facts = [recorded(type_, f"batch {n}") for n in range(100) for type_ in ("Started", "Completed")]
    assert [len(run) for run in runs_of(facts)] == [100, 100]
