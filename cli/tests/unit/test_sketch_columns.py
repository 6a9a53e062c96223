"""What a column holds: no unit, no date and no number is guessed without saying so."""

from pathlib import Path
from typing import Any

import pytest

from cli.feeds.sketch.columns import guess
from cli.feeds.sketch.dates import Dates, dates_of
from cli.feeds.sketch.numbers import Numbers, decimal_sign_in, numbers_of
from cli.feeds.sketch.units import unit_of
from partner_feeds.language import MappingInvalid
from partner_feeds.language.load import load
from tests.sketches import answered, said_of, sketched


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Assay (%)", "%"), ("Conc. [mg/L]", "mg/L"), ("Time [s]", "s"), ("R.Time (min)", "min"),
        ("Ext. coeff. (L/(mol.cm))", "L/(mol.cm)"), ("Wave (nm)", "nm"),
    ],
)  # fmt: skip
def test_a_unit_that_laboratories_write_is_known(name: str, unit: str) -> None:
    assert unit_of(name) == (unit, "")


@pytest.mark.parametrize(
    ("name", "unit", "asked"),
    [
        ("Ordinate [A]", "1", "A"), ("Background (A280)", "1", "A280"), ("Raw Data (600)", "1", "600"),
        ("CI (95%)", "1", "95%"), ("Viability (min)", "min", "min"), ("Quantity (SQ)", "1", "SQ"),
        ("Lambda (cp/Rxn)", "1", "cp/Rxn"), ("Diameter (\u00b5m)", "um", "\u00b5m"), ("T [\u00b0C]", "Cel", "\u00b0C"),
        ("Conc. (\u00b5M)", "umol/L", "\u00b5M"),
        ("Conc. [copies/\u00b5L]", "{copies}/uL", "copies"), ("Signal (AU)", "{AU}", "AU"), ("Assay", "1", "unit"),
    ],
)  # fmt: skip
def test_a_unit_that_is_not_sure_is_asked(name: str, unit: str, asked: str) -> None:
    found = unit_of(name)
    assert found.ucum == unit
    assert found.doubt.startswith("ASK")
    assert asked in found.doubt


@pytest.mark.parametrize(
    ("cells", "formats"),
    [
        (["31.1.2024", "1.2.2024"], ["D.M.YYYY"]),
        (["2/18/2021 2:12:41 PM", "7/25/2018 12:58:51 PM"], ["M/D/YYYY h:mm:ss a"]),
        (["6-24-2022  14:34:52"], ["M-D-YYYY  hh:mm:ss"]),
        (["2026-03-05 15:19:29.997"], ["YYYY-MM-DD hh:mm:ss.SSS"]),
        (["2024-06-04T17:40:22-07:00", "2024-06-04T17:40:22Z"], ["YYYY-MM-DDThh:mm:ssZ"]),
        (["06/16/2022 04:38:28 PM(-07:00)"], ["M/D/YYYY hh:mm:ss a(Z)"]),
        (["29-Sep-2023", "1-Oct-2023"], ["D-MMM-YYYY"]),
        (["2026-01-05", "2026-01-05 10:00"], ["YYYY-MM-DD", "YYYY-MM-DD hh:mm"]),
    ],
)
def test_dates_are_read_by_what_their_cells_prove(cells: list[str], formats: list[str]) -> None:
    found = dates_of(cells)
    assert isinstance(found, Dates)
    assert (list(found.formats), found.doubt) == (formats, "")


@pytest.mark.parametrize(
    ("cell", "format_", "other"),
    [
        ("11/09/2023", "D/M/YYYY", "M/D/YYYY"), ("11/09/2023 2:10 PM", "M/D/YYYY h:mm a", "D/M/YYYY h:mm a"),
        ("9/4/24 14:15", "D/M/YY hh:mm", "M/D/YY hh:mm"), ("1.2.2024", "D.M.YYYY", "M.D.YYYY"),
    ],
)  # fmt: skip
def test_day_and_month_that_no_cell_tells_apart_are_asked(cell: str, format_: str, other: str) -> None:
    found = dates_of([cell])
    assert isinstance(found, Dates)
    assert found.formats == (format_,)
    assert found.doubt == f"{format_} or {other}? no date shows which"


