"""Money: an exact number with its currency's code (ISO 4217), rounded once, when a line is formed."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final

from iso4217 import Currency as Known
from pydantic import AfterValidator, Field, StringConstraints

from gxp.rounding import rounded_half_up
from runtime.bodies import Plain


def _with_minor_unit(code: str) -> str:
    if code not in _MINOR_UNITS:
        raise ValueError(f"{code} is no currency of ISO 4217 in which one pays, such as EUR, USD or JPY")
    return code


_MINOR_UNITS: Final = {each.code: each.exponent for each in Known if each.exponent is not None}
Currency = Annotated[
    str, StringConstraints(pattern="^[A-Z]{3}$"), AfterValidator(_with_minor_unit), Field(examples=["EUR"])
]
"""The code of a currency. Gold, and what else has no minor unit, is none to pay with."""
UnitPrice = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4, allow_inf_nan=False), Plain]
"""At most four decimals."""
Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4, allow_inf_nan=False), Plain]
"""Of money, in its currency."""


def line_amount(exact: Decimal | Fraction, currency: str) -> Decimal:
    """What a line comes to, in the currency's minor unit; a half goes away from zero."""
    return rounded_half_up(exact, _MINOR_UNITS[currency])


def fits(amount: Decimal, currency: str) -> bool:
    """Whether an amount has no more decimals than its currency."""
    return line_amount(amount, currency) == amount
