"""What a mapping may hold, and how its faults are reported."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from contracts import Classification
from partner_feeds.language import MappingInvalid, load
from partner_feeds.records.answers import Accepted, Refused
from partner_feeds.records.model import Deviation, LotCode, Record, TestResult
from partner_feeds.translation.files import translate

NOW = datetime(2026, 3, 14, tzinfo=UTC)
HEAD = "code: x\nversion: 1\n"
LOTS = 'lots:\n  batch: {material: P1, number: "{lot}"}\n'
COLUMNS = "columns:\n  lot: {holds: text}\n  made: {holds: date, format: YYYY-MM-DD}\n"
RULE = 'records:\n  - {record: BatchStart, id: "{lot}", occurred_at: made, lot: batch}\n'


def written(columns: str = COLUMNS, rule: str = RULE, before: str = "") -> str:
    """The smallest mapping, with something changed."""
    return HEAD + before + columns + LOTS + rule


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(MappingInvalid) as raised:
        load(text)
    return [(fault.where, fault.reason) for fault in raised.value.faults]


def records(mapping: str, *lines: str) -> Iterator[Record]:
    for answer in translate(load(mapping), ["\n".join(lines).encode()], now=NOW):
        assert isinstance(answer, Accepted), answer
        yield from answer.records


def test_the_smallest_mapping() -> None:
    assert load(written()).code == "x"


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        (written(rule=RULE.replace("occurred_at", "ocurred_at")), "records[0].ocurred_at", "nearest: occurred_at"),
        (written(rule=RULE.replace("made", "mad")), "", "records[0].occurred_at: no column is called 'mad'"),
        (written(rule=RULE.replace("made", "lot")), "", "holds text, wanted is a day or a month or an instant"),
        (written(rule=RULE.replace("lot: batch", "lot: bach")), "", "no lot is called 'bach'; lots are batch"),
        (written(rule=RULE.replace("BatchStart", "BatchStrat")), "records[0]", "'BatchStart'"),
        (written(COLUMNS + "  mass: {holds: number}\n"), "", "columns.mass: no record uses the column"),
        (written(COLUMNS + "  mass: {holds: number, unit: grams}\n"), "columns.mass", "is not a UCUM unit"),
        (written(COLUMNS + "  lot: {holds: text}\n"), "", "line 6: 'lot' is given twice"),
        (written(COLUMNS.replace("YYYY-MM-DD", "DD.MM")), "columns.made", "needs a year"),
        (written(before="time_zone: Mars/Base\n"), "time_zone", "no IANA time zone"),
        (written(before="delimitr: ';'\n"), "delimitr", "nearest: delimiter"),
        (written(before="limits: {line_byte: 5}\n"), "limits.line_byte", "nearest: line_bytes"),
        ("a: &x 1\nb: *x\n", "", "anchors and aliases"),
        ("- a\n- b\n", "", "a mapping begins with code: and version:"),
        ("{" * 100_000, "", ""),
        ("a: [\n", "", "no readable YAML"),
        ("x" * 300_000, "", "longer than 256000 characters"),
    ],
)
def test_a_fault_is_told_by_place(text: str, where: str, reason: str) -> None:
    found = faults(text)
    assert any(place.startswith(where) and reason in why for place, why in found), found


MASS = "  mass: {holds: number}\n"
PIECES = MASS.replace("number", 'number, unit: "1"')


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        (
            written(rule=RULE.replace("batch}", "batch, when: lot}")),
            "records[0].when",
            "a list is wanted, such as [lot]",
        ),
        (written(rule=RULE.replace("made", "[made]")), "records[0].occurred_at", "text is wanted"),
        (written(rule="records: []\n"), "records", "0 given, and at least 1 wanted"),
        (written(rule="records: {}\n"), "records", "a list is wanted"),
        (
            written(rule='records:\n  - {id: "{lot}"}\n'),
            "records[0]",
            "must say which record: BatchStart, BatchCompletion",
        ),
        (written(rule=""), "records", "must be given"),
        (written("columns: {lot: text}\n"), "columns.lot", "fields are wanted here, such as {field: value}"),
        (written("columns: {lot: {format: M}}\n"), "columns.lot", "must say what it holds: text, number or date"),
        (written(COLUMNS.replace("text", "text, codes: x")), "columns.lot.codes", "fields are wanted here"),
        (written(COLUMNS.replace("text", "text, longest: 0")), "columns.lot.longest", "must be 1 or more"),
        (written(COLUMNS.replace("text", "text, longest: x")), "columns.lot.longest", "a whole number is wanted"),
        (written(COLUMNS.replace("text", "text, required: x")), "columns.lot.required", "write true or false"),
        (written(before="unknown_columns: x\n"), "unknown_columns", "must be 'refuse' or 'ignore'"),
        (
            written(COLUMNS + PIECES, RULE.replace("batch}", "batch, revision: mass}")),
            "",
            "records[0].revision: the column 'mass' holds a number with its unit, wanted is a number without unit or "
            "an instant; leave out its unit",
        ),
        (
            written(COLUMNS + MASS, RULE.replace("batch}", "batch, planned_quantity: mass}")),
            "",
            "records[0].planned_quantity: the column 'mass' holds a number without unit, "
            "wanted is a number with its unit; state its unit, 1 for none",
        ),
    ],
)
def test_a_fault_is_told_in_the_words_of_who_wrote_it(text: str, where: str, reason: str) -> None:
    first, *others = faults(text)
    assert first[0] == where
    assert first[1].startswith(reason)
    assert [place for place, _ in others if place != where] == []


def test_an_ignored_column_needs_a_reason_and_is_not_taken_as_well() -> None:
    assert faults(written(COLUMNS + "ignored: {remark: ''}\n"))[0][0] == "ignored.remark"
    assert "take it or ignore it" in faults(written(COLUMNS + "ignored: {lot: why not}\n"))[0][1]


def test_several_results_of_a_row_need_ids_of_their_own() -> None:
    rule = (
        'records:\n  - {record: TestResult, id: "{lot}", occurred_at: made, lot: batch, stage: release, tests: [lot]}\n'
    )
    assert "must hold {test}" in faults(written(rule=rule))[0][1]


ONE_RESULT_A_ROW = """
code: one-result-a-row
version: 1
columns:
  id: {holds: text}
  rev: {holds: number}
  when: {holds: date, format: "YYYY-MM-DD hh:mm"}
  lot: {holds: text}
  test: {holds: text}
  result: {holds: number, unit_column: unit}
  unit: {holds: text, codes: {pct: "%", "mg/tab": "mg/{tablet}"}}
  kind: {holds: text, codes: {first: original, again: retest}}
