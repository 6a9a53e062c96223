"""Bodies of requests and answers about lessons."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlmodel import Field as Column
from sqlmodel import String

from contracts.tech_transfer import Gate
from runtime.bodies import Body, Line, Words
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class LessonCategory(StrEnum):
    """What a lesson is about."""

    planning = "planning"
    package = "package"
    gaps = "gaps"
    process = "process"
    methods = "methods"
    batches = "batches"
    equipment = "equipment"
    materials = "materials"
    people = "people"
    regulatory = "regulatory"
    partnership = "partnership"
    """How the units worked with each other."""


class LessonState(StrEnum):
    """Whether a lesson counts."""

    recorded = "recorded"
    withdrawn = "withdrawn"


class RecordLesson(Body):
    """What was learned, and what to do at the next transfer."""

    transfer_id: UUID
    category: LessonCategory = Field(examples=["package"])
    gate: Gate | None = Field(None, examples=["knowledge_transfer"])
    """Where it was learned, if it was at one."""
    title: Line = Field(examples=["Cleaning limits came last"])
    text: Words = Field(examples=["The exposure limits were provided after the cleaning study had been planned"])
    """What was learned, in words."""
    recommendation: Words = Field(examples=["Ask for exposure limits before the gaps are looked for"])
    """What to do at the next transfer."""


class LessonFields(OfTransfer):
    """What readers see of a lesson."""

    number: str
    state: LessonState = Column(default=LessonState.recorded, sa_type=String)
    category: LessonCategory = Column(sa_type=String)
    gate: Gate | None = Column(default=None, sa_type=String)
    title: str
    text: str
    """What was learned, in words."""
    recommendation: str
    """What to do at the next transfer."""
    recorded_by: str
    withdrawal_reason: str | None = None


class LessonRead(LessonFields, PartRead):
    """A lesson as its readers see it."""
