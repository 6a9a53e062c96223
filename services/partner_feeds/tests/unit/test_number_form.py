"""Numbers that are a thousand times as much where a point is no decimal sign: a file that shows it is refused whole."""

import pytest

from partner_feeds.language import load
from partner_feeds.records.answers import Refused
from partner_feeds.translation.files import translate
from tests.laboratory_files import HEADER, NOW, Case, check, document

POINT, COMMA = {"decimal": "point"}, {"decimal": "comma"}
GROUPS = {"decimal": "point", "thousands": "comma"}


def rows(*values: str) -> str:
    return "\n".join([HEADER, *(f"B{number};4.5.2026;{value}" for number, value in enumerate(values, start=1))])


@pytest.mark.parametrize(
    ("file", "values", "row"),
    [
        (POINT, ["950.000", "1.234.567"], 3),
        (POINT, ["1.234,5", "950.000"], 2),
        (COMMA, ["950,000", "12,5", "1,234,567"], 4),
        (COMMA, ["950,000", "1,234.5"], 3),
        (GROUPS, ["98,123", "99,4"], 3),
        (POINT, ["1.250", "980,5"], 3),
        (POINT, ["<98,2", "1.250"], 2),
        (COMMA, ["1,250", "98.2"], 3),
    ],
)
def test_a_cell_that_shows_another_form_refuses_the_file(file: dict[str, str], values: list[str], row: int) -> None:
    check(Case("", rows(*values), refused={row: "no row of the file was taken"}, file=file))


def test_it_is_seen_across_pieces_and_in_utf_16() -> None:
    filler = [f"9{number % 10}.5" for number in range(20_000)]
    check(Case("", rows("950.000", *filler, "1.234.567"), refused={20_003: "may be a thousand times"}, file=POINT))
    whole = rows("950.000", "1.234.567").encode()
    for cut in range(len(whole) - 9, len(whole)):
        found = list(translate(load(document(POINT, {}, {}, "{Charge}")), [whole[:cut], whole[cut:]], now=NOW))
        assert [type(answer) for answer in found] == [Refused], cut
    content = rows("950.000", "1.234.567").encode("utf-16")
    check(Case("", content, refused={3: "may be a thousand times"}, file=POINT))


def test_signs_and_units_beside_a_number_do_not_hide_its_form() -> None:
    check(Case("", rows("<1.000", "1.234.567"), refused={3: "may be a thousand"}, file=POINT))
    columns = {"Wert": {"suffix": "%"}}
    check(Case("", rows("950.000 %", "1.234.567 %"), refused={3: "may be a thousand"}, file=POINT, columns=columns))
    check(Case("", rows('="950.000"', "1.234.567"), refused={3: "may be a thousand"}, file=POINT))


def test_numbers_of_three_decimals_are_taken_where_nothing_shows_another_form() -> None:
    check(Case("", rows("950.000", "12.5"), ["B1 950.000", "B2 12.5"], file=POINT))
    check(Case("", rows("12.5", "1.234.567"), ["B1 12.5"], {3: "no thousands separators"}, file=POINT))
    check(Case("", rows("1,234", "12.5"), ["B1 1234", "B2 12.5"], file=GROUPS))
    check(Case("", rows("0.125", "98,2"), ["B1 0.125"], {3: "use a decimal point"}, file=POINT))
    check(Case("", rows("12.25", "98,2"), ["B1 12.25"], {3: "use a decimal point"}, file=POINT))


def test_a_decimal_comma_in_quotes_shows_another_form_where_commas_stand_between_cells() -> None:
    lines = rows("1.250", '"980,5"').replace(";", ",")
    check(Case("", lines, refused={3: "may be a thousand"}, file=POINT | {"delimiter": ","}))
    check(Case("", rows("1.250", "98.2").replace(";", ","), ["B1 1.250", "B2 98.2"], file=POINT | {"delimiter": ","}))


@pytest.mark.parametrize("zero", ["0.950", "-0.240", "<0.050"])
def test_a_number_that_begins_with_zero_shows_its_decimal_sign(zero: str) -> None:
    """No group of thousands begins with one."""
    file = COMMA | {"thousands": "point"}
    check(Case("", rows("12.500", zero), refused={3: "may be a thousand times"}, file=file))
    check(Case("", rows("12.500", "0,950"), ["B1 12500", "B2 0.950"], file=file))
    check(Case("", rows("1.250", "0,950"), refused={3: "may be a thousand times"}, file=POINT))
