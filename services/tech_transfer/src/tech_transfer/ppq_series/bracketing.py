"""Whether strengths lie between those that are made and stand for them: pure rules (ICH Q1D 2.3)."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from gxp.units import converted

_STRENGTH: Final = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(\S.*?)\s*", re.ASCII)


def why_not(made: Sequence[str], bracketed: Sequence[str]) -> str | None:
    """Why the strengths that are made do not stand for the others; None where each of these lies between them."""
    parted = {each: _STRENGTH.fullmatch(each) for each in (*made, *bracketed)}
    if unread := [each for each, found in parted.items() if found is None]:
        return f"{', '.join(unread)}: write a strength as a number and its unit, such as 2.5 mg, to compare it"
    given = {each: (Decimal(found[1]), found[2]) for each, found in parted.items() if found}
    unit = given[made[0]][1]
    values = dict[str, Fraction]()
    for each, (number, own) in given.items():
        value = converted(number, own, unit)
        if value is None:
            return f"{each} cannot be compared with {made[0]}"
        values[each] = Fraction(value)
    low, high = min(made, key=values.__getitem__), max(made, key=values.__getitem__)
    if out := [each for each in bracketed if not values[low] <= values[each] <= values[high]]:
        return f"{', '.join(out)}: outside of the extremes that are made, {low} and {high}, which say nothing of it"
    return None
