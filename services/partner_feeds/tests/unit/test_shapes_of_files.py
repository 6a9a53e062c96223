"""The shapes in which laboratories export a table, each with the word of the language that reads it."""

import gzip
from datetime import UTC, date, datetime
from typing import Any

import pytest

from partner_feeds.language import MappingInvalid, load
from partner_feeds.records.answers import Accepted, Answer, LeftOut, Notice, Refused
from partner_feeds.records.model import TestResult
from partner_feeds.translation.about import Origin
from partner_feeds.translation.files import translate

NOW = datetime(2026, 3, 14, tzinfo=UTC)
COLUMNS = {
    "Lot": "holds: text, required: true",
    "Made": "holds: date, format: D.M.YYYY",
    "Purity": 'holds: number, unit: "%"',
}
ROWS = "L-1;3.2.2026;99,1\nL-2;4.2.2026;98,4"
FILE = f"Lot;Made;Purity\n{ROWS}"
BOTH = [("L-1", "2026-02-03", "99.1"), ("L-2", "2026-02-04", "98.4")]


def mapping(before: str = "", tests: str = "[Purity]", **columns: str) -> str:
    held = "\n".join(f"  {name}: {{{column}}}" for name, column in (COLUMNS | columns).items() if column)
    rule = (
        f'  - {{record: TestResult, id: "{{Lot}}/{{test}}", occurred_at: Made, lot: b, stage: release, tests: {tests}}}'
    )
    lots = 'lots:\n  b: {material: VEL-100, number: "{Lot}"}'
    head = 'code: shape\nversion: 1\ndelimiter: ";"\ndecimal: comma'
    return "\n".join([head, before, "columns:", held, lots, "records:", rule])


def read(file: str | bytes, before: str = "", origin: Origin | None = None, **columns: str) -> list[Answer]:
    content = file.encode() if isinstance(file, str) else file
    return list(translate(load(mapping(before, **columns)), [content], now=NOW, origin=origin))


def results(answers: list[Answer]) -> list[tuple[str, str, str]]:
    records = [record for answer in answers if isinstance(answer, Accepted) for record in answer.records]
    return [
        (each.lot.number, str(each.occurred_at), str(each.value)) for each in records if isinstance(each, TestResult)
    ]


def refusals(answers: list[Answer]) -> list[tuple[int, str, str]]:
    found = [error for answer in answers if isinstance(answer, Refused) for error in answer.errors]
    return [(error.row, error.field, error.reason) for error in found]


def left_out(answers: list[Answer]) -> list[int]:
    return [answer.row for answer in answers if isinstance(answer, LeftOut)]


def notices(answers: list[Answer]) -> list[str]:
    return [answer.text for answer in answers if isinstance(answer, Notice)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("said", ["utf-8", "windows-1252"])
def test_a_byte_order_mark_decides_over_the_mapping(encoding: str, said: str) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    file = (mark + FILE.replace("L-1", "Ł-1")).encode(encoding)
    assert results(read(file, f"encoding: {said}")) == [("Ł-1", *BOTH[0][1:]), BOTH[1]]


@pytest.mark.parametrize(
    ("encoding", "letter"), [("windows-1251", "Ж"), ("iso-8859-7", "λ"), ("iso-8859-15", "€"), ("utf-16", "Ł")]
)
def test_an_encoding_without_a_mark_is_said(encoding: str, letter: str) -> None:
    content = FILE.replace("L-1", f"{letter}1").encode("utf-16-le" if encoding == "utf-16" else encoding)
    assert results(read(content, f"encoding: {encoding}"))[0][0] == f"{letter}1"


def test_bytes_that_are_not_utf_16_refuse_their_row() -> None:
    file = "\ufeff".encode("utf-16-le") + FILE.replace("L-1", "L1").encode("utf-16-le") + b"\n\x00\x00\xd8"
    assert [row for row, _, _ in refusals(read(file))] == [4]


def test_an_encoding_that_nobody_knows_is_refused_at_load() -> None:
    with pytest.raises(MappingInvalid, match="'latin' is none of utf-8"):
        load(mapping("encoding: latin"))


@pytest.mark.parametrize("line", ["sep=;", "\ufeffsep=;", '"sep=;"'])
def test_the_line_that_tells_a_spreadsheet_the_delimiter_is_no_row(line: str) -> None:
    assert results(read(f"{line}\r\n{FILE}")) == BOTH


def test_a_delimiter_that_the_file_and_the_mapping_disagree_on() -> None:
    ((row, _, reason),) = refusals(read(f"sep=,\n{FILE}"))
    assert row == 1
    assert "',' separates the columns, and the mapping says ';'" in reason


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04\x14\x00\x06\xff", "a ZIP file, such as a workbook: send it to a feed of format xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old workbook (.xls): save it as .xlsx"),
        (gzip.compress(FILE.encode(), mtime=0), "a compressed file (gzip): unpack it"),
    ],
)
def test_what_is_no_text_is_told(content: bytes, what: str) -> None:
    ((row, _, reason),) = refusals(read(content))
    assert row == 1
    assert reason.startswith(f"the header cannot be read: {what}")


