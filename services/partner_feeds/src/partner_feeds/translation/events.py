"""CloudEvents JSON, single or batched, into records. Each event is answered by its place and by JSON path."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from partner_feeds.readers.json_text import Repeated, Unreadable, elements, whole
from partner_feeds.records import model as records
from partner_feeds.records.answers import Accepted, Answer, Notice, Refused, RowError, refused
from partner_feeds.records.model import RECORD_TYPES, Record
from partner_feeds.values.moments import Horizon
from partner_feeds.values.texts import has_control_characters, nearest

SINGLE = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"

_ADAPTERS: dict[str, TypeAdapter[Record]] = {type_: TypeAdapter(record) for type_, record in RECORD_TYPES.items()}
_MOMENTS = ("occurred_at", "completed_at", "discovered_at", "partner_aware_at")


@dataclass(frozen=True, slots=True)
class EventLimits:
    """What one message may hold at most."""

    message_bytes: int = 8_000_000
    events: int = 10_000


def read_events(body: bytes, *, batched: bool, now: datetime, limits: EventLimits | None = None) -> Iterator[Answer]:
    """Answers for the events of a message, in order. Nothing in the bytes raises."""
    limits = limits or EventLimits()
    if len(body) > limits.message_bytes:
        reason = f"{len(body)} bytes: at most {limits.message_bytes} in one message, send the rest in another"
        yield refused(1, "", "", reason)
        return
    # Bytes that are not UTF-8 become lone surrogates here, and the field that holds them is refused.
    text = body.decode("utf-8-sig", "surrogateescape")
    horizon = Horizon(now)
    row = 0
    for row, element in enumerate(elements(text) if batched else [whole(text)], start=1):
        if row > limits.events:
            reason = f"more than {limits.events} events in one message: from here on send them in another"
            yield refused(row, "", "", reason)
            return
        yield _answer(row, element, horizon)
    if row == 0:
        yield Notice(1, "the batch is empty: there was nothing to take")


def _answer(row: int, event: Any, horizon: Horizon) -> Accepted | Refused:
    if isinstance(event, Unreadable):
        return refused(row, "", _shown(event.value), event.reason)
    if not isinstance(event, dict):
        return refused(row, "", _shown(event), 'not a CloudEvent: it is written {"specversion": "1.0", ...}')
    errors = list(_wrong_attributes(row, event))
    if errors:
        return Refused(row, tuple(errors))
    try:
        record = _ADAPTERS[event["type"]].validate_python(event.get("data"))
    except ValidationError as error:
        record_type = RECORD_TYPES[event["type"]]
        details = error.errors(include_url=False)
        return Refused(row, tuple(_explained(row, each, record_type) for each in details))
    errors = list(_in_the_future(row, record, horizon))
    return Refused(row, tuple(errors)) if errors else Accepted(row, (record,))


def _wrong_attributes(row: int, event: dict[str, Any]) -> Iterator[RowError]:
    """What the CloudEvents specification asks of an event, and that we know its type."""
    for name, value in event.items():
        if isinstance(value, Repeated):
            yield RowError.of(row, _shown(name), "", "the event has this key twice: which one is meant?")
        elif name == "data":
            continue
        elif not isinstance(value, str | bool | int | None):
            reason = "a CloudEvents attribute is a text, a whole number, true or false"
            yield RowError.of(row, _shown(name), _shown(value), reason)
        elif has_control_characters(name) or (isinstance(value, str) and has_control_characters(value)):
            reason = "holds a control character, or bytes that are not UTF-8: write it without"
            yield RowError.of(row, _shown(name), _shown(value), reason)
    for name in ("id", "source"):
        value = event.get(name)
        if not isinstance(value, str | Repeated) or value == "":
            yield RowError.of(row, name, _shown(value), "is missing: a CloudEvent has id and source, each a text")
    if event.get("specversion") != "1.0":
        yield RowError.of(row, "specversion", _shown(event.get("specversion")), 'write "specversion": "1.0"')
    content_type = event.get("datacontenttype", "application/json")
    if content_type not in ("application/json", None) or "data_base64" in event:
        yield RowError.of(row, "datacontenttype", _shown(content_type), "data must be JSON: write it as data")
    type_ = event.get("type")
    if not isinstance(type_, str) or type_ not in RECORD_TYPES:
        known = ", ".join(RECORD_TYPES)
        hint = nearest(type_, RECORD_TYPES) if isinstance(type_, str) else ""
        yield RowError.of(row, "type", _shown(type_), f"unknown type; known: {known}{hint}")


def _explained(row: int, error: ErrorDetails, record: type[Record]) -> RowError:
    """pydantic's error by JSON path, and in words for whoever writes the sender."""
    path = "data" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"])
    given = error["input"]
    if error["type"] in ("missing", "missing_argument"):
        return RowError.of(row, _shown(path), "", "is missing")
    if isinstance(given, Repeated):
        return RowError.of(row, _shown(path), "", "the object has this key twice: which one is meant?")
    if error["type"] == "unexpected_keyword_argument":
        return RowError.of(row, _shown(path), _shown(given), _unknown_field(error["loc"], record))
    if error["type"].startswith("dataclass"):
        return RowError.of(row, _shown(path), _shown(given), "must be a JSON object")
    if error["type"] == "string_pattern_mismatch":
        return RowError.of(row, _shown(path), _shown(given), "holds a control character: write it without")
    if error["type"] == "string_unicode":
        return RowError.of(row, _shown(path), _shown(given), "not UTF-8: write the message in UTF-8")
    message = error["msg"].removeprefix("Value error, ")
    return RowError.of(row, _shown(path), _shown(given), message)


_NESTED: dict[str, type] = {
    "lot": records.LotCode,
    "lots": records.LotCode,
    "inputs": records.MaterialUsed,
    "planned_quantity": records.Amount,
    "actual_quantity": records.Amount,
    "values": records.NamedValue,
    "stage_yields": records.NamedValue,
}


def _unknown_field(place: tuple[int | str, ...], record: type[Record]) -> str:
    inside = _NESTED.get(str(place[0]), record) if len(place) > 1 else record
    known = [field.name for field in fields(inside)]
    return f"unknown field{nearest(str(place[-1]), known)}; known: {', '.join(known)}"


def _in_the_future(row: int, record: Record, horizon: Horizon) -> Iterator[RowError]:
    for name in _MOMENTS:
        moment = getattr(record, name, None)
        if moment is not None and (reason := horizon.why_not(moment)):
            yield RowError.of(row, f"data.{name}", str(moment), reason)


def _shown(value: Any) -> str:
    """A value in an answer: short, and without what UTF-8 cannot hold."""
    match value:
        case None:
            return ""
        case str():
            return value[:100].encode("utf-8", "backslashreplace").decode()
        case bool() | int():
            return json.dumps(value)
        case Decimal():
            return str(value)[:100]
        case list():
            return "[...]"
        case _:
            return "{...}"
