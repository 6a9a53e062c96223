"""Texts of a file: defaults, constants, patterns, and numbers of lots that a spreadsheet or a keyboard spoiled."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from partner_feeds.language import MappingInvalid, load
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.records.model import LotCode
from partner_feeds.translation.files import translate

NOW = datetime(2026, 3, 14, tzinfo=UTC)


def mapping(lot: str = "", *columns: str) -> str:
    others = "".join(f"  {column}\n" for column in columns)
    return (
        f'code: x\nversion: 1\ndelimiter: ";"\ncolumns:\n  L: {{holds: text{lot}}}\n{others}'
        "  D: {holds: date, format: D.M.YYYY}\n  R: {holds: number, unit: '%'}\n"
        "lots:\n  b: {material: '{P}', number: '{L}'}\n"
        "records:\n  - {record: TestResult, id: '{L}/{T}/{test}', occurred_at: D, lot: b, stage: release, role: '{T}', "
        "tests: [R]}\n"
    )


ROLE = "T: {holds: text, codes: {W: retest, Größe  1: repeat}, default: original, missing: [k.A.]}"
PRODUCT = "P: {holds: text, constant: VEL-100}"


def one(document: str, row: str, header: str = "L;T;D;R") -> Answer:
    (answer,) = translate(load(document), [f"{header}\n{row}\n".encode()], now=NOW)
    return answer


def result(answer: Answer) -> Any:
    assert isinstance(answer, Accepted), answer
    return answer.records[0]


def reason(answer: Answer) -> str:
    assert isinstance(answer, Refused), answer
    return answer.errors[0].reason


@pytest.mark.parametrize(
    ("cell", "role"),
    [("", "original"), ("k.A.", "original"), ("W", "retest"), ("Gro\u0308ße 1", "repeat"), ("Ｗ", "retest")],
)
def test_a_default_is_in_our_words_and_codes_are_compared_as_they_look(cell: str, role: str) -> None:
    found = result(one(mapping("", ROLE, PRODUCT), f"L1;{cell};1.2.2026;99"))
    assert (found.role, found.lot) == (role, LotCode("VEL-100", "L1"))


def test_a_default_stands_for_a_column_that_the_file_may_lack() -> None:
    document = mapping("", ROLE.replace("{holds", "{optional: true, holds"), PRODUCT)
    assert result(one(document, "L1;1.2.2026;99", "L;D;R")).role == "original"


def test_a_date_or_a_number_may_be_a_constant() -> None:
    document = mapping("", ROLE, PRODUCT).replace("D.M.YYYY}", "D.M.YYYY, constant: 3.2.2026}")
    assert f"{result(one(document, 'L1;;99', 'L;T;R')).occurred_at}" == "2026-02-03"
    with pytest.raises(MappingInvalid, match=r"columns.D.constant: not a date of the form"):
        load(document.replace("3.2.2026", "2026-02-03"))


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("0012", "0012"),
        ('"=""0012"""', "0012"),
        ("24\u2010117", "24-117"),
        ("24\u2013117", "24-117"),
        ("\uff12\uff14-117", "24-117"),
        ("24E05", "24E05"),
        ("24-MAR-01", "24-MAR-01"),
    ],
)
def test_a_lots_number_is_one_however_it_is_written(cell: str, number: str) -> None:
    assert result(one(mapping("", ROLE, PRODUCT), f"{cell};;1.2.2026;99")).lot.number == number


SPOILED = [
    ("2,40117E+05", "a number that a spreadsheet rounded"),
    ("1.91431E+18", "a number that a spreadsheet rounded"),
    ("Mrz 24", "a date that a spreadsheet made"),
    ("24-Mar", "a date that a spreadsheet made"),
    ("24. Mär", "a date that a spreadsheet made"),
    ("2026-03-01 00:00:00", "is a date"),
    ("03/01/2026", "is a date"),
    ("240117.0", "may have lost zeros"),
    ("240,117", "thousands separators"),
    ("'0014", "begins with an apostrophe"),
    ("#NAME?", "what a spreadsheet shows"),
    ("########", "what a spreadsheet shows"),
]


@pytest.mark.parametrize(("cell", "why"), [*SPOILED, ("24\u200b117", "U+200B ZERO WIDTH SPACE")])
def test_a_spoiled_lot_is_no_lot(cell: str, why: str) -> None:
    assert why in reason(one(mapping("", ROLE, PRODUCT), f"{cell};;1.2.2026;99"))


def test_a_pattern_says_which_numbers_a_lot_may_have() -> None:
    document = mapping(', pattern: "[0-9]{2}-[A-Z][a-z]{2}"', ROLE, PRODUCT)
    assert result(one(document, "24-Mar;;1.2.2026;99")).lot.number == "24-Mar"
    assert "is not of the mapping's pattern" in reason(one(document, "24-0117;;1.2.2026;99"))
    with pytest.raises(MappingInvalid, match="no regular expression"):
        load(mapping(', pattern: "[0-9"', ROLE, PRODUCT))
    load(mapping(', pattern: "(?:[0-9]{2}-)*(?:A|B)"', ROLE, PRODUCT))


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ("P: {holds: text, constant: a, default: b}", "a constant is the same in each row"),
        ("P: {holds: text, constant: a, of: '{T}'}", "constant and of are different places"),
        ("P: {holds: text, file_name: '([0-9]+)(?=_x)'}", "looks ahead or behind"),
        ("P: {holds: text, file_name: 'results'}", "write one group"),
        ("P: {holds: text, of: Product}", "of names columns of the file in braces"),
        ("P: {holds: text, of: '{T}{P}'}", "columns.P.of: 'P' is ignored, or has no text of its own"),
    ],
)
def test_what_excludes_one_another_does_not_load(column: str, why: str) -> None:
    with pytest.raises(MappingInvalid) as raised:
        load(mapping("", ROLE, column))
    assert why in str(raised.value)


def test_a_text_of_several_columns_is_blank_where_one_of_them_is() -> None:
    document = mapping("", ROLE, "P: {holds: text, of: '{A}-{B}'}")
    assert result(one(document, "L1;;1.2.2026;99;VEL;100", "L;T;D;R;A;B")).lot.material == "VEL-100"
    assert "is blank" in reason(one(document, "L1;;1.2.2026;99;VEL;", "L;T;D;R;A;B"))


def test_an_event_holds_what_a_file_does(events: Callable[..., list[Answer]]) -> None:
    event = (
        '{"specversion": "1.0", "id": "1", "source": "/s", "type": "io.entente.feed.TestResult.v1", "data": {'
        '"record_id": "r", "occurred_at": "2026-03-01", "lot": {"material": "P", "number": "NUMBER"}, "test": "assay", '
        '"stage": "release", "value": "VALUE", "unit": "UNIT"}}'
    )

    def answer(number: str = "1", value: str = "1", unit: str = "mg") -> Answer:
        (found,) = events(event.replace("NUMBER", number).replace("VALUE", value).replace("UNIT", unit))
        return found

    assert result(answer("24\u2010117", "\u22121")).lot.number == "24-117"
    assert "rounded to its first digits" in reason(answer("2.4E+05"))
    assert 'write the limit alone, 0.05, beside "qualifier": "below_quantitation"' in reason(answer(value="<0.05"))
    assert '"text", beside "qualifier": "not_detected"' in reason(answer(value="n.d."))
    assert reason(answer(value="1,5")) == "use a decimal point: 1.5"
    assert "write mg/mL, or Mg{mega}/mL if that is meant" in reason(answer(unit="Mg/mL"))
