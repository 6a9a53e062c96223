"""Numbers of JSON that nothing could hold: the record is refused, alone, wherever a file is cut into pieces."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import repeat

import pytest

from partner_feeds.language import load
from partner_feeds.readers.json_numbers import without_long_numbers
from partner_feeds.readers.json_text import whole
from partner_feeds.translation.files import translate
from tests.workbook_files import refusals, results

MAPPING = load("""
code: json
version: 1
format: json
records_at: $.results
columns:
  Batch: {holds: text, required: true}
  Made: {holds: date, format: YYYY-MM-DD}
  Assay: {holds: number, unit: "%"}
lots:
  b: {material: VEL-100, number: "{Batch}"}
records:
  - {record: TestResult, id: "{Batch}/{test}", occurred_at: Made, lot: b, stage: release, tests: [Assay]}
""")
NOW = datetime(2026, 3, 14, tzinfo=UTC)


def record(lot: str, assay: str) -> str:
    return f'{{"Batch": "{lot}", "Made": "2026-02-03", "Assay": {assay}}}'


@pytest.mark.parametrize(
    "number",
    [
        "9" * 4_301,
        "9" * 70_000,
        "9" * 1_000_000,
        "-" + "9" * 4_301,
        "1." + "0" * 70_000,
        "0." + "0" * 70_000 + "1e70001",
        "1" + "0" * 200 + "e-200",
        "1e999999999",
        "1e-99999999999999999999",
        "1e" + "0" * 70_000 + "1",
        "9999e999999999999999999",
    ],
    ids=lambda number: f"{number[:6]} of {len(number)}",
)
@pytest.mark.parametrize("size", [1_000, 100_000])
def test_a_number_that_nothing_could_hold_refuses_its_record_alone(number: str, size: int) -> None:
    body = f'{{"results": [{record("H1", "98.2")}, {record("H2", number)}, {record("H3", "98.4")}]}}'.encode()
    answers = list(translate(MAPPING, [body[at : at + size] for at in range(0, len(body), size)], now=NOW))
    assert [(lot, value) for lot, _, value in results(answers)] == [("H1", Decimal("98.2")), ("H3", Decimal("98.4"))]
    assert refusals(answers) == [(2, "Assay", "not a number of a size that is measured")]


LONG = "7" * 9_000
TEXTS = [
    f'"{LONG}", 1',
    f'"a\\"{LONG}", 1',
    f'"a\\\\", "{LONG}", "\\\\\\"{LONG}"',
    f'"žß {LONG}", -12.5e-3, 12345678901234567890123456789',
    '"1e99999999999999999999", true, 2026',
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000, 100_000])
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_what_stands_in_texts_stays_as_it_is(text: str, size: int) -> None:
    body = f"[{text}]".encode()
    assert b"".join(without_long_numbers(body[at : at + size] for at in range(0, len(body), size))) == body


@pytest.mark.parametrize("size", [1, 2, 3, 7, 99, 100, 101, 1_000])
def test_a_long_number_is_found_wherever_it_is_cut(size: int) -> None:
    body = f'{{"a\\\\": {"1" * 101}, "{LONG}": [{"1" * 100}, 1e00000000000000000000, 5]}}'.encode()
    found = b"".join(without_long_numbers(body[at : at + size] for at in range(0, len(body), size)))
    assert whole(found.decode()) == {"a\\": Decimal("1e9999"), LONG: [Decimal("1" * 100), Decimal("1e9999"), 5]}


def test_a_number_without_end_is_not_held_in_memory() -> None:
    class Endless:
        def __iter__(self) -> Iterator[bytes]:
            yield b'{"results": [{"Batch": "H1", "Assay": '
            yield from repeat(b"9" * 100_000, 100)
            yield b"}]}"

    tracemalloc.start()
    try:
        assert [row for row, *_ in refusals(list(translate(MAPPING, Endless(), now=NOW)))] == [1]
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
