"""What laboratories write in place of a plain number: signs, words, and forms of numbers that a mapping declares."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.partner_feeds import Qualifier
from partner_feeds.language import MappingInvalid, load
from partner_feeds.records.answers import Accepted, Refused
from partner_feeds.records.model import TestResult
from partner_feeds.translation.files import translate

NOW = datetime(2026, 3, 14, tzinfo=UTC)
Q = Qualifier


def mapping(column: str, *others: str, head: str = "decimal: comma") -> str:
    """One result per row in the column ``R``; other columns are named by it."""
    columns = "\n".join(f"  {each}" for each in ("L: {holds: text}", "R: {holds: number, " + column + "}", *others))
    return (
        f'code: x\nversion: 1\ndelimiter: ";"\n{head}\ncolumns:\n{columns}\n  D: {{holds: date, format: D.M.YYYY}}\n'
        'lots:\n  batch: {material: P1, number: "{L}"}\n'
        'records:\n  - {record: TestResult, id: "{L}/{test}", occurred_at: D, lot: batch, stage: release, tests: [R]}\n'
    )


def read(document: str, cell: str, header: str = "L;D;R") -> TestResult | str | None:
    """The row's result, or why it was refused; None when it has none."""
    (answer,) = translate(load(document), [f"{header}\nL1;1.2.2026;{cell}\n".encode()], now=NOW)
    if isinstance(answer, Refused):
        return answer.errors[0].reason
    assert isinstance(answer, Accepted)
    (result,) = answer.records or (None,)
    assert result is None or isinstance(result, TestResult)
    return result


def found(result: Any) -> tuple[Any, ...]:
    assert isinstance(result, TestResult), result
    return result.value and str(result.value), result.text, result.qualifier


PERCENT = mapping('unit: "%"')
WORDS = mapping('unit: mg, quantitation: 0.05, words: {ND: not_detected, "<LOQ": below_quantitation, "-": missing, '
                '"fulfils the test": complies, "0": absent, TNTC: too_numerous}')  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "value", "qualifier"),
    [
        ("<0,050", "0.050", Q.below_quantitation),
        ("< 0,05 %", "0.05", Q.below_quantitation),
        ("≤ 0,05", "0.05", Q.at_most),
        ("<=0,05", "0.05", Q.at_most),
        (">99,9", "99.9", Q.above),
        ("＜0,05", "0.05", Q.below_quantitation),
        ("98,20 %", "98.20", None),
        ("+24,6", "24.6", None),
        ("\u221224,6", "-24.6", None),
        ("\uff19\uff18,\uff11", "98.1", None),
        (",5", "0.5", None),
        ('"=""98,1"""', "98.1", None),
    ],
)
def test_a_number_or_its_limit_as_it_is_written(cell: str, value: str, qualifier: Qualifier | None) -> None:
    assert found(read(PERCENT, cell)) == (value, None, qualifier)


@pytest.mark.parametrize(
    ("cell", "value", "text", "qualifier"),
    [
        ("ND", None, "ND", Q.not_detected),
        ("<LOQ", "0.05", None, Q.below_quantitation),
        ("TNTC", None, "TNTC", Q.too_numerous),
        ("fulfils\u00a0the  test", None, "complies", None),
        ("0", None, "absent", None),
        ("12,5", "12.5", None, None),
    ],
)
def test_a_listed_word_in_place_of_a_number(
    cell: str, value: str | None, text: str | None, qualifier: Qualifier | None
) -> None:
    result = read(WORDS, cell)
    assert found(result) == (value, text, qualifier)
    assert isinstance(result, TestResult)
    assert result.unit == ("mg" if value else "1"), "a result in words has no unit"


def test_a_word_that_says_that_nothing_was_tested() -> None:
    assert read(WORDS, "-") is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("n.d.", "words: {'n.d.': not_detected}"),
        ("traces", "words: {'traces': below_quantitation}"),
        ("nd", "nearest: ND"),
        ("<", "not a number"),
        ("<about 5", "a limit is written with its sign and the number alone"),
        ("ND (<0,05)", "a limit is written with its sign and the number alone"),
        ("less than 5", "a limit is written with its sign and the number alone"),
        ("24,6-", "the minus sign stands behind: write -24,6"),
        ("(0,5)", "write -0,5 if it is below zero, or else 0,5"),
        ("'99,1", "an apostrophe, by which a spreadsheet marks text: write 99,1"),
        ("98,1-101,2", "a range is no result"),
        ("98,5 ± 0,3", "a mean with its spread: write the result alone, 98,5"),
        ("ca. 12", "about a number"),
        ("98,1; 98,2", "several numbers in one cell"),
        ("1,2 x 10^3", "a power of ten is written with an E"),
        ("9O,5", "a letter that looks like a digit"),
        ("99,1\u200b", "U+200B ZERO WIDTH SPACE"),
        ("5 %", "a percentage where the unit is mg"),
        ("10²", "a power of ten"),
        ("1.234", "1,234 or 1234; or say in the mapping thousands: point"),
    ],
)
def test_what_is_no_number_is_refused_with_what_would_be_right(cell: str, reason: str) -> None:
    why = read(WORDS, f'"{cell}"')
    assert isinstance(why, str)
    assert reason in why
    assert "leave the cell blank" not in why


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ('unit: "1", thousands: point', "1.234,56", "1234.56"),
        ('unit: "1", thousands: point', "1.234", "1234"),
        ('unit: "1", thousands: point, words: {x: y}', "12.34", None),
        ("unit: mg, thousands: space", "1\u202f234,5", "1234.5"),
        ("unit: mg, thousands: space", "0 240", None),
        ('unit: "1", thousands: point', "0.240", None),
        ("unit: mg, thousands: apostrophe, decimal: point", "1’234.5", "1234.5"),
        ("unit: mg, thousands: comma, decimal: point", "1,234", "1234"),
        ("unit: mg, thousands: comma, decimal: point", "1,23", None),
        ("unit: mg, decimal: point", "2.4", "2.4"),
        ("unit: mg, suffix: mg", "2,4 mg", "2.4"),
        ("unit: mg, suffix: mg", "< 2,4 mg", "2.4"),
        ("unit: mg, missing: ['999']", "999", "none"),
    ],
)
def test_a_form_that_the_column_declares(column: str, cell: str, value: str | None) -> None:
    result = read(mapping(column), cell)
    if value == "none":
        assert result is None
    elif value is None:
        assert isinstance(result, str)
    else:
        assert found(result)[0] == value


