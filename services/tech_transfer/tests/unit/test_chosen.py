"""Which batches show something of a run: those that were chosen before anybody could know what they show."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.quality_events import OosConclusion
from contracts.sample_tracking import Evaluation
from contracts.transfer_batches import TransferBatchVerdict as Verdict
from services.tech_transfer.tests.unit.test_verdicts import confirmed, good, judged
from tech_transfer.transfer_batches.known import known_of
from tech_transfer.transfer_batches.naming import BEGUN_BEFORE_RUN, BEGUN_EARLY, CHOSEN_AFTERWARDS, NO_BEGIN, Naming
from tech_transfer.transfer_batches.verdicts import Bound, Setting, judge
from tests.transferred_lots import Telling

APPROVED = datetime(2026, 2, 1, tzinfo=UTC)
RESTARTED = datetime(2026, 3, 15, 12, tzinfo=UTC)
NOT_KNOWN = "it is not known whether its making began after a restart began its run"


def begun(moment: datetime | date | str) -> Telling:
    """A good lot whose making began then."""
    lot = good()
    lot.facts[0] = lot.facts[0].model_copy(update={"occurred_at": moment})
    return lot


@pytest.mark.parametrize(
    ("moment", "verdict", "why"),
    [
        (RESTARTED, Verdict.conforming, ()),
        (RESTARTED - timedelta(seconds=1), Verdict.excluded, (BEGUN_BEFORE_RUN,)),
        (APPROVED - timedelta(days=1), Verdict.excluded, (BEGUN_EARLY,)),
        (date(2026, 3, 17), Verdict.conforming, ()),
        (date(2026, 3, 13), Verdict.excluded, (BEGUN_BEFORE_RUN,)),
        (date(2026, 3, 15), Verdict.in_progress, (NOT_KNOWN,)),
        ("2026-03", Verdict.in_progress, (NOT_KNOWN,)),
        ("2026-02", Verdict.excluded, (BEGUN_BEFORE_RUN,)),
    ],
)  # fmt: skip
def test_what_a_run_counts_began_after_it(moment: Any, verdict: Verdict, why: tuple[str, ...]) -> None:
    lot, naming = begun(moment), Naming(APPROVED, RESTARTED)
    found = judged(lot, naming=naming)
    assert (found.verdict, found.why) == (verdict, why)
    confirmed(lot)
    assert judged(lot, naming=naming).verdict == Verdict.failed, "a failure counts, whenever it was made"


def test_what_was_begun_before_its_protocol_was_approved_shows_nothing() -> None:
    lot = good()
    begun = known_of(lot.lot.id, lot.told).started_at
    assert begun is not None
    approved = datetime.fromisoformat(begun)
    assert judged(lot, naming=Naming(approved)).verdict == Verdict.conforming
    later = approved + timedelta(seconds=1)
    found = judged(lot, naming=Naming(later))
    assert (found.verdict, found.why) == (Verdict.excluded, (BEGUN_EARLY,))
    confirmed(lot)
    assert judged(lot, naming=Naming(later)).verdict == Verdict.failed, "a failure is not got rid of by another date"


def test_a_begin_that_nobody_told_is_not_known() -> None:
    lot = good()
    del lot.facts[0]
    assert judged(lot).verdict == Verdict.conforming, "no series asks when it began"
    found = judged(lot, naming=Naming(APPROVED))
    assert (found.verdict, found.why) == (Verdict.in_progress, (NO_BEGIN,))


def test_a_batch_that_is_named_after_its_results_shows_nothing_unless_quality_justifies_it() -> None:
    lot = good()
    first = min(each.recorded_at for each in lot.told if each.kind != "BatchStarted")
    assert judged(lot, naming=Naming(named_at=first)).verdict == Verdict.conforming
    later = first + timedelta(days=1)
    found = judged(lot, naming=Naming(named_at=later))
    assert (found.verdict, found.why) == (Verdict.excluded, (CHOSEN_AFTERWARDS,))
    assert judged(lot, naming=Naming(named_at=later, justified=True)).verdict == Verdict.conforming
    confirmed(lot)
    assert judged(lot, naming=Naming(named_at=later)).verdict == Verdict.failed


def _told() -> list[Any]:
    lot = good()
    lot.oos(lot.result("90", evaluation=Evaluation.out_of_specification), OosConclusion.confirmed, None)
    return lot.told


TOLD, LOT = _told(), Telling().lot.id
MOMENTS = st.integers(0, 9).map(lambda minutes: min(each.recorded_at for each in TOLD) + timedelta(minutes=minutes))


@given(st.permutations(TOLD), MOMENTS)
def test_when_something_was_told_decides_and_not_when_it_came(order: list[Any], named_at: datetime) -> None:
    bounds, settings = [Bound("Assay", "%", Decimal(97))], [Setting("force", "kN", Decimal(1), None, None)]
    naming = Naming(APPROVED, named_at=named_at)
    found, same = (judge(known_of(LOT, each), bounds, settings, naming=naming) for each in (order, TOLD))
    assert found == same
