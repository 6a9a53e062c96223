"""What is said about partners that may be one company: what is stored, and answers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from partner_registry.metadata import INSTANT
from serving.shown import Ref, Shown


class DuplicateState(StrEnum):
    """Whether a person has decided if the two are one company, and how."""

    open = "open"
    same = "same"
    different = "different"


class DuplicateFields(SQLModel):
    """What readers see of two partners that may be one, as it is stored."""

    number: str
    state: DuplicateState = Column(default=DuplicateState.open, sa_type=String)
    partner_id: UUID = Column(foreign_key="partner.id")
    """The one that was registered later."""
    other_id: UUID = Column(foreign_key="partner.id")
    """The one that was registered earlier."""
    grounds: list[str] = Column(sa_type=ARRAY(String))
    """Why it is asked, as it was seen first."""
    decided_by: str | None = None
    decided_at: datetime | None = Column(default=None, sa_type=INSTANT)
    decision_reason: str | None = None


class DuplicateRead(DuplicateFields, Shown):
    """Two partners that may be one company, as the sponsor's people see it."""

    partner: Ref
    other: Ref