def test_an_order_that_no_date_shows_keeps_a_proposal_from_being_loaded(tmp_path: Path) -> None:
    document = sketched(tmp_path, "Lot,Date,Assay [%]\nL1,03/04/2026,99.1\nL2,05/04/2026,98.7\n")
    assert "format: ASK" in said_of(document, "Date")
    assert "ASK D/M/YYYY or M/D/YYYY? no date shows which" in said_of(document, "Date")
    with pytest.raises(MappingInvalid, match="Date"):
        load(document)
    assert answered(document.replace("format: ASK", "format: M/D/YYYY")).columns["Date"].format == ("M/D/YYYY",)
    proven = sketched(tmp_path, "Lot,Date,Assay [%]\nL1,03/04/2026,99.1\nL2,25/04/2026,98.7\n")
    assert "format: D/M/YYYY" in said_of(proven, "Date")
    above = sketched(tmp_path, "Test date,5/7/2026\n\nSample,Assay,Water\nS1,99.1,1\nS2,98.0,1\n")
    assert "format: ASK}  # ASK D/M/YYYY or M/D/YYYY?" in above


@pytest.mark.parametrize("cell", ["2024-06-04 114754_VQP", "12:30", "1.5.0", "26-0117", "2026-13-41", "1.5"])
def test_what_only_begins_as_a_date_is_none(cell: str) -> None:
    assert not isinstance(dates_of([cell]), Dates)


@pytest.mark.parametrize(
    ("cells", "elsewhere", "expected"),
    [
        (["1.5", "<0.05", "2E6"], None, Numbers("point", "none")),
        (["99,1", "<0,05"], None, Numbers("comma", "none")),
        (["1,240.5", "12"], None, Numbers("point", "comma")),
        (["704,986", "12,5"], None, Numbers("comma", "none")),
        (["704,986"], "comma", Numbers("comma", "none")),
        (["274 000", "1.07E+06", "69 700"], None, Numbers("point", "space")),
        (["0.123", "0.456"], None, Numbers("point", "none")),
        (["1.234.567,8"], None, Numbers("comma", "point")),
        (["5", "7"], "comma", Numbers(None, "none")),
    ],
)
def test_numbers_are_read_in_the_one_form_that_reads_them_all(
    cells: list[str], elsewhere: Any, expected: Numbers
) -> None:
    assert numbers_of(cells, elsewhere) == expected


@pytest.mark.parametrize(
    ("cells", "elsewhere", "decimal"),
    [
        (["704,986"], None, "comma"),
        (["1.234"], None, "point"),
        (["704,986"], "point", "point"),
        (["1.234"], "comma", "comma"),
    ],
)
def test_decimals_that_may_be_thousands_are_asked(cells: list[str], elsewhere: Any, decimal: str) -> None:
    found = numbers_of(cells, elsewhere)
    assert found is not None
    assert found.decimal == decimal
    assert found.doubt


def test_numbers_of_different_forms_are_none() -> None:
    assert numbers_of(["1.5", "1,5"], None) is None
    assert decimal_sign_in(["1.5", "1,5"]) is None
    assert decimal_sign_in(["1,5", "704,986", "words, and 1.5"]) == "comma"


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Software Version", ["1.5", "1.5"]), ("Sample Name", ["1", "2", "7"]), ("Well", ["1", "3"]),
        ("Plate #", ["4", "4"]), ("Time", ["10:05", "10:06"]),
        ("Serial Number", ["77", "78"]), ("Position", ["5", "9"]), ("ID", ["31", "7"]), ("Peak", ["1", "2", "3"]),
        ("Comment", ["5", "late", "again"]), ("Date", ["45234", "45235"]), ("QC", ["Pass", "Pass"]),
        ("LOQ", ["0.1", "0.1"]), ("Spec Min", ["95", "95"]), ("Spec Max", ["105", "105"]), ("Rep", ["1", "2"]),
        ("ENTRY", ["31", "7"]), ("Month", ["3", "6"]), ("@odata.count", ["3"]), ("Einwaage [g]", ["0.51", "0.49"]),
        ("Probe", ["1", "2", "Mittel"]), ("Untergrenze", ["95", "95"]),
    ],
)  # fmt: skip
def test_what_is_no_result_is_left_out(name: str, cells: list[str]) -> None:
    assert guess(name, cells).role == ""


@pytest.mark.parametrize(
    "name", ["Number of colonies", "Cell Count", "Viability (%)", "A260/A280", "260/280", "Limit Test"]
)
def test_numbers_of_another_name_are_results(name: str) -> None:
    assert guess(name, ["31.5", "7.25"]).role == "result"


def test_limits_are_said_to_be_such() -> None:
    assert guess("Spec Min", ["95", "95"]).why == (
        "ASK: it is called a limit: take it under limits of the record, or as a limit_column"
    )


@pytest.mark.parametrize("name", ["REPORTED_NAME", "Reported Name"])
def test_a_name_of_labware_is_that_of_the_test(name: str, tmp_path: Path) -> None:
    mapping = answered(sketched(tmp_path, f"Lot,{name},Result,Unit\nL1,Assay,98.2,%\nL1,Water,0.1,%\n"))
    assert (mapping.records[0].test, mapping.records[0].value) == (f"{{{name}}}", "Result")


