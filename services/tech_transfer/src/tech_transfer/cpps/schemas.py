"""What is said about critical process parameters: bodies of requests, what is stored of them, and answers."""

from decimal import Decimal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Numeric
from sqlmodel import Field as Column
from sqlmodel import String

from runtime.bodies import Body, Code, Line, Reason
from tech_transfer.measured import MeasuredUnit, Number
from tech_transfer.qbd.terms import DesignState
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class CppRanges(Body):
    """Where the parameter is set, and how far it may go: each range within the next wider one.

    A range that is open on one side has no bound there.
    """

    name: Line = Field(examples=["main compression force, mean"])
    """As the maker's system calls it: by this and by the step its values are found."""
    step: Line = Field(examples=["compression"])
    unit: MeasuredUnit = Field(examples=["kN"])
    set_point: Number = Field(examples=["12"])
    normal_lower: Number | None = Field(default=None, examples=["11"])
    normal_upper: Number | None = Field(default=None, examples=["13"])
    proven_lower: Number | None = Field(default=None, examples=["9"])
    proven_upper: Number | None = Field(default=None, examples=["15"])
    design_lower: Number | None = None
    design_upper: Number | None = None


class StateCpp(CppRanges):
    """A parameter of the process by which an attribute of the product may be lost."""

    transfer_id: UUID
    code: Code = Field(examples=["CPP-FORCE"])


class ReviseCpp(Reason, CppRanges):
    """Its ranges from now on, and why."""


class CppFields(OfTransfer):
    """What readers see of a parameter."""

    code: str
    """By it others name it; unique in its transfer, and never changed."""
    state: DesignState = Column(default=DesignState.in_force, sa_type=String)
    name: str
    """As the maker's system calls it: by this and by the step its values are found."""
    step: str
    unit: str
    set_point: Decimal = Column(sa_type=Numeric)
    normal_lower: Decimal | None = Column(default=None, sa_type=Numeric)
    normal_upper: Decimal | None = Column(default=None, sa_type=Numeric)
    proven_lower: Decimal | None = Column(default=None, sa_type=Numeric)
    proven_upper: Decimal | None = Column(default=None, sa_type=Numeric)
    design_lower: Decimal | None = Column(default=None, sa_type=Numeric)
    design_upper: Decimal | None = Column(default=None, sa_type=Numeric)
    revision: int = 1
    reason: str | None = None
    """Why it was revised last, or withdrawn; null before that."""


class CppRead(CppFields, PartRead):
    """A critical process parameter as its readers see it."""
