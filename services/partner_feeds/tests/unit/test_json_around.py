"""Records of JSON in other elements, and what is said around them: once in the file, or once in each element."""

import json
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice, repeat
from typing import Any

import pytest

from partner_feeds.language import MappingInvalid, load
from partner_feeds.readers.json_document import AROUND
from partner_feeds.records.answers import Accepted, Answer, Notice, Refused
from partner_feeds.records.model import TestResult
from partner_feeds.translation.files import translate

MAPPING = """
code: json
version: 1
format: {format}
records_at: {at}
{options}
columns:
  lot: {{holds: text, required: true, around: {lot}}}
  made: {{holds: date, format: YYYY-MM-DD, required: true, around: {made}}}
  test: {{holds: text, required: true}}
  value: {{holds: number, unit: "%"}}
lots:
  b: {{material: VEL-100, number: "{{lot}}"}}
records:
  - record: TestResult
    id: "{{lot}}/{{test}}"
    occurred_at: made
    lot: b
    stage: release
    test: "{{test}}"
    value: value
"""
HEAD = {"at": "$.results", "lot": "$.lot", "made": "$.of.made"}
SAMPLES = {"at": "'$.samples[*].results'", "lot": "'$.samples[*].lot'", "made": "$.made"}
DEEP = {"at": "'$[*].tests[*].results'", "lot": "'$[*].lot'", "made": "'$[*].tests[*].made[0]'"}
ASSAY, WATER = {"test": "assay", "value": 99.1}, {"test": "water", "value": 0.4}


def document(places: dict[str, str], options: str = "", format_: str = "json") -> str:
    return MAPPING.format(format=format_, options=options, **places)


def read(content: Any, places: dict[str, str], options: str = "") -> list[Answer]:
    body = (content if isinstance(content, str) else json.dumps(content)).encode()
    chunks = [body[:20], body[20:]]
    return list(translate(load(document(places, options)), chunks, now=datetime(2026, 3, 14, tzinfo=UTC)))


def taken(answers: Iterable[Answer]) -> list[tuple[int, str]]:
    """The rows and ids of what was taken."""
    found = [(answer.row, record) for answer in answers if isinstance(answer, Accepted) for record in answer.records]
    return [(row, f"{each.record_id} {each.value}") for row, each in found if isinstance(each, TestResult)]


def reasons(answers: Iterable[Answer]) -> list[tuple[int, str, str]]:
    found = [error for answer in answers if isinstance(answer, Refused) for error in answer.errors]
    return [(error.row, error.field, error.reason) for error in found]


def notices(answers: Iterable[Answer]) -> list[str]:
    return [answer.text for answer in answers if isinstance(answer, Notice)]


def sample(lot: Any, *results: Any, **beside: Any) -> dict[str, Any]:
    return {"lot": lot, "results": results} | beside


def of_samples(*samples: Any) -> dict[str, Any]:
    return {"samples": samples, "made": "2026-02-03"}


def test_a_head_before_or_behind_the_records_is_of_each_of_them() -> None:
    head = {"lot": "L-1", "of": {"made": "2026-02-03"}}
    for content in (head | {"results": [ASSAY, WATER]}, {"results": [ASSAY, WATER]} | head):
        answers = read(content, HEAD)
        assert taken(answers) == [(1, "L-1/assay 99.1"), (2, "L-1/water 0.4")]
        assert notices(answers) == []


def test_records_of_several_samples_have_what_is_said_of_their_own() -> None:
    answers = read(of_samples(sample("L-1", ASSAY, WATER), sample("L-2", ASSAY)), SAMPLES)
    assert taken(answers) == [(1, "L-1/assay 99.1"), (2, "L-1/water 0.4"), (3, "L-2/assay 99.1")]


def test_records_may_lie_in_two_lists() -> None:
    tests = [{"made": [day], "results": [each]} for day, each in (("2026-02-03", ASSAY), ("2026-02-04", WATER))]
    answers = read([{"lot": "L-1", "tests": tests}, {"lot": "L-2", "tests": tests[1:]}], DEEP)
    assert taken(answers) == [(1, "L-1/assay 99.1"), (2, "L-1/water 0.4"), (3, "L-2/water 0.4")]
    records = [record for each in answers if isinstance(each, Accepted) for record in each.records]
    days = [str(record.occurred_at) for record in records if isinstance(record, TestResult)]
    assert days == ["2026-02-03", "2026-02-04", "2026-02-04"]


