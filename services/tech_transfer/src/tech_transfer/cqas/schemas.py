"""What is said about critical quality attributes: bodies of requests, what is stored of them, and answers."""

from decimal import Decimal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Numeric
from sqlmodel import Field as Column
from sqlmodel import String

from runtime.bodies import Body, Code, Line, Reason
from tech_transfer.measured import MeasuredUnit, Number
from tech_transfer.qbd.terms import CqaCriticality, DesignState
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class CqaLimits(Body):
    """What the attribute has to be: within bounds, or as a text says."""

    name: Line = Field(examples=["Dissolution after 30 minutes"])
    unit: MeasuredUnit = Field(examples=["%"])
    lower: Number | None = Field(default=None, examples=["80"])
    upper: Number | None = None
    requirement: Line | None = Field(default=None, examples=["white, biconvex"])
    """What it has to be, where no number says it."""
    criticality: CqaCriticality = Field(examples=["critical"])


class StateCqa(CqaLimits):
    """A quality attribute that has to lie within limits, or the product is not what it should be."""

    transfer_id: UUID
    code: Code = Field(examples=["CQA-DISS"])
    """By it protocols name it. It stays, whatever is revised."""


class ReviseCqa(Reason, CqaLimits):
    """What it has to be from now on, and why."""


class CqaFields(OfTransfer):
    """What readers see of an attribute."""

    code: str
    """By it protocols name it; unique in its transfer, and never changed."""
    state: DesignState = Column(default=DesignState.in_force, sa_type=String)
    name: str
    unit: str
    lower: Decimal | None = Column(default=None, sa_type=Numeric)
    upper: Decimal | None = Column(default=None, sa_type=Numeric)
    requirement: str | None = None
    """What it has to be, where no number says it."""
    criticality: CqaCriticality = Column(sa_type=String)
    revision: int = 1
    reason: str | None = None
    """Why it was revised last, or withdrawn; null before that."""


class CqaRead(CqaFields, PartRead):
    """A critical quality attribute as its readers see it."""