BLOCK = "Certificate export;;\nPrinted;3.3.2026;\nBy: N. N.\n\n"


def test_the_header_is_found_beneath_a_block() -> None:
    answers = read(BLOCK + FILE)
    assert results(answers) == BOTH
    assert [answer.row for answer in answers if isinstance(answer, Accepted)] == [6, 7]
    assert left_out(answers) == [1, 2, 3], "nothing of a file is in no count"


def test_the_header_is_found_with_a_name_misspelt() -> None:
    assert [row for row, _, _ in refusals(read(BLOCK + FILE.replace("Purity", "Purty")))] == [5, 5]


def test_data_above_the_header_refuses_the_file() -> None:
    ((row, _, reason),) = refusals(read(f"Lott;Made;Purity\n{ROWS}\n{FILE}"))
    assert row == 2
    assert reason.startswith("stands above the header and reads as data")


def test_the_header_stands_where_the_mapping_says() -> None:
    twice = f"Lot;Made;Purity\nL-0;1.1.2026;1\n{FILE}"
    assert results(read(twice, "header: {row: 3}")) == BOTH
    assert refusals(read(FILE, "header: {row: 9}")) == [(9, "", "the header must be in line 9, and there is none")]


def test_a_header_of_two_lines() -> None:
    file = f"Batch;;Assay\nNo.;Made;Purity (%)\n{ROWS}"
    columns: dict[str, Any] = {
        "Lot": "holds: text, aliases: [Batch No.]",
        "Made": COLUMNS["Made"] + ", aliases: [Batch Made]",
    }
    columns["Purity"] = COLUMNS["Purity"] + ", aliases: [Assay Purity (%)]"
    assert results(read(file, "header: {lines: 2}", **columns)) == BOTH


def test_a_file_without_header_is_read_by_position() -> None:
    at: dict[str, Any] = {
        name: f"{column}, position: {place}" for place, (name, column) in enumerate(COLUMNS.items(), start=1)
    }
    assert results(read(ROWS, "header: none", **at)) == BOTH
    wide = ROWS.replace(",1", ",1;x").replace(",4", ",4;y")
    assert refusals(read(wide, "header: none", **at))[0][1] == "4"
    assert results(read(wide, 'header: none\nignored: {"4": the analyst}', **at)) == BOTH
    with pytest.raises(MappingInvalid, match=r"columns\.Lot: say its position, for the file has no header"):
        load(mapping("header: none"))


def test_repeated_columns_are_told_apart_by_position() -> None:
    file = "Lot;Made;Purity;Purity\nL-1;3.2.2026;99,1;98,9"
    first, second = (f'holds: number, unit: "%", position: {at}' for at in (3, 4))
    columns = {"Purity": first, "Second": f"{second}, aliases: [Purity]"}
    loaded = load(mapping(tests="[Purity, Second]", **columns))
    assert [value for _, _, value in results(list(translate(loaded, [file.encode()], now=NOW)))] == ["99.1", "98.9"]
    moved = file.replace("Purity;Purity", "Purity;Water")
    assert ("Second", "column 4 must be Second, and the header has Water there") in [
        error[1:] for error in refusals(list(translate(loaded, [moved.encode()], now=NOW)))
    ]
    assert refusals(read(file)) == [
        (1, "Purity", "the column is 2 times in the header: which one is meant? say its position")
    ]


@pytest.mark.parametrize("name", ["Size (µm)", "Size (μm)", "Size  (µm) ", "Size\u00a0(µm)"])
def test_names_that_look_alike_are_the_same(name: str) -> None:
    file = f"Lot;Made;{name}\n{ROWS}"
    assert results(read(file, Purity=COLUMNS["Purity"] + ", aliases: [Size (µm)]")) == BOTH


def test_a_name_that_means_two_columns_is_a_fault() -> None:
    with pytest.raises(MappingInvalid, match=r"columns\.Purity: 'Lot' also means Lot"):
        load(mapping(Purity=COLUMNS["Purity"] + ", aliases: [Lot]"))


@pytest.mark.parametrize("units", [";;%", ";;[%]", "-;DD.MM.YYYY;percent"])
def test_a_row_of_units_is_checked(units: str) -> None:
    assert results(read(f"Lot;Made;Purity\n{units}\n{ROWS}", "units_row: true")) == BOTH


@pytest.mark.parametrize("row", [";;mg", "L-0;1.1.2026;97"])
def test_a_row_of_other_units_refuses_the_file(row: str) -> None:
    answers = read(f"Lot;Made;Purity\n{row}\n{ROWS}", "units_row: true")
    assert [(error[0], error[1]) for error in refusals(answers)] == [(2, "Purity")]
    assert results(answers) == []


