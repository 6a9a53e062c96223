"""Whether a unit is one of UCUM's. An unknown unit is refused, never guessed."""

from functools import lru_cache

from lark import Lark
from lark.exceptions import LarkError
from ucumvert import get_ucum_parser

LONGEST_UNIT = 40
"""Real units are short; a long text would only keep the parser busy."""

_SUGGESTIONS = {
    "°c": "Cel", "c": "Cel", "celsius": "Cel", "percent": "%", "pct": "%", "ppm": "[ppm]", "rpm": "/min",
    "tablets": "{tablet}", "tablet": "{tablet}", "tabs": "{tablet}", "pcs": "{piece}", "µm": "um", "μm": "um",
    "micron": "um", "µg": "ug", "μg": "ug", "mcg": "ug", "hours": "h", "hrs": "h", "minutes": "min", "sec": "s",
    "days": "d", "cfu": "[CFU]", "iu": "[IU]", "ph": "[pH]",
}  # fmt: skip


@lru_cache(maxsize=1)
def _parser() -> Lark:
    """Built at first use: it takes most of a second, and a process that translates nothing need not wait."""
    parser: Lark = get_ucum_parser()
    return parser


@lru_cache(maxsize=4096)
def is_unit(unit: str) -> bool:
    """True for a valid UCUM unit, ``1`` and annotations such as ``{tablet}`` included."""
    if not unit or len(unit) > LONGEST_UNIT:
        return False
    try:
        _parser().parse(unit)
    except LarkError:
        return False
    return True


def why_no_unit(unit: str) -> str:
    """What would be right in place of an unknown unit."""
    suggestion = _SUGGESTIONS.get(unit.strip().lower())
    advice = f"write {suggestion}" if suggestion else "write a UCUM unit such as mg, %, mg/mL, Cel, or 1 for none"
    return f"{unit[:LONGEST_UNIT]!r} is not a UCUM unit: {advice}"
