"""A file is held against itself before any feed sees it: one id with two contents would be a conflict."""

from datetime import date
from decimal import Decimal

import pytest

from contracts.partner_feeds import TestStage
from partner_feeds.records.answers import Accepted
from partner_feeds.records.model import LotCode, TestResult
from partner_feeds.reporting.outcomes import Outcome
from partner_feeds.reporting.within import WithinFile


def row(number: int, value: str, *, id: str = "S-1/assay", revision: int = 1) -> Accepted:
    result = TestResult(
        record_id=id,
        revision=revision,
        occurred_at=date(2026, 3, 14),
        lot=LotCode("P1", "L1"),
        test="assay",
        stage=TestStage.release,
        value=Decimal(value),
        unit="%",
    )
    return Accepted(number, (result,))


@pytest.mark.parametrize(
    ("second", "outcome"),
    [
        (row(3, "91.0"), Outcome.conflict),
        (row(3, "94.0"), Outcome.duplicate),
        (row(3, "91.0", revision=2), Outcome.amended),
        (row(3, "91.0", id="S-2/assay"), Outcome.accepted),
        (Accepted(3, ()), Outcome.without_record),
    ],
)
def test_a_row_is_held_against_those_above_it(second: Accepted, outcome: Outcome) -> None:
    within = WithinFile()
    assert within.outcome(row(2, "94.0")).outcome is Outcome.accepted
    found = within.outcome(second)
    assert found.outcome is outcome
    assert [(error.row, error.value) for error in found.errors] == ([(3, "S-1/assay")] if outcome == "conflict" else [])
