"""CloudEvents as SDKs and gateways send them: the same event in another envelope is the same record."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request

from partner_feeds.intake import binary_mode
from partner_feeds.records.answers import Accepted, Answer, Refused
from runtime.problems import Problem

Events = Callable[..., list[Answer]]

DATA = {
    "record_id": "MES-7",
    "occurred_at": "2026-03-01T08:00:00+01:00",
    "lot": {"material": "VEL-100", "number": "26-0117"},
    "planned_quantity": {"value": 1.50, "unit": "kg"},
}
ATTRIBUTES = {"specversion": "1.0", "id": "7", "source": "/mes", "type": "io.entente.feed.BatchStart.v1"}
HEADERS = {f"ce-{name}": value for name, value in ATTRIBUTES.items()} | {"content-type": "application/json"}


def records(found: list[Answer]) -> list[Any]:
    (answer,) = found
    assert isinstance(answer, Accepted), answer
    return list(answer.records)


def reason(found: list[Answer]) -> tuple[str, str]:
    (answer,) = found
    assert isinstance(answer, Refused)
    (error,) = answer.errors
    return error.field, error.reason


@pytest.fixture
def plain(events: Events) -> list[Any]:
    return records(events(json.dumps(ATTRIBUTES | {"data": DATA})))


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        "application/vnd.mes+json",
        "text/json",
        None,
    ],
)
def test_whatever_means_json_is_taken(events: Events, plain: list[Any], media_type: str | None) -> None:
    assert records(events(json.dumps(ATTRIBUTES | {"datacontenttype": media_type, "data": DATA}))) == plain


@pytest.mark.parametrize(
    "media_type",
    [
        "text/xml",
        "application/jsonx",
        "json",
        "application/json; charset=utf-16",
        "application/json; charset*=x''%00; charset*0*=a''b",
    ],
)
def test_what_means_something_else_is_refused(events: Events, media_type: str) -> None:
    field, why = reason(events(json.dumps(ATTRIBUTES | {"datacontenttype": media_type, "data": DATA})))
    assert field == "datacontenttype"
    assert "application/json" in why


def test_data_in_base64(events: Events, plain: list[Any]) -> None:
    coded = base64.b64encode(json.dumps(DATA).encode()).decode()
    assert records(events(json.dumps(ATTRIBUTES | {"data_base64": coded}))) == plain


@pytest.mark.parametrize(
    ("more", "right"),
    [
        ({"data_base64": "%%%"}, "not base64: write the JSON as data"),
        ({"data_base64": 7}, "write a text in base64"),
        ({"data_base64": base64.b64encode(b'{"record_id": ').decode()}, "not JSON"),
        ({"data_base64": "e30=", "data": DATA}, "give one of them"),
    ],
)
def test_data_in_base64_that_cannot_be_read(events: Events, more: dict[str, Any], right: str) -> None:
    field, why = reason(events(json.dumps(ATTRIBUTES | more)))
    assert field == "data_base64"
    assert right in why


def test_a_batch_under_the_type_of_a_single_event_and_the_other_way_round(events: Events) -> None:
    event = json.dumps(ATTRIBUTES | {"data": DATA})
    assert "send it as application/cloudevents-batch+json" in reason(events(f" [{event}]"))[1]
    assert "send it as application/cloudevents+json" in reason(events(event, batched=True))[1]


def request(headers: dict[str, str], *more: tuple[str, str]) -> Request:
    raw = [(name.encode(), value.encode()) for name, value in (*headers.items(), *more)]
    return Request({"type": "http", "headers": raw})


def test_an_event_in_binary_mode_is_the_same_event(events: Events, plain: list[Any]) -> None:
    given = request(HEADERS | {"content-type": "application/json; charset=utf-8", "ce-subject": "Charge%20%C3%84"})
    assert binary_mode.is_binary(given)
    attributes = binary_mode.attributes_of(given)
    assert attributes["subject"] == "Charge Ä"
    assert records(events(binary_mode.structured(attributes, json.dumps(DATA).encode()))) == plain


def test_a_body_in_binary_mode_cannot_become_an_attribute(events: Events) -> None:
    body = json.dumps(DATA).encode() + b', "id": "8"'
    field, why = reason(events(binary_mode.structured(ATTRIBUTES, body)))
    assert field == "data_base64"
    assert "more text after the end of the JSON" in why


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json"},
        HEADERS | {"content-type": "text/csv"},
        HEADERS | {"content-type": "application/cloudevents+json"},
    ],
)
def test_what_is_not_binary_mode(headers: dict[str, str]) -> None:
    assert not binary_mode.is_binary(request(headers))


@pytest.mark.parametrize("twice", [("ce-id", "8"), ("ce-datacontenttype", "text/xml")])
def test_an_attribute_that_is_given_twice(twice: tuple[str, str]) -> None:
    with pytest.raises(Problem, match=f"{twice[0]} is given twice"):
        binary_mode.attributes_of(request(HEADERS, twice))
