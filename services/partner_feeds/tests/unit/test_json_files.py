"""JSON and JSON Lines by paths: numbers as written, keys once, and one bad record does not take the others along."""

import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice, repeat
from typing import Any

import pytest

from partner_feeds.language import MappingInvalid, load
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.records.model import TestResult
from partner_feeds.translation.files import translate

NOW = datetime(2026, 3, 14, tzinfo=UTC)
MAPPING = """
code: json
version: 1
decimal: comma
format: {format}
{options}
columns:
  lot: {{holds: text, required: true}}
  made: {{holds: date, format: YYYY-MM-DD}}
  purity: {{holds: number, unit: "%", path: "$.result['value %'][0]"{more}}}
lots:
  b: {{material: VEL-100, number: "{{lot}}"}}
records:
  - {{record: TestResult, id: "{{lot}}/{{test}}", occurred_at: made, lot: b, stage: release, tests: [purity]}}
"""
FIRST, SECOND = (
    f'{{"lot": "{lot}", "made": "2026-02-03", "result": {{"value %": [{value}]}}}}'
    for lot, value in (("L-1", "99.10"), ("L-2", '"98,4"'))
)
BOTH = [("L-1", Decimal("99.10")), ("L-2", Decimal("98.4"))]
AT = "records_at: $.export.results"


def mapping(format_: str = "json", options: str = "", more: str = "") -> str:
    return MAPPING.format(format=format_, options=options, more=more)


def read(content: str | bytes, format_: str = "json", options: str = "") -> list[Answer]:
    body = content.encode() if isinstance(content, str) else content
    return list(translate(load(mapping(format_, options)), [body[:7], body[7:]], now=NOW))


def results(answers: list[Answer]) -> list[tuple[str, Decimal | None]]:
    records = [record for answer in answers if isinstance(answer, Accepted) for record in answer.records]
    return [(each.lot.number, each.value) for each in records if isinstance(each, TestResult)]


def refusals(answers: list[Answer]) -> list[tuple[int, str, str]]:
    found = [error for answer in answers if isinstance(answer, Refused) for error in answer.errors]
    return [(error.row, error.field, error.reason) for error in found]


@pytest.mark.parametrize(
    ("content", "format_", "options"),
    [
        (f"[{FIRST}, {SECOND}]", "json", ""),
        (f"\ufeff [{FIRST},\n{SECOND}]", "json", ""),
        (f'{{"a": [[1], {{}}], "export": {{"n": 2, "results": [{FIRST}, {SECOND}], "z": [1]}}}}', "json", AT),
        (f"{FIRST}\r\n\r\n{SECOND}", "jsonl", ""),
        (f"\ufeff{FIRST}\n{SECOND}\n", "jsonl", ""),
    ],
)
def test_numbers_are_taken_as_written_and_texts_by_the_mapping(content: str, format_: str, options: str) -> None:
    answers = read(content, format_, options)
    assert results(answers) == BOTH
    assert str(results(answers)[0][1]) == "99.10", "trailing zeros count"
    assert [answer.row for answer in answers if isinstance(answer, Accepted)] == [1, 2]


def changed(**members: Any) -> str:
    return json.dumps(json.loads(FIRST) | members)


