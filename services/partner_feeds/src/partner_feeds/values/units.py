"""What would be right in place of a unit that is none of UCUM's. An unknown unit is refused, never guessed."""

import re

from gxp.units import LONGEST_UNIT, is_unit
from partner_feeds.values.texts import as_compared

_SUGGESTIONS = {
    "°c": "Cel", "c": "Cel", "celsius": "Cel", "percent": "%", "pct": "%", "ppm": "[ppm]", "rpm": "/min",
    "tablets": "{tablet}", "tablet": "{tablet}", "tabs": "{tablet}", "pcs": "{piece}", "µm": "um", "μm": "um",
    "micron": "um", "µg": "ug", "μg": "ug", "mcg": "ug", "hours": "h", "hrs": "h", "minutes": "min", "sec": "s",
    "days": "d", "cfu": "[CFU]", "iu": "[IU]", "ph": "[pH]",
}  # fmt: skip


def why_no_unit(unit: str) -> str:
    """What would be right in place of an unknown unit."""
    suggestion = _SUGGESTIONS.get(unit.strip().lower())
    advice = f"write {suggestion}" if suggestion else "write a UCUM unit such as mg, %, mg/mL, Cel, or 1 for none"
    return f"{unit[:LONGEST_UNIT]!r} is not a UCUM unit: {advice}"


_COUNTED = re.compile(r"1|\{[^{}]*\}").fullmatch


def is_stated_as(unit: str, stated: str) -> bool:
    """Whether a file's word for a unit means this UCUM unit: °C is Cel, and tabs may be what is counted."""
    word = as_compared(stated)
    if word in (as_compared(unit), "-") or _SUGGESTIONS.get(word.lower()) == unit:
        return word != "-" or bool(_COUNTED(unit))
    return bool(_COUNTED(unit)) and not is_unit(word)
