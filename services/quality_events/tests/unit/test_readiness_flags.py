"""What speaks against the data of a result counts for the release, and is nobody's to read but its laboratory's."""

from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from contracts.data_integrity import FlagState, ValueContradictionFlagged
from quality_events.copies.known import row_of
from quality_events.impacts.consumers import OF_MAKING
from quality_events.readiness.schemas import ReadinessCondition
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from tests.dossiers import LOT, WORLD, batch, condition, told, usual
from tests.releasing import flagged, recorded, results_of

FLAG = uuid4()
OPEN, ANSWERED = FlagState.open, FlagState.answered


@pytest.mark.parametrize(
    ("states", "expected", "weighs"),
    [
        ([], Verdict.met, False),
        ([OPEN], Verdict.unknown, False),
        ([OPEN, FlagState.lapsed], Verdict.met, False),
        ([OPEN, ANSWERED], Verdict.met, True),
        ([OPEN, ANSWERED, FlagState.accepted], Verdict.met, False),
        ([OPEN, ANSWERED, FlagState.confirmed], Verdict.not_met, False),
    ],
)
def test_a_flag_counts_as_it_stands_in_whatever_order_it_is_told(
    states: list[FlagState], expected: Verdict, weighs: bool
) -> None:
    facts: Any = usual()
    kept = told(*facts, *(flagged(WORLD, LOT, facts[-1].result_id, state, FLAG) for state in states))
    for order in permutations(kept[len(facts) :]):
        found = condition(batch([*kept[: len(facts)], *order]), "specification_met")
        assert (found.verdict, found.weighs, found.stateable) == (expected, weighs, False)
        assert any(each.id == FLAG for each in found.findings) == (expected != Verdict.met or weighs)
        for reader, reads in ((None, True), (WORLD.laboratory, True), (WORLD.maker, False)):
            shown = ReadinessCondition.of(found, reader, "UTC")
            assert [each.number for each in shown.proof] == [str(FLAG)] * (
                reads and (expected != Verdict.met or weighs)
            )
            assert reads or ("in question" in shown.why) == (expected != Verdict.met)
            assert reads or not any(word in shown.model_dump_json() for word in ("integrity", "speaks", "copied"))


def test_a_value_that_its_units_contradict_is_kept_as_any_other_flag() -> None:
    flag: Any = flagged(WORLD, LOT, uuid4(), OPEN, FLAG)
    other = ValueContradictionFlagged(**flag.model_dump(exclude={"rule"}))
    kept = [row_of(recorded(fact, 1, str(FLAG))) for fact in (flag, other)]
    names = ("kind", "about", "key", "said")
    assert [{name: row[name] for name in names} for row in kept[:1]] == [{name: kept[1][name] for name in names}]
    assert ValueContradictionFlagged in OF_MAKING


def test_a_flag_of_a_result_that_was_amended_says_nothing_of_what_stands_in_its_place() -> None:
    facts: Any = usual()
    amended = results_of(WORLD, LOT, supersedes=facts[-1].result_id)
    confirmed = flagged(WORLD, LOT, facts[-1].result_id, FlagState.confirmed, FLAG)
    found = condition(batch(told(*facts, *amended, confirmed)), "specification_met")
    assert (found.verdict, len(found.findings)) == (Verdict.met, 1)
