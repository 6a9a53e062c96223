"""CloudEvents 1.0 in Kafka's binary mode: attributes in ``ce_`` headers, the fact's JSON as the value."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from contracts.fact import Fact, contract_for

F = TypeVar("F", bound=Fact, covariant=True)


@dataclass(frozen=True, slots=True)
class Recorded(Generic[F]):
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


class _RawJson(JSONFormat):
    """Leaves the data as bytes: pydantic reads them, and a Decimal never passes through a float."""

    def read_data(self, body: bytes, datacontenttype: str | None) -> Any:
        return body


_FORMAT = _RawJson()


def to_message(attributes: dict[str, Any], data: bytes) -> KafkaMessage:
    """A Kafka message of CloudEvents attributes (None is left out) and the fact's JSON.

    ``partitionkey`` becomes the message's key.
    """
    given = {name: value for name, value in attributes.items() if value is not None}
    given.setdefault("specversion", "1.0")
    given.setdefault("datacontenttype", "application/json")
    return to_binary(CloudEvent(given, data), _FORMAT)


# The library makes up an id and a time where they are missing. An id made up here would be another at each reading, and
# the fact would be counted twice.
_REQUIRED = {"ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"}


def _event(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> BaseCloudEvent:
    given = dict(headers)
    if missing := _REQUIRED - {name for name, header in given.items() if header}:
        raise ValueError(f"no CloudEvent in binary mode: {', '.join(sorted(missing))} is missing")
    present = {name: header for name, header in given.items() if header is not None}
    try:
        return from_binary(KafkaMessage(headers=present, key=key, value=value or b""), _FORMAT, CloudEvent)
    except (BaseCloudEventException, OverflowError) as error:
        raise ValueError(f"no CloudEvent of version 1.0: {error}") from error


def read(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Recorded[Fact] | None:
    """The recorded fact of a Kafka record, or None for a type that this release does not know.

    Raises ValueError (pydantic's ValidationError is one) for a record that is no CloudEvent of ours.
    """
    event = _event(key, value, headers)
    contract = contract_for(event.get_type())
    if contract is None:
        return None
    extension = event.get_extension
    time = event.get_time()
    if time is None:
        raise ValueError("a fact needs the CloudEvents attribute time")
    return Recorded(
        id=UUID(event.get_id()),
        type=event.get_type(),
        source=event.get_source(),
        time=time,
        key=extension("partitionkey") or "",
        sequence=int(extension("sequence") or 0),
        correlation_id=extension("correlationid") or "",
        causation_id=extension("causationid"),
        traceparent=extension("traceparent"),
        parties=tuple(UUID(party) for party in (extension("parties") or "").split(",") if party),
        fact=contract.model.model_validate_json(value or b""),
    )


def to_structured(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """The same record as a CloudEvent in JSON (structured mode), for readers outside Kafka.

    Raises ValueError for a record that is no CloudEvent with JSON in it.
    """
    event = _event(key, value, headers)
    attributes = {
        name: attribute.isoformat().replace("+00:00", "Z") if isinstance(attribute, datetime) else attribute
        for name, attribute in event.get_attributes().items()
    }
    try:
        return attributes | {"data": json.loads(value or b"null")}
    except RecursionError as error:
        raise ValueError("the data is nested too deeply") from error
