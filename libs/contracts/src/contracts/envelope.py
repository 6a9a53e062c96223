"""CloudEvents 1.0 in Kafka's binary mode: attributes in ``ce_`` headers, the fact's JSON as the value."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
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


def _event(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> BaseCloudEvent:
    return from_binary(KafkaMessage(headers=dict(headers), key=key, value=value or b""), _FORMAT)


def read(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Recorded[Fact] | None:
    """The recorded fact of a Kafka record, or None for a type that this release does not know.

    Raises ValueError (pydantic's ValidationError and the CloudEvents library's errors are both) for a record that
    is no CloudEvent of ours.
    """
    event = _event(key, value, headers)
    contract = contract_for(event.get_type())
    if contract is None:
        return None
    extension = event.get_extension
    time, data = event.get_time(), event.get_data()
    if time is None or not isinstance(data, bytes):
        raise ValueError("a fact needs the CloudEvents attribute time, and data")
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
        fact=contract.model.model_validate_json(data),
    )


def to_structured(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """The same record as a CloudEvent in JSON (structured mode), for readers outside Kafka."""
    event = _event(key, value, headers)
    attributes = {
        name: attribute.isoformat().replace("+00:00", "Z") if isinstance(attribute, datetime) else attribute
        for name, attribute in event.get_attributes().items()
    }
    return attributes | {"data": json.loads(value or b"null")}
