"""Files that are almost what their mapping says: the reason names what would make them so."""

from datetime import UTC, datetime

import pytest

from partner_feeds.language import MappingInvalid, load
from partner_feeds.records.answers import Refused
from partner_feeds.translation.files import translate
from tests.laboratory_files import HEADER, Case, check, document

CASES = [
    Case("windows-1252", f"{HEADER}\nB1;4.5.2026;9\xb5".encode("windows-1252"), refused={2: "encoding: windows-1252"}),
    Case("units that are not announced", f"{HEADER}\n;;%\nB1;4.5.2026;98,7", ["B1 98.7"], {2: "units_row: true"}),
    Case(
        "fixed width",
        "Charge   Tag       Wert\nB1       4.5.2026  98,7",
        refused={1: "fixed widths, with blanks between them, and are not read so"},
    ),
    Case(
        "a limit with its sign",
        f"{HEADER};Max\nB1;4.5.2026;0,4;\u22640,5",
        refused={2: "or say in the mapping, of a column of limits, part"},
        columns={"Max": {"holds": "number", "unit": "%"}},
        record={"limits": {"upper": "Max"}},
    ),
    Case("a PDF", b"%PDF-1.7\n%\xe2\xe3", refused={1: "a PDF: export the table as CSV"}),
    Case("a page", "<!DOCTYPE html><html><table>", refused={1: "a page of HTML: export the table as CSV"}),
    Case("an equals sign before a limit", f"{HEADER}\nB1;4.5.2026;=<0,05", refused={2: "write <=0,05"}),
    Case(
        "signs of Asian keyboards",
        f"{HEADER}\nB1;4.5.2026;\u22660,05\nB2;4.5.2026;\u2267 99",
        ["B1 0.05 at_most", "B2 99 above"],
    ),
    Case(
        "Indian groups",
        "Charge;Tag;Wert\nB1;4.5.2026;1,23,456.5\nB2;4.5.2026;12,34,56,789\nB3;4.5.2026;1,234.5",
        ["B1 123456.5", "B2 123456789", "B3 1234.5"],
        file={"decimal": "point", "thousands": "comma"},
    ),
    Case(
        "no Indian groups",
        "Charge;Tag;Wert\nB1;4.5.2026;1,23,45.5",
        refused={2: "not a number"},
        file={"decimal": "point", "thousands": "comma"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_reason_names_what_would_be_right(case: Case) -> None:
    check(case)


def test_columns_of_fixed_width_have_no_delimiter() -> None:
    with pytest.raises(MappingInvalid, match="columns of fixed width are not read"):
        load(document({"delimiter": " "}, {}, {}, "{Charge}"))


def test_a_document_under_json_lines_is_told_its_format() -> None:
    mapping = load(document({"format": "jsonl"}, {}, {}, "{Charge}"))
    content = b'{"results": [{"Charge": "B1", "Tag": "4.5.2026", "Wert": 98.7}]}'
    (answer,) = translate(mapping, [content], now=datetime(2026, 5, 20, tzinfo=UTC))
    assert isinstance(answer, Refused)
    assert "say format: json and records_at: $.results" in answer.errors[0].reason
