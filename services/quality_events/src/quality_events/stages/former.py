"""What was confirmed of a stage and given back, as it stood: the signature under it is over that (21 CFR 11.70)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field
from uuid_utils.compat import uuid7

from quality_events.metadata import INSTANT, Table


class FormerPartnerStage(Table, table=True):
    """A stage as it was confirmed, until it was given back. Nothing of it changes."""

    __tablename__ = "former_partner_stage"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    partner_stage_id: UUID = Field(foreign_key="partner_stage.id")
    version: int
    """The stage's before it was given back."""
    content: Mapping[str, Any] = Field(sa_type=JSONB)
    """The record as the database had it."""
    created_at: datetime = Field(sa_type=INSTANT)
    """When it was given back."""
