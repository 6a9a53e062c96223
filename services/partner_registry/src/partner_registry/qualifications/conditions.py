"""What has to be done by a day, for a site that is qualified under conditions."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from partner_registry.qualifications.periods import end_of
from partner_registry.qualifications.schemas import Condition
from runtime.problems import RuleViolated

LONGEST: Final = timedelta(180)
Conditions = Sequence[Mapping[str, Any]]
"""As they are stored."""


def begun(conditions: Sequence[Condition]) -> Conditions:
    """Conditions as they begin: the first due day is kept, and nothing is fulfilled."""
    open_one = {"fulfilled_at": None, "evidence": None}
    return [each.model_dump(mode="json") | {"first_due_on": each.due_on.isoformat()} | open_one for each in conditions]


def faults(conditions: Sequence[Condition], today: date) -> list[str]:
    """What is wrong with their days, in words."""
    return [
        f"{each.item} is due on {each.due_on}: today at the earliest, and {LONGEST.days} days from it at most"
        for each in conditions
        if not today <= each.due_on <= today + LONGEST
    ]


def fulfilled(conditions: Conditions, number: int, evidence: str, now: datetime) -> Conditions:
    """With one of them, counted from 1, fulfilled. Raises RuleViolated for one that is none, or is fulfilled."""
    _open(conditions, number)
    done = {"fulfilled_at": now.isoformat(), "evidence": evidence}
    return [{**each, **done} if at == number else each for at, each in enumerate(conditions, 1)]


def extended(conditions: Conditions, number: int, due_on: date) -> Conditions:
    """With a later day for one of them. Raises RuleViolated where that is not possible, or not any more."""
    found = _open(conditions, number)
    if found["due_on"] != found["first_due_on"]:
        raise RuleViolated(f"condition {number} was extended already, from {found['first_due_on']}")
    latest = date.fromisoformat(found["due_on"]) + LONGEST
    if not found["due_on"] < due_on.isoformat() <= latest.isoformat():
        raise RuleViolated(f"condition {number} is due on {found['due_on']}: a later day, {latest} at most")
    return [{**each, "due_on": due_on.isoformat()} if at == number else each for at, each in enumerate(conditions, 1)]


def next_due(conditions: Conditions, zone: str) -> datetime | None:
    """When the day of the next one ends at the site; None where each is fulfilled."""
    left = [each["due_on"] for each in conditions if not each["fulfilled_at"]]
    return end_of(date.fromisoformat(min(left)), zone) if left else None


def _open(conditions: Conditions, number: int) -> Mapping[str, Any]:
    if number > len(conditions) or conditions[number - 1]["fulfilled_at"]:
        raise RuleViolated(f"there is no condition {number} that is not fulfilled")
    return conditions[number - 1]
