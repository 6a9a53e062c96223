"""CloudEvents 1.0 in Kafka's binary mode: attributes in ``ce_`` headers, the fact's JSON as the value.

The CloudEvents library reads and writes the same; its tests beside ours prove it. Every hop of every fact goes through
here, and the library took half of a hop's time: see docs/adr/0002.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from pydantic import ValidationError

from contracts.fact import Fact, contract_for
from contracts.faults import in_one_line
from contracts.moments import happened

F = TypeVar("F", bound=Fact, covariant=True)
T = TypeVar("T")


class Unreadable(ValueError):
    """A record that is no fact of ours."""


class Recorded(NamedTuple, Generic[F]):
    """A fact as it was recorded: the fact itself and its envelope."""

    id: UUID
    type: str
    source: str
    time: datetime
    key: str
    sequence: int
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    parties: tuple[UUID, ...]
    fact: F


class Message(NamedTuple):
    """What a Kafka record carries."""

    key: str
    value: bytes
    headers: dict[str, bytes]


_HEADERS = {"datacontenttype": "content-type"}
_ATTRIBUTES = {header: name for name, header in _HEADERS.items()}
CONSTANT_HEADERS = {"ce_specversion": b"1.0", "content-type": b"application/json"}
"""What every record of ours has."""
_REQUIRED = {"specversion", "id", "source", "type", "time"}
"""``time`` is ours: CloudEvents leaves it open, and a reader would have to make one up."""


def to_message(attributes: Mapping[str, Any], data: bytes) -> Message:
    """A Kafka message of CloudEvents attributes (None is left out) and the fact's JSON.

    ``partitionkey`` becomes the message's key. Raises TypeError for an attribute that is no text and no instant.
    """
    headers = dict(CONSTANT_HEADERS)
    for name, value in attributes.items():
        if value is not None:
            text = _instant(value) if isinstance(value, datetime) else value
            headers[_HEADERS.get(name) or f"ce_{name}"] = str.encode(text)
    return Message(attributes["partitionkey"], data, headers)


def _as(name: str, otherwise: str, convert: Callable[[str], T], text: str) -> T:
    """The value of an attribute. Raises ValueError that names it, and does not show what was given."""
    try:
        return convert(text)
    except ValueError as error:
        raise ValueError(f"ce_{name} is {otherwise}") from error


def _instant(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=256)
def _attribute(header: str) -> str | None:
    """The CloudEvents attribute that a header carries, in any case, or None. All records have the same few headers."""
    name = header.lower()
    return name[3:] if name.startswith("ce_") else _ATTRIBUTES.get(name)


def _attributes(key: bytes | None, headers: Sequence[tuple[str, bytes]]) -> dict[str, str]:
    """The CloudEvents attributes of a record. Raises ValueError for what is no CloudEvent of version 1.0."""
    given = {_attribute(header): value for header, value in headers}
    attributes = {name: value.decode() for name, value in given.items() if value and name is not None}
    if not attributes.keys() >= _REQUIRED:
        missing = ", ".join(f"ce_{name}" for name in sorted(_REQUIRED - attributes.keys()))
        raise ValueError(f"no CloudEvent in binary mode: {missing} is missing")
    if attributes["specversion"] != "1.0":
        raise ValueError(f"no CloudEvent of version 1.0, but of {attributes['specversion'][:20]}")
    if key is not None:
        attributes["partitionkey"] = key.decode()
    return attributes


def _time(attributes: dict[str, str]) -> datetime:
    time = _as("time", "no instant: write 2018-11-05T10:00:00Z", datetime.fromisoformat, attributes["time"])
    if time.tzinfo is None:
        raise ValueError(f"ce_time {attributes['time']} names no zone: write 2018-11-05T10:00:00Z")
    try:
        return happened(time).astimezone(UTC)
    except ValueError as error:
        raise ValueError(f"ce_time {error}") from error


def read(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Recorded[Fact] | None:
    """The recorded fact of a Kafka record, or None for a type that this release does not know.

    Raises Unreadable for a record that is no CloudEvent of ours, whatever a foreign producer wrote.
    """
    try:
        return _read(key, value, headers)
    except Exception as error:
        why = in_one_line(error) if isinstance(error, ValidationError) else error
        raise Unreadable(f"this record is not a CloudEvent that its contract allows: {why}") from error


def _read(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Recorded[Fact] | None:
    attributes = _attributes(key, headers)
    contract = contract_for(attributes["type"])
    if contract is None:
        return None
    given = attributes.get
    return Recorded(
        id=_as("id", "no UUID", UUID, attributes["id"]),
        type=contract.type,
        source=attributes["source"],
        time=_time(attributes),
        key=given("partitionkey", ""),
        sequence=_as("sequence", "no whole number", int, given("sequence", "0")),
        correlation_id=given("correlationid", ""),
        causation_id=given("causationid"),
        traceparent=given("traceparent"),
        parties=_as("parties", "no list of UUIDs", _uuids, given("parties", "")),
        fact=contract.model.model_validate_json(value or b""),
    )


@lru_cache(maxsize=256)
def _uuids(text: str) -> tuple[UUID, ...]:
    return tuple(map(UUID, filter(None, text.split(","))))


def to_structured(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """The same record as a CloudEvent in JSON (structured mode), for readers outside Kafka.

    Raises ValueError for a record that is no CloudEvent with JSON in it.
    """
    attributes = _attributes(key, headers)
    attributes["time"] = _instant(_time(attributes))
    try:
        return attributes | {"data": json.loads(value or b"null")}
    except RecursionError as error:
        raise ValueError("the data is nested too deeply") from error
