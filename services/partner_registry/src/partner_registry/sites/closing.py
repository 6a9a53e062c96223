"""Whether a site is closed on a day, by what was known at an instant: pure functions of what was told."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

Closings = Sequence[Mapping[str, Any]]
"""All that was told of when a site closes, in that order, as it is stored."""


def told(closing_on: date | None, reason: str, now: datetime, owner: UUID) -> Mapping[str, Any]:
    """News of a closing, as it is stored, with whose the site was; no day where it was called off."""
    day = closing_on and closing_on.isoformat()
    return {"closing_on": day, "reason": reason, "recorded_at": now.isoformat(), "partner_id": str(owner)}


def known_to(closings: Closings, asker: UUID | None) -> Closings:
    """What a partner may know of it: what was told while the site was its own. The sponsor (None) knows all."""
    return [each for each in closings if asker is None or each["partner_id"] == str(asker)]


def closing_day(closings: Closings, as_of: datetime) -> date | None:
    """The first day on which the site does not work any more, as it was known at an instant; None: it goes on."""
    known = [each["closing_on"] for each in closings if datetime.fromisoformat(each["recorded_at"]) <= as_of]
    return date.fromisoformat(known[-1]) if known and known[-1] else None


def closed_since(closings: Closings, day: date, as_of: datetime) -> date | None:
    """The day since which it is closed on a local day of it; None where it works on it."""
    closes = closing_day(closings, as_of)
    return closes if closes and closes <= day else None
