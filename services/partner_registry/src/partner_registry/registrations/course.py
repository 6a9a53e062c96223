"""What is registered on a day, by what was known at an instant: pure functions of what was told."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from contracts.registrations import RegistrationState as State
from contracts.registrations import RegistrationStep as Step
from gxp.clocks import ONE_DAY
from partner_registry.entries import Entries, latest

Steps = Sequence[Mapping[str, Any]]
"""What is registered for one site and activity, from a day on until the next, as it is stored."""
_OF_A_SITE: Final = ("specification_version", "method_versions", "process_version", "shelf_life_months", "storage")


def begins(what: Step, entries: Entries) -> date | None:
    """The effective day of a step, the first one where there are several."""
    return min((_day(each) for each in entries if each["what"] == what), default=None)


def state_on(entries: Entries, day: date) -> State | None:
    """The state on a day; None before it was submitted. A withdrawal ends whatever was told to begin after it."""
    steps = {Step.withdrawn: State.withdrawn, Step.approved: State.approved, Step.submitted: State.submitted}
    return next((state for step, state in steps.items() if (begins(step, entries) or date.max) <= day), None)


def content_on(entries: Entries, day: date) -> Mapping[str, Any] | None:
    """What is registered on a day: that of the latest effective day, and of two of one day the one told last."""
    if state_on(entries, day) != State.approved:
        return None
    told = latest([each for each in entries if each["content"]], day)
    return told["content"] if told else None


def course(entries: Entries, site_id: UUID, activity: str) -> list[dict[str, Any]]:
    """What is registered for one site and activity, and from when; what changed for others alone leaves no trace."""
    steps: list[dict[str, Any]] = []
    for day in sorted({_day(each) for each in entries if each["what"] != Step.submitted}):
        part = _part(content_on(entries, day), site_id, activity)
        if part != (steps[-1]["part"] if steps else None):
            steps.append({"on": day.isoformat(), "part": part})
    return steps


def within(steps: Steps, begins: date | None, ends: date | None) -> list[dict[str, Any]]:
    """What of it falls on the days from one on and before another: those on which a site belonged to one partner."""
    held = [{**each} for each in steps if ends is None or each["on"] < ends.isoformat()]
    if begins:
        earlier = [each for each in held if each["on"] <= begins.isoformat()]
        first = [{**earlier[-1], "on": begins.isoformat()}] if earlier and earlier[-1]["part"] else []
        held = first + held[len(earlier) :]
    if ends and held and held[-1]["part"]:
        held.append({"on": ends.isoformat(), "part": None})
    return held


def part_on(steps: Steps, day: date) -> Mapping[str, Any] | None:
    """What is registered on a day within its validity; None where it is not registered."""
    step = _step(steps, day)
    part = step["part"] if step else None
    return (
        part if part and part["valid_from"] <= day.isoformat() <= (part["valid_to"] or date.max.isoformat()) else None
    )


def since(steps: Steps, day: date) -> date | None:
    """The day since which it is registered, or is not, as on a day; None where it never was until then."""
    step = _step(steps, day)
    if step is None:
        return None
    if part_on(steps, day) is None:
        part = step["part"]
        if part and day.isoformat() > part["valid_from"]:
            return date.fromisoformat(part["valid_to"]) + ONE_DAY
        return None if part else date.fromisoformat(step["on"])
    first = ""
    for each in steps[: steps.index(step) + 1]:
        first = max(first or each["on"], each["part"]["valid_from"]) if each["part"] else ""
    return date.fromisoformat(first)


def _step(steps: Steps, day: date) -> Mapping[str, Any] | None:
    begun = [each for each in steps if each["on"] <= day.isoformat()]
    return begun[-1] if begun else None


def _part(content: Mapping[str, Any] | None, site_id: UUID, activity: str) -> dict[str, Any] | None:
    for each in content["sites"] if content else ():
        if content and (each["site_id"], each["activity"]) == (str(site_id), activity):
            validity = {"valid_from": each["valid_from"], "valid_to": each["valid_to"]}
            return validity | {name: content[name] for name in _OF_A_SITE}
    return None


def _day(entry: Mapping[str, Any]) -> date:
    return date.fromisoformat(entry["effective_on"])
