"""The table of facts."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Numeric
from sqlmodel import Field

from kpi.metadata import Table
from runtime.work import Identified


class MeasuredFact(Table, Identified, table=True):
    """One measured thing, or the reversal of one. The columns are those of the ledger's entries."""

    __tablename__ = "measured_fact"
    sorted_by: ClassVar[Collection[str]] = {"id"}

    event_id: UUID
    measure: str
    subject_id: UUID
    occurred_at: str
    """As precise as it was given: an instant, a day or a month."""
    month: date
    partner_id: UUID
    site_id: UUID
    product_id: UUID | None = None
    value: Decimal = Field(sa_type=Numeric)
    count: int
    type: str
    topic: str
    key: str
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))
    reverses: UUID | None = None
    reversed_by: UUID | None = None
