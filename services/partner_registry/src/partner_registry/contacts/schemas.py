"""What is said about contacts: bodies of requests, what is stored, and answers."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from runtime.bodies import Body, Line
from serving.shown import Ref, Shown

Email = Annotated[
    Line, StringConstraints(pattern=r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"), Field(examples=["quality@alpine.example"])
]
Phone = Annotated[Line, StringConstraints(pattern=r"^\+[0-9][0-9 ()/\-]{5,30}$"), Field(examples=["+43 316 0000"])]
"""With the country's code before it."""


class ContactSide(StrEnum):
    """Whose person it is."""

    sponsor = "sponsor"
    partner = "partner"


class ContactFunction(StrEnum):
    """What the person is asked about."""

    project_manager = "project_manager"
    quality = "quality"
    quality_out_of_hours = "quality_out_of_hours"
    regulatory = "regulatory"
    supply = "supply"
    commercial = "commercial"


class ContactState(StrEnum):
    """Whether the person is to be asked."""

    current = "current"
    ended = "ended"


class NameContact(Body):
    """A person as its company names it for business; no private address or number."""

    partner_id: UUID
    side: ContactSide
    function: ContactFunction
    person: Line = Field(examples=["Dr. Eva Novak"])
    """The person's name, or what the desk is called."""
    email: Email | None = Field(default=None, examples=["quality@alpine.example"])
    phone: Phone | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.function == ContactFunction.quality_out_of_hours and not self.phone:
            raise ValueError("out of hours one is reached by phone: write phone")
        if not (self.email or self.phone):
            raise ValueError("write email or phone, or both")
        return self


class ContactFields(SQLModel):
    """What readers see of a contact as it is stored."""

    state: ContactState = Column(default=ContactState.current, sa_type=String)
    partner_id: UUID = Column(foreign_key="partner.id")
    side: ContactSide = Column(sa_type=String)
    function: ContactFunction = Column(sa_type=String)
    person: str
    email: str | None = None
    phone: str | None = None
    ended_on: date | None = None
    """The day, in UTC, from which the person is not asked any more."""
    recorded_by: str


class ContactRead(ContactFields, Shown):
    """A contact as its readers see it."""

    partner: Ref
