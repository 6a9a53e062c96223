"""When the gates will be passed, as things stand: pure rules."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from contracts.tech_transfer import Gate
from gxp.calendars import Calendar
from tech_transfer.decisions.schemas import DecisionState
from tech_transfer.gates import rules
from tech_transfer.gates.dossier import Dossier
from tech_transfer.timeline.rules import works
from tech_transfer.transfers import plan
from tech_transfer.transfers.schemas import AT_A_GATE, TechTransferState

_DAY: Final = timedelta(days=1)
FIRST_TOLD: Final = 5
"""Working days by which the forecast passes the first plan before a delay is told."""
FURTHER: Final = 10
"""Working days after which it is told again."""


def forecast(dossier: Dossier) -> dict[Gate, date]:
    """The day of each gate that is not passed, in their order; none of a transfer that has ended or passed them all.

    A gate takes its usual weeks, or the days that the first plan gave it where they are fewer, of which those since it
    was begun are over. It does not end before the last day that is promised for something open of it, nor before today.
    """
    transfer = dossier.transfer
    if transfer.state not in AT_A_GATE | {TechTransferState.on_hold} or transfer.held_at == TechTransferState.closure:
        return {}
    days, usual = dict[Gate, date](), lengths(dossier)
    over = max((dossier.today - _begun_on(dossier)).days, 0)
    last = dossier.today
    for gate in plan.IN_ORDER[plan.IN_ORDER.index(transfer.gate) :]:
        last += _DAY * max(usual[gate] - over, 0)
        last = max([last, *(each.due_on for each in rules.unmet(gate, dossier) if each.due_on)])
        days[gate], over = last, 0
    return days


def lengths(dossier: Dossier) -> Mapping[Gate, int]:
    """How many days each gate takes."""
    planned, before = plan.read(dossier.transfer.first_planned), dossier.transfer.began_on
    found = {}
    for gate in plan.IN_ORDER:
        found[gate] = min(plan.WEEKS[gate] * 7, max((planned[gate] - before).days, 0))
        before = planned[gate]
    return found


def working_days_late(planned_on: date, forecast_on: date, calendar: Calendar) -> int:
    """The working days after one day until another; none where that is not later."""
    days = (planned_on + _DAY * after for after in range(1, (forecast_on - planned_on).days + 1))
    return sum(works(calendar, day) for day in days)


def level(working_days: int) -> int:
    """How much of a delay there is to tell: nothing below five working days, and one more with each further ten."""
    return 0 if working_days < FIRST_TOLD else 1 + (working_days - FIRST_TOLD) // FURTHER


def _begun_on(dossier: Dossier) -> date:
    """The day on which the next gate was begun: the last one was passed, or quality went back to this one."""
    passed = [each.decided_at for each in dossier.passed.values() if each.decided_at]
    void = [each.updated_at for each in dossier.decisions if each.state == DecisionState.void]
    local = [each.astimezone(dossier.zone).date() for each in (*passed, *void)]
    return max([dossier.transfer.began_on, *local])
