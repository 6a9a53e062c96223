"""What is said about legal entities: bodies of requests, what is stored, and answers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from partner_registry.metadata import INSTANT
from runtime.bodies import Body, Country, Line, Reason
from serving.shown import Answer, Ref, Shown


class EntityState(StrEnum):
    """Whether an entity is one with which anything can be agreed."""

    registered = "registered"
    ended = "ended"


class EntityParts(Body):
    """What a public register says of a company besides its name."""

    form: Line | None = Field(None, examples=["GmbH"])
    """Its legal form, as its law writes it."""
    register_entry: Line | None = Field(None, examples=["FN 117a, Handelsgericht Wien"])
    seat: Line | None = Field(None, examples=["Graz"])


class RecordEntity(EntityParts):
    """A further legal entity of a partner, or one of the sponsor's."""

    partner_id: UUID | None = None
    """Whose company it is; none is the sponsor's own."""
    legal_name: Line = Field(examples=["Alpine Pharma Services GmbH"])
    country: Country
    valid_from: Day | None = Field(None, examples=["2019-01-01"])
    """Since when it has this name; null where nobody knows."""


class RenameEntity(EntityParts, Reason):
    """What it is called from a day on. What is left out stays as it was on the day before."""

    legal_name: Line = Field(examples=["Alpine Pharma AG"])
    valid_from: Day = Field(examples=["2026-03-01"])


class EndEntity(Reason):
    """The last day on which it exists, by merger or by its end in the register."""

    valid_to: Day = Field(examples=["2026-06-30"])


Names = TypeVar("Names", bound=Body)


def named_once(body: Names, words: str) -> Names:
    """A body that names an entity by its id or in words. Raises ValueError for one that does both, or neither."""
    if (getattr(body, words) is None) == (getattr(body, "legal_entity_id", None) is None):
        raise ValueError(f"name it by legal_entity_id or in words, as {words}: the one or the other")
    return body


class EntityFields(SQLModel):
    """What readers see of a legal entity as it is stored."""

    number: str
    state: EntityState = Column(default=EntityState.registered, sa_type=String)
    partner_id: UUID | None = Column(default=None, foreign_key="partner.id")
    principal: bool = False
    """Whether it is the one by whose name the partner is known."""
    legal_name: str
    """Of the latest day from which one was told."""
    form: str | None = None
    register_entry: str | None = None
    seat: str | None = None
    country: str
    valid_to: date | None = None
    """The last day on which it exists; null where no end is known."""
    ended_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When that was recorded."""
    end_reason: str | None = None
    recorded_by: str


class EntityName(Answer):
    """What an entity was called, from a day until a day."""

    legal_name: str
    form: str | None
    register_entry: str | None
    seat: str | None
    valid_from: date | None
    """The first day; null where nobody knows since when."""
    valid_to: date | None
    """The last day; null while no later one is known."""
    recorded_at: datetime
    recorded_by: str


class EntityRead(EntityFields, Shown):
    """A legal entity as its readers see it."""

    partner: Ref | None
    """Null of the sponsor's own."""
    names: list[EntityName]
    """All that it was called, the earliest first."""
    in_former_names: list[Ref]
    """Certificates that count, or may, and name it as it is called no more: the authority is to issue them anew."""


class EntityNameOnDay(Answer):
    """What an entity was called on a day, as it was known at an instant."""

    on: date
    as_of: datetime
    name: EntityName | None
    """Null before the first day of which anything was told, and after the last one of the entity."""


class EntityEntries(SQLModel):
    """What was told of an entity's names, in that order."""

    entries: list[Any] = Column(sa_type=JSONB)