time_zone: Europe/Ljubljana
lots:
  batch: {material: P1, number: "{lot}", site: CMO-1}
records:
  - record: TestResult
    id: "{id}"
    revision: rev
    occurred_at: when
    lot: batch
    laboratory: CLO-1
    stage: release
    role: "{kind}"
    test: "{test}"
    value: result
"""
HEADER = "id,rev,when,lot,test,result,unit,kind"


def test_a_file_with_one_result_per_row() -> None:
    (result,) = records(ONE_RESULT_A_ROW, HEADER, "R7,2,2026-01-05 14:30,L1,assay,5.02,mg/tab,again")
    assert isinstance(result, TestResult)
    assert result.record_id == "R7"
    assert result.revision == 2
    assert result.occurred_at == datetime(2026, 1, 5, 14, 30, tzinfo=ZoneInfo("Europe/Ljubljana"))
    assert (result.lot, result.laboratory) == (LotCode("P1", "L1", "CMO-1"), "CLO-1")
    assert (result.test, result.value, result.unit, result.role) == ("assay", Decimal("5.02"), "mg/{tablet}", "retest")


def test_a_revision_is_a_whole_number() -> None:
    lines = [HEADER, "R7,1.5,2026-01-05 14:30,L1,assay,5.02,pct,first"]
    (answer,) = translate(load(ONE_RESULT_A_ROW), ["\n".join(lines).encode()], now=NOW)
    assert isinstance(answer, Refused)
    assert (answer.errors[0].field, answer.errors[0].reason) == (
        "rev",
        "a revision is a whole number from 1 on, or an instant from 2000 on",
    )


DEVIATIONS = """
code: deviations
version: 1
delimiter: "\\t"
columns:
  number: {holds: text}
  title: {holds: text}
  text: {holds: text, longest: 2000}
  lot: {holds: text}
  known: {holds: date, format: "YYYY-MM-DDThh:mm:ssZ"}
  class: {holds: text, codes: {A: critical, B: major, C: minor}}
  site: {holds: text, optional: true}
