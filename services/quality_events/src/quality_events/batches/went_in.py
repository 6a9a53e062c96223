"""Bodies and answers about the lots that went into a batch, and how much of each."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from contracts import Quantity
from contracts.batch_records import Use
from gxp.unit_names import why_no_unit
from runtime.bodies import Body, Code, Line, Plain


def _unit(given: str) -> str:
    if why := why_no_unit(given):
        raise ValueError(why)
    return given


class Amount(Body):
    """An amount in a UCUM unit."""

    value: Annotated[Decimal, Field(ge=0, max_digits=30, allow_inf_nan=False, examples=["250000"]), Plain]
    unit: Annotated[Line, AfterValidator(_unit)] = Field(examples=["{tablet}"])

    def quantity(self) -> Quantity:
        """The amount as facts name it."""
        return Quantity(value=self.value, unit=self.unit)


def _some(given: Amount) -> Amount:
    if given.value == 0:
        raise ValueError("what went in is more than nothing")
    return given


Some = Annotated[Amount, AfterValidator(_some)]
"""An amount of what went in."""


class Input(Body):
    """A lot that goes into the batch, and how much of it, where that is known by now."""

    material: Code = Field(examples=["MCC-101"])
    number: Code = Field(examples=["24-0117"])
    quantity: Some | None = None


class InputLotRead(BaseModel):
    """A lot that went into the batch."""

    material: str
    number: str
    quantity: Quantity | None
    """As a person states it with the start; what makers' systems report is in the uses."""


class MaterialUseRead(BaseModel):
    """A lot that a maker's system says it used, in one revision of what it says."""

    material: str
    number: str
    use: Use
    quantity: Quantity | None
    step: str | None
    source: str
    revision: int
    told_at: datetime
    """When this revision came here."""
    superseded: bool
    """A later revision stands instead: it names the same lot or another one, or does not name this batch."""