@pytest.mark.parametrize("format_", ["json", "jsonl"])
@pytest.mark.parametrize(
    ("record", "field", "reason"),
    [
        (FIRST.replace('"lot"', '"lot": "L-0", "lot"'), "lot", "the key is there twice"),
        (FIRST.replace("[99.10]", "true"), "", ""),
        (FIRST.replace("99.10", "true"), "purity", "true or false is not taken"),
        (FIRST.replace("99.10", '{"x": 1}'), "purity", "an object or a list"),
        (FIRST.replace("99.10", "1e400"), "purity", "not a number of a size"),
        (changed(operator="N. N."), "", "the mapping does not know $.operator: take it"),
        (changed(lot=None), "lot", "is blank, and must be given"),
        (changed(lot="x" * 20_000), "lot", "the cell is longer than 10000 characters"),
        ("17", "", "a record is an object"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_alone(format_: str, record: str, field: str, reason: str) -> None:
    content = f"[{record}, {SECOND}]" if format_ == "json" else f"{record}\n{SECOND}"
    answers = read(content, format_)
    assert results(answers) == BOTH[1:]
    if reason:
        ((row, of, why),) = refusals(answers)
        assert (row, of, why[: len(reason)]) == (1, field, reason)


def test_members_are_ignored_with_a_reason() -> None:
    assert results(read(f"[{changed(operator='N. N.')}]", options="ignored: {operator: not needed}")) == BOTH[:1]


@pytest.mark.parametrize("content", ["", "Lot;Made", f"[{FIRST}", f"[{FIRST}, }}", f"[{FIRST}] x"])
def test_what_is_no_json_is_told_where_it_ends(content: str) -> None:
    (*_, (_, _, reason)) = refusals(read(content))
    assert reason.startswith("not JSON, and what follows could not be read either")


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "-NaN"])
def test_what_a_program_writes_for_no_number_is_named_where_it_stands(word: str) -> None:
    content = f'[{FIRST}, {{"lot": {word}, "name": "x"}}]'
    ((row, value, reason),) = [
        (error.row, error.value, error.reason)
        for answer in read(content)
        if isinstance(answer, Refused)
        for error in answer.errors
    ]
    assert (row, f'"lot": {word}' in value) == (2, True)
    assert "NaN and Infinity are no JSON: write null" in reason


@pytest.mark.parametrize("format_", ["json", "jsonl"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_json_in_utf_16_is_told_that_json_is_utf_8(format_: str, encoding: str) -> None:
    content = FIRST if format_ == "jsonl" else f"[{FIRST}]"
    answers = read(content.encode(encoding), format_)
    assert refusals(answers) == [(1, "", "JSON is UTF-8, and this file is UTF-16: save it as UTF-8")]


def test_a_line_that_is_no_json_does_not_take_the_others_along() -> None:
    answers = read(f"{{\n{FIRST}", "jsonl")
    assert results(answers) == BOTH[:1]
    assert refusals(answers)[0][0] == 1


@pytest.mark.parametrize("format_", ["json", "jsonl"])
@pytest.mark.parametrize("prefix", ["", '{"a": '])
def test_deep_json_is_refused_by_name(format_: str, prefix: str) -> None:
    deep = prefix + "[" * 100_000 + "]" * 100_000 + "}" * bool(prefix)
    reasons = [reason for _, _, reason in refusals(read(deep, format_))]
    assert len(reasons) == 1
    assert "nested" in reasons[0]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (mapping(options="records_at: results"), "write a path such as"),
        (mapping("jsonl", options=AT), "records_at: says nothing of a file of format jsonl"),
        (mapping(options="units_row: true"), "units_row: records of JSON are no table"),
        (mapping("csv"), "columns.purity.path: says nothing of a file of format csv"),
        (mapping().replace("$.result['value %'][0]", "$.a[*]"), "write a path such as"),
    ],
)
def test_what_cannot_be_is_a_fault(document: str, reason: str) -> None:
    with pytest.raises(MappingInvalid, match=reason.replace("$", r"\$").replace("[", r"\[")):
        load(document)


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_memory_does_not_grow_with_the_records(format_: str) -> None:
    class Chunks:
        def __iter__(self) -> Iterator[bytes]:
            yield b"[" if format_ == "json" else b""
            yield from islice(repeat(f"{FIRST}{',' if format_ == 'json' else ''}\n".encode() * 100), 100)
            yield FIRST.encode() + (b"]" if format_ == "json" else b"")

    tracemalloc.start()
    try:
        count = sum(1 for _ in translate(load(mapping(format_)), Chunks(), now=NOW))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 10_001
    assert peak < 2_000_000
