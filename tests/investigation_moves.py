"""Each step of an investigation as it may be taken, whatever stands against it then."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from contracts.quality_events import OosConclusion
from contracts.trend_investigations import OotConclusion
from quality_events.oos_investigations.model import Finding
from quality_events.oos_investigations.retests import Repeated, RetestPlan
from tests.quality_records import NO_RETESTS, NOW

Moves = dict[str, Callable[[Any], object]]
OOS_MOVES: Moves = {
    "notify": lambda one: one.notify(NOW),
    "link": lambda one: one.link(None, None, NOW),
    "count_days_in": lambda one: one.count_days_in("Europe/Vienna", "AT", NOW),
    "outlast_phase_1": lambda one: one.outlast_phase_1(NOW + timedelta(60)),
    "plan_retests": lambda one: one.plan_retests(RetestPlan(**NO_RETESTS), "lea", NOW),
    "return_plan": lambda one: one.return_plan("why none?", Repeated(), NOW),
    "propose_invalidation": lambda one: one.propose_invalidation("pipette", "record", None, [], Repeated(), "lea", NOW),
    "approve_invalidation": lambda one: one.approve_invalidation(Repeated(), NOW),
    "return_invalidation": lambda one: one.return_invalidation("no", NOW),
    "open_phase_2": lambda one: one.open_phase_2("no error", "lea", NOW),
    "conclude": lambda one: one.conclude(Finding(OosConclusion.inconclusive), Repeated(), NOW),
    "reopen": lambda one: one.reopen("bath", "report 77", "lea", NOW),
}
OOT_MOVES: Moves = {
    "begin_anew": lambda one: one.begin_anew(),
    "take_back": lambda one: one.take_back(),
    "link": lambda one: one.link(None, None, NOW),
    "count_days_in": lambda one: one.count_days_in("Europe/Vienna", NOW),
    "propose_conclusion": lambda one: one.propose_conclusion(OotConclusion.explained, "a column", "x", "lea", NOW),
    "approve_conclusion": lambda one: one.approve_conclusion(NOW),
    "return_conclusion": lambda one: one.return_conclusion("no"),
    "open_phase_2": lambda one: one.open_phase_2("no error", "lea", NOW),
    "conclude": lambda one: one.conclude(OotConclusion.no_assignable_cause, None, "x", None, NOW),
}
