"""What is known stays known: a record's digest is stored, and must not change with a release."""

from decimal import Decimal
from typing import Any

import pytest

from contracts.partner_feeds import Qualifier, TestStage
from partner_feeds.records.model import LotCode, TestResult
from partner_feeds.reporting.digests import digest_of


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
    assert digest_of(result(**content)) == digest


def test_another_qualifier_is_other_content() -> None:
    digests = {digest_of(result(value=Decimal(2), qualifier=each)) for each in (None, *Qualifier)}
    assert len(digests) == 1 + len(Qualifier)
