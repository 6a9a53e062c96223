"""The ledger adds up: in every order, however often, and to the same as a rebuild."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Classification
from kpi.arithmetic import EXACT
from kpi.consumers import judgement_of
from kpi.facts import reading
from kpi.facts.moments import month_of
from kpi.measures import DISTRIBUTIONS, Code

BATCHES, SOURCES = 3, 3
flaw_stories = st.lists(
    st.tuples(
        st.integers(0, SOURCES - 1),
        st.sets(st.integers(0, BATCHES - 1)),
        st.sampled_from(["minor", "major", "critical", "cancelled"]),
    ),
    max_size=10,
)


@given(flaw_stories, st.data())
def test_right_first_time_is_the_same_wherever_batches_come_among_their_flaws(
    new_world: Any, ledger: Any, story: list[tuple[int, set[int], str]], data: st.DataObject
) -> None:
    make = new_world()
    ids, sources = [UUID(int=n + 1) for n in range(BATCHES)], [UUID(int=n + 100) for n in range(SOURCES)]
    made = [make.recorded(make.batch(batch_id=id)) for id in ids]
    judgements = []
    for sequence, (source, concerned, became) in enumerate(story, 2):
        batch_ids = [ids[n] for n in sorted(concerned)]
        cancelled = became == "cancelled"
        fact = make.cancelled(sources[source], *batch_ids)
        if not cancelled:
            fact = make.classified(sources[source], *batch_ids, to=became)
        judgements.append(
            judgement_of(make.recorded(fact, sequence=sequence), None if cancelled else Classification(became))
        )
    places = [data.draw(st.integers(0, len(judgements))) for _ in made]
    books = ledger()
    for place in range(len(judgements) + 1):
        books.batches(*(batch for batch, at in zip(made, places, strict=True) if at == place))
        if place < len(judgements):
            books.judge(judgements[place])
            if data.draw(st.booleans()):  # an earlier fact comes again
                books.judge(judgements[data.draw(st.integers(0, place))])
    last = {source: (concerned, became) for source, concerned, became in story}
    flawed = {n for concerned, became in last.values() if became in ("major", "critical") for n in concerned}
    assert books.total(Code.batch_manufactured) == BATCHES
    assert books.total(Code.right_first_time) == BATCHES - len(flawed)
    for n, id in enumerate(ids):
        assert books.counting[Code.right_first_time, id].measured.value == (0 if n in flawed else 1)
    assert books.uniquely_proven()
    assert books.nonzero() == books.rebuilt()


def _in_sets(make: Any, results: Sequence[tuple[Any, Any]], data: st.DataObject) -> list[Any]:
    """The results, each with its moment, told in sets of those of one moment, whoever they belong with."""
    sets = []
    left = data.draw(st.permutations(results))
    while left:
        _, moment = left[0]
        alike = [place for place, (_, at) in enumerate(left) if at == moment]
        together = alike[: data.draw(st.integers(1, len(alike)))]
        sets.append(make.recorded(make.together(*(left[place][0] for place in together), at=moment)))
        left = [each for place, each in enumerate(left) if place not in together]
    return sets


@given(st.data())
def test_results_and_amendments_give_the_same_sums_in_every_order_batching_and_set(
    new_world: Any, ledger: Any, data: st.DataObject
) -> None:
    make, results = new_world(), []
    for _ in range(data.draw(st.integers(1, 4))):
        before = None
        for _ in range(data.draw(st.integers(1, 3))):
            evaluation = data.draw(st.sampled_from(["pass", "oos", "not_evaluated"]))
            month = data.draw(st.sampled_from([date(2026, 1, 31), "2026-02", datetime(2026, 2, 1, tzinfo=UTC)]))
            (result,) = make.result(evaluation, supersedes=before and before.result_id).results
            results.append((result, month))
            before = result
    straight, shuffled = ledger(), ledger()
    straight.results(*(make.recorded(make.together(result, at=month)) for result, month in results))
    sets = _in_sets(make, results, data)
    order = data.draw(st.permutations(sets + data.draw(st.lists(st.sampled_from(sets), max_size=3))))
    while order:
        size = data.draw(st.integers(1, len(order)))
        shuffled.results(*order[:size])
        order = order[size:]
    assert shuffled.nonzero() == straight.nonzero() == shuffled.rebuilt()
    replaced = {result.supersedes for result, _ in results}
    counted = [result for result, _ in results if result.result_id not in replaced]
    assert shuffled.total(Code.oos) == sum(result.evaluation == "oos" for result, _ in results), "amended or not"
    assert shuffled.total(Code.test_evaluated) == sum(result.evaluation != "not_evaluated" for result in counted)
    assert shuffled.uniquely_proven()


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_result_told_again_with_its_product_does_not_count_beside_its_amendment(
    new_world: Any, ledger: Any, place: int, size: int
) -> None:
    """The amendment is of another lot, and so comes anywhere among what is told of the result."""
    make, result_id = new_world(), uuid4()
    lot = make.lot(product=None)
    known = lot.model_copy(update={"product_id": make.product})
    told = [make.recorded(make.result("oos", lot=each, result_id=result_id)) for each in (lot, known)]
    told.insert(place, make.recorded(make.result("pass", lot=make.lot(), supersedes=result_id)))
    books = ledger()
    for start in range(0, 3, size):
        books.results(*told[start : start + size])
    assert (books.total(Code.test_evaluated), books.total(Code.oos)) == (1, 1)
    assert books.uniquely_proven()
    assert books.nonzero() == books.rebuilt()


measurable = st.builds(
    lambda number, exponent: Decimal(number).scaleb(exponent, EXACT),
    st.integers(1 - 10**38, 10**38 - 1),
    st.integers(-67, 30),
)
"""Any number that a partner's feed may send, and larger ones."""


