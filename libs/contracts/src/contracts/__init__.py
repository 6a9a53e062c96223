"""The published language: facts, topics and the envelope in which they travel."""

from contracts import batch_records, batches, clock, partner_feeds, partner_registry, quality_events, sample_tracking
from contracts.codes import check_code, check_storable, check_visible
from contracts.envelope import CONSTANT_HEADERS, Message, Recorded, Unreadable, read, to_message, to_structured
from contracts.fact import (
    PARTITIONS,
    Contract,
    Fact,
    Part,
    contract_for,
    contract_of,
    contracts,
    fact,
    topics,
    topics_of,
)
from contracts.moments import Day, DayOrMonth, DueAt, HappenedAt, Moment, Month
from contracts.turns import BallHeld, Holder
from contracts.vocabulary import Classification, Grant, Lot, Quantity, Role, Side, SourceRecord

__all__ = [
    "CONSTANT_HEADERS",
    "PARTITIONS",
    "BallHeld",
    "Classification",
    "Contract",
    "Day",
    "DayOrMonth",
    "DueAt",
    "Fact",
    "Grant",
    "HappenedAt",
    "Holder",
    "Lot",
    "Message",
    "Moment",
    "Month",
    "Part",
    "Quantity",
    "Recorded",
    "Role",
    "Side",
    "SourceRecord",
    "Unreadable",
    "batch_records",
    "batches",
    "check_code",
    "check_storable",
    "check_visible",
    "clock",
    "contract_for",
    "contract_of",
    "contracts",
    "fact",
    "partner_feeds",
    "partner_registry",
    "quality_events",
    "read",
    "sample_tracking",
    "to_message",
    "to_structured",
    "topics",
    "topics_of",
]
