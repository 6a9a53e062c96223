"""Rounding of what is held against a limit: once, on the final value."""

from decimal import Decimal
from fractions import Fraction

Number = Decimal | Fraction


def rounded_half_up(value: Number, decimals: int) -> Decimal:
    """The value with so many decimals; a half goes away from zero (USP General Notices 7.20)."""
    numerator, denominator = value.as_integer_ratio()
    whole = (2 * abs(numerator) * 10**decimals + denominator) // (2 * denominator)
    # From text, for arithmetic on a Decimal would round once more, to the context's precision.
    return Decimal(f"{'-' if numerator < 0 and whole else ''}{whole}E-{decimals}")
