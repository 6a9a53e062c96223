"""What a record of JSON holds and no column takes refuses the record, unless the mapping says why it may be lost."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_feeds.language import MappingInvalid, load
from partner_feeds.readers.json_known import known_of, unknown_in
from partner_feeds.readers.json_paths import ANY, at, steps_of, written
from partner_feeds.records.answers import Accepted, Answer, Notice, Refused
from partner_feeds.records.model import TestResult
from partner_feeds.translation.files import translate

MAPPING = """
code: json
version: 1
format: {format}
{options}
columns:
  lot: {{holds: text, path: {lot}}}
  made: {{holds: date, format: YYYY-MM-DD, path: {made}}}
  purity: {{holds: number, unit: "%", path: {purity}}}
lots:
  b: {{material: VEL-100, number: "{{lot}}"}}
records:
  - {{record: TestResult, id: "{{lot}}/{{test}}", occurred_at: made, lot: b, stage: release, tests: [purity]}}
"""
NESTED = {"lot": "$.lot", "made": "$.made", "purity": "$.result.value"}
LISTED = {"lot": "'$[0]'", "made": "'$[1]'", "purity": "'$[2]'"}
REASON = "the mapping does not know {}: take it as a column, or ignore it with the reason"


def document(paths: dict[str, str], options: str = "", format_: str = "json") -> str:
    return MAPPING.format(format=format_, options=options, **paths)


def read(records: Iterable[Any], paths: dict[str, str] | None = None, options: str = "") -> list[Answer]:
    mapping = load(document(paths or NESTED, options))
    return list(translate(mapping, [json.dumps(list(records)).encode()], now=datetime(2026, 3, 14, tzinfo=UTC)))


def record(lot: str = "L-1", **beside: Any) -> dict[str, Any]:
    """A record of which ``beside`` stands at ``result``."""
    return {"lot": lot, "made": "2026-02-03", "result": {"value": 99.1} | beside}


def values(answers: list[Answer]) -> list[tuple[str, Decimal | None]]:
    records = [each for answer in answers if isinstance(answer, Accepted) for each in answer.records]
    return [(each.lot.number, each.value) for each in records if isinstance(each, TestResult)]


def reasons(answers: list[Answer]) -> list[str]:
    return [error.reason for answer in answers if isinstance(answer, Refused) for error in answer.errors]


def notices(answers: list[Answer]) -> list[str]:
    return [answer.text for answer in answers if isinstance(answer, Notice)]


@pytest.mark.parametrize(
    ("beside", "path"),
    [
        ({"result": {"value": 0.05, "qualifier": "<", "unit": "mg/mL"}}, "$.result.qualifier, $.result.unit"),
        ({"result": {"value": 94, "retest": {"value": 93, "by": [None, "N. N."]}}}, "$.result.retest"),
        ({"status": {"": False}}, "$.status"),
        ({"result": 99.1}, "$.result"),
        ({"result": [{"value": 99.1}, {"value": 91}]}, "$.result[0], $.result[1]"),
        ({"Lot No.": "L-3"}, "$['Lot No.']"),
    ],
)
def test_what_no_column_takes_refuses_its_record_alone(beside: dict[str, Any], path: str) -> None:
    answers = read([record() | beside, record("L-9")])
    assert reasons(answers) == [REASON.format(path)]
    assert values(answers) == [("L-9", Decimal("99.1"))]


def test_an_element_behind_those_that_are_taken_refuses_its_record() -> None:
    one, two = ({"ids": ids, "made": "2026-02-03", "result": {"value": 99.1}} for ids in (["L-1"], ["L-1", "L-2"]))
    answers = read([two, one], NESTED | {"lot": "'$.ids[0]'"})
    assert (reasons(answers), values(answers)) == ([REASON.format("$.ids[1]")], [("L-1", Decimal("99.1"))])


def test_what_is_null_or_empty_holds_nothing_that_could_be_lost() -> None:
    nothing: dict[str, Any] = {"unit": None, "retests": [], "limits": {"upper": None, "notes": [{}, [None]]}}
    assert values(read([record(**nothing)])) == [("L-1", Decimal("99.1"))]


@pytest.mark.parametrize("ignored", ["result", "$.result.steps", "$.result.steps[*].by"])
def test_what_is_ignored_is_ignored_with_all_below_it(ignored: str) -> None:
    options = f'ignored: {{"{ignored}": who did it is not needed}}'
    assert values(read([record(steps=[{"by": "N. N."}, {"by": {"name": "N. N."}}])], options=options)) != []


def test_of_a_list_whose_elements_are_partly_ignored_the_rest_is_asked_for() -> None:
    options = 'ignored: {"$.result.steps[*].by": who did it is not needed}'
    (reason,) = reasons(read([record(steps=[{"by": "N. N."}, {"by": "N. N.", "value": 91}])], options=options))
    assert reason.startswith("the mapping does not know $.result.steps[1].value")


def test_a_mapping_may_let_pass_what_it_does_not_know_and_it_is_told_once() -> None:
    records = [record(f"L-{at}", flags=["a", "b"], unit="%") for at in range(3)]
    answers = read(records, options="unknown_columns: ignore")
    assert len(values(answers)) == 3
    assert notices(answers) == ["the mapping does not know $.result.flags, $.result.unit: passed over"]


def test_what_stands_in_the_way_to_a_column_is_not_passed_over() -> None:
    answers = read([record() | {"result": 99.1, "unit": "%"}], options="unknown_columns: ignore")
    assert reasons(answers) == [REASON.format("$.result")]


def test_what_is_passed_over_is_named_in_a_notice_of_bounded_length() -> None:
    answers = read([record() | {f"m{at}": 1 for at in range(1000)}] * 2, options="unknown_columns: ignore")
    (text,) = notices(answers)
    assert text.startswith("the mapping does not know $.m0, ")
    assert text.endswith(" and others: passed over")
    assert len(text) < 1000


def test_an_object_that_is_there_twice_is_not_called_unknown() -> None:
    mapping = load(document(NESTED, format_="jsonl"))
    line = json.dumps(record()).replace('"result"', '"result": {"value": 91}, "result"')
    answers = list(translate(mapping, [line.encode()], now=datetime(2026, 3, 14, tzinfo=UTC)))
    assert reasons(answers) == ["$.result is there twice: which one is meant?"]


def test_rows_may_be_lists() -> None:
    rows = [["L-1", "2026-02-03", 99.10], ["L-2", "2026-02-03", 94, "cancelled"], ["L-3", "2026-02-03", "<0.05"]]
    answers = read(rows, LISTED)
    assert values(answers) == [("L-1", Decimal("99.1")), ("L-3", Decimal("0.05"))]
    assert reasons(answers) == [REASON.format("$[3]")]


def test_a_line_that_is_a_broken_list_does_not_take_the_others_along() -> None:
    lines = b'["L-1", "2026-02-03", \n["L-2", "2026-02-03", 99.1]'
    answers = list(translate(load(document(LISTED, format_="jsonl")), [lines], now=datetime(2026, 3, 14, tzinfo=UTC)))
    assert (len(reasons(answers)), values(answers)) == (1, [("L-2", Decimal("99.1"))])


def test_a_list_is_no_record_where_columns_have_names() -> None:
    assert reasons(read([["L-1", "2026-02-03", 99.1]])) == [
        "a record is an object, {...}, or a list, whose columns have paths such as $[0]"
    ]


@pytest.mark.parametrize("ignored", ["$", "$.a[", "$.a b"])
def test_an_ignored_path_that_is_none_is_a_fault(ignored: str) -> None:
    with pytest.raises(MappingInvalid, match=r"ignored: '\$"):
        load(document(NESTED, f'ignored: {{"{ignored}": not needed}}'))


NAMES = st.text(min_size=1, max_size=6).filter(lambda name: not set("'\"\\") & set(name))


@given(st.lists(st.one_of(NAMES, st.integers(0, 9), st.just(ANY)), min_size=1, max_size=6))
def test_a_path_that_we_write_is_read_again(steps: list[str | int]) -> None:
    path = written(tuple(steps))
    assert "\\" in path or steps_of(path, many=True) == tuple(steps)


JSON = st.recursive(
    st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)
WAYS = st.sets(st.lists(st.sampled_from(["a", "b", 0, 1, ANY]), min_size=1, max_size=3).map(tuple), max_size=4)


@given(JSON, WAYS)
def test_each_leaf_is_known_or_lies_in_what_is_told(value: Any, ways: set[tuple[str | int, ...]]) -> None:
    told = [way for way, _ in unknown_in(value, known_of(ways))]

    def leads(way: tuple[str | int, ...], leaf: tuple[str | int, ...]) -> bool:
        pairs = zip(way, leaf, strict=False)
        return len(way) <= len(leaf) and all(a == b or (a == ANY and isinstance(b, int)) for a, b in pairs)

    for leaf in leaves(value):
        assert any(leads(way, leaf) for way in ways) != any(leads(way, leaf) for way in told)
        assert at(value, leaf) is not None


def leaves(value: Any, way: tuple[str | int, ...] = ()) -> Iterable[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inside:
        yield from leaves(each, (*way, step))
    if not isinstance(value, dict | list) and value is not None:
        yield way
