"""What is known stays known: a record's digest is stored, and must not change with a release."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from contracts.partner_feeds import Qualifier, TestStage
from partner_feeds.records.model import LotCode, Measurement, TestResult
from partner_feeds.reporting.digests import digest_before_dates, digest_of
from partner_feeds.reporting.revisions import Novelty, Revisions
from partner_feeds.values.moments import DayOfReceipt


def result(**others: Any) -> TestResult:
    given: dict[str, Any] = {"record_id": "r", "occurred_at": "2019-05", "lot": LotCode("VEL", "1"), "test": "t"}
    return TestResult(**given | {"stage": TestStage.release, "unit": "1"} | others)


@pytest.mark.parametrize(
    ("content", "digest"),
    [
        ({"value": Decimal("1.0")}, 1999976076380742830),
        ({"text": "x"}, -5147288431496865854),
        ({"value": Decimal(2), "below_quantitation": True}, -9148876397411875468),
        ({"value": Decimal(2), "qualifier": Qualifier.below_quantitation}, -9148876397411875468),
    ],
)
def test_a_digest_is_that_of_the_first_release(content: dict[str, Any], digest: int) -> None:
    assert digest_before_dates(result(**content)) == digest
    assert digest_of(result(**content, stage=TestStage.raw_material)) == digest_before_dates(
        result(**content, stage=TestStage.raw_material)
    )


def test_another_qualifier_is_other_content() -> None:
    digests = {digest_of(result(value=Decimal(2), qualifier=each)) for each in (None, *Qualifier)}
    assert len(digests) == 1 + len(Qualifier)


def test_a_result_of_another_day_is_other_content() -> None:
    """Two time points of a stability study may agree in all else."""
    one, other = result(value=Decimal(2)), result(value=Decimal(2), occurred_at="2019-08")
    assert digest_of(one) != digest_of(other)
    known = Revisions()
    assert known.novelty(("TestResult", "r"), 1, digest_of(one)) is Novelty.new
    assert (
        known.novelty(("TestResult", "r"), 1, digest_of(other), partial(digest_before_dates, other))
        is Novelty.contradicting
    )
    assert known.novelty(("TestResult", "r"), 1, digest_of(one), partial(digest_before_dates, one)) is Novelty.known


def test_what_was_known_before_dates_counted_stays_known() -> None:
    one = result(value=Decimal(2))
    known = Revisions()
    known.add(("TestResult", "r"), 1, digest_before_dates(one))
    assert known.novelty(("TestResult", "r"), 1, digest_of(one), partial(digest_before_dates, one)) is Novelty.known


@pytest.mark.parametrize(
    "others",
    [{"stage": TestStage.raw_material, "occurred_at": "2019-08"}, {"occurred_at": DayOfReceipt(2019, 8, 1)}],
    ids=["a raw material's, with the next batch", "dated by receipt"],
)
def test_what_comes_again_under_a_date_that_is_not_its_own_is_the_same(others: dict[str, Any]) -> None:
    first = {"occurred_at": DayOfReceipt(2019, 5, 1)} if "stage" not in others else {"stage": others["stage"]}
    assert digest_of(result(text="x", **first)) == digest_of(result(text="x", **others))


def test_other_raw_data_are_other_content() -> None:
    one, other = (result(value=Decimal(2), provenance=Measurement(raw_data_digest=each * 64)) for each in "ab")
    assert len({digest_of(each) for each in (one, other, result(value=Decimal(2)))}) == 3
