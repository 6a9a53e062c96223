"""A batch as it stood when it became another maker's: for who made it until then, and nobody else (ADR 0043)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from quality_events.metadata import INSTANT, Table
from runtime.work import Versioned


class FormerBatchFields(SQLModel):
    """What readers see of it as it is stored."""

    batch_id: UUID
    number: str
    material: str
    site_id: UUID
    partner_id: UUID
    until: datetime = Field(sa_type=INSTANT)
    as_it_was: dict[str, Any] = Field(sa_type=JSONB)


class FormerBatch(FormerBatchFields, Versioned, Table, table=True):
    """The batch as its maker read it last. Nothing that comes after is in it."""

    __tablename__ = "former_batch"
    __table_args__ = (ForeignKeyConstraint(["batch_id"], ["batch.id"]),)

    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