@given(st.data())
def test_sums_of_numbers_of_any_size_are_exactly_what_stands(new_world: Any, ledger: Any, data: st.DataObject) -> None:
    make, books, standing = new_world(), ledger(), dict[UUID, Fraction]()
    story = data.draw(st.lists(st.tuples(st.integers(0, 3), measurable), min_size=1, max_size=8))
    stated = []
    for number, percent in story:
        batch_id = UUID(int=number + 1)
        stated.append(make.recorded(make.batch(batch_id=batch_id, percent=str(percent))))
        standing[batch_id] = Fraction(percent)
    while stated:
        size = data.draw(st.integers(1, len(stated)))
        books.batches(*stated[:size])
        stated = stated[size:]
    for buckets in (books.nonzero(), books.rebuilt()):
        yields = [kept for key, kept in buckets.items() if key.measure == Code.batch_yield]
        assert [(count, Fraction(total)) for count, total in yields] == [(len(standing), sum(standing.values()))]
    entered = [entry.measured.value for entry in books.entries if entry.measured.measure == Code.batch_yield]
    assert sum(map(Fraction, entered)) == sum(standing.values())


def test_a_deviation_counts_once_and_a_cancelled_one_not_at_all(new_world: Any, ledger: Any) -> None:
    make, books, kept, gone = new_world(), ledger(), UUID(int=1), UUID(int=2)
    books.state(
        [reading.raised(make.recorded(make.raised(kept, lots=3))), reading.raised(make.recorded(make.raised(gone)))]
    )
    books.state([reading.closed(make.recorded(make.closed(kept))), reading.closed(make.recorded(make.closed(gone)))])
    cancelled = make.recorded(make.cancelled(gone))
    books.state([reading.cancelled(cancelled)])
    books.state([reading.cancelled(cancelled)])
    assert {measure for measure, subject in books.counting if subject == kept} == {
        Code.deviation,
        Code.notification_hours,
        Code.deviation_closure_days,
    }
    assert not [subject for _, subject in books.counting if subject == gone]
    assert books.total(Code.deviation) == 1
    assert {key.level: kept for key, kept in books.nonzero().items() if key.measure == Code.deviation_closure_days} == {
        Decimal("12.00"): (1, Decimal("12.00"))
    }


def test_history_counts_and_measures_no_clock(new_world: Any, ledger: Any) -> None:
    make, books, deviation, investigation = new_world(), ledger(), UUID(int=1), UUID(int=2)

    def old(fact: Any) -> Any:
        return make.recorded(fact.model_copy(update={"historic": True}))

    books.state([reading.raised(old(make.raised(deviation)))])
    books.state([reading.amended(old(make.amended(deviation, departure="2026-02")))])
    books.state([reading.closed(old(make.closed(deviation)))])
    books.state([reading.oos_opened(old(make.oos_opened(investigation)))])
    books.state([reading.oos_concluded(old(make.oos_concluded(investigation)))])
    assert {measure for measure, _ in books.counting} == {Code.deviation, Code.oos_concluded, Code.oos_confirmed}


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["2025-12", date(2026, 1, 5), None])), max_size=4), st.data())
def test_an_amended_deviation_counts_as_it_is_amended_last(
    new_world: Any, ledger: Any, amendments: list[tuple[bool, Any]], data: st.DataObject
) -> None:
    make, books, deviation = new_world(), ledger(), UUID(int=1)
    product, expected = make.product, (None, date(2026, 3, 1))
    make.product = None
    facts = [reading.raised(make.recorded(make.raised(deviation)))]
    for sequence, (of_product, departure) in enumerate(amendments, 2):
        make.product = product if of_product else None
        amended = make.recorded(make.amended(deviation, departure=departure), sequence=sequence)
        facts.append(reading.amended(amended))
        if departure:  # a fact from before it told this says nothing of what was counted
            expected = (make.product, month_of(departure))
    for told in range(1, len(facts) + 1):
        books.state(facts[data.draw(st.integers(0, told - 1)) : told])  # some of them again
    counting = {measure: entry.measured for (measure, _), entry in books.counting.items()}
    assert set(counting) == {Code.deviation, Code.deviation_open, Code.notification_hours}
    assert (counting[Code.deviation].dimensions.product_id, counting[Code.deviation].month) == expected
    assert {measured.dimensions.product_id for measured in counting.values()} == {expected[0]}
    assert {counting[code].month for code in (Code.deviation_open, Code.notification_hours)} == {date(2026, 3, 1)}
    assert books.total(Code.deviation) == 1
    assert books.total(Code.notification_hours) == 5
    make.product = expected[0]
    books.state([reading.closed(make.recorded(make.closed(deviation)))])
    assert books.total(Code.deviation_open) == 0
    assert {key.product_id for key in books.nonzero()} == {expected[0]}
    assert books.nonzero() == books.rebuilt()
    assert books.uniquely_proven()


