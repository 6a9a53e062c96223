"""What an inspection covers on a day, by what was known at an instant: pure functions of all that was told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts.partner_registry import InspectionOutcome, LetterKind
from gxp.clocks import Unit, due_at, first_instant
from partner_registry.certificates.model import GMP_MONTHS
from partner_registry.certificates.schemas import Scope

FAVOURABLE: Final = frozenset({InspectionOutcome.nai, InspectionOutcome.vai, InspectionOutcome.compliant})
AGAINST: Final = frozenset({LetterKind.warning_letter, LetterKind.import_alert, LetterKind.snc})
"""Letters after which an inspection speaks for the site no more."""
Told = Sequence[Mapping[str, Any]]
"""What the authority decided and wrote, or what was read of that, as it is stored in the order in which it was told."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What somebody of the sponsor has read that a decision covers, and of when the decision is."""

    scope: Scope
    country: str
    product_kind: str
    decided_on: date


def reading_of_last(said: Told, readings: Told) -> Mapping[str, Any] | None:
    """What was read of the last decision last: what was read of an earlier one says nothing of it."""
    return _reading_of(last_decision(said), readings)


def last_decision(said: Told) -> int | None:
    """At which place the last decision stands; None where there is none."""
    return next((nth for nth in reversed(range(len(said))) if "outcome" in said[nth]), None)


def covered_on(said: Told, readings: Told, ended_on: date, day: date, as_of: datetime) -> Covered | None:
    """What it covers on a local day, from its decision on, for as long as a certificate counts from an inspection.

    Of two decisions the one that was told last counts from its day on. None where nobody had read what that one covers,
    or the authority decided or wrote against the site.
    """
    known = [each for each in said if _known(each, as_of) and each["effective_on"] <= day.isoformat()]
    decision = next((each for each in reversed(known) if "outcome" in each), None)
    if (
        decision is None
        or decision["outcome"] not in FAVOURABLE
        or any(each.get("letter") in AGAINST for each in known)
    ):
        return None
    read = _reading_of(said.index(decision), [each for each in readings if _known(each, as_of)])
    utc = ZoneInfo("UTC")
    over = due_at(first_instant(ended_on, utc), GMP_MONTHS, Unit.months, zone=utc).date()
    if read is None or day >= over:
        return None
    scope = Scope(activities=read["activities"], dosage_forms=read["dosage_forms"])
    return Covered(scope, read["country"], read["product_kind"], date.fromisoformat(decision["effective_on"]))


def _reading_of(decision: int | None, readings: Told) -> Mapping[str, Any] | None:
    return next((each for each in reversed(readings) if each["decision"] == decision), None)


def _known(told: Mapping[str, Any], as_of: datetime) -> bool:
    return datetime.fromisoformat(told["at"]) <= as_of
