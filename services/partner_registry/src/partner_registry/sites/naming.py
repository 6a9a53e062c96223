"""Which registrations name a site that closes, and where it is the only one: pure functions."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from partner_registry.entries import Entries
from partner_registry.registrations.course import content_on
from partner_registry.registrations.model import Registration
from partner_registry.sites.model import Activity


class Naming(NamedTuple):
    """A registration that names a site for an activity."""

    sole_source: bool
    registration: Registration
    activity: Activity


def naming(found: Iterable[Registration], site_id: UUID, day: date, closed: Collection[UUID]) -> list[Naming]:
    """Those that name the site on a day or after it, sole sources first. ``closed``: sites that do not work then."""
    named = [
        Naming(sole, each, Activity(activity))
        for each in found
        for activity, sole in _activities(each.entries, str(site_id), day, {*map(str, closed)}).items()
    ]
    return sorted(named, key=lambda one: (not one.sole_source, one.registration.number, one.activity))


def _activities(entries: Entries, site_id: str, day: date, closed: Collection[str]) -> Mapping[str, bool]:
    """By activity for which the site is named, whether it is the only one, on any of the days from then on."""
    found: dict[str, bool] = {}
    for on in {day, *(later for each in entries if (later := date.fromisoformat(each["effective_on"])) > day)}:
        content = content_on(entries, on)
        there = [each for each in content["sites"] if (each["valid_to"] or "9999") >= on.isoformat()] if content else []
        for activity in {each["activity"] for each in there if each["site_id"] == site_id}:
            begun = {each["site_id"] for each in there if _works(each, activity, on)}
            found[activity] = found.get(activity, False) or not begun - {site_id, *closed}
    return found


def _works(site: Mapping[str, Any], activity: str, on: date) -> bool:
    begun: bool = site["valid_from"] <= on.isoformat()
    return begun and site["activity"] == activity
