"""Workbooks, records of JSON and XML: what a file is says its content, and nothing in it is guessed in silence."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cli.failures import Failure
from partner_feeds.language.load import load_any
from tests.sketches import answered, said_of, sketched

RECORDS = [
    {
        "lot": "L1",
        "tested": "2026-05-03",
        "assay": {"value": 98.5, "unit": "%"},
        "water": "0,31",
        "by": ["AB"],
        "peaks": [{}],
    },
    {"lot": "L2", "tested": "2026-05-04", "assay": {"value": 98, "unit": "%"}, "water": "0,35", "by": [], "peaks": []},
]


def workbook(*, sheets: int = 1) -> bytes:
    """A cover sheet where there are several, and one of results."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    if sheets > 1:
        sheet.title = "Cover"
        sheet.append(["Report of the laboratory"])
        sheet = book.create_sheet("Results, June")
    sheet.append(["Certificate"])
    sheet.append([])
    sheet.append(["Batch", "Tested", "Assay (%)", "Water"])
    for day in (3, 4):
        sheet.append([f"26-011{day}", datetime(2026, 5, day, 14, 5), 0.981, 0.3])
        sheet.cell(sheet.max_row, 3).number_format = "0.0%"
    sheet.append([])
    sheet.append(["Printed by A. Smith"])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    document = sketched(tmp_path, workbook(), "results.csv")
    mapping = answered(document)
    assert (mapping.format, mapping.sheet, mapping.percent_cells) == ("xlsx", None, "as_shown")
    assert mapping.ends_at == ("Printed by A. Smith",)
    assert mapping.columns["Tested"].format == ("YYYY-MM-DD hh:mm:ss",)
    assert "ASK" in said_of(document, "percent_cells")


def test_of_several_sheets_the_one_with_results_is_asked_about(tmp_path: Path) -> None:
    document = sketched(tmp_path, workbook(sheets=2))
    assert answered(document).sheet == "Results, June"
    assert "# ASK: is it this one? The sheets are Cover, Results, June" in document


@pytest.mark.parametrize("content", [b"PK\x03\x04 no workbook", b"\xd0\xcf\x11\xe0" + b"\x00" * 600])
def test_what_is_no_xlsx_is_said(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Failure, match="cannot be read"):
        sketched(tmp_path, content)


def test_records_are_found_where_they_stand(tmp_path: Path) -> None:
    document = sketched(tmp_path, json.dumps({"export": {"lot's": RECORDS}, "audit": [{"who": "AB"}]}))
    mapping = answered(document)
    assert (mapping.format, mapping.records_at) == ("json", '$.export["lot\'s"]')
    paths = {key: column.path for key, column in mapping.columns.items() if column.path}
    assert paths == {"assay.value": "$.assay.value", "assay.unit": "$.assay.unit"}
    assert mapping.columns["assay.value"].unit_column == "assay.unit"
    assert mapping.decimal == "comma"
    assert set(mapping.ignored) == {"$.by[0]", "$.peaks"}
    assert "# ASK: are the records those at" in document


def test_records_in_the_elements_of_an_array_take_what_stands_around_them(tmp_path: Path) -> None:
    results = [{"test": "assay", "result": 98.5, "unit": "%"}, {"test": "water", "result": 0.3, "unit": "%"}]
    samples = [{"lot": lot, "date": "2026-05-03", "by": "AB", "results": results} for lot in ("L1", "L2")]
    mapping = answered(sketched(tmp_path, json.dumps({"system": "LIMS", "samples": samples})))
    assert mapping.records_at == "$.samples[*].results"
    around = {key: column.around for key, column in mapping.columns.items() if column.around}
    assert around == {"lot": "$.samples[*].lot", "date": "$.samples[*].date"}
    assert set(mapping.ignored_around) == {"$.system", "$.samples[*].by"}


def test_lines_of_records_are_read_one_by_one(tmp_path: Path) -> None:
    mapping = answered(sketched(tmp_path, "\n".join(map(json.dumps, RECORDS))))
    assert mapping.format == "jsonl"
    assert set(mapping.records[0].tests) == {"assay.value", "water"}


@pytest.mark.parametrize("content", ['{"lot": "L1"}', '{"lots": []}', '[{"a": 1', "[{}]"])
def test_what_holds_no_records_is_said(tmp_path: Path, content: str) -> None:
    with pytest.raises(Failure):
        sketched(tmp_path, content)


def test_xml_needs_no_sketch(tmp_path: Path) -> None:
    document = sketched(tmp_path, '<?xml version="1.0"?><BatchProductionRecord/>', "batch.dat")
    assert load_any(document).format == "b2mml"
    assert "needs no" in document


def test_events_need_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="events in our own words"):
        sketched(tmp_path, '{"specversion": "1.0"}')


ASSAY = {"test": "assay", "result": 98.5, "unit": "%"}


def test_of_what_stands_around_records_twice_the_nearest_is_taken(tmp_path: Path) -> None:
    sample = {"lot": "26-0117", "date": "2026-05-03", "results": [ASSAY, ASSAY | {"test": "water"}]}
    document = sketched(tmp_path, json.dumps({"samples": [sample], "lot": "26-0999", "batch": "26-0998"}))
    mapping = answered(document)
    assert mapping.columns["lot"].around == "$.samples[*].lot"
    assert mapping.lots["batch"].number == "{lot}"
    reason = "ASK whether it is meant, and not lot, which is taken"
    assert mapping.ignored_around == {"$.lot": reason, "$.batch": reason}


def test_one_record_that_is_no_array_does_not_hide_the_others(tmp_path: Path) -> None:
    results = [ASSAY, ASSAY | {"test": "water"}]
    samples = [{"lot": "L1", "results": results}, {"lot": "L2", "results": ASSAY}, {"lot": "L3", "results": None}]
    document = sketched(tmp_path, json.dumps({"samples": samples}))
    assert answered(document).records_at == "$.samples[*].results"
    assert "# ASK: 1 of the places $.samples[*].results hold no array, and will be refused" in document
