"""Where in a file the table of results stands, and where it ends: what is not sure is asked."""

from pathlib import Path

import pytest

from cli.failures import Failure
from tests.sketches import answered, said_of, sketched

GRID = ",1,2,3,4,5,6\nA,0.1,0.2,0.3,0.1,0.2,0.3\nB,0.4,0.5,0.6,0.1,0.2,0.3\n"
RESULTS = "Lot,Assay,Water\nL1,99.1,0.3\nL2,98.7,0.4\n"


def test_blank_columns_beside_the_table_are_no_width(tmp_path: Path) -> None:
    mapping = answered(
        sketched(tmp_path, "Plate,7,,,,\nRun by,AB,,,,\n,,,,,\n,,Lot,Cells,Viability (%),\n,,L1,24,90.0,\n")
    )
    assert set(mapping.columns) == {"Lot", "Cells", "Viability (%)", "DATE"}


def test_a_header_with_a_line_break_is_read_as_a_file_is(tmp_path: Path) -> None:
    mapping = answered(sketched(tmp_path, 'Lot,"Plate\nposition","Conc.\n(ng/uL)"\nL1,A1,182.6\nL2,B1,182.8\n'))
    assert mapping.columns["Conc. (ng/uL)"].unit == "ng/uL"


def test_numbers_in_a_row_are_names(tmp_path: Path) -> None:
    mapping = answered(
        sketched(tmp_path, "Lot\tRead\t220.0\t220.5\t221.0\nL1\t1.5\t0.02\t0.03\t0.01\nL2\t1.6\t0.05\t0.04\t0.06\n")
    )
    assert mapping.records[0].tests == ("Read", "220.0", "220.5", "221.0")


def test_rows_of_numbers_are_no_header(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="looks like the header"):
        sketched(tmp_path, "S1;1;2;3\nS2;1;2;3\nS3;2;3;4\n")


@pytest.mark.parametrize(
    "beside",
    [
        f"Layout\n{GRID}",
        "Calibrator,,\nLot,Expiration,Calibration Time,Value\n1,07/10/2025,1/1/2025,25\n2,07/10/2025,1/1/2025,25\n",
        "Standard curve\nCurve,Slope,Intercept,R2,F\nC1,0.5,0.1,0.99,7\nC2,0.4,0.2,0.98,6\n",
        "Instrument,E5\nSerial number,77\nGain,40\nFlashes,10\nSettle time,50\n",
    ],
)
def test_what_stands_beside_the_results_does_not_win(tmp_path: Path, beside: str) -> None:
    for content in (f"{beside}\nResults\n{RESULTS}", f"Results\n{RESULTS}\n{beside}"):
        assert set(answered(sketched(tmp_path, content)).columns) >= {"Lot", "Assay", "Water"}


def test_a_plate_alone_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"a plate's grid.*line 1"):
        sketched(tmp_path, GRID)


def test_other_tables_are_asked_about_and_the_title_finds_this_one(tmp_path: Path) -> None:
    document = sketched(tmp_path, f"[OD600]\n{RESULTS}\n[OD700]\n{RESULTS}3,98.5,0.5\n\n[OD800]\n{RESULTS}")
    assert "# ASK: the file has other tables, at lines 2 and 13: is that of line 7 the one?" in document
    mapping = answered(document)
    assert (mapping.header.after, mapping.ends_at) == ("[OD700]", ("[OD*",))


def test_a_header_that_was_there_before_without_a_title_is_known_by_its_line(tmp_path: Path) -> None:
    mapping = answered(sketched(tmp_path, f"Lot,Assay,Water\nL0,1.5\n\n{RESULTS}3,98.5,0.5\n4,98.5,0.5\n"))
    assert mapping.header.row == 4


def test_a_line_above_that_reads_as_data_does_not_hide_the_header(tmp_path: Path) -> None:
    document = sketched(tmp_path, f"Read at,600,\n{RESULTS}")
    assert "ASK" in said_of(document, "header: {row: 2}")


def test_two_lines_may_be_one_header(tmp_path: Path) -> None:
    mapping = answered(
        sketched(tmp_path, "Lot;Assay;Assay;Water\n;Result;Limit;Result\nL1;99.1;95.0;0.3\nL2;98.7;95.0;0.4\n")
    )
    assert mapping.header.lines == 2
    assert set(mapping.columns) >= {"Assay Result", "Water Result"}
    assert "Assay Limit" in mapping.ignored


