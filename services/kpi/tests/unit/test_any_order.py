"""Facts of one subject come in their order; among those of other subjects they come in any."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts import Recorded
from contracts.quality_events import (
    BatchManufactured,
    DeviationAmended,
    DeviationCancelled,
    DeviationClassified,
    DeviationClosed,
    DeviationLinked,
    DeviationRaised,
    OosConcluded,
    OosLinked,
    OosOpened,
    OosReopened,
)
from contracts.sample_tracking import ResultsReported
from kpi.consumers import judgement_of, judgement_of_conclusion
from kpi.facts import reading
from kpi.measures import Code

BATCH, OTHER = UUID(int=1), UUID(int=2)
CLOSED = datetime(2026, 3, 14, 8, tzinfo=UTC)
Tell = Callable[[Any, Recorded[Any]], None]
TELL: dict[type, Tell] = {
    ResultsReported: lambda books, told: books.results(told),
    BatchManufactured: lambda books, told: books.batches(told),
    DeviationRaised: lambda books, told: books.state([reading.raised(told)]),
    DeviationAmended: lambda books, told: _say(books, reading.amended(told), _judged(told)),
    DeviationClassified: lambda books, told: books.judge(_judged(told)),
    DeviationLinked: lambda books, told: _say(
        books, reading.linked(told), judgement_of(told, None if told.fact.cancelled else told.fact.classification)
    ),
    DeviationClosed: lambda books, told: _say(books, reading.closed(told), _judged(told)),
    DeviationCancelled: lambda books, told: _say(books, reading.cancelled(told), judgement_of(told, None)),
    OosOpened: lambda books, told: books.state([reading.oos_opened(told)]),
    OosLinked: lambda books, told: _say(books, reading.oos_linked(told), judgement_of_conclusion(told)),
    OosReopened: lambda books, told: _say(books, reading.oos_reopened(told), judgement_of_conclusion(told)),
    OosConcluded: lambda books, told: _say(books, reading.oos_concluded(told), judgement_of_conclusion(told)),
}


def _judged(told: Recorded[Any]) -> Any:
    return judgement_of(told, told.fact.classification)


def _say(books: Any, statement: Any, judgement: Any) -> None:
    books.state([statement])
    books.judge(judgement)


def _stories(make: Any) -> list[list[Recorded[Any]]]:
    """What is told of each subject, each in its order."""
    closed, cancelled, amended, confirmed, linked_first, reopened = (UUID(int=n) for n in range(11, 17))
    result = make.result("oos")
    stories = [
        [make.batch(batch_id=BATCH, at="2026-03"), make.batch(batch_id=BATCH, at="2026-04", percent="97")],
        [make.batch(batch_id=OTHER)],
        [
            *(make.raised(closed), make.classified(closed), make.closed(closed, to="major")),
            make.linked(closed, BATCH, to="major", closed_at=CLOSED),
        ],
        [
            *(make.raised(cancelled, OTHER), make.classified(cancelled, OTHER, to="critical")),
            *(make.cancelled(cancelled, OTHER), make.linked(cancelled, OTHER, BATCH, to="critical", cancelled=True)),
        ],
        [
            make.raised(amended, BATCH),
            make.classified(amended, BATCH),
            make.amended(amended, OTHER, departure="2026-02"),
        ],
        [
            make.oos_opened(confirmed),
            make.oos_concluded(confirmed),
            make.oos_linked(confirmed, OTHER, conclusion="confirmed"),
        ],
        [make.oos_opened(linked_first), make.oos_linked(linked_first, BATCH), make.oos_concluded(linked_first, BATCH)],
        [make.oos_opened(reopened), make.oos_concluded(reopened, OTHER), make.oos_reopened(reopened, OTHER)],
        [result],
        [make.result("pass", supersedes=result.results[0].result_id)],
    ]
    return [[make.recorded(fact, sequence=n) for n, fact in enumerate(story, 1)] for story in stories]


def _kept(books: Any, stories: Sequence[Sequence[Recorded[Any]]], turns: Sequence[int]) -> Any:
    waiting = [list(story) for story in stories]
    for turn in turns:
        told = waiting[turn].pop(0)
        TELL[type(told.fact)](books, told)
    return books.nonzero()


@given(st.data())
def test_the_sums_are_the_same_however_the_subjects_facts_mingle(
    new_world: Any, ledger: Any, data: st.DataObject
) -> None:
    stories = _stories(new_world())
    in_turn = [n for n, story in enumerate(stories) for _ in story]
    straight, mingled = ledger(), ledger()
    first = _kept(straight, stories, in_turn)
    assert _kept(mingled, stories, data.draw(st.permutations(in_turn))) == first == mingled.rebuilt()
    assert mingled.uniquely_proven()


def test_a_reopened_investigation_is_open_and_takes_nothing_from_its_batch(new_world: Any, ledger: Any) -> None:
    make, books, id = new_world(), ledger(), UUID(int=16)
    told = [make.oos_opened(id), make.oos_concluded(id, OTHER), make.oos_reopened(id, OTHER)]
    for sequence, fact in enumerate([make.batch(batch_id=OTHER), *told], 1):
        TELL[type(fact)](books, make.recorded(fact, sequence=sequence))
    assert [books.total(code) for code in (Code.oos_opened, Code.oos_open, Code.right_first_time)] == [1, 1, 1]
    concluded = (Code.oos_concluded, Code.oos_confirmed, Code.oos_closure_days)
    assert [books.total(code) for code in concluded] == [0, 0, 0]


def test_both_batches_are_flawed_and_each_quality_event_counts_once(new_world: Any, ledger: Any) -> None:
    books, stories = ledger(), _stories(new_world())
    _kept(books, stories, [n for n, story in enumerate(stories) for _ in story])
    counted = (Code.batch_manufactured, Code.right_first_time, Code.deviation, Code.oos_opened, Code.oos_confirmed)
    assert [books.total(code) for code in counted] == [2, 0, 2, 3, 2]
    assert [books.total(code) for code in (Code.deviation_open, Code.oos_open, Code.oos)] == [1, 1, 1]
