"""What is stored of a batch's process parameters, and answers."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import String

from contracts.transfer_design import ReadingVerdict
from serving.shown import Answer
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class ReadingFields(OfTransfer):
    """What readers see of how a batch stands to a parameter."""

    state: ReadingVerdict = Column(default=ReadingVerdict.not_reported, sa_type=String)
    why: str = ""
    lot_id: UUID
    lot_number: str
    cpp_id: UUID = Column(foreign_key="cpp.id")
    cpp: str
    """The parameter's code."""
    cpp_revision: int = 0
    """Of the parameter, by which it is judged."""
    step: str = ""
    unit: str = ""
    """Of the range."""
    lower: Decimal | None = Column(default=None, sa_type=Numeric)
    upper: Decimal | None = Column(default=None, sa_type=Numeric)
    values: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """What was reported of it."""


class ReportedValueRead(Answer):
    """A value that the maker's system reported, and which revision of which record has it."""

    value: Decimal | None
    text: str | None
    unit: str | None
    """UCUM code; null where the source states none."""
    record: str
    """By which its feed and the maker's system know it."""
    record_revision: int


class ReadingRead(ReadingFields, PartRead):
    """How a batch stands to a critical process parameter, as its readers see it."""

    values: list[ReportedValueRead]
    """What was reported of it."""
