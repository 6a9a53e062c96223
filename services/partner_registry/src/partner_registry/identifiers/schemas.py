"""What is said about identifiers: bodies of requests, what is stored, and answers."""

from datetime import date
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from partner_registry.identifiers.schemes import Scheme, written
from runtime.bodies import Body, Line, Reason
from serving.shown import Ref, Shown


class IdentifierState(StrEnum):
    """Whether others know it by that number. What was withdrawn never was its."""

    valid = "valid"
    ended = "ended"
    withdrawn = "withdrawn"


class RecordIdentifier(Body):
    """A number of a partner, or of one of its entities or sites."""

    partner_id: UUID
    legal_entity_id: UUID | None = None
    """Of which of the partner's entities it is the number; null where it is the partner's own, or a site's."""
    site_id: UUID | None = None
    """Of which of the partner's sites it is the number; null where it is the partner's own, or an entity's."""
    scheme: Scheme
    value: Line = Field(examples=["150483782"])
    valid_from: Day | None = None
    """Since when it has this number; null where nobody knows."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.legal_entity_id and self.site_id:
            raise ValueError("legal_entity_id and site_id: a number is of the one or of the other")
        self.value = written(self.scheme, self.value)
        return self


class EndIdentifier(Reason):
    """The last day on which it is known by that number."""

    valid_to: Day = Field(examples=["2026-06-30"])


class IdentifierFields(SQLModel):
    """What readers see of an identifier as it is stored."""

    state: IdentifierState = Column(default=IdentifierState.valid, sa_type=String)
    scheme: Scheme = Column(sa_type=String)
    value: str
    partner_id: UUID = Column(foreign_key="partner.id")
    legal_entity_id: UUID | None = Column(default=None, foreign_key="legal_entity.id")
    site_id: UUID | None = Column(default=None, foreign_key="site.id")
    valid_from: date | None = None
    valid_to: date | None = None
    """The last day; null while no end is known."""
    end_reason: str | None = None
    recorded_by: str


class IdentifierRead(IdentifierFields, Shown):
    """An identifier as its readers see it."""

    partner: Ref
