"""What a measured fact looks like."""

from datetime import datetime
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from pydantic import BaseModel

from directory.names import Names
from kpi.definitions.schemas import Number
from kpi.facts.model import MeasuredFact
from kpi.measures import Code
from serving.shown import Ref


class EventRead(BaseModel):
    """The event that proves a fact."""

    id: UUID
    type: str
    topic: str
    key: str
    recorded_at: datetime
    href: str
    """The event stream of this type and key, from this event on."""


class FactRead(BaseModel):
    """One measured thing. A reversal has the count -1 and the value negated."""

    id: UUID
    measure: Code
    value: Number
    count: int
    occurred_at: str
    """As precise as it was given: an instant, a day or a month."""
    month: str
    subject_id: UUID
    """The result, batch, deviation or investigation that was measured."""
    partner: Ref | None
    site: Ref | None
    product: Ref | None
    event: EventRead
    reverses: UUID | None
    reversed_by: UUID | None

    @classmethod
    def of(cls, fact: MeasuredFact, names: Names) -> Self:
        """The readable form of a row."""
        since = {"type": fact.type, "key": fact.key, "since": fact.recorded_at.isoformat()}
        return cls(
            id=fact.id,
            measure=Code(fact.measure),
            value=fact.value,
            count=fact.count,
            occurred_at=fact.occurred_at,
            month=f"{fact.month:%Y-%m}",
            subject_id=fact.subject_id,
            **names.of(fact),
            event=EventRead(
                id=fact.event_id,
                type=fact.type,
                topic=fact.topic,
                key=fact.key,
                recorded_at=fact.recorded_at,
                href=f"/events?{urlencode(since)}",
            ),
            reverses=fact.reverses,
            reversed_by=fact.reversed_by,
        )
