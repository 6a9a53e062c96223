"""How many times one site's value is the other's: pure arithmetic."""

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Any, Final

from gxp.units import ratio

_DIGITS: Final = Context(prec=12)
_NO_MULTIPLES: Final = "a scale with a zero of its own, or a logarithmic one, has no multiples"


def compared(sending: Mapping[str, Any], receiving: Mapping[str, Any]) -> dict[str, Any]:
    """The ratio of two sides of a gap as they are kept, receiving by sending; why there is none; nothing of words."""
    nothing = {"ratio": None, "exact_ratio": None, "ratio_unjudged": None}
    if sending["value"] is None or receiving["value"] is None:
        return nothing
    here, there = Decimal(sending["value"]), Decimal(receiving["value"])
    exact = ratio(there, receiving["unit"], here, sending["unit"])
    if exact is None:
        return nothing | {"ratio_unjudged": _NO_MULTIPLES}
    rounded = _DIGITS.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return {"ratio": rounded, "exact_ratio": f"{exact.numerator}/{exact.denominator}", "ratio_unjudged": None}
