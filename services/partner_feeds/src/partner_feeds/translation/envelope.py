"""A CloudEvent's envelope: what the specification asks of its attributes, and the data, in whichever way they came."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from email.message import Message as Header
from typing import Any

from partner_feeds.readers.json_text import Repeated, Unreadable, whole
from partner_feeds.records.answers import RowError
from partner_feeds.records.types import RECORD_TYPES
from partner_feeds.values.texts import has_control_characters, nearest

SINGLE = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"

_JSON = re.compile(r"application/json|text/json|[a-z0-9.!#$&^_+-]+/[a-z0-9.!#$&^_+-]+\+json").fullmatch


def media_type(header: str) -> str:
    """``application/json`` of ``Application/JSON; charset=utf-8``: media types are compared without parameters."""
    return header.partition(";")[0].strip().lower()


def is_json(header: str) -> bool:
    """Whether a Content-Type means JSON: every ``+json`` does (RFC 6839). A charset other than UTF-8 does not."""
    parsed = Header()
    parsed["content-type"] = header
    try:
        charset = str(parsed.get_param("charset", "utf-8")).strip().lower()
    except (TypeError, ValueError, LookupError):  # of pieces that are no numbers, and of encodings that are none
        return False
    return charset in ("utf-8", "utf8", "us-ascii") and _JSON(media_type(header)) is not None


def data_of(row: int, event: dict[str, Any]) -> tuple[Any, list[RowError]]:
    """The event's data, and what is wrong with the envelope or with the way the data is written in it."""
    errors = list(_wrong_attributes(row, event))
    if "data_base64" not in event:
        return event.get("data"), errors
    given = event["data_base64"]
    if event.get("data") is not None:
        errors.append(RowError.of(row, "data_base64", "", "the event has data and data_base64: give one of them"))
    elif not isinstance(given, str):
        errors.append(RowError.of(row, "data_base64", shown(given), "write a text in base64, or the JSON as data"))
    else:
        try:
            text = base64.b64decode(given, validate=True).decode("utf-8-sig", "surrogateescape")
        except (binascii.Error, ValueError):
            errors.append(RowError.of(row, "data_base64", shown(given), "not base64: write the JSON as data"))
        else:
            data = whole(text)
            if not isinstance(data, Unreadable):
                return data, errors
            errors.append(RowError.of(row, "data_base64", shown(data.value), data.reason))
    return None, errors


def _wrong_attributes(row: int, event: dict[str, Any]) -> Iterator[RowError]:
    """What the CloudEvents specification asks of an event, and that we know its type."""
    for name, value in event.items():
        if isinstance(value, Repeated):
            yield RowError.of(row, shown(name), "", "the event has this key twice: which one is meant?")
        elif name in ("data", "data_base64"):
            continue
        elif not isinstance(value, str | bool | int | None):
            reason = "a CloudEvents attribute is a text, a whole number, true or false"
            yield RowError.of(row, shown(name), shown(value), reason)
        elif has_control_characters(name) or (isinstance(value, str) and has_control_characters(value)):
            reason = "holds a control character, or bytes that are not UTF-8: write it without"
            yield RowError.of(row, shown(name), shown(value), reason)
    for name in ("id", "source"):
        value = event.get(name)
        if not isinstance(value, str | Repeated) or value == "":
            yield RowError.of(row, name, shown(value), "is missing: a CloudEvent has id and source, each a text")
    if event.get("specversion") != "1.0":
        yield RowError.of(row, "specversion", shown(event.get("specversion")), 'write "specversion": "1.0"')
    content_type = event.get("datacontenttype")
    if isinstance(content_type, str) and not is_json(content_type):
        reason = "data must be JSON in UTF-8: write it as data, with datacontenttype application/json"
        yield RowError.of(row, "datacontenttype", shown(content_type), reason)
    type_ = event.get("type")
    if not isinstance(type_, str) or type_ not in RECORD_TYPES:
        known = ", ".join(RECORD_TYPES)
        hint = nearest(type_, RECORD_TYPES) if isinstance(type_, str) else ""
        yield RowError.of(row, "type", shown(type_), f"unknown type; known: {known}{hint}")


def shown(value: Any) -> str:
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