@pytest.mark.parametrize(
    ("footer", "ends_at"),
    [
        ("Mean,98.9,0.35\nSD,0.2,0.05\n", "Mean"),
        ("Mittel,98.9,0.35\n", "Mittel"),
        ("\nPrinted by A. Smith,,\n", "Printed by A. Smith"),
        ("\nPrinted 5.5.2026,,\n", "Printed*"),
        ("End of report,,\n", "End of report"),
        ("\nName,Signature,Day,Place\nA. Smith,as,1,2\n", "Name"),
        ("\n5.5.2026,,\n", ""),
    ],
)
def test_what_stands_below_ends_the_table(tmp_path: Path, footer: str, ends_at: str) -> None:
    document = sketched(tmp_path, RESULTS + footer)
    assert answered(document).ends_at == (ends_at,)
    assert "# ASK" in said_of(document, "ends_at")


def test_an_end_that_nothing_tells_is_asked(tmp_path: Path) -> None:
    document = sketched(tmp_path, f"{RESULTS}5.5.2026,,\n")
    assert answered(document).ends_at == ()
    assert "# ASK: line 4 (5.5.2026) is not of the table" in document


def test_rows_that_end_early_are_taken(tmp_path: Path) -> None:
    assert answered(sketched(tmp_path, "Lot,Assay,Water,Note\nL1,99.1,0.3\nL2,98.7,0.4,x\n")).short_rows == "blank"


def test_a_column_without_a_name_makes_all_known_by_their_places(tmp_path: Path) -> None:
    document = sketched(tmp_path, "sep=,\n,Lot,Assay,Note\nA1,L1,99.1,x\nA2,L2,98.7,y\n")
    mapping = answered(document)
    assert (mapping.header, mapping.first_row) == (None, 3)
    assert {key: column.position for key, column in mapping.columns.items() if column.position} == {
        "Lot": 2,
        "Assay": 3,
    }
    assert set(mapping.ignored) == {"1", "4"}
    assert "ASK" in said_of(document, "first_row")


@pytest.mark.parametrize(
    ("written", "format_"), [("5/17/2026 14:05", '"M/D/YYYY hh:mm"'), ("17-May-2026", "D-MMM-YYYY")]
)
def test_a_value_above_the_table_is_named_where_no_column_has_it(tmp_path: Path, written: str, format_: str) -> None:
    document = sketched(
        tmp_path, f"Batch No.: 26-0117,\nTest date,{written}\nGain,40\n\nSample,Assay\nS1,99.1\nS2,98.0\n"
    )
    assert "#   LOT: {holds: text, above: Batch No.}" in document
    assert f"#   DATE: {{holds: date, above: Test date, format: {format_}}}" in document
    assert "Perhaps Sample." in document


@pytest.mark.parametrize("line", ['"open,1,2\n', "L1,\x00\xff,3\n"])
def test_a_line_that_cannot_be_read_is_said(tmp_path: Path, line: str) -> None:
    content = RESULTS.encode() + line.encode("latin-1")
    document = sketched(tmp_path, content)
    assert "cannot be read" in document or "ASK: the file is not UTF-8" in document


@pytest.mark.parametrize(
    ("units", "expected"),
    [(";;%;%", ("%", "%")), (";;%;mg", ("%", "mg")), ("-;-;[%];[mg]", ("%", "mg")), (";;%;", ("%", "1"))],
)
def test_a_row_of_units_beneath_the_header_is_one(tmp_path: Path, units: str, expected: tuple[str, str]) -> None:
    document = sketched(tmp_path, f"Lot;Date;Assay;Water\n{units}\nL1;3.2.2026;99.12;0.31\nL2;3.2.2026;98.4;0.3\n")
    mapping = answered(document)
    assert (mapping.units_row, mapping.header.lines) == (True, 1)
    assert (mapping.columns["Assay"].unit, mapping.columns["Water"].unit) == expected
    assert "# line 2 states the units" in document


def test_a_first_row_of_texts_is_no_row_of_units(tmp_path: Path) -> None:
    mapping = answered(sketched(tmp_path, "Lot;Grade;Assay\nA;B;99.1\nB;C;98.7\n"))
    assert not mapping.units_row
