"""What is said about mutual recognition: bodies of requests, what is stored, and answers."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from contracts.certifying import RecognisedWork, RecognisingRegime
from runtime.bodies import Body, Country, Line, Reason
from serving.shown import Answer, Ref, Shown


class MutualRecognitionState(StrEnum):
    """How far a row is. Only what is confirmed counts."""

    unconfirmed = "unconfirmed"
    checked = "checked"
    confirmed = "confirmed"
    rejected = "rejected"


class CheckMutualRecognition(Body):
    """What the source says, as it was found there."""

    covers: list[RecognisedWork] = Field(min_length=1, max_length=2, examples=[["inspection", "batch_testing"]])
    kinds_in: list[Line] = Field(default_factory=list, max_length=50, examples=[["chemical"]])
    """Kinds of product to which it is limited; none: it is not limited to some."""
    kinds_out: list[Line] = Field(default_factory=list, max_length=50, examples=[["vaccine"]])
    """Kinds of product that it leaves out."""
    valid_from: Day = Field(examples=["1999-01-01"])
    valid_to: Day | None = None
    """The last day, where it has one."""
    source: Line = Field(examples=["Decision 98/508/EC"])

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} lies before valid_from {self.valid_from}")
        if both := sorted({*map(str.casefold, self.kinds_in)} & {*map(str.casefold, self.kinds_out)}):
            raise ValueError(f"in and out at once: {', '.join(both)}")
        return self


class RecordMutualRecognition(CheckMutualRecognition):
    """That a regime recognises what a country's authority does."""

    regime: RecognisingRegime
    country: Country


class EndMutualRecognition(Reason):
    """The last day on which it counts."""

    valid_to: Day = Field(examples=["2027-12-31"])


class MutualRecognitionFields(SQLModel):
    """What readers see of a row as it is stored."""

    number: str
    state: MutualRecognitionState = Column(default=MutualRecognitionState.unconfirmed, sa_type=String)
    regime: RecognisingRegime = Column(sa_type=String)
    country: str
    covers: list[RecognisedWork] = Column(sa_type=ARRAY(String))
    kinds_in: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    kinds_out: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    valid_from: date
    valid_to: date | None = None
    """The last day, as it was confirmed."""
    ends_on: date | None = None
    """The last day, where it was ended after that."""
    source: str
    recorded_by: str
    checked_by: str | None = None
    confirmed_by: str | None = None


class MutualRecognitionRead(MutualRecognitionFields, Shown):
    """A row as its readers see it."""


class MutualRecognitionAnswer(Answer):
    """Whether it is recognised, and by which row."""

    regime: RecognisingRegime
    country: str
    covers: RecognisedWork
    product_kind: str
    on: date
    kept: bool
    recognised: bool
    used: Ref | None
    """The row by which it is; null where it is not."""
    why_not: list[str]
