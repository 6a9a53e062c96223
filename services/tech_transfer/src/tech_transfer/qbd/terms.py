"""Words and types that the records of quality by design share."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from gxp.units import is_unit
from runtime.bodies import Line, Plain

Number = Annotated[Decimal, Field(max_digits=30), Plain]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["0b" * 32])]
"""SHA-256, in hexadecimal."""


def _unit(unit: str) -> str:
    if not is_unit(unit):
        raise ValueError(f"{unit} is no unit of UCUM: write one such as kN, Cel, % or 1")
    return unit


Unit = Annotated[Line, AfterValidator(_unit)]


class DesignState(StrEnum):
    """Whether an attribute or a parameter counts."""

    in_force = "in_force"
    withdrawn = "withdrawn"


class CqaCriticality(StrEnum):
    """How much a patient would be harmed by an attribute outside of its limits (ICH Q8, Q9)."""

    critical = "critical"
    major = "major"
    minor = "minor"


class CppEffect(StrEnum):
    """How much an attribute rests on a parameter (ICH Q8 2.3, Q11 3.1)."""

    none = "none"
    low = "low"
    high = "high"
    """It is to be controlled."""