lots:
  batch: {material: P1, number: "{lot}"}
records:
  - record: Deviation
    id: "{number}"
    occurred_at: known
    title: "{title}"
    description: "{text}"
    category: process
    site: "{site}"
    lots: [batch]
    partner_aware_at: known
    proposed_classification: "{class}"
"""


def test_deviations_by_mapping_with_an_optional_column_left_out() -> None:
    header = "number\ttitle\ttext\tlot\tknown\tclass"
    found = list(
        records(
            DEVIATIONS,
            header,
            'DEV-7\tPress stopped\t"Jam in feeder,\n40 min"\tL1\t2026-02-01T06:00:00+01:00\tB',
            "DEV-8\tLabel missing\t\t\t2026-02-02T06:00:00Z\t",
        )
    )
    first, second = found
    assert isinstance(first, Deviation)
    assert isinstance(second, Deviation)
    assert (first.description, first.lots) == ("Jam in feeder,\n40 min", (LotCode("P1", "L1"),))
    assert (first.proposed_classification, second.proposed_classification) == (Classification.major, None)
    assert first.partner_aware_at == datetime(2026, 2, 1, 5, tzinfo=UTC)
    assert (second.description, second.lots, second.site) == ("", (), None)


@pytest.mark.parametrize(("cells", "blank", "filled"), [("L1\t", "product", "lot"), ("\tP1", "lot", "product")])
def test_a_deviations_lot_that_is_half_named_is_refused(cells: str, blank: str, filled: str) -> None:
    """Nobody would know which lot it concerns; with neither it concerns none."""
    column = "  product: {holds: text}\n  known"
    mapping = DEVIATIONS.replace("  known", column, 1).replace("material: P1", 'material: "{product}"')
    lines = [f"DEV-{row}\tJam\t\t{text}\t2026-02-01T06:00:00Z\tB" for row, text in enumerate([cells, "\t", "L1\tP1"])]
    file = "\n".join(["number\ttitle\ttext\tlot\tproduct\tknown\tclass", *lines])
    half, neither, both = translate(load(mapping), [file.encode()], now=NOW)
    assert isinstance(half, Refused)
    reason = f"is blank, and names the lot batch with {filled}: give it, or leave all of them blank"
    assert [(error.field, error.reason) for error in half.errors] == [(blank, reason)]
    assert isinstance(neither, Accepted)
    assert isinstance(both, Accepted)
    lots = [record.lots for answer in (neither, both) for record in answer.records if isinstance(record, Deviation)]
    assert lots == [(), (LotCode("P1", "L1"),)]


def test_columns_whose_results_would_have_one_id_are_refused_before_a_file_comes() -> None:
    columns = COLUMNS + "".join(f'  D{n}: {{holds: number, unit: "%", name: dissolution_min}}\n' for n in (1, 2, 3))
    results = (
        'records:\n  - {record: TestResult, id: "{lot}/{test}", occurred_at: made, lot: batch, stage: release, '
        "tests: [D1, D2, D3]}\n"
    )
    (fault,) = faults(written(columns, results))
    assert "D1, D2, D3 are all the test dissolution_min under the id {lot}/{test}" in fault[1]
    load(written(columns, results.replace("{lot}/{test}", "{lot}/{test}/{value}")))
