"""A maker tells an instant, a day or a month: what it says no more of is not known."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from contracts.transfer_batches import TransferBatchVerdict as Verdict
from tech_transfer.transfer_batches.begun import begun_before, known_before
from tech_transfer.transfer_batches.known import known_of
from tech_transfer.transfer_batches.naming import Naming
from tech_transfer.transfer_batches.verdicts import Bound, Setting, judge
from tech_transfer.verifications.rules import MadeLot, left_out
from tests.transferred_lots import Telling

NOON = datetime(2036, 3, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "before"),
    [
        ("2036-03-15T12:00:00Z", False),
        ("2036-03-15T13:59:59+02:00", True),
        ("2036-03-13", True),
        ("2036-03-14", None),  # it ended twelve hours later west of UTC
        ("2036-03-15", None),
        ("2036-03-16", None),  # it began the evening before east of UTC
        ("2036-03-17", False),
        ("2036-02", True),
        ("2036-03", None),
        ("2036-04", False),
        (None, False),
    ],
)
def test_what_is_meant_lies_before_or_after_or_nobody_knows(told: str | None, before: bool | None) -> None:
    assert begun_before(told, NOON) is before
    assert begun_before(told, None) is False


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        ("2036-03-02T00:30:00+02:00", "2036-03-01T23:00:00Z", True),  # half past ten in the evening there
        ("2036-03-01T23:00:00Z", "2036-03-02T00:30:00+02:00", False),
        ("2036-03-01T23:00:00Z", "2036-03-02T01:00:00+02:00", False),  # at once
        ("2036-03-01", "2036-03-02", True),
        ("2036-03-01", "2036-03-01", False),
        ("2036-03-01", "2036-03", False),
        ("2036-02-29", "2036-03", True),
        ("2036-03-01", "2036-03-02T20:00:00Z", True),
        ("2036-03-01", "2036-03-02T10:00:00Z", False),  # it is the day before yet, west of UTC
        ("2036-03", "2036-03-15T10:00:00Z", False),
        (None, "2036-03", False),
        ("2036-03", None, False),
    ],
)
def test_which_of_two_lots_was_begun_first(one: str | None, other: str | None, before: bool) -> None:
    assert known_before(one, other) is before


def test_a_lot_began_with_the_first_of_what_it_is_made_of_wherever_that_was_told() -> None:
    lot, bulk = Telling(), Telling("BULK")
    for each, told in ((lot, "2036-03-01T23:00:00Z"), (bulk, "2036-03-02T00:30:00+02:00")):
        each.started()
        begun = each.facts[0].model_copy(update={"occurred_at": datetime.fromisoformat(told)})
        lot.facts.append(begun)
    assert known_of(lot.lot.id, lot.told[1:]).started_at == "2036-03-02T00:30:00+02:00"


@pytest.mark.parametrize("told", [date(2036, 2, 29), "2036-02"])
def test_a_batch_that_may_have_begun_before_the_approval_does_not_conform(told: date | str) -> None:
    lot = Telling()
    lot.started()
    lot.result("100.1")
    lot.released()
    lot.facts[0] = lot.facts[0].model_copy(update={"occurred_at": told})
    known = known_of(lot.lot.id, lot.told)
    bounds = [Bound("Assay", "%", Decimal("97.0"), Decimal("103.0"))]
    settings = [Setting("force", "kN", Decimal(12), Decimal(10), Decimal(15))]
    found = judge(known, bounds, settings, naming=Naming(datetime(2036, 2, 29, 9, tzinfo=UTC)))
    why = "it is not known whether its making began after the protocol was approved"
    assert (found.verdict, found.why) == (Verdict.in_progress, (why,))
    long_before = datetime(2036, 1, 29, tzinfo=UTC)
    assert judge(known, bounds, settings, naming=Naming(long_before)).verdict == Verdict.conforming


def test_a_lot_that_may_have_begun_before_the_closure_is_left_out() -> None:
    lot = MadeLot("B-1", uuid4(), "2036-03", rejected=False, strength="10 mg", qualifying=False)
    why = "it is not known whether it was begun after the transfer was closed"
    assert left_out([lot], "10 mg", NOON) == {"B-1": why}
