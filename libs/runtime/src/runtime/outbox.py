"""The outbox: facts written in the command's own transaction. Insert-only, so it is also the ledger for replay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from contracts import Fact, contract_of

LARGEST_PAYLOAD = 900_000
"""Bytes. Below Kafka's default ``max.message.bytes``, with room for headers."""

INSERT = """
INSERT INTO outbox (id, type, topic, key, time, sequence, correlation_id, causation_id, traceparent, parties, data)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::int[], $7::text[],
                     $8::text[], $9::text[], $10::text[], $11::text[])
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the outbox: a fact and its envelope."""

    id: UUID
    type: str
    topic: str
    key: str
    time: datetime
    sequence: int
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    parties: str
    data: str


def entry(
    fact: Fact,
    *,
    time: datetime,
    sequence: int,
    parties: Sequence[UUID],
    correlation_id: str,
    causation_id: str | None,
    traceparent: str | None,
) -> Entry:
    """The row of a fact. Raises ValueError when it is too large for a Kafka message."""
    contract = contract_of(type(fact))
    data = fact.model_dump_json()
    if len(data) > LARGEST_PAYLOAD:
        raise ValueError(f"{contract.type} has {len(data)} bytes; the limit is {LARGEST_PAYLOAD}")
    return Entry(
        id=uuid7(),
        type=contract.type,
        topic=contract.topic,
        key=contract.key_of(fact),
        time=time,
        sequence=sequence,
        correlation_id=correlation_id,
        causation_id=causation_id,
        traceparent=traceparent,
        parties=",".join(sorted(str(party) for party in set(parties))),
        data=data,
    )


def columns(entries: Sequence[Entry]) -> list[list[Any]]:
    """The entries as the arrays that ``INSERT`` takes."""
    return [[getattr(item, name) for item in entries] for name in Entry.__slots__]
