"""What a version said when it was given back, and why: kept as it stood, with what was signed of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, String

from contracting.agreement_versions.terms import Party
from contracting.metadata import INSTANT, Table
from contracts import clock
from runtime.work import Identified


class AgreementRound(Identified, Table, table=True):
    """A version as it stood before it was given back. No row is ever changed."""

    __tablename__ = "agreement_round"
    __table_args__ = (UniqueConstraint("version_id", "round"),)

    version_id: UUID = Field(foreign_key="agreement_version.id")
    version: int
    """Of the record, as it stood."""
    round: int
    digest: str
    content: Any = Field(sa_type=JSONB)
    """The record as it stood."""
    returned_by_side: Party = Field(sa_type=String)
    returned_by: str
    reasons: list[Any] = Field(sa_type=JSONB)
    """Why, by clause."""
    created_at: datetime = Field(default_factory=clock.now, sa_type=INSTANT)
