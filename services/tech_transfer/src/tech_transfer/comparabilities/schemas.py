"""What is said about comparability: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Numeric
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import String

from runtime.bodies import Body, Code, Line, Words
from serving.shown import Answer
from tech_transfer.measured import MeasuredUnit, Number
from tech_transfer.metadata import INSTANT
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class ComparabilityState(StrEnum):
    """What the comparison says, or what quality said where it does not say enough."""

    equivalent = "equivalent"
    not_equivalent = "not_equivalent"
    not_assessed = "not_assessed"
    accepted = "accepted"
    """By quality, for a reason, though it is not equivalent or could not be assessed."""


SHOWN = frozenset({ComparabilityState.equivalent, ComparabilityState.accepted})
OF_BOTH: Final = ("limit", "difference", "ci90")
"""What rests on the lots of both sites, or, as the usual limit does, on the sending one's: for the sponsor alone."""


class HistoricalLot(Body):
    """A lot of the sending site, and what was found of it."""

    lot: Code = Field(examples=["H-0001"])
    value: Number = Field(examples=["99.8"])


class Compare(Body):
    """Historical lots of the sending site, against which those of the transfer are held."""

    transfer_id: UUID
    attribute: Line = Field(examples=["Assay"])
    """As the protocol of the transfer's batches names it."""
    unit: MeasuredUnit = Field(default="%", examples=["%"])
    history: list[HistoricalLot] = Field(min_length=1, max_length=1000)
    limit: Annotated[Number | None, Field(gt=0)] = None
    """The greatest difference of means that is accepted; none is 1.5 standard deviations of the historical lots."""
    justification: Words | None = None
    """Of another limit, or of fewer than ten historical lots."""

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        if len({each.lot for each in self.history}) < len(self.history):
            raise ValueError("history: name each lot once")
        return self


class ComparabilityFields(OfTransfer):
    """What readers see of a comparison. Single values of the sending site are not among it."""

    number: str
    state: ComparabilityState = Column(sa_type=String)
    attribute: str
    """The critical quality attribute, as its test is called."""
    unit: str
    compared_at: datetime = Column(sa_type=INSTANT)
    """When the comparison was made."""
    compared_by: str
    sending_lots: int
    receiving: list[Any] = Column(sa_type=JSONB)
    """Each lot of the receiving site with its value, or the mean of its values."""
    limit: Decimal | None = Column(default=None, sa_type=Numeric)
    """The greatest difference of means that is accepted; null where there is none, and for partners, as the usual one
    follows from the sending site's lots."""
    justification: str | None = None
    """Of another limit, or of fewer than ten historical lots; null where neither is."""
    difference: Decimal | None = Column(default=None, sa_type=Numeric)
    """Receiving minus sending; null for partners."""
    ci90: list[Decimal] = Column(default_factory=list, sa_type=ARRAY(Numeric))
    """The bounds of its 90 % interval, both strictly within the limit where it is equivalent; empty for partners."""
    not_assessed: str | None = None
    acceptance: str | None = None
    """Why quality accepts it."""


class ReceivingLot(Answer):
    """A lot of the receiving site, and what was found of it."""

    lot: str
    value: Decimal


class ComparabilityRead(ComparabilityFields, PartRead):
    """A comparison as its readers see it."""

    receiving: list[ReceivingLot]