SIGNED = mapping(
    "unit: mg, qualifier_column: Q, limit_column: LOQ, detection: 0.02",
    'Q: {holds: text, codes: {"<": below_quantitation, ">": above, "=": none, ND: not_detected}}',
    "LOQ: {holds: number}",
)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("0,05;<;", ("0.05", None, Q.below_quantitation)),
        ("0,05;=;", ("0.05", None, None)),
        ("0,05;;0,01", ("0.05", None, None)),
        (";<;0,03", ("0.03", None, Q.below_quantitation)),
        (";ND;", ("0.02", None, Q.not_detected)),
        ("<0,05;<;", ("0.05", None, Q.below_quantitation)),
        ("<0,05;>;", "is not above, as Q says: which is it?"),
        (";<;", "is below_quantitation of a limit that nobody states: fill LOQ"),
    ],
)
def test_a_sign_and_a_limit_in_columns_of_their_own(cells: str, expected: object) -> None:
    result = read(SIGNED, cells, "L;D;R;Q;LOQ")
    assert (result if isinstance(result, str) else found(result)) == expected


@pytest.mark.parametrize(
    ("column", "others", "reason"),
    [
        ("unit: mg, missing: [ND]", (), "columns.R.missing: 'ND' seems to say what the test found"),
        ('unit: mg, missing: ["<0,05"]', (), "words: {'<0,05': below_quantitation}"),
        ("unit: mg, default: 0", (), "columns.R: a result is reported by the laboratory"),
        ('unit: mg, words: {"<LOQ": below_quantitation}', (), "a limit that nobody states: give quantitation or"),
        ("unit: mg, thousands: comma", (), "the comma is the decimal sign, and also what stands between thousands"),
        ("unit: mg, suffix: ug", (), "columns.R.suffix: 'ug' is another unit than mg"),
        ("unit: Mg/mL", (), "UCUM reads in 'Mg/mL' Mg as mega: write mg/mL"),
        ("unit_column: U", ("U: {holds: text, codes: {KBE/g: CFU/g}}",), "columns.U: 'CFU/g' is not a UCUM unit"),
        ("unit: mg, qualifier_column: Q", ("Q: {holds: text, codes: {'<': below}}",), "columns.Q.codes"),
        ("unit: mg, limit_column: Q", ("Q: {holds: number, unit: g}",), "the limit is in g, and the value is not"),
    ],
)  # fmt: skip
def test_what_would_lose_or_change_a_result_does_not_load(column: str, others: tuple[str, ...], reason: str) -> None:
    with pytest.raises(MappingInvalid, match=r".") as raised:
        load(mapping(column, *others))
    assert reason in str(raised.value)


def test_a_word_of_a_result_in_text_is_not_missing() -> None:
    text = mapping("unit: mg, missing: [absent]").replace("holds: number, unit: mg", "holds: text")
    with pytest.raises(MappingInvalid, match="'absent' seems to say what the test found: text is taken as it is"):
        load(text)
    assert found(read(text.replace(", missing: [absent]", ""), "absent")) == (None, "absent", None)


def test_a_lot_that_is_held_as_a_number_would_lose_its_zeros() -> None:
    with pytest.raises(MappingInvalid, match="0012 would become 12"):
        load(mapping("unit: mg").replace("L: {holds: text}", "L: {holds: number}"))


def test_a_process_value_is_no_limit() -> None:
    rule = '{record: ProcessData, id: "{L}", occurred_at: D, lot: batch, step: drying, values: [R]}'
    document = mapping("unit: mg").partition("records:")[0] + f"records:\n  - {rule}\n"
    why = read(document, "<0,05")
    assert isinstance(why, str)
    assert "only a test's result takes it" in why
