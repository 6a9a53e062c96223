"""By when the gates of a transfer are to be passed: pure rules.

The numbers of weeks are the longest that are usual for each phase (ISPE Technology Transfer; WHO TRS 1044 annex 4 names
the phases and no days).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from contracts.moments import foreseen
from contracts.tech_transfer import Gate
from runtime.problems import RuleViolated

WEEKS: Final[Mapping[Gate, int]] = {
    Gate.initiation: 2,
    Gate.planning: 6,
    Gate.knowledge_transfer: 4,
    Gate.process_development: 16,
    Gate.validation: 20,
    Gate.readiness: 4,
}
IN_ORDER: Final = tuple(Gate)


def next_gate(gate: Gate) -> Gate | None:
    """The gate after one; None after the last."""
    following = IN_ORDER[IN_ORDER.index(gate) + 1 :]
    return following[0] if following else None


def before(gate: Gate) -> Sequence[Gate]:
    """The gates that come before one."""
    return IN_ORDER[: IN_ORDER.index(gate)]


def planned_from(begins: date, given: Mapping[Gate, date]) -> dict[Gate, date]:
    """A day for each gate: those that are given, and the others by their weeks after the one before.

    Raises RuleViolated where one is not after the one before, or more than a century ahead.
    """
    days, last = dict[Gate, date](), begins
    for gate in IN_ORDER:
        day = given.get(gate, last + timedelta(weeks=WEEKS[gate]))
        if day < last:
            why = f"planned: {gate} is to be passed on {day}, and what comes before it on {last}"
            raise RuleViolated(f"{why}: give later days to it and to those after it", fields=["planned"])
        try:
            days[gate] = last = foreseen(day)
        except ValueError as beyond:
            raise RuleViolated(f"planned: {gate}: {beyond}", fields=["planned"]) from beyond
    return days


def read(rows: Iterable[Mapping[str, Any]]) -> dict[Gate, date]:
    """A plan as it is kept."""
    return {Gate(row["gate"]): date.fromisoformat(row["planned_on"]) for row in rows}


def rows(days: Mapping[Gate, date]) -> list[dict[str, str]]:
    """A plan as it is to be kept."""
    return [{"gate": gate.value, "planned_on": days[gate].isoformat()} for gate in IN_ORDER if gate in days]
