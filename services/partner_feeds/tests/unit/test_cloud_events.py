"""CloudEvents JSON: each event is answered by its place in the batch and by JSON path."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from contracts import partner_feeds as facts
from partner_feeds.records.answers import Accepted, Answer, Notice, Refused
from partner_feeds.records.model import Amount, BatchStart, LotCode, MaterialUsed, TestResult
from partner_feeds.translation.events import EventLimits, read_events

Events = Callable[..., list[Answer]]

RESULT = {
    "record_id": "LIMS-1",
    "occurred_at": "2026-03-01T08:00:00+01:00",
    "lot": {"material": "25", "number": "L1"},
    "test": "dissolution_min",
    "stage": "release",
    "value": 91.5,
    "unit": "%",
}
START = {
    "record_id": "MES-1",
    "occurred_at": "2026-02",
    "lot": {"material": "25", "number": "L1", "site": "CMO-1-A"},
    "planned_quantity": {"value": 240000, "unit": "{tablet}"},
    "inputs": [{"material": "api-5", "number": "2"}],
}


def event(data: Any, type_: str = "TestResult", **attributes: Any) -> dict[str, Any]:
    envelope = {"specversion": "1.0", "id": "1", "source": "lims", "type": f"io.entente.feed.{type_}.v1"}
    return envelope | {"data": data} | attributes


def errors(found: list[Answer]) -> list[tuple[int, str, str, str]]:
    return [
        (error.row, error.field, error.value, error.reason)
        for answer in found
        if isinstance(answer, Refused)
        for error in answer.errors
    ]


def test_a_single_event(events: Events) -> None:
    (answer,) = events(json.dumps(event(START, "BatchStart")))
    record = BatchStart(
        record_id="MES-1",
        occurred_at="2026-02",
        lot=LotCode("25", "L1", "CMO-1-A"),
        planned_quantity=Amount(Decimal(240000), "{tablet}"),
        inputs=(MaterialUsed("api-5", "2"),),
    )
    assert answer == Accepted(1, (record,))


def test_numbers_stay_exact_and_the_good_events_beside_a_bad_one_are_taken(events: Events) -> None:
    body = json.dumps([event(RESULT), event(RESULT | {"unit": "percent"}), event(RESULT)])
    found = events(body.replace("91.5", "91.10000000000000000001"), batched=True)
    assert [type(answer) for answer in found] == [Accepted, Refused, Accepted]
    assert errors(found) == [(2, "data.unit", "percent", "'percent' is not a UCUM unit: write %")]
    assert isinstance(found[0], Accepted)
    (record,) = found[0].records
    assert isinstance(record, TestResult)
    assert record.value == Decimal("91.10000000000000000001")
    assert record.stage is facts.TestStage.release
    assert record.occurred_at == datetime(2026, 3, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "field", "right"),
    [
        ({"value": "95,1"}, "data.value", "use a decimal point: 95.1"),
        ({"value": "NaN"}, "data.value", "NaN is not a number"),
        ({"value": float("nan")}, "data.value", "NaN is not a number"),
        ({"value": float("inf")}, "data.value", "Infinity is not a number"),
        ({"value": 10**60}, "data.value", "out of range"),
        ({"value": True}, "data.value", 'write 95.1 or "95.1"'),
        ({"value": None}, "data", "give either value (a number) or text"),
        ({"text": "complies"}, "data", "and not both"),
        ({"occurred_at": "2031-01-01"}, "data.occurred_at", "in the future: write when it happened"),
        ({"occurred_at": "2031-01"}, "data.occurred_at", "in the future"),
        ({"occurred_at": "2026-03-14T09:40:00Z"}, "data.occurred_at", "in the future"),
        ({"occurred_at": "2026-03-01T08:00:00"}, "data.occurred_at", "the offset from UTC is missing"),
        ({"occurred_at": "01.03.2026"}, "data.occurred_at", "write 2019-05-17T10:30:00+02:00"),
        ({"occurred_at": "2026-02-30"}, "data.occurred_at", "no such date"),
        ({"occurred_at": 1772000000}, "data.occurred_at", "not a date"),
        ({"stage": "final"}, "data.stage", "'release'"),
        ({"revision": "2"}, "data.revision", "valid integer"),
        ({"revision": 0}, "data.revision", "greater than or equal to 1"),
        ({"lot": "L1"}, "data.lot", "must be a JSON object"),
        ({"lot": {"material": "25"}}, "data.lot.number", "is missing"),
        ({"lot": {"material": "25", "numbr": "1"}}, "data.lot.numbr", "unknown field; nearest: number"),
        ({"lab": "CLO-1"}, "data.lab", "unknown field"),
        ({"record_id": ""}, "data.record_id", "at least 1 character"),
        ({"record_id": "a\x00b"}, "data.record_id", "control character"),
        ({"record_id": " "}, "data.record_id", "at least 1 character"),
        ({"lot": {"material": "25", "number": "L1\u200b"}}, "data.lot.number", "U+200B ZERO WIDTH SPACE"),
        ({"lot": {"material": "25", "number": "\uff2c1"}}, "data.lot.number", "looks like another character"),
        ({"record_id": "\ud800"}, "data.record_id", "not UTF-8"),
        ({"\ud800": 1}, "data", "not UTF-8"),
    ],
)
def test_what_is_wrong_with_the_data(events: Events, changed: dict[str, Any], field: str, right: str) -> None:
    found = errors(events(json.dumps(event(RESULT | changed))))
    assert field in [error[1] for error in found]
    assert right in next(error[3] for error in found if error[1] == field)


@pytest.mark.parametrize(
    ("changed", "field", "right"),
    [
        ({"type": "io.entente.feed.TestResults.v1"}, "type", "nearest: io.entente.feed.TestResult.v1"),
        ({"type": None}, "type", "unknown type; known: io.entente.feed.BatchStart.v1"),
        ({"specversion": "0.3"}, "specversion", 'write "specversion": "1.0"'),
        ({"id": ""}, "id", "is missing"),
        ({"source": 7}, "source", "is missing"),
        ({"datacontenttype": "text/xml"}, "datacontenttype", "data must be JSON"),
        ({"site": {"number": 1}}, "site", "a CloudEvents attribute is a text"),
        ({"id": "a\x00"}, "id", "control character"),
        ({"\ud800": 1}, "\\ud800", "not UTF-8"),
    ],
)
def test_what_is_wrong_with_the_envelope(events: Events, changed: dict[str, Any], field: str, right: str) -> None:
    ((row, named, _, reason),) = errors(events(json.dumps(event(RESULT) | changed)))
    assert (row, named) == (1, field)
    assert right in reason


@pytest.mark.parametrize(("inside", "field"), [("data", "data.unit"), ("event", "id")])
def test_a_key_that_is_given_twice(events: Events, inside: str, field: str) -> None:
    text = json.dumps(event(RESULT))
    twice = text.replace('"unit":', '"unit": "mg", "unit":') if inside == "data" else '{"id": "2", ' + text[1:]
    assert field in [error[1] for error in errors(events(twice)) if "twice" in error[3]]


@pytest.mark.parametrize("bomb", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_deep_nesting_is_refused_and_the_events_around_it_are_taken(events: Events, bomb: str) -> None:
    good = json.dumps(event(RESULT))
    found = events(f"[{good},{bomb},{good}]", batched=True)
    assert [type(answer) for answer in found] == [Accepted, Refused, Accepted]
    assert "nested too deeply" in errors(found)[0][3]


def test_deep_nesting_that_never_ends(events: Events) -> None:
    found = events("[" * 1_000_000, batched=True)
    assert errors(found)[0][0] == 1
    assert errors(found)[0][3].endswith("what follows could not be read either")


def test_broken_json_inside_one_event(events: Events) -> None:
    good = json.dumps(event(RESULT))
    found = events(f'[{good},{{"id": tru}},{good}]', batched=True)
    assert [type(answer) for answer in found] == [Accepted, Refused, Accepted]
    assert errors(found)[0][3].startswith("not JSON: Expecting value at line 1, column")


def test_a_batch_that_was_cut_off(events: Events) -> None:
    good = json.dumps(event(RESULT))
    found = events(f"[{good},{good[:40]}", batched=True)
    assert [type(answer) for answer in found] == [Accepted, Refused]


@pytest.mark.parametrize("body", ["", "{}", "7", '{"events": []}', "\x00", "<xml/>"])
def test_a_batch_that_is_none(events: Events, body: str) -> None:
    ((row, _, _, reason),) = errors(events(body, batched=True))
    assert row == 1
    assert "a batch is written [{...}, {...}]" in reason


def test_an_empty_batch_is_accepted_with_nothing_in_it(events: Events) -> None:
    assert events(" [ ] ", batched=True) == [Notice(1, "the batch is empty: there was nothing to take")]


def test_bytes_that_are_not_utf_8_refuse_their_event(events: Events) -> None:
    body = json.dumps([event(RESULT), event(RESULT | {"test": "X"})]).encode().replace(b'"X"', b'"\xe8"')
    found = events(body, batched=True)
    assert [type(answer) for answer in found] == [Accepted, Refused]
    assert errors(found) == [(2, "data.test", "\\udce8", "not UTF-8: write the message in UTF-8")]


def test_a_byte_order_mark_is_accepted(events: Events) -> None:
    assert isinstance(events(b"\xef\xbb\xbf" + json.dumps(event(RESULT)).encode())[0], Accepted)


def test_limits_of_a_message(events: Events) -> None:
    body = json.dumps([event(RESULT)] * 3)
    found = events(body, batched=True, limits=EventLimits(events=2))
    assert [type(answer) for answer in found] == [Accepted, Accepted, Refused]
    assert (
        "at most 100 in one message" in errors(events(body, batched=True, limits=EventLimits(message_bytes=100)))[0][3]
    )


@pytest.mark.timeout(20)
def test_a_string_without_its_end_takes_no_longer_than_another() -> None:
    body = b'["' + b'\\"' * 1_000_000
    (answer,) = read_events(body, batched=True, now=datetime(2026, 3, 1, tzinfo=UTC))
    assert isinstance(answer, Refused)
    assert "could not be read" in answer.errors[0].reason
