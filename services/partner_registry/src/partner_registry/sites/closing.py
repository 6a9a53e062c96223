"""Whether a site is closed on a day, by what was known at an instant: pure functions of what was told."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from partner_registry.entries import Entries, known_at


def told(closing_on: date | None, reason: str, now: datetime, owner: UUID) -> Mapping[str, Any]:
    """News of a closing, as it is stored, with whose the site was; no day where it was called off."""
    day = closing_on and closing_on.isoformat()
    return {"closing_on": day, "reason": reason, "recorded_at": now.isoformat(), "partner_id": str(owner)}


def known_to(closings: Entries, asker: UUID | None) -> Entries:
    """What a partner may know of it: what was told while the site was its own. The sponsor (None) knows all."""
    return [each for each in closings if asker is None or each["partner_id"] == str(asker)]


def closing_day(closings: Entries, as_of: datetime) -> date | None:
    """The first day on which the site does not work any more, as it was known at an instant; None: it goes on."""
    known = known_at(closings, as_of)
    return date.fromisoformat(known[-1]["closing_on"]) if known and known[-1]["closing_on"] else None


def closed_since(closings: Entries, day: date, as_of: datetime) -> date | None:
    """The day since which it is closed on a local day of it; None where it works on it."""
    closes = closing_day(closings, as_of)
    return closes if closes and closes <= day else None
