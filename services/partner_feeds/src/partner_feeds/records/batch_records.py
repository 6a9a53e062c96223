"""What a maker's batch record tells, in our words and its codes (ISA-88.04)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from contracts import Day
from contracts.batch_records import RecordCounts, Use
from partner_feeds.records.model import Amount, Code, LotCode, LotNumber, Number, Record, Text, Unit, When


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecord(Record):
    """A version of the record of a batch, and what it holds."""

    occurred_at: When
    """When it was last changed."""
    lot: LotCode
    version: Code | None = None
    """As the source states it; ``revision`` orders."""
    status: Code | None = None
    complete: Annotated[bool, Field(strict=True)]
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """SHA-256 of its content, in hexadecimal."""
    counts: RecordCounts = field(default_factory=RecordCounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialUse(Record):
    """A lot of a material that went into a batch or came out of it."""

    occurred_at: When
    lot: LotCode | None = None
    """The batch; None where the source names none."""
    material: LotNumber
    number: LotNumber
    sublot: Code | None = None
    use: Use
    quantity: Amount | None = None
    step: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessExcursion(Record):
    """An exception, or an alarm at a limit, in the making of a batch."""

    occurred_at: When
    lot: LotCode
    event_id: Code
    step: Code | None = None
    kind: Code
    text: Text = ""
    value: Number | None = None
    limit: Number | None = None
    unit: Unit | None = None
    risk: Code | None = None
    status: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStatus(Record):
    """The status of a lot, such as that of a material which waits to be used."""

    occurred_at: When
    lot: LotCode
    status: Code
    expiry: Day | None = None
    quantity: Amount | None = None
