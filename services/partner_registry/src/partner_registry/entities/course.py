"""What a company was called, or who owned it, on a day and as it was known: pure functions of what was told."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from gxp.clocks import ONE_DAY
from partner_registry.entries import Entries

PARTS: Final = ("legal_name", "form", "register_entry", "seat")
"""What an entry may say. What one leaves out stays as the entry of the day before has it."""


def periods(entries: Entries, parts: Sequence[str] = PARTS) -> list[dict[str, Any]]:
    """What held, each from a day until a day; of two that were told of one day the one that was told last.

    It is the same, whatever order the days were told in.
    """
    held: dict[str, Any] = dict.fromkeys(parts)
    found: list[dict[str, Any]] = []
    for each in sorted(entries, key=_begin):  # sorting keeps the order in which those of one day were told
        held |= {name: each[name] for name in parts if each[name] is not None}
        if found and found[-1]["valid_from"] == each["valid_from"]:
            found.pop()
        elif found:
            found[-1]["valid_to"] = (date.fromisoformat(each["valid_from"]) - ONE_DAY).isoformat()
        found.append(
            held | {name: each[name] for name in ("valid_from", "recorded_at", "recorded_by")} | {"valid_to": None}
        )
    return found


def on_day(entries: Entries, day: date, parts: Sequence[str] = PARTS) -> dict[str, Any] | None:
    """What held on a day; None before the first day of which anything was told."""
    return next((each for each in reversed(periods(entries, parts)) if _begin(each) <= day.isoformat()), None)


def _begin(entry: Mapping[str, Any]) -> str:
    return entry["valid_from"] or ""
