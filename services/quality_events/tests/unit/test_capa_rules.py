"""When a CAPA is in time, when it has worked, and what is done before it goes on."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_events import clocks
from quality_events.capas.model import Capa
from quality_events.capas.schemas import CapaState, Effectiveness, PlannedAction
from runtime.problems import RuleViolated

NOW, AS_OF = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC)
ACTIONS = [PlannedAction(owner="ana", description=each, due_on=date(2026, 12, 31)) for each in ("punches", "sieve")]
TARGET = Effectiveness(measure="stops a batch", target=Decimal("0.5"), better="lower", sample=20)


def day(month: int, of: int, year: int = 2026) -> datetime:
    """The end of a summer's day where the sites of the example are."""
    return datetime(year, month, of, 22, tzinfo=UTC)


def opened(generation: int = 1) -> Capa:
    """A CAPA of a cause."""
    return Capa.open("CAPA-2026-10001", NOW, None, root_cause="worn punch", generation=generation)[0]


def test_capas_are_measured_by_their_first_due_date_and_by_checks_that_fell_due() -> None:
    capas = []
    for first_due, implemented, check_due, effective, state in [
        (day(3, 31), day(3, 20), day(6, 30), True, CapaState.closed_effective),
        (day(3, 31), day(5, 20), day(8, 31), True, CapaState.closed_effective),  # within an extension only
        (day(4, 30), None, None, None, CapaState.implementing),
        (day(5, 15), day(5, 15), day(9, 15), False, CapaState.closed_ineffective),
        (day(1, 31, 2027), day(11, 1), day(4, 30, 2027), None, CapaState.awaiting_effectiveness),
        (day(6, 30), None, None, None, CapaState.cancelled),
        (day(7, 31), day(7, 30), day(10, 31), None, CapaState.awaiting_effectiveness),  # nobody checked
    ]:
        capa = opened()
        capa.first_due_at, capa.implemented_at, capa.check_due_at = first_due, implemented, check_due
        capa.effective, capa.state = effective, state
        capas.append(capa)
    assert [capa.was_in_time(AS_OF) for capa in capas] == [True, False, False, True, None, None, True]
    assert [capa.has_worked(AS_OF) for capa in capas] == [True, True, None, False, None, None, False]


@given(
    now=st.datetimes(datetime(2000, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from(["Europe/Vienna", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]),
)
def test_dates_end_with_the_sites_local_day(now: datetime, zone: str) -> None:
    capa = opened()
    capa.plan(ACTIONS, TARGET, None, None, zone, "ana")
    assert capa.due_at == capa.first_due_at == datetime(2027, 1, 1, tzinfo=ZoneInfo(zone))
    capa.approve_plan(now)
    with pytest.raises(RuleViolated, match=r"not done yet: \[1, 2\]"):
        capa.implement(zone, now)
    for place in (1, 2):
        capa.finish_action(place, "0" * 64, "ana", now)
    checked = capa.implement(zone, now).check_due_at
    assert checked
    local = checked.astimezone(ZoneInfo(zone))
    last = now.astimezone(ZoneInfo(zone)).date() + timedelta(clocks.EFFECTIVENESS_CHECK_DAYS)
    assert (local.date(), local.time()) == (last + timedelta(1), time(0))


def test_an_extension_is_later_and_a_due_date_itself_is_in_time() -> None:
    capa = opened()
    capa.plan(ACTIONS, TARGET, None, None, "Europe/Vienna", "ana")
    capa.approve_plan(NOW)
    assert capa.due_at
    with pytest.raises(RuleViolated, match="an extension is later"):
        capa.extend(ACTIONS[0].due_on, "Europe/Vienna")
    assert (capa.is_overdue(capa.due_at), capa.is_overdue(capa.due_at + timedelta(seconds=1))) == (False, True)


def test_each_action_is_overdue_by_its_own_day_and_told_in_the_order_of_the_days() -> None:
    capa = opened()
    days = [ACTIONS[0].model_copy(update={"due_on": date(2026, month, 30)}) for month in (6, 4, 6, 9)]
    capa.plan(days, TARGET, None, None, "Europe/Vienna", "ana")
    capa.approve_plan(NOW)
    assert (capa.next_due_at, capa.due_at) == (day(4, 30), day(9, 30))
    capa.extend(date(2026, 5, 31), "Europe/Vienna", action=2)
    assert (capa.next_due_at, capa.due_at, capa.first_due_at) == (day(5, 31), day(9, 30), day(9, 30))
    after = day(7, 31)
    assert [(fact.occurred_at, fact.actions) for fact in (capa.fall_overdue(after) for _ in range(2))] == [
        *((day(5, 31), (2,)), (day(6, 30), (1, 3)))
    ]
    with pytest.raises(RuleViolated, match="or that was published"):
        capa.fall_overdue(after)
    for place in (1, 2, 3):
        capa.finish_action(place, "0" * 64, "ana", after)
        assert capa.is_overdue(after) == (place < 3)
    with pytest.raises(RuleViolated, match="no action 3 that is not done"):
        capa.extend(date(2027, 1, 31), "Europe/Vienna", action=3)
    capa.finish_action(4, "0" * 64, "ana", after)
    fact = capa.fall_overdue(day(10, 1))  # all are done, and nobody implemented it
    assert (fact.occurred_at, fact.actions) == (day(9, 30), ())


@pytest.mark.parametrize(("better", "missed"), [("lower", [False, False, True]), ("higher", [True, False, False])])
def test_the_target_itself_is_met(better: str, missed: list[bool]) -> None:
    capa = opened()
    capa.effectiveness = TARGET.model_dump(mode="json") | {"better": better}
    assert [capa.misses(Decimal(value)) for value in ("0.49", "0.5", "0.51")] == missed


@pytest.mark.parametrize(("generation", "escalates"), [(2, False), (3, True), (4, True)])
def test_the_third_generation_without_effect_escalates(generation: int, escalates: bool) -> None:
    capa = opened(generation)
    capa.state = CapaState.awaiting_effectiveness
    capa.effectiveness = TARGET.model_dump(mode="json")
    fact = capa.check(Decimal(1), [], NOW)
    assert (fact.effective, fact.generation, fact.escalate) == (False, generation, escalates)