def test_what_is_said_around_a_record_and_taken_by_no_column_refuses_it() -> None:
    two = sample("L-2", ASSAY, WATER, status="PRELIMINARY", by=[{"name": "N. N."}, {"name": "M. M."}])
    answers = read(of_samples(sample("L-1", ASSAY, status=None), two, sample("L-3", ASSAY)), SAMPLES)
    assert taken(answers) == [(1, "L-1/assay 99.1"), (4, "L-3/assay 99.1")]
    why = f"the mapping does not know $.samples[*].status, $.samples[*].by: {AROUND}"
    assert reasons(answers) == [(2, "", why), (3, "", why)]


def test_what_is_around_may_be_ignored_with_a_reason() -> None:
    options = 'ignored_around: {"$.samples[*].by[*].name": who did it is not needed, $.meta: not needed}'
    content = of_samples(sample("L-1", ASSAY, by=[{"name": "N. N."}])) | {"meta": {"n": 1}, "withdrawn": ["L-0"]}
    answers = read(content, SAMPLES, options)
    assert taken(answers) == [(1, "L-1/assay 99.1")]
    assert notices(answers) == [f"beside the records is $.withdrawn, and is not read: {AROUND}"]


def test_what_is_around_may_be_passed_over_but_not_what_stands_for_the_records() -> None:
    one, other = sample("L-1", ASSAY, by="N. N."), {"lot": "L-2", "results": ASSAY}
    answers = read(of_samples(one, other), SAMPLES, "unknown_columns: ignore")
    assert taken(answers) == [(1, "L-1/assay 99.1")]
    assert [(row, why.split(", ")[0]) for row, _, why in reasons(answers)] == [
        (2, "the mapping does not know $.samples[*].results.test")
    ]
    assert "$.samples[*].by" in notices(answers)[0]


def test_an_element_without_records_keeps_a_place_and_is_told() -> None:
    answers = read(of_samples(sample("L-1"), {"lot": "L-2"}, sample("L-3", ASSAY), None), SAMPLES)
    assert taken(answers) == [(3, "L-3/assay 99.1")]
    assert notices(answers) == ["3 elements of $.samples hold no records at $.samples[*].results"]


@pytest.mark.parametrize(
    ("bad", "path"),
    [
        ({"lot": "L-1", "Results": [ASSAY]}, "$.samples[*].Results"),
        ({"lot": "L-1", "results": ASSAY}, "$.samples[*].results.test"),
        ({"lot": "L-1", "results": "see annex"}, "$.samples[*].results"),
        ("L-1", "$.samples[*]"),
    ],
)
def test_an_element_whose_records_stand_elsewhere_is_refused(bad: Any, path: str) -> None:
    answers = read(of_samples(bad, sample("L-2", ASSAY)), SAMPLES)
    assert taken(answers) == [(2, "L-2/assay 99.1")]
    ((row, _, why),) = reasons(answers)
    assert (row, why.split(":")[0].split(", ")[0]) == (1, f"the mapping does not know {path}")


@pytest.mark.parametrize(
    ("content", "places", "field", "reason"),
    [
        (
            '{"lot": "L-1", "of": {"made": "2026-02-03"}, "results": [{A}], "lot": "L-2"}',
            HEAD,
            "lot",
            "the key is there",
        ),
        ('{"of": {}, "lot": "L-1", "results": [{A}], "of": {"made": "2026-02-03"}}', HEAD, "made", "the key is there"),
        ('{"lot": ["L-1"], "of": {"made": "2026-02-03"}, "results": [{A}]}', HEAD, "lot", "an object or a list"),
        ('{"lot": true, "of": {"made": "2026-02-03"}, "results": [{A}]}', HEAD, "lot", "true or false is not taken"),
        ('{"of": {"made": "2026-02-03"}, "results": [{A}]}', HEAD, "lot", "is blank, and must be given"),
        ('{"samples": [{"lot": 1, "lot": 2, "results": [{A}]}], "made": "2026-02-03"}', SAMPLES, "lot", "the key is"),
        (
            '{"samples": [{"lot": 1, "results": [], "results": [{A}]}], "made": "2026-02-03"}',
            SAMPLES,
            "",
            "$.samples[*].results is there twice",
        ),
    ],
)
def test_what_is_around_in_doubt_refuses_the_record(
    content: str, places: dict[str, str], field: str, reason: str
) -> None:
    answers = read(content.replace("{A}", json.dumps(ASSAY)), places)
    assert [(row, of, why[: len(reason)]) for row, of, why in reasons(answers)] == [(1, field, reason)]
    assert taken(answers) == []


