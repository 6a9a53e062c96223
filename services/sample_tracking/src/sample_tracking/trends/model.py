"""What is out of trend, as it is shown beside a result."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import DateTime, Numeric
from sqlmodel import Field, String

from contracts.out_of_trend import TrendBasis
from sample_tracking.metadata import Table


class OutOfTrend(Table, table=True):
    """Between which bounds a result was to be expected, and whether that holds by what is known now."""

    __tablename__ = "out_of_trend"

    result_id: UUID = Field(primary_key=True, foreign_key="result.id")
    basis: TrendBasis = Field(sa_type=String)
    lower: Decimal = Field(sa_type=Numeric)
    upper: Decimal = Field(sa_type=Numeric)
    points: int
    holds: bool
    told: int
    """How often it was told: the version of the fact."""
    told_at: datetime = Field(sa_type=DateTime(timezone=True))
