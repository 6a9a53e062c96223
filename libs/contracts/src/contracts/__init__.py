"""The published language: facts, topics and the envelope in which they travel."""

from contracts import partner_feeds, partner_registry, quality_events, sample_tracking
from contracts.envelope import Message, Recorded, read, to_message, to_structured
from contracts.fact import (
    PARTITIONS,
    Contract,
    Fact,
    Moment,
    Month,
    Part,
    contract_for,
    contract_of,
    contracts,
    fact,
    topics,
    topics_of,
)
from contracts.vocabulary import Classification, Grant, Lot, Quantity, Role, Side, SourceRecord

__all__ = [
    "PARTITIONS",
    "Classification",
    "Contract",
    "Fact",
    "Grant",
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