def test_words_among_numbers_are_proposed_and_asked() -> None:
    found = guess("Metals", ["0.3", "ND", "0.4", "0.5", "<LOQ", "spilt", "NaN"])
    assert "words: {ND: not_detected}" in found.holds
    assert "ASK whether ND means that" in found.why
    assert "ASK of which limit <LOQ" in found.why
    assert "ASK what spilt means" in found.why
    assert found.nothing == ("NaN",)


def test_words_for_no_value_are_missing_everywhere(tmp_path: Path) -> None:
    document = sketched(tmp_path, "Lot,Assay,Water\nL1,NaN,-\nL2,98.1,0.3\nL3,#N/A,0.4\n")
    assert answered(document).missing == ("NaN", "#N/A", "-")
    assert "ASK" in said_of(document, "missing")


def test_the_date_of_the_test_is_taken_and_others_are_asked(tmp_path: Path) -> None:
    document = sketched(
        tmp_path,
        "Lot,Calibration timestamp,Sample draw time,Run ID,Date finished,Assay\n"
        "L1,2026-01-01,2026-01-02,2026-01-03,2026-01-04,9.5\nL2,2026-01-01,2026-01-02,2026-01-03,2026-01-04,9.6\n",
    )
    assert answered(document).records[0].occurred_at == "Date finished"
    assert "# ASK: or Calibration timestamp or Sample draw time?" in said_of(document, "occurred_at")


def test_a_date_whose_name_says_nothing_is_asked(tmp_path: Path) -> None:
    document = sketched(tmp_path, "Lot,Stamp,Assay\nL1,2026-01-01,9.5\nL2,2026-01-01,9.6\n")
    assert "# ASK: is it when it was tested?" in said_of(document, "occurred_at")


def test_units_that_are_none_of_ucums_are_translated(tmp_path: Path) -> None:
    document = sketched(tmp_path, "Lot;Test;Result;Unit\nL1;Assay;99,1;%\nL1;Conc.;5,5;\u00b5g/mL\nL1;Odd;1,5;blobs\n")
    assert answered(document).columns["Unit"].codes == {"%": "%", "\u00b5g/mL": "ug/mL"}
    assert "UCUM has no blobs" in said_of(document, "Unit")


def test_rows_of_blanks_standards_and_means_are_left_out_if_they_are(tmp_path: Path) -> None:
    document = sketched(
        tmp_path,
        "Lot,Task,Well,Area\nL1,Sample,A1,5.5\nX,Blank,A2,0.1\nX,STANDARD,A3,5.0\nL2,Sample,A4,5.6\nL2,Sample,Average,5.5\nL3,Sample,A6,5.7\n",
    )
    assert answered(document).skip == {"Task": ("Blank", "STANDARD"), "Well": ("Average",)}
    assert "# ASK" in document.split("skip:\n")[1].splitlines()[0]


def test_decimal_commas_of_some_columns_are_said_of_each(tmp_path: Path) -> None:
    mapping = answered(sketched(tmp_path, "Lot;Assay;Water\nL1;99,1;0.3\nL2;98,7;0.4\n"))
    assert (mapping.decimal, mapping.columns["Assay"].decimal, mapping.columns["Water"].decimal) == (
        "point",
        "comma",
        None,
    )


def test_an_order_that_one_date_alone_shows_is_asked(tmp_path: Path) -> None:
    """It may be a slip of the pen."""
    rows = "".join(f"26-010{day};{day}.6.2026;98,7\n" for day in (1, 2, 3))
    document = sketched(tmp_path, f"Charge;Datum;Gehalt (%)\n{rows}26-0109;11.13.2026;98,7\n")
    line = said_of(document, "Datum")
    assert "format: ASK" in line
    assert "M.D.YYYY or D.M.YYYY, which reads all but 11.13.2026" in line


def test_a_zone_is_asked_where_times_have_none(tmp_path: Path) -> None:
    zoned = "2026-06-13T09:12:00Z"
    for time, asked in (("13.6.2026 09:12", True), ("13.6.2026", False), (zoned, False)):
        document = sketched(tmp_path, f"Charge;Datum;Gehalt (%)\n26-0101;{time};98,7\n")
        assert ("# time_zone: Europe/Vienna  # ASK" in document) is asked, time


def test_the_value_of_a_result_that_is_an_object_goes_with_the_test_beside_it(tmp_path: Path) -> None:
    record = '{"lot": "26-01", "test": "%s", "result": {"value": "98.%d", "unit": "%%"}, "tested": "2026-06-13"}'
    content = f"[{record % ('assay', 1)}, {record % ('water', 2)}]"
    document = sketched(tmp_path, content, "results.json")
    assert 'test: "{test}"\n    value: result.value' in document
    assert "ignored" not in document
