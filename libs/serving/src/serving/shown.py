"""What every record shows of itself, and what its reader may do with it now."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import SQLModel


class Allowed(BaseModel):
    """Something that this caller may ask for, in the state in which the record is."""

    name: str
    method: str
    path: str


class Shown(SQLModel):
    """A record as its readers see it."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    allowed: Sequence[Allowed] = ()
    """What the caller may do with it now."""
