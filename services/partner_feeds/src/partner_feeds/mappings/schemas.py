"""Answers about mappings."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from partner_feeds.mappings.record import MappingState, MappingVersion


class MappingRead(BaseModel):
    """A version of a mapping as its readers see it; the document has an address of its own."""

    id: UUID
    code: str
    mapping_version: int
    """The version that the document states."""
    title: str
    state: MappingState
    drafted_by: str
    approved_by: str | None
    approved_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, record: MappingVersion) -> Self:
        """The readable form of a record."""
        return cls.model_validate(record.model_dump(warnings=False) | {"mapping_version": record.number})
