"""Whether two completions of a number are told of one making: else it may be that of two batches (EU GMP 4.20)."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from contracts import Quantity
from gxp.units import converted
from quality_events import moments
from quality_events.batches.terms import Authority


def is_another(said: Mapping[str, Any], stands: Mapping[str, Any]) -> bool:
    """Whether a completion that is kept beside the one that ``stands`` is not shown to be the same.

    Only of who has the same authority: what the maker says of its batch goes before what others say, and settles it.
    """
    authority = said.get("authority", Authority.maker)  # not kept of what was told before an upgrade
    return said["of"] != "start" and authority == stands["authority"] and not _is_the_same(said, stands)


def _is_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether both are of one moment, as precisely as they are given, and nothing that both say differs.

    Of one that is not dated nobody can say it.
    """
    if not (one["at"] and other["at"]):
        return False
    first, second = (moments.read(each["at"]) for each in (one, other))
    if moments.is_before(first, second) or moments.is_before(second, first):
        return False
    yields = {Decimal(each["yield_percent"]) for each in (one, other) if each["yield_percent"]}
    return len(yields) < 2 and _is_as_much(one["quantity"], other["quantity"])


def _is_as_much(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether both are one amount, in whichever units; where only one is given nothing differs."""
    if not (one and other):
        return True
    first, second = (Quantity.model_validate(each) for each in (one, other))
    found = converted(first.value, first.unit, second.unit)
    return found is not None and Fraction(found) == Fraction(second.value)
