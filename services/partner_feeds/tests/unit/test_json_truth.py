"""True and false in JSON: taken where the mapping says what each means, and never as the word itself."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from partner_feeds.language import load
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.records.model import TestResult
from partner_feeds.translation.files import translate

MAPPING = """
code: json
version: 1
format: json
columns:
  lot: {{holds: text, required: true}}
  made: {{holds: date, format: YYYY-MM-DD}}
  sterile: {{{column}}}
lots:
  b: {{material: VEL-100, number: "{{lot}}"}}
records:
  - {{record: TestResult, id: "{{lot}}/{{test}}", occurred_at: made, lot: b, stage: release, tests: [sterile]}}
"""
CODES = 'holds: text, codes: {"true": complies, "false": does not comply}'
WORDS = 'holds: number, unit: "1", words: {"true": complies, "false": does not comply}'
REASON = "true or false is not taken as it is: say under codes, or words of a number, what each means"


def answer(column: str, **record: Any) -> Answer:
    mapping = load(MAPPING.format(column=column))
    content = json.dumps([{"lot": "L-1", "made": "2026-02-03"} | record]).encode()
    (found,) = translate(mapping, [content], now=datetime(2026, 3, 14, tzinfo=UTC))
    return found


def texts(found: Answer) -> list[str | None]:
    assert isinstance(found, Accepted), found
    return [record.text for record in found.records if isinstance(record, TestResult)]


def reasons(found: Answer) -> list[str]:
    assert isinstance(found, Refused), found
    return [error.reason for error in found.errors]


@pytest.mark.parametrize("column", [CODES, WORDS])
def test_true_and_false_mean_what_the_mapping_says(column: str) -> None:
    assert texts(answer(column, sterile=True)) == ["complies"]
    assert texts(answer(column, sterile=False)) == ["does not comply"]


@pytest.mark.parametrize(
    "column", ["holds: text", 'holds: number, unit: "1"', CODES.replace("true", "yes"), WORDS.replace("true", "True")]
)
def test_what_the_mapping_does_not_name_is_refused(column: str) -> None:
    assert reasons(answer(column, sterile=True)) == [REASON]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"a": True, "b": "x"}, REASON),
        ({"a": {"b": "x"}, "b": "x"}, "an object or a list: the path must lead to a text or a number in it"),
    ],
)
def test_a_text_put_together_of_what_cannot_be_taken_is_refused(record: dict[str, Any], reason: str) -> None:
    column = 'holds: text, of: "{a} {b}"'
    assert reasons(answer(column, **record)) == [reason]
    assert texts(answer(column, a="clear", b=1.50)) == ["clear 1.5"]


@pytest.mark.parametrize("value", [True, {"b": "x"}, ["x"]])
def test_of_what_cannot_be_taken_no_part_is_taken(value: Any) -> None:
    column = 'holds: text, path: $.a, part: "(.)[a-z]*"'
    assert len(reasons(answer(column, a=value))) == 1
    assert texts(answer(column, a="pass")) == ["p"]
