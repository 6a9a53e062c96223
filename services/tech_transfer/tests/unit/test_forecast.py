"""When gates will be passed, and when that is late enough to be told."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.tech_transfer import Gate
from gxp.calendars import of_country
from services.tech_transfer.tests.unit.dossiers import BEGAN, at, dossier, taken, transfer
from tech_transfer.actions.model import TransferAction
from tech_transfer.actions.schemas import ActionCause
from tech_transfer.decisions.schemas import DecisionState
from tech_transfer.gates.terms import GateRule, Unit
from tech_transfer.timeline import delays
from tech_transfer.timeline.forecast import forecast, level, working_days_late
from tech_transfer.transfers import plan
from tech_transfer.transfers.part import columns_of
from tech_transfer.transfers.schemas import GateDay, TechTransferState

MONDAY = BEGAN.date()


def after(days: int) -> date:
    """So many days after the transfer began."""
    return MONDAY + timedelta(days)


def test_what_runs_as_planned_is_foretold_as_planned() -> None:
    of = transfer()
    for days in (0, 5, 14):
        assert forecast(dossier(of, after(days))) == plan.read(of.first_planned)
    late = forecast(dossier(of, after(20)))
    assert (late[Gate.initiation], late[Gate.planning]) == (after(20), after(20 + 42))


def test_a_gate_takes_no_longer_than_the_plan_gave_it_and_no_longer_than_is_usual() -> None:
    tight = transfer(planned=[GateDay(gate=Gate.initiation, planned_on=after(3))])
    assert forecast(dossier(tight, after(1)))[Gate.initiation] == after(3)
    wide = transfer(planned=[GateDay(gate=gate, planned_on=after(300)) for gate in Gate])
    assert forecast(dossier(wide, after(1)))[Gate.initiation] == after(14)


def test_the_weeks_of_a_gate_are_counted_from_when_it_was_begun() -> None:
    of = transfer()
    of.state = TechTransferState.planning
    passed = taken(of, Gate.initiation, at(20))
    days = forecast(dossier(of, after(30), decisions=[passed]))
    assert Gate.initiation not in days
    assert days[Gate.planning] == after(20 + 42)
    void = taken(of, Gate.planning, at(25), state=DecisionState.void)
    void.updated_at = at(28)
    assert forecast(dossier(of, after(30), decisions=[passed, void]))[Gate.planning] == after(28 + 42)


def test_what_is_open_and_promised_later_is_waited_for() -> None:
    of = transfer()
    of.state = TechTransferState.planning
    about: dict[str, Any] = {"gate": Gate.initiation, "rule": GateRule.team, "text": "name one", "unit": Unit.receiving}
    action = TransferAction(number="TTA-1", cause=ActionCause.condition, due_on=after(100), **columns_of(of), **about)
    known: dict[str, Any] = {"decisions": [taken(of, Gate.initiation, at(14))], "actions": [action]}
    days = forecast(dossier(of, after(15), **known))
    assert (days[Gate.planning], days[Gate.knowledge_transfer]) == (after(100), after(100 + 28))
    action.due_on = after(3)
    assert forecast(dossier(of, after(15), **known))[Gate.planning] == after(14 + 42)


@pytest.mark.parametrize("state", [TechTransferState.closure, TechTransferState.closed, TechTransferState.cancelled])
def test_what_has_ended_has_no_forecast(state: TechTransferState) -> None:
    of = transfer()
    of.state = state
    assert forecast(dossier(of, after(3))) == {}


@given(st.integers(0, 3000), st.sampled_from([*Gate, None]))
def test_it_is_never_earlier_than_today_and_goes_forward(days: int, held: Gate | None) -> None:
    of = transfer()
    if held:
        of.state, of.held_at = TechTransferState.on_hold, TechTransferState(held.value)
    found = list(forecast(dossier(of, after(days))).values())
    assert found[0] >= after(days)
    assert found == sorted(found)


def test_a_delay_is_told_at_five_working_days_and_at_each_further_ten() -> None:
    assert [level(days) for days in (0, 4, 5, 14, 15, 24, 25)] == [0, 0, 1, 1, 2, 2, 3]
    friday = date(2026, 1, 2)
    austrian = of_country("AT")
    assert working_days_late(friday, date(2026, 1, 9), austrian) == 4, "epiphany is off"
    assert working_days_late(friday, date(2026, 1, 12), austrian) == 5
    assert working_days_late(friday, friday, austrian) == working_days_late(friday, date(2025, 1, 1), austrian) == 0


def test_the_first_of_the_gates_that_are_late_by_most_is_named() -> None:
    of, calendar = transfer(), of_country("AT")
    first = plan.read(of.first_planned)
    assert delays.longest(of, first, calendar) is None
    moved = first | {gate: first[gate] + timedelta(8) for gate in (Gate.validation, Gate.readiness)}
    delay = delays.longest(of, moved, calendar)
    assert delay is not None
    assert (delay.gate, delay.level, delay.forecast_on) == (Gate.validation, 1, first[Gate.validation] + timedelta(8))
    assert delays.longest(of, {}, calendar) is None
