"""How many batches of a PPQ series count, in whatever order what is known of them came."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.quality_events import OosConclusion
from contracts.sample_tracking import Evaluation
from contracts.transfer_batches import TransferBatchVerdict as Verdict
from tech_transfer.ppq_series import bracketing
from tech_transfer.ppq_series.rules import Count, SeriesBatch, count
from tech_transfer.ppq_series.schemas import Protocol
from tech_transfer.transfer_batches.known import Told, known_of
from tech_transfer.transfer_batches.verdicts import Bound, Setting, judge
from tests.qualifying_batches import PROTOCOL
from tests.transferred_lots import Telling

GOOD, BAD, OPEN = Verdict.conforming, Verdict.failed, Verdict.undecided
EXCLUDED, CANCELLED, PLANNED, MAKING = Verdict.excluded, Verdict.cancelled, Verdict.planned, Verdict.in_progress
OOS = Evaluation.out_of_specification


def series(*runs: str | list[Verdict], strength: str = "10 mg") -> list[SeriesBatch]:
    """Batches by run, each made after the one before."""
    found = list[SeriesBatch]()
    for run, verdicts in enumerate(runs, 1):
        for verdict in verdicts:
            lot, place = uuid4(), len(found)
            found.append(SeriesBatch(lot, lot, strength, run, place, f"2026-03-{place + 1:02}", Verdict(verdict)))
    return found


def counted(*runs: list[Verdict], required: int = 3) -> Count:
    return count(series(*runs), required, ["10 mg"], len(runs))


@pytest.mark.parametrize(
    ("runs", "number", "attempt", "state"),
    [
        ([[]], 0, 1, "running"),
        ([[GOOD, GOOD]], 2, 1, "running"),
        ([[GOOD, GOOD, GOOD]], 3, 1, "conforming"),
        ([[GOOD, GOOD, GOOD, MAKING]], 3, 1, "conforming"),
        ([[GOOD, BAD]], 0, 1, "failed"),
        ([[GOOD, GOOD, GOOD, BAD]], 0, 1, "failed"),
        ([[GOOD, BAD, GOOD, GOOD, GOOD]], 0, 1, "failed"),
        ([[GOOD, BAD], []], 0, 2, "running"),
        ([[GOOD, BAD], [GOOD, GOOD]], 2, 2, "running"),
        ([[GOOD, BAD], [GOOD, GOOD, GOOD]], 3, 2, "conforming"),
        ([[GOOD, BAD], [BAD]], 0, 2, "failed"),
        ([[GOOD, EXCLUDED, GOOD]], 2, 1, "running"),
        ([[GOOD, EXCLUDED, GOOD, CANCELLED, GOOD]], 3, 1, "conforming"),
        ([[GOOD, OPEN, GOOD, GOOD]], 1, 1, "running"),
        ([[GOOD, MAKING, GOOD, GOOD]], 1, 1, "running"),
        ([[GOOD, PLANNED, GOOD, GOOD]], 3, 1, "conforming"),
        ([[GOOD, GOOD], [GOOD]], 3, 1, "conforming"),
        ([[GOOD, OPEN], [GOOD, GOOD, GOOD]], 3, 1, "conforming"),
        ([[GOOD, OPEN], [GOOD, GOOD]], 2, 1, "running"),
    ],
)
def test_what_counts(runs: list[list[Verdict]], number: int, attempt: int, state: str) -> None:
    found = counted(*runs)
    named = "failed" if found.failed else "conforming" if found.conforming else "running"
    assert (found.count, found.attempt, named) == (number, attempt, state)


def test_batches_of_one_bulk_are_one_and_the_gravest_decides() -> None:
    first, second, *others = series([GOOD, GOOD, GOOD])
    part = replace(second, bulk=first.bulk)
    assert count([first, part, *others], 3, ["10 mg"]).count == 2
    bad = replace(part, verdict=BAD)
    assert count([first, bad, *others], 3, ["10 mg"]).failed


def test_a_bulk_counts_once_for_each_strength_that_is_made_of_it() -> None:
    low = series([GOOD] * 3, strength="5 mg")
    high = [replace(each, lot_id=uuid4(), strength="10 mg", place=each.place + 3) for each in low]
    found = count([*low, *high], 3, ["5 mg", "10 mg"])
    assert (found.by_strength, found.conforming) == ({"5 mg": 3, "10 mg": 3}, True)
    waiting = [*low, replace(high[0], verdict=OPEN), *high[1:]]
    assert count(waiting, 3, ["5 mg", "10 mg"]).by_strength == {"5 mg": 3, "10 mg": 0}


def test_each_strength_that_is_made_needs_its_number() -> None:
    low, high = series([GOOD] * 3, strength="5 mg"), series([GOOD, GOOD, OPEN], strength="20 mg")
    found = count([*low, *high], 3, ["5 mg", "20 mg"])
    assert (found.by_strength, found.count, found.conforming) == ({"5 mg": 3, "20 mg": 2}, 2, False)
    assert not count(low, 3, []).conforming, "what has no strength to make shows nothing"


@pytest.mark.parametrize(
    ("good", "waiting", "number"),
    [
        ("2026-03-02T00:30:00+02:00", "2026-03-01T23:00:00Z", 1),  # half past ten in the evening, there
        ("2026-03-01T23:00:00Z", "2026-03-02T00:30:00+02:00", 0),
        ("2026-03-01", "2026-03-02", 1),
        ("2026-03", "2026-03-02", 0),
        ("2026-03-01T23:00:00Z", None, 0),
        (None, "2026-03-01T23:00:00Z", 0),
    ],
)
def test_what_may_have_been_made_behind_an_undecided_batch_waits(
    good: str | None, waiting: str | None, number: int
) -> None:
    one, other = series([GOOD, OPEN])
    assert count([replace(one, started_at=good), replace(other, started_at=waiting)], 3, ["10 mg"]).count == number


@pytest.mark.parametrize(
    ("made", "bracketed", "why"),
    [
        (["5 mg", "20 mg"], ["10 mg", "5.5mg"], None),
        (["500 ug", "1 g"], ["20 mg"], None),
        (["5 mg/10 mL", "20 mg/10 mL"], ["10 mg/10 mL"], None),
        (["5 mg", "10 mg"], ["20 mg"], "20 mg: outside of the extremes that are made, 5 mg and 10 mg"),
        (["9 mg", "10 mg", "80 mg"], ["7 mg", "50 mg"], "7 mg: outside of the extremes that are made, 9 mg and 80 mg"),
        (["5 mg", "20 mg"], ["10 mL"], "10 mL cannot be compared with 5 mg"),
        (["5 mg", "20 mg"], ["forte"], "forte: write a strength as a number and its unit"),
    ],
)
def test_extremes_stand_for_strengths_between_them(made: list[str], bracketed: list[str], why: str | None) -> None:
    found = bracketing.why_not(made, bracketed)
    assert found is None if why is None else found is not None and found.startswith(why)


def test_a_protocol_brackets_nothing_outside_of_what_is_made() -> None:
    said = PROTOCOL | {"strengths": ["5 mg", "10 mg"], "bracketing_why": "the same blend"}
    Protocol.model_validate(said | {"bracketed": ["7 mg"]})
    with pytest.raises(ValueError, match="bracketed: 20 mg: outside of the extremes"):
        Protocol.model_validate(said | {"bracketed": ["20 mg"]})


@given(st.data())
def test_the_order_in_which_batches_are_read_changes_nothing(data: st.DataObject) -> None:
    verdicts = st.lists(st.sampled_from(list(Verdict)), max_size=4)
    runs = data.draw(st.lists(verdicts, min_size=1, max_size=3))
    batches = series(*runs)
    mixed = data.draw(st.permutations(batches))
    assert count(mixed, 3, ["10 mg"], len(runs)) == count(batches, 3, ["10 mg"], len(runs))


@given(st.lists(st.lists(st.sampled_from(list(Verdict)), max_size=4), min_size=1, max_size=3), st.integers(1, 4))
def test_it_conforms_with_enough_good_ones_in_a_run_that_no_failure_ended(
    runs: list[list[Verdict]], required: int
) -> None:
    found = counted(*runs, required=required)
    assert found.failed == (BAD in runs[-1])
    assert not (found.failed and found.conforming)
    last = max((place for place, run in enumerate(runs) if BAD in run), default=-1)
    assert found.count <= sum(run.count(GOOD) for run in runs[last + 1 :])
    assert found.attempt == 1 + sum(BAD in run for run in runs[:-1])


def _told() -> tuple[list[UUID], list[Told]]:
    """Three lots that conform in the end; the second was confirmed out of specification first, and then invalidated."""
    lots, told = list[UUID](), list[Told]()
    for day, number in enumerate(("A", "B", "C")):
        lot = Telling(number, day)
        lot.started()
        if number == "B":
            lot.oos(lot.result("90", evaluation=OOS), OosConclusion.confirmed, None, OosConclusion.invalidated)
        lot.result("100")
        lot.released()
        lots.append(lot.lot.id)
        told += lot.told
    return lots, told


LOTS, TOLD = _told()


def _count_of(told: list[Told]) -> Count:
    bound, setting = Bound("Assay", "%", Decimal(97), Decimal(103)), Setting("force", "kN", Decimal(1), None, None)
    batches = []
    for place, lot_id in enumerate(LOTS):
        mine = [each for each in told if str(lot_id) == each.said.get("lot") or str(lot_id) == each.key]
        known = known_of(lot_id, mine)
        verdict = judge(known, [bound], [setting]).verdict
        batches.append(SeriesBatch(lot_id, known.bulk, "", 1, place, known.started_at, verdict))
    return count(batches, 3, [""])


def test_the_count_follows_the_facts_one_by_one() -> None:
    def kinds(upto: str, conclusion: OosConclusion) -> Count:
        last = next(n for n, each in enumerate(TOLD) if each.kind == upto and each.said["conclusion"] == conclusion)
        after = [each for each in TOLD[last + 1 :] if each.kind not in ("OosReopened", "OosConcluded")]
        return _count_of([*TOLD[: last + 1], *after])

    assert (kinds("OosConcluded", OosConclusion.confirmed).failed, _count_of(TOLD).count) == (True, 3)
    without_end = [each for each in TOLD if each.kind != "OosConcluded"]
    assert (_count_of(without_end).count, _count_of(without_end).failed) == (1, False)


@given(st.permutations(TOLD), st.lists(st.sampled_from(TOLD), max_size=5))
def test_the_count_is_the_same_in_any_order_of_facts(order: list[Told], again: list[Told]) -> None:
    assert _count_of([*order, *again]) == _count_of(TOLD)


def test_a_batch_given_up_on_the_way_ends_the_run_until_quality_finds_the_cause_elsewhere() -> None:
    lot = Telling("D")
    lot.started()
    lot.terminated()
    found = judge(known_of(lot.lot.id, lot.told), [], [])
    assert (found.verdict, found.failures) == (BAD, ("terminated",))