def test_a_corrected_batch_moves_to_its_new_month_and_stays_flawed(new_world: Any, ledger: Any) -> None:
    make, books, batch = new_world(), ledger(), UUID(int=1)
    books.batches(make.recorded(make.batch(batch_id=batch, at="2026-03", percent="95")))
    critical = make.recorded(make.classified(UUID(int=2), batch, to="critical"), sequence=2)
    books.judge(judgement_of(critical, Classification.critical))
    books.batches(make.recorded(make.batch(batch_id=batch, at="2026-04", percent="96")))
    assert {key.month for key in books.nonzero()} == {date(2026, 4, 1)}
    assert {key.measure: kept for key, kept in books.nonzero().items()} == {
        "batch_manufactured": (1, Decimal(1)),
        "batch_yield": (1, Decimal(96)),
        "right_first_time": (1, Decimal(0)),
        "lot_manufactured": (1, Decimal(1)),
        "lot_yield": (1, Decimal(96)),
        "lot_right_first_time": (1, Decimal(0)),
    }
    assert books.uniquely_proven()


def test_a_reversal_lands_in_the_month_and_at_the_level_of_what_it_reverses(new_world: Any, ledger: Any) -> None:
    make, books, deviation = new_world(), ledger(), UUID(int=1)
    books.state([reading.closed(make.recorded(make.closed(deviation, at=datetime(2026, 5, 2, tzinfo=UTC))))])
    books.state([reading.cancelled(make.recorded(make.cancelled(deviation)))])
    entry, reversal = books.entries
    assert (reversal.bucket, reversal.count, reversal.reverses) == (entry.bucket, -1, entry.id)
    assert entry.measured.measure in DISTRIBUTIONS
    assert entry.reversed_by == reversal.id
    assert books.nonzero() == {}


def test_when_a_flaw_is_taken_back_the_zero_is_proven_by_the_one_that_still_holds(new_world: Any, ledger: Any) -> None:
    make, books, batch = new_world(), ledger(), UUID(int=1)
    books.batches(make.recorded(make.batch(batch_id=batch)))
    first = make.recorded(make.classified(UUID(int=2), batch), sequence=2)
    second = make.recorded(make.classified(UUID(int=3), batch), sequence=2)
    books.judge(judgement_of(first, Classification.major), judgement_of(second, Classification.major))
    assert books.counting[Code.right_first_time, batch].measured.source.event_id == first.id
    lifted = make.recorded(make.classified(UUID(int=2), batch, to="minor"), sequence=3)
    books.judge(judgement_of(lifted, Classification.minor))
    standing = books.counting[Code.right_first_time, batch].measured
    assert standing.value == 0
    assert standing.source.event_id == second.id


def test_an_overtaken_revision_and_a_result_without_a_limit_are_no_tests(new_world: Any, ledger: Any) -> None:
    """A failure that the laboratory had amended before it told it is one for all that."""
    make, books = new_world(), ledger()
    (overtaken,) = make.result("pass").results
    overtaken = overtaken.model_copy(update={"superseded_by": UUID(int=9)})
    books.results(make.recorded(make.together(overtaken)), make.recorded(make.result("not_evaluated")))
    assert books.entries == []
    (failed,) = make.result("oos").results
    failed = failed.model_copy(update={"superseded_by": UUID(int=9)})
    books.results(make.recorded(make.together(failed)))
    assert (books.total(Code.test_evaluated), books.total(Code.oos)) == (0, 1)
