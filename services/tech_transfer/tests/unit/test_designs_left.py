"""A design of a PPQ series is left with all that is known of its batches; a CAPA answers one failure."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.transfer_batches import TransferBatchVerdict as Verdict
from runtime.problems import RuleViolated
from services.tech_transfer.tests.unit.test_lifecycles import NOW, PROTOCOL, batch, series
from tech_transfer.ppq_series.judging import counted
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.ppq_series.schemas import SeriesState as State
from tech_transfer.transfer_batches.model import TransferBatch


def running() -> PpqSeries:
    """A series that was begun."""
    one = series()
    one.approve_protocol("petra", NOW)
    one.start(engineering=True)
    return one


def made(of: PpqSeries, number: str, verdict: Verdict, **more: Any) -> TransferBatch:
    """A batch of the series as it is now."""
    one = batch()
    one.lot_number, one.strength, one.started_at = number, "10 mg", f"2026-03-{number[1:]:0>2}"
    one.series_id, one.design, one.run, one.state = of.id, of.design, of.run, verdict
    return one


def judged(one: PpqSeries, batches: list[TransferBatch]) -> list[Any]:
    """What is told as its batches are counted."""
    lots = {each.lot_id: each.lot_number for each in batches}
    return one.take(counted(one, batches), lots, [], NOW)


def redesigned(one: PpqSeries, capa: Any = None, open_lots: tuple[str, ...] = ()) -> None:
    """By another protocol."""
    against = "name the CAPA" if one.fails and capa is None else None
    one.redesign(PROTOCOL, 3, "x", capa, against, open_lots, by="ana")


def test_a_design_is_not_left_while_a_batch_of_it_may_still_fail() -> None:
    one = running()
    one.lacking = ["Assay: it asks less"]
    with pytest.raises(RuleViolated, match="L7: an investigation or a deviation is open") as refused:
        redesigned(one, open_lots=("L7",))
    assert refused.value.extensions["missing"] == ["L7"]
    redesigned(one)
    assert (one.state, one.design) == (State.planned, 2)


def test_a_failure_of_an_earlier_design_is_answered_as_any_other() -> None:
    one = running()
    late, other = made(one, "L1", Verdict.conforming), made(one, "L2", Verdict.conforming)
    one.lacking = ["Assay: it asks less"]
    redesigned(one)
    late.state = Verdict.failed
    (failed,) = judged(one, [late, other])
    assert (one.state, one.fails, one.ended_by, failed.count) == (State.planned, True, ["L1"], 0)
    assert judged(one, [late, other]) == [], "it is told once"
    one.approve_protocol("petra", NOW)
    with pytest.raises(RuleViolated, match="L1 of an earlier design failed"):
        one.start(engineering=True)
    with pytest.raises(RuleViolated, match="name the CAPA"):
        redesigned(one)
    redesigned(one, uuid4())
    assert judged(one, [late, other]) == []
    assert (one.state, one.fails, one.design) == (State.planned, False, 3)


def test_it_ends_the_run_that_goes_on_meanwhile_until_it_is_none() -> None:
    one = running()
    late = made(one, "L1", Verdict.conforming)
    one.lacking = ["Assay: it asks less"]
    redesigned(one)
    one.approve_protocol("petra", NOW)
    one.start(engineering=True)
    batches = [late, *(made(one, f"L{n}", Verdict.conforming) for n in (2, 3, 4))]
    assert judged(one, batches) == []
    assert (one.state, one.count) == (State.conforming, 3)
    late.state = Verdict.failed
    (failed,) = judged(one, batches)
    assert (one.state, one.count, failed.attempt) == (State.failed, 0, 1)
    one.restart("x", uuid4(), None, NOW)
    assert judged(one, batches) == []
    assert (one.state, one.attempt, one.count, one.run) == (State.running, 2, 0, 2)
    late.state = Verdict.conforming
    judged(one, batches)
    assert (one.state, one.attempt, one.count) == (State.conforming, 1, 3), "it never was one"


@given(st.permutations(range(4)), st.sampled_from([1, 2]))
def test_the_order_in_which_designs_are_read_changes_nothing(order: list[int], run: int) -> None:
    one = running()
    one.design, one.run = 2, 2
    batches = [made(one, f"L{n}", Verdict.conforming) for n in range(1, 5)]
    batches[0].design, batches[0].state = 1, Verdict.failed
    one.runs_ended = [{"design": 2, "run": run, "lots": ["L1"], "capa_id": None}] if run == 1 else []
    found = counted(one, [batches[place] for place in order])
    assert (found.failed, found.count) == (run == 2, 0 if run == 2 else 3)


def test_a_capa_that_did_not_work_answers_no_second_failure() -> None:
    one, capa = running(), uuid4()
    bad = made(one, "L1", Verdict.failed)
    judged(one, [bad])
    one.restart("x", capa, None, NOW)
    assert one.run_began_at == NOW
    again = made(one, "L2", Verdict.failed)
    judged(one, [bad, again])
    answers: list[Callable[[], object]] = [lambda: one.restart("x", capa, None, NOW), lambda: redesigned(one, capa)]
    for answer in answers:
        with pytest.raises(RuleViolated, match="it was taken for run 1 of design 1 already") as refused:
            answer()
        assert refused.value.extensions["fields"] == ["capa_id"]
    redesigned(one, uuid4())
    assert (one.design, one.run) == (2, 1)