def test_of_a_file_that_breaks_off_nothing_is_known_around_the_records() -> None:
    body = json.dumps({"lot": "L-1", "of": {"made": "2026-02-03"}, "results": [ASSAY, WATER]})
    answers = read(body[:-4], HEAD)
    assert taken(answers) == []
    ((row, _, why),) = reasons(answers)
    assert (row, why[:30]) == (1, "not JSON, and what follows cou")


@pytest.mark.parametrize("large", ["x" * 400, [[[]]] * 40])
def test_rows_keep_their_numbers_whatever_an_element_may_hold(large: Any) -> None:
    """A replay knows rows by their numbers: those of a refused element are counted too."""
    content = of_samples(sample("L-1", ASSAY, WATER, note=large), sample("L-2", ASSAY))
    options = 'ignored_around: {"$.samples[*].note": not needed}\nlimits: {line_bytes: %d}'
    small, wide = (read(content, SAMPLES, options % size) for size in (300, 10_000))
    assert reasons(small) == [(row, "", "the record is larger than 300 bytes") for row in (1, 2)]
    assert taken(small) == taken(wide)[2:] == [(3, "L-2/assay 99.1")]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (document(HEAD | {"lot": "'$.results[0].lot'"}), "columns.lot.around: $.results[0].lot lies in the records"),
        (document(HEAD | {"at": "$"}), "columns.lot.around: $.lot lies in the records"),
        (document(HEAD | {"at": "$.of.results", "made": "$.of"}), "columns.made.around: the records lie in $.of"),
        (
            document(SAMPLES | {"lot": "'$.samples[0].lot'"}),
            "$.samples[0].lot leads to several elements, or to another",
        ),
        (document(SAMPLES | {"lot": "'$.others[*].lot'"}), "$.others[*].lot leads to several elements, or to another"),
        (document(DEEP | {"made": "'$[*].tests[0].made'"}), "$[*].tests[0].made leads to several elements, or to anot"),
        (document(HEAD | {"lot": "lot"}), "write a path such as"),
        (document(HEAD | {"at": "'$.results[*]'"}), "write the path of the array itself"),
        (document(HEAD, 'ignored_around: {"$.of.": not needed}'), "ignored_around: '$.of.': write a path"),
        (document(SAMPLES, "ignored_around: {$.samples: not needed}"), "ignored_around: the records lie in $.samples"),
        (document(HEAD, "ignored_around: {'$.results[*].by': not needed}"), "say ignored"),
        (document(HEAD | {"at": "$"}, format_="jsonl"), "columns.lot.around: says nothing of a file of format jsonl"),
        (document(HEAD | {"at": "$"}, format_="csv"), "columns.lot.around: says nothing of a file of format csv"),
    ],
)
def test_what_leads_nowhere_around_the_records_is_a_fault(document: str, reason: str) -> None:
    with pytest.raises(MappingInvalid) as caught:
        load(document)
    assert reason in str(caught.value)


class Many:
    """Samples of which each has a few results, behind them what is said of all."""

    def __iter__(self) -> Iterator[bytes]:
        one = json.dumps(sample("L-1", *[ASSAY] * 20)).encode()
        yield b'{"samples": [' + one
        yield from islice(repeat(b"," + one), 500)
        yield b'], "made": "2026-02-03"}'


def test_memory_does_not_grow_with_the_elements() -> None:
    tracemalloc.start()
    try:
        count = sum(1 for _ in translate(load(document(SAMPLES)), Many(), now=datetime(2026, 3, 14, tzinfo=UTC)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 501 * 20
    assert peak < 2_000_000
