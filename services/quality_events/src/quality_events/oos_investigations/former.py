"""What was concluded and reopened, as it stood: the signature under it is over that (21 CFR 11.70)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field
from uuid_utils.compat import uuid7

from quality_events.metadata import INSTANT, Table


class FormerConclusion(Table, table=True):
    """An investigation as it was concluded, until it was reopened. Nothing of it changes."""

    __tablename__ = "former_conclusion"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    investigation_id: UUID = Field(foreign_key="oos_investigation.id")
    version: int
    """The investigation's before it was reopened."""
    content: Mapping[str, Any] = Field(sa_type=JSONB)
    """The record as the database had it."""
    created_at: datetime = Field(sa_type=INSTANT)
    """When it was reopened."""
