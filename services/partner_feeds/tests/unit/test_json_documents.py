"""A JSON file as a whole: where its records stand, what stands beside them, and what is no file of records."""

from datetime import UTC, datetime

import pytest

from partner_feeds.language import load
from partner_feeds.readers.json_document import AROUND
from partner_feeds.records.answers import Accepted, Answer, Notice, Refused
from partner_feeds.translation.files import translate

MAPPING = """
code: json
version: 1
format: {format}
{options}
columns:
  lot: {{holds: text, required: true}}
  made: {{holds: date, format: YYYY-MM-DD}}
  purity: {{holds: number, unit: "%"}}
lots:
  b: {{material: VEL-100, number: "{{lot}}"}}
records:
  - {{record: TestResult, id: "{{lot}}/{{test}}", occurred_at: made, lot: b, stage: release, tests: [purity]}}
"""
ONE, TWO = (f'{{"lot": "{lot}", "made": "2026-02-03", "purity": 99.1}}' for lot in ("L-1", "L-2"))
RESULTS = "records_at: $.results"
EXPORT = "records_at: $.export.results"
NO_ARRAY = "and wanted is an array of records"
SAY = "say where it stands (records_at), or format: jsonl for a record in each line"


def read(content: str, options: str = "", format_: str = "json") -> list[Answer]:
    mapping = load(MAPPING.format(format=format_, options=options))
    body = content.encode()
    return list(translate(mapping, [body[:9], body[9:]], now=datetime(2026, 3, 14, tzinfo=UTC)))


def taken(answers: list[Answer]) -> list[int]:
    return [answer.row for answer in answers if isinstance(answer, Accepted)]


def reasons(answers: list[Answer]) -> list[tuple[int, str]]:
    return [(error.row, error.reason) for answer in answers if isinstance(answer, Refused) for error in answer.errors]


def notices(answers: list[Answer]) -> list[str]:
    return [answer.text for answer in answers if isinstance(answer, Notice)]


@pytest.mark.parametrize(
    ("content", "options", "twice"),
    [
        (f'{{"results": [{ONE}], "results": [{TWO}]}}', RESULTS, "$.results"),
        (f'{{"export": {{"results": [{ONE}]}}, "a": [1], "export": {{"results": [{TWO}]}}}}', EXPORT, "$.export"),
        (f'{{"export": {{"results": [{ONE}], "results": null}}}}', EXPORT, "$.export.results"),
    ],
)
def test_of_records_that_are_there_twice_what_follows_is_refused(content: str, options: str, twice: str) -> None:
    answers = read(content, options)
    assert taken(answers) == [1]
    assert reasons(answers) == [(2, f"{twice} is there twice: which one is meant? What follows was not read")]


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (f'{{"Results": [{ONE}]}}', RESULTS, "nothing is at $.results; nearest: $.Results"),
        ('{"meta": {"results": []}, "n": 1, "n": 1}', RESULTS, "nothing is at $.results; there: $.meta, $.n"),
        (
            f'{{"export": {{"result": [{ONE}]}}, "results": []}}',
            EXPORT,
            "nothing is at $.export.results; nearest: $.export.result",
        ),
        ("{}", RESULTS, "nothing is at $.results; there: nothing"),
        ('{"export": null}', EXPORT, "nothing is at $.export.results, for $.export is null"),
        (f"[{ONE}]", RESULTS, "nothing is at $.results, for $ is an array"),
        (f'{{"results": {ONE}}}', RESULTS, "$.results is an object, " + NO_ARRAY),
        ('{"results": null, "error": "session expired"}', RESULTS, "$.results is null, " + NO_ARRAY),
        ('{"results": false}', RESULTS, "$.results is true or false, " + NO_ARRAY),
        (ONE, "", f"$ is an object, {NO_ARRAY}: {SAY}"),
        (f'{{"L-1": {ONE}, "L-2": {TWO}}}', "", f"$ is an object, {NO_ARRAY}: {SAY}"),
        ("17", "", f"$ is a number, {NO_ARRAY}: {SAY}"),
    ],
)
def test_a_file_in_which_the_records_stand_elsewhere_is_refused(content: str, options: str, reason: str) -> None:
    answers = read(content, options)
    assert reasons(answers) == [(1, reason)]
    assert notices(answers) == []


@pytest.mark.parametrize(("content", "options"), [("[]", ""), ('{"results": []}', RESULTS)])
def test_an_empty_array_is_told(content: str, options: str) -> None:
    answers = read(content, options)
    assert reasons(answers) == []
    assert notices(answers)[-1] == f"no records are at {options[12:] or '$'}"


def test_what_stands_beside_the_records_is_told_once() -> None:
    export = f'{{"n": 2, "results": [{ONE}, {TWO}]}}'
    before = '"meta": {"status": "PRELIMINARY", "by": 1}, "next": null, "logs": []'
    content = f'{{{before}, "export": {export}, "withdrawn": [{{"lot": "L-3"}}, {{"lot": "L-4"}}]}}'
    answers = read(content, EXPORT)
    assert taken(answers) == [1, 2]
    assert notices(answers) == [f"beside the records is $.meta, $.export.n, $.withdrawn, and is not read: {AROUND}"]


def test_of_very_many_members_beside_the_records_the_first_are_told() -> None:
    many = ", ".join(f'"m{at}": 1' for at in range(10_000))
    (text,) = notices(read(f'{{{many}, "results": [{ONE}]}}', RESULTS))
    assert text.startswith("beside the records is $.m0, $.m1, ")
    assert text.endswith(f", $.m19 and others, and is not read: {AROUND}")


@pytest.mark.parametrize("options", ["", RESULTS])
def test_json_lines_under_json_are_one_line_that_says_the_format(options: str) -> None:
    ((row, reason),) = reasons(read(f"{ONE}\n{TWO}\n", options))
    assert row == 1
    assert reason.endswith("more text after the end of the JSON; of a record in each line say format: jsonl")


@pytest.mark.parametrize("content", ["[{ONE}, }", "[{ONE}, \udcff", "[{ONE}"])
def test_what_is_no_json_is_told_in_one_line(content: str) -> None:
    body = content.replace("{ONE}", ONE).encode("utf-8", "surrogateescape")
    mapping = load(MAPPING.format(format="json", options=""))
    answers = list(translate(mapping, [body], now=datetime(2026, 3, 14, tzinfo=UTC)))
    assert taken(answers) == [1]
    ((row, reason),) = reasons(answers)
    assert row == 2
    assert reason.startswith("not JSON, and what follows could not be read either: ")
    assert not set("\n\\^") & set(reason)


@pytest.mark.parametrize("begin", ["[\n", "["])
def test_an_array_under_json_lines_is_refused_once_and_says_the_format(begin: str) -> None:
    answers = read(f"{begin}{ONE},\n{TWO}\n]\n", format_="jsonl")
    assert taken(answers) == []
    assert [(row, "say format: json." in reason) for row, reason in reasons(answers)] == [(1, True)]


def test_a_line_that_is_a_list_does_not_take_the_others_along() -> None:
    answers = read(f"[{ONE}]\n{TWO}\n", format_="jsonl")
    assert taken(answers) == [2]
    assert reasons(answers)[0][1].startswith("a record is an object, {...}")
