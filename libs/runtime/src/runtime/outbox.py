"""The outbox: facts written in the command's own transaction. Insert-only, so it is also the ledger for replay."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from uuid_utils.compat import uuid7

from contracts import Fact, Part, contract_of

LARGEST_PAYLOAD = 900_000
"""Bytes. Below Kafka's default ``max.message.bytes``, with room for headers."""
_ROOM = 10_000
"""Bytes of a set beside its items."""
P = TypeVar("P", bound=Part)
_MANY = 20
"""From so many rows on COPY takes a third of the driver's time, and half of the server's."""
_COLUMNS = "id, type, topic, key, time, sequence, correlation_id, causation_id, traceparent, parties, data"
_INSERT = f"""
INSERT INTO outbox ({_COLUMNS})
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::int[], $7::text[],
                     $8::text[], $9::text[], $10::text[], $11::text[])
"""  # noqa: S608
# A command's stored answer goes with its facts: one round trip less.
_INSERT_WITH_ANSWER = f"""
WITH answered AS (INSERT INTO idempotency (key, request, status, headers, body) VALUES ($12, $13, $14, $15, $16))
{_INSERT}
"""  # noqa: S608
Origin = tuple[str, str | None, str | None]
"""Correlation id, causation id and traceparent."""
Row = tuple[UUID, str, str, str, datetime, int, str, str | None, str | None, str, str]


class Published(Protocol):
    """What a fact is about: its parties may see it, its version orders it."""

    @property
    def parties(self) -> Sequence[UUID]: ...
    @property
    def version(self) -> int: ...


def sets(items: Iterable[P]) -> Iterator[tuple[P, ...]]:
    """The items in their order, in as few sets as may each go into one fact beside what they have in common."""
    found, size = list[P](), 0
    for item in items:
        bytes_ = len(item.model_dump_json().encode()) + 1
        if found and size + bytes_ > LARGEST_PAYLOAD - _ROOM:
            yield tuple(found)
            found, size = [], 0
        found.append(item)
        size += bytes_
    if found:
        yield tuple(found)


def row(fact: Fact, of: Published, time: datetime, origin: Origin) -> Row:
    """A fact and its envelope. Raises ValueError when it is too large for a Kafka message."""
    contract, data = contract_of(type(fact)), fact.model_dump_json()
    if len(data.encode()) > LARGEST_PAYLOAD:
        raise ValueError(f"{contract.type} has {len(data.encode())} bytes; the limit is {LARGEST_PAYLOAD}")
    address = (uuid7(), contract.type, contract.topic, contract.key_of(fact))
    organisations = ",".join(sorted(str(party) for party in set(of.parties)))
    return *address, time, of.version, *origin, organisations, data


async def write(connection: Any, rows: Sequence[Row], answer: Sequence[Any] = ()) -> None:
    """Insert rows in their order, and the command's stored answer if there is one, in one statement."""
    if len(rows) >= _MANY and not answer:
        await connection.copy_records_to_table("outbox", records=rows, columns=_COLUMNS.split(", "))
        return
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 11
    await connection.execute(_INSERT_WITH_ANSWER if answer else _INSERT, *columns, *answer)
