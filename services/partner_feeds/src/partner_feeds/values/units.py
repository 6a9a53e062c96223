"""What would be right in place of a unit that is none of UCUM's. An unknown unit is refused, never guessed."""

from gxp.units import LONGEST_UNIT

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
