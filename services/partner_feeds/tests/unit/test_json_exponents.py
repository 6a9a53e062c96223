"""Numbers of JSON that are written with an exponent: right as numbers, and never the name of a lot."""

from datetime import UTC, datetime

import pytest

from partner_feeds.language import load
from partner_feeds.records.answers import Accepted, Refused
from partner_feeds.records.model import TestResult
from partner_feeds.translation.files import translate

MAPPING = load("""
code: json
version: 1
format: json
columns:
  lot: {holds: text, required: true}
  made: {holds: date, format: [unix, YYYY-MM-DD]}
  purity: {holds: number, unit: "%"}
lots:
  b: {material: VEL-100, number: "{lot}"}
records:
  - {record: TestResult, id: "{lot}/{test}", occurred_at: made, lot: b, stage: release, tests: [purity]}
""")


def answer(lot: str, made: str = '"2026-02-03"', purity: str = "98.5") -> Accepted | Refused:
    content = f'[{{"lot": {lot}, "made": {made}, "purity": {purity}}}]'.encode()
    (found,) = translate(MAPPING, [content], now=datetime(2026, 3, 14, tzinfo=UTC), time_zone=UTC)
    assert isinstance(found, Accepted | Refused), found
    return found


@pytest.mark.parametrize("lot", ["2.4e5", "2.6E7", "2.60117E5", "26E+4", "260117E0"])
def test_it_names_no_lot(lot: str) -> None:
    found = answer(lot)
    assert isinstance(found, Refused)
    assert found.errors[0].reason.startswith("a number with an exponent is no text")


@pytest.mark.parametrize(("lot", "number"), [("260117", "260117"), ('"26-0117"', "26-0117"), ("24.0117", "24.0117")])
def test_a_number_as_it_is_names_a_lot(lot: str, number: str) -> None:
    found = answer(lot)
    assert isinstance(found, Accepted)
    (result,) = found.records
    assert isinstance(result, TestResult)
    assert result.lot.number == number


def test_as_a_value_or_a_time_it_is_taken() -> None:
    found = answer('"26-0117"', made="1.77e9", purity="9.85E+1")
    assert isinstance(found, Accepted)
    (result,) = found.records
    assert isinstance(result, TestResult)
    assert (str(result.value), result.occurred_at) == ("98.5", datetime(2026, 2, 2, 2, 40, tzinfo=UTC))
