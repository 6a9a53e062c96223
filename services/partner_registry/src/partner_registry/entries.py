"""What was told of a record, each of it from a day on: nothing is overwritten. Pure functions of all that was told."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

Entries = Sequence[Mapping[str, Any]]
"""All that was told, in that order, as it is stored."""


def known_at(entries: Entries, as_of: datetime) -> Entries:
    """What had been recorded by an instant."""
    return [each for each in entries if datetime.fromisoformat(each["recorded_at"]) <= as_of]


def latest(entries: Entries, day: date) -> Mapping[str, Any] | None:
    """That of the latest effective day until a day, and of two of one day the one told last; None before the first."""
    begun = [(each["effective_on"], at) for at, each in enumerate(entries) if each["effective_on"] <= day.isoformat()]
    return entries[max(begun)[1]] if begun else None
