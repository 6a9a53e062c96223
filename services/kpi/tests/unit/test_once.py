"""A test or a lot counts once, by however many names it goes and in whatever order that becomes known."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Classification, Lot
from contracts.quality_events import BatchManufactured, DeviationClassified, OosConcluded, OosReopened
from contracts.sample_tracking import ResultsReported
from kpi.consumers import judgement_of
from kpi.measures import Code

OF_TESTS = (Code.oos_test, Code.oos_test_concluded, Code.oos_test_invalidated)
OF_LOTS = (Code.lot_manufactured, Code.lot_yield, Code.lot_right_first_time)
TELL: dict[type, Callable[[Any, Any], None]] = {
    ResultsReported: lambda books, told: books.results(told),
    OosConcluded: lambda books, told: books.conclude(told),
    OosReopened: lambda books, told: books.conclude(told),
    BatchManufactured: lambda books, told: books.batches(told),
    DeviationClassified: lambda books, told: books.judge(judgement_of(told, told.fact.classification)),
}


def kept(books: Any, facts: Sequence[Any]) -> Any:
    """The books after these facts."""
    for told in facts:
        TELL[type(told.fact)](books, told)
    assert books.uniquely_proven()
    assert books.nonzero() == books.rebuilt()
    return books


def mingled(data: st.DataObject, stories: Sequence[Sequence[Any]]) -> list[Any]:
    """What is told of each subject in its order, and of different ones in any."""
    waiting = [list(story) for story in stories]
    turns = data.draw(st.permutations([n for n, story in enumerate(stories) for _ in story]))
    return [waiting[turn].pop(0) for turn in turns]


def in_turn(stories: Sequence[Sequence[Any]]) -> list[Any]:
    return [told for story in stories for told in story]


def recorded(make: Any, *stories: Sequence[Any]) -> list[list[Any]]:
    return [[make.recorded(fact, sequence=n) for n, fact in enumerate(story, 1)] for story in stories]


def under(lot: Lot, number: str) -> Lot:
    return lot.model_copy(update={"id": Lot.identify(lot.site_id, lot.material, number), "number": number})


@given(st.data())
def test_an_oos_that_is_amended_to_another_is_one_in_every_order(
    new_world: Any, ledger: Any, data: st.DataObject
) -> None:
    make, ids = new_world(), [UUID(int=n) for n in range(1, 4)]
    verdicts = data.draw(st.lists(st.sampled_from(["pass", "oos"]), min_size=1, max_size=3))
    results, months = [], ["2026-01", "2026-02", "2026-03"]
    for n, verdict in enumerate(verdicts):
        told = [verdict, *data.draw(st.lists(st.sampled_from(["pass", "oos"]), max_size=1))]  # read again by quality
        before = ids[n - 1] if n else None
        results.append([make.result(each, result_id=ids[n], supersedes=before, at=months[n]) for each in told])
    stories = recorded(make, *results)
    straight = kept(ledger(), in_turn(stories))
    shuffled = kept(ledger(), mingled(data, stories))
    assert shuffled.nonzero() == straight.nonzero()
    last = [story[-1].fact.results[0].evaluation for story in stories]
    assert shuffled.total(Code.oos_test) == ("oos" in last)
    if "oos" in last:
        newest = max(n for n, evaluation in enumerate(last) if evaluation == "oos")
        assert [subject for code, subject in shuffled.counting if code == Code.oos_test] == [ids[newest]]


@given(st.data())
def test_a_test_with_two_investigations_has_one_conclusion_in_every_order(
    new_world: Any, ledger: Any, data: st.DataObject
) -> None:
    make, (first, second) = new_world(), (uuid4(), uuid4())
    conclusions = data.draw(st.tuples(*[st.sampled_from(["confirmed", "invalidated"])] * 2))
    investigations = []
    for result_id, conclusion in zip((first, second), conclusions, strict=True):
        id = uuid4()
        investigations.append([make.oos_concluded(id, conclusion=conclusion, result_id=result_id)])
    reopened = data.draw(st.booleans())
    if reopened:
        id = investigations[1][0].investigation_id
        investigations[1].append(make.oos_reopened(id, result_id=second))
    results = [[make.result("oos", result_id=first)], [make.result("oos", result_id=second, supersedes=first)]]
    books = kept(ledger(), mingled(data, recorded(make, *results, *investigations)))
    stands = conclusions[0 if reopened else 1]
    assert [books.total(each) for each in OF_TESTS] == [1, 1, stands == "invalidated"]


@given(st.data())
def test_goods_with_two_numbers_are_one_batch_in_every_order(new_world: Any, ledger: Any, data: st.DataObject) -> None:
    make, deviation = new_world(), uuid4()
    lot = make.lot()
    other, third = under(lot, f"{lot.number}-A"), under(lot, f"{lot.number}-B")
    batch_ids = [uuid4() for _ in range(4)]
    flawed = data.draw(st.sampled_from(batch_ids))
    stories = recorded(
        make,
        [
            make.batch(batch_id=batch_ids[0], lot=lot, percent="90"),
            make.batch(batch_id=batch_ids[0], lot=lot, percent="91", aliases=[other.number]),
        ],
        [make.batch(batch_id=batch_ids[1], lot=other, percent="92", aliases=[third.number])],
        [make.batch(batch_id=batch_ids[2], lot=third, percent="93")],
        [make.batch(batch_id=batch_ids[3], lot=make.lot(), percent="94")],
        [make.classified(deviation, flawed)],
    )
    straight, books = kept(ledger(), in_turn(stories)), kept(ledger(), mingled(data, stories))
    assert books.nonzero() == straight.nonzero()
    assert [books.total(each) for each in OF_LOTS] == [2, 91 + 94, 1]


def test_a_number_that_is_no_other_one_any_more_is_a_batch_of_its_own(new_world: Any, ledger: Any) -> None:
    make, id, other_id, deviation = new_world(), uuid4(), uuid4(), uuid4()
    lot = make.lot()
    other = under(lot, f"{lot.number}-A")
    both = make.batch(batch_id=id, lot=lot, aliases=[other.number])
    (told,) = recorded(make, [make.batch(batch_id=other_id, lot=other), make.classified(deviation, other_id), both])
    books = kept(ledger(), told)
    assert [books.total(each) for each in OF_LOTS[::2]] == [1, 0]
    kept(books, [make.recorded(make.batch(batch_id=id, lot=lot), sequence=4)])
    assert [books.total(each) for each in OF_LOTS[::2]] == [2, 1]
    kept(books, [make.recorded(make.classified(deviation, other_id, to="minor"), sequence=5)])
    assert [books.total(each) for each in OF_LOTS[::2]] == [2, 2]


@pytest.mark.parametrize("claimed_by_two", [True, False])
def test_a_number_that_two_batches_claim_is_neithers(new_world: Any, ledger: Any, claimed_by_two: bool) -> None:
    make, lots = new_world(), [new_world().lot()]
    lots += [under(lots[0], f"{lots[0].number}-{n}") for n in range(2)]
    facts = [make.batch(lot=lots[0], aliases=[lots[2].number]), make.batch(lot=lots[2])]
    facts.append(make.batch(lot=lots[1], aliases=[lots[2].number] if claimed_by_two else []))
    books = kept(ledger(), [make.recorded(fact) for fact in facts])
    assert books.total(Code.lot_manufactured) == (3 if claimed_by_two else 2)


def test_batches_that_name_each_other_are_one(new_world: Any, ledger: Any) -> None:
    make, lot = new_world(), new_world().lot()
    other = under(lot, f"{lot.number}-A")
    facts = [make.batch(lot=lot, aliases=[other.number]), make.batch(lot=other, aliases=[lot.number])]
    books = kept(ledger(), [make.recorded(fact) for fact in facts])
    assert books.total(Code.lot_manufactured) == 1


def test_a_deviation_of_one_number_flaws_the_goods(new_world: Any, ledger: Any) -> None:
    make, lot, id, other_id = new_world(), new_world().lot(), uuid4(), uuid4()
    other = under(lot, f"{lot.number}-A")
    facts = [
        make.batch(batch_id=id, lot=lot, aliases=[other.number]),
        make.batch(batch_id=other_id, lot=other),
        make.classified(uuid4(), other_id, to=Classification.critical),
    ]
    books = kept(ledger(), [make.recorded(fact) for fact in facts])
    assert [books.total(each) for each in OF_LOTS[::2]] == [1, 0]