FOOT = "\nMean;;98,75\nEnd of report\nL-3;4.2.2026;90"


def test_a_table_ends_where_the_mapping_says() -> None:
    for words in ("[Mean]", '["mean*", "Mea*"]'):
        answers = read(FILE + FOOT, f"ends_at: {words}")
        assert (results(answers), left_out(answers)) == (BOTH, [4, 5, 6])
        assert notices(answers) == ["the table ends here, at 'Mean': what follows is left out"]


def test_a_footer_that_the_mapping_does_not_know_is_refused_by_row() -> None:
    assert [row for row, _, _ in refusals(read(FILE + FOOT, Made=COLUMNS["Made"] + ", required: true"))] == [4, 5]


STATED = "Lot;Made;Purity;Status\nL-1;3.2.2026;99,1;Approved\nL-2;4.2.2026;98,4;\nL-3;4.2.2026;wait;Draft"


@pytest.mark.parametrize(
    ("rule", "taken", "out"),
    [
        ("take: {Status: [Approved]}", 1, [3, 4]),
        ('skip: {Status: [Draft, ""]}', 1, [3, 4]),
        ("skip: {Status: [Draft]}", 2, [4]),
    ],
)
def test_rows_are_chosen_by_the_text_of_a_column(rule: str, taken: int, out: list[int]) -> None:
    answers = read(STATED, rule, Status="holds: text, codes: [Approved]")
    assert (len(results(answers)), left_out(answers), refusals(answers)) == (taken, out, [])


def test_rows_cannot_be_chosen_by_a_column_that_is_not_there() -> None:
    with pytest.raises(MappingInvalid, match="skip: no column of the file is called 'Stat'"):
        load(mapping("skip: {Stat: [x]}"))


@pytest.mark.parametrize("file", [FILE.replace("\n", ";\n") + ";", FILE.replace("99,1", "99,1;;")])
def test_blank_cells_behind_the_last_column_are_told_once(file: str) -> None:
    answers = read(file)
    assert results(answers) == BOTH
    assert notices(answers) == ["cells behind the last column are blank, and were passed over"]


def test_filled_cells_behind_the_last_column_are_refused() -> None:
    answers = read(FILE.replace("99,1", "99,1;x"))
    assert [reason[:17] for _, _, reason in refusals(answers)] == ["too many cells: 4"]
    assert results(answers) == BOTH[1:]


def test_a_transposed_table() -> None:
    answers = read("Lot;L-1;L-2\nMade;3.2.2026;4.2.2026\nPurity;99,1;98,x", "transposed: true")
    assert results(answers) == BOTH[:1]
    assert [error[:2] for error in refusals(answers)] == [(3, "Purity")]


@pytest.mark.parametrize("block", [BLOCK, "Printed: 3.3.2026\n", "x;Printed:;;3.3.2026\n"])
def test_a_value_from_the_block_above_the_table(block: str) -> None:
    file = block + "Lot;Purity\nL-1;99,1\nL-2;98,4"
    made = "holds: date, format: D.M.YYYY, above: Printed"
    assert results(read(file, Made=made)) == [("L-1", "2026-03-03", "99.1"), ("L-2", "2026-03-03", "98.4")]


@pytest.mark.parametrize(
    ("block", "reason"),
    [("", "nothing there is called so"), ("Printed;1.1.2026\nPrinted;2.1.2026\n", "1.1.2026 and also 2.1.2026")],
)
def test_a_value_that_is_not_once_above_the_table(block: str, reason: str) -> None:
    answers = read(block + "Lot;Purity\nL-1;99,1", Made="holds: date, format: D.M.YYYY, above: Printed")
    ((row, field, why),) = refusals(answers)
    assert (row, field) == (1, "Made")
    assert why.endswith(reason)


def test_a_date_from_the_files_name() -> None:
    made = "holds: date, format: YYYYMMDD, file_name: 'results_(\\d{8})'"
    file = "Lot;Purity\nL-1;99,1"
    assert results(read(file, origin=Origin("results_20260203.csv"), Made=made)) == [BOTH[0]]
    for origin in (Origin("results.csv"), Origin()):
        ((_, field, reason),) = refusals(read(file, origin=origin, Made=made))
        assert field == "Made"
        assert "the file's name" in reason


def test_the_day_on_which_a_file_was_received() -> None:
    file = "Lot;Purity\nL-1;99,1"
    received = Origin(received=date(2026, 2, 3))
    assert results(read(file, origin=received, Made="holds: date, received: true")) == [BOTH[0]]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("holds: date", "give its format, or received: true"),
        ("holds: date, received: true, above: x", "above and received are different places"),
        ("holds: date, format: D.M.YYYY, file_name: abc", "write one group"),
    ],
)
def test_a_place_that_cannot_be_is_a_fault(column: str, reason: str) -> None:
    with pytest.raises(MappingInvalid, match=reason):
        load(mapping(Made=column))
