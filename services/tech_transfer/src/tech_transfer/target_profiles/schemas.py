"""What is said about target profiles: bodies of requests, what is stored of them, and answers."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import String

from runtime.bodies import Body, Line, Reason, Words
from serving.shown import Answer
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class ProfileState(StrEnum):
    """Where a target profile stands."""

    stated = "stated"


class ProfileElement(Body):
    """Something that the product has to be for its patients."""

    element: Line = Field(examples=["route of administration"])
    aim: Words = Field(examples=["oral"])


def _each_once(elements: list[ProfileElement]) -> list[ProfileElement]:
    if len({each.element.casefold() for each in elements}) < len(elements):
        raise ValueError("name each element once")
    return elements


Elements = Annotated[list[ProfileElement], Field(min_length=1, max_length=100), AfterValidator(_each_once)]


class StateProfile(Body):
    """What the product has to be for its patients (ICH Q8(R2) 2.1)."""

    transfer_id: UUID
    elements: Elements


class ReviseProfile(Reason):
    """What the product has to be from now on, and why."""

    elements: Elements


class ProfileFields(OfTransfer):
    """What readers see of a target profile."""

    state: ProfileState = Column(default=ProfileState.stated, sa_type=String)
    elements: list[Any] = Column(sa_type=JSONB)
    """Each with what the product has to be in it."""
    revision: int = 1
    reason: str | None = None
    """Why it was revised last; null before that."""


class ProfileElementRead(Answer):
    """Something that the product has to be for its patients."""

    element: str
    aim: str


class ProfileRead(ProfileFields, PartRead):
    """A target profile as its readers see it."""

    elements: list[ProfileElementRead]
    """Each with what the product has to be in it."""
