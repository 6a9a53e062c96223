"""What of a row nobody will be able to judge, in words for its sender."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from contracts import Lot
from contracts.partner_feeds import Qualifier, ReportedResult, TestStage
from contracts.sample_tracking import Limit
from directory.queries import Place
from gxp.evaluation import InForce
from partner_feeds.reporting.judging import Judge
from partner_feeds.reporting.sets import Result

PRODUCT, SITE, MAKER = uuid4(), uuid4(), uuid4()
RELEASE = TestStage.release
LOWER, UPPER = Decimal("1.90"), Decimal("2.10")
LIMITS = [
    Limit(test="conc", stage=RELEASE, unit="mg/mL", decimals=2, lower=LOWER, upper=UPPER),
    Limit(test="appearance", stage=RELEASE, unit="1", decimals=0, text="Complies", accepted=("Entspricht",)),
    Limit(test="yield", stage=RELEASE, unit="%", decimals=0, report_only=True),
]


def why_not(test: str, *, product: Any = PRODUCT, **reported: Any) -> tuple[str, str, str] | None:
    lot = Lot(id=uuid4(), number="1", material="VEL", product_id=product, site_id=SITE, partner_id=MAKER)
    given = ReportedResult(id="r", test=test, **({"unit": "mg/mL"} | reported))
    result = Result(lot, Place(SITE, MAKER), RELEASE, date(2026, 3, 3), (MAKER,), given)
    judge = Judge({PRODUCT: [InForce.of(uuid4(), LIMITS)]})
    found = judge.why_not(result)
    assert judge.why_not(result) == found, "the second time it is remembered"
    return None if found is None else (found.part, found.value, found.reason)


@pytest.mark.parametrize(
    ("test", "reported", "part", "value", "words"),
    [
        ("Conc", {"value": Decimal(2)}, "test", "Conc", "no test of this name at the stage release; nearest: conc"),
        ("Gehalt", {"value": Decimal(2)}, "test", "Gehalt", "translate the name in the mapping"),
        ("conc", {"value": Decimal(2), "unit": "[MG]/mL"}, "unit", "[MG]/mL", "the limit of conc is in mg/mL"),
        ("conc", {"text": "ok"}, "value", "ok", "asks for a number"),
        ("appearance", {"text": "Conforms"}, "value", "Conforms", "does not know this word"),
        ("appearance", {"text": "Enspricht"}, "value", "Enspricht", "nearest: Entspricht"),
        ("appearance", {"value": Decimal(1)}, "value", "1", "asks for a word"),
        (
            "conc",
            {"text": "n.d.", "qualifier": Qualifier.not_detected},
            "value",
            "n.d.",
            "state the limit of detection",
        ),
        ("conc", {"value": Decimal(3), "qualifier": Qualifier.at_most}, "value", "3", "it may be met or not"),
    ],
)
def test_what_cannot_be_judged_is_told_by_its_place_with_what_would_be_right(
    test: str, reported: dict[str, Any], part: str, value: str, words: str
) -> None:
    found = why_not(test, **reported)
    assert found is not None
    assert found[:2] == (part, value)
    assert words in found[2]
    assert "1.9" not in found[2], "limits are the sponsor's"


@pytest.mark.parametrize(
    ("test", "reported"),
    [
        ("conc", {"value": Decimal(7)}),  # out of specification is judged
        ("conc", {"value": Decimal(1), "qualifier": Qualifier.at_most}),
        ("appearance", {"text": "complies"}),
        ("appearance", {"text": "does not comply"}),
        ("yield", {"value": Decimal(98), "unit": "%"}),
        ("anything", {"value": Decimal(1), "product": uuid4()}),  # a product without specification
        ("anything", {"value": Decimal(1), "product": None}),
    ],
)
def test_what_is_judged_or_has_nothing_to_be_judged_by_is_not_told(test: str, reported: dict[str, Any]) -> None:
    assert why_not(test, **reported) is None
