"""Who held the ball: whose a day is, and that the days of all sides are the slip."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.tech_transfer import Gate
from contracts.transfer_closure import DayHolder
from gxp.calendars import of_country
from services.tech_transfer.tests.unit.dossiers import (
    BEGAN,
    RECEIVER,
    SENDER,
    ZONE,
    at,
    dossier,
    noted,
    taken,
    transfer,
)
from tech_transfer.decisions.schemas import DecisionState
from tech_transfer.gates import rules as gates
from tech_transfer.gates.terms import Unit
from tech_transfer.timeline import queries, rules
from tech_transfer.timeline.blocking import blocking
from tech_transfer.timeline.model import GateBlocking
from tech_transfer.transfers.schemas import GateDay, TechTransferState

MONDAY = BEGAN.date()
UNITS = {Unit.receiving: of_country("AT"), Unit.sending: of_country("DE")}


def held(day: date, *blocks: GateBlocking) -> DayHolder:
    """To whom a day counts."""
    return rules.held(day, blocks, ZONE, UNITS).holder


def test_a_day_counts_to_who_owed_the_longest_waiting_step_as_it_began() -> None:
    early, late = noted(Unit.receiving, at(1), since=at(-3)), noted(Unit.sending, at(1), since=at(-2))
    assert held(MONDAY + timedelta(2), early, late) == DayHolder.receiving
    assert held(MONDAY + timedelta(1), early, late) == DayHolder.unknown, "nothing was kept before noon of that day"
    done = noted(Unit.receiving, at(1), at(2, 9), since=at(-3))
    assert held(MONDAY + timedelta(2), done, late) == DayHolder.receiving, "it was done at nine, and the day had begun"
    assert held(MONDAY + timedelta(3), done, late) == DayHolder.sending


def test_what_nobody_can_date_waits_since_it_was_noted() -> None:
    undated, dated = noted(Unit.laboratory, at(1)), noted(Unit.sending, at(1), since=at(0))
    assert held(MONDAY + timedelta(3), undated, dated) == DayHolder.sending
    assert held(MONDAY + timedelta(3), undated) == DayHolder.laboratory


def test_of_equals_it_is_the_sponsors_and_never_one_of_two_partners() -> None:
    same = [noted(unit, at(1), since=at(0)) for unit in (Unit.receiving, Unit.sending)]
    day = MONDAY + timedelta(2)
    assert rules.held(day, same, ZONE, UNITS) == rules.HeldDay(day, DayHolder.unknown)
    assert held(day, *same, noted(Unit.authority, at(1), since=at(0))) == DayHolder.authority
    assert held(day, *same, noted(Unit.sponsor, at(1), since=at(0))) == DayHolder.sponsor


def test_a_day_on_which_the_side_does_not_work_counts_to_nobody() -> None:
    epiphany, saturday = date(2026, 1, 6), date(2026, 1, 10)
    receiving, sending = noted(Unit.receiving, BEGAN), noted(Unit.sending, BEGAN)
    assert (held(epiphany, receiving), held(epiphany, sending)) == (DayHolder.day_off, DayHolder.sending)
    assert rules.held(saturday, [sending], ZONE, UNITS).by is sending
    assert held(saturday, sending) == held(saturday, noted(Unit.authority, BEGAN)) == DayHolder.day_off
    assert rules.works(of_country("AT"), date(9000, 1, 1)) is True, "its holidays nobody knows: by the weekday"


BLOCKS = st.lists(
    st.builds(
        noted,
        st.sampled_from(Unit),
        st.integers(-5, 40).map(at),
        st.one_of(st.none(), st.integers(-5, 60).map(at)),
        since=st.one_of(st.none(), st.integers(-20, 40).map(at)),
    ),
    max_size=8,
)


@given(BLOCKS, st.integers(-10, 60), st.one_of(st.none(), st.integers(-10, 60)))
def test_the_days_of_all_sides_are_the_slip(blocks: list[GateBlocking], today: int, ended: int | None) -> None:
    ended_on = None if ended is None else MONDAY + timedelta(ended)
    slip = rules.slip(Gate.planning, MONDAY, ended_on, MONDAY + timedelta(today), blocks, ZONE, UNITS)
    assert sum(slip.by_side.values()) == max((today if ended is None else ended), 0) == len(slip.days)
    assert [each.day for each in slip.days] == [MONDAY + timedelta(after + 1) for after in range(len(slip.days))]
    for each in slip.days:
        assert (each.by is None) == (each.holder is DayHolder.unknown), "each day is traceable, or unknown"
        assert each.by is None or each.by in blocks


@given(BLOCKS, st.permutations(range(8)))
def test_the_order_in_which_rows_are_read_does_not_count(blocks: list[GateBlocking], order: list[int]) -> None:
    others = [blocks[place] for place in order if place < len(blocks)]
    for after in range(-3, 45):
        day = MONDAY + timedelta(after)
        assert held(day, *blocks) == held(day, *others)


def test_what_is_noted_later_changes_no_day_that_has_begun() -> None:
    first = noted(Unit.receiving, at(0), since=at(-1))
    before = [held(MONDAY + timedelta(after), first) for after in range(1, 5)]
    ended = first.model_copy(update={"until": at(4, 1)})
    later = noted(Unit.sponsor, at(4, 1), since=at(-30))
    assert [held(MONDAY + timedelta(after), ended, later) for after in range(1, 5)] == before
    assert held(MONDAY + timedelta(7), ended, later) == DayHolder.sponsor


def test_what_blocks_is_open_or_the_decision_or_that_it_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    of = transfer(team=[], success_criteria=["x"])
    today = MONDAY + timedelta(1)
    first = blocking(dossier(of, today))
    assert {(each.rule, each.unit) for each in first} >= {("team", Unit.sponsor), ("quality_agreement", Unit.sponsor)}
    of.state, of.held_at = TechTransferState.on_hold, TechTransferState.initiation
    assert [(each.rule, each.unit) for each in blocking(dossier(of, today))] == [("hold", Unit.sponsor)]
    of.state, of.held_at = TechTransferState.knowledge_transfer, None
    monkeypatch.setattr(gates, "unmet", lambda *_: [])
    assert [each.record and each.record.type for each in blocking(dossier(of, today))] == ["transfer"]
    proposed = taken(of, Gate.knowledge_transfer, BEGAN, state=DecisionState.proposed)
    proposed.sending_signed_at = at(1)
    (waits,) = blocking(dossier(of, today, decisions=[proposed]))
    assert (waits.rule, waits.unit, waits.since) == ("decision", Unit.receiving, proposed.created_at)
    proposed.receiving_signed_at = at(2)
    (waits,) = blocking(dossier(of, today, decisions=[proposed]))
    assert (waits.unit, waits.since) == (Unit.sponsor, at(2))
    of.state = TechTransferState.closure
    assert blocking(dossier(of, today)) == []


def test_a_later_gate_is_late_by_whom_the_earlier_one_waited_for() -> None:
    of = transfer(planned=[GateDay(gate=gate, planned_on=MONDAY) for gate in Gate])
    row = noted(Unit.receiving, BEGAN, at(3), since=BEGAN)
    decision = taken(of, Gate.initiation, at(3))
    known = dossier(of, MONDAY + timedelta(4), decisions=[decision], blocking=[row])
    first, second, *_ = queries.slips(known)
    days = [each.holder for each in first.days]
    assert days == [DayHolder.receiving] * 3
    assert (first.ended_on, second.ended_on) == (MONDAY + timedelta(3), None)
    assert [each.holder for each in second.days] == [*days, DayHolder.unknown]
    of.cancelled_at = at(4)
    assert len(queries.slips(dossier(of, MONDAY + timedelta(9)))[1].days) == 4


def test_a_partner_reads_its_own_days_and_how_many_are_of_others() -> None:
    of = transfer()
    assert queries.own_sides(of, None) is None
    assert queries.own_sides(of, SENDER) == {DayHolder.sending}
    assert queries.own_sides(of, RECEIVER) == {DayHolder.receiving}
    of.sending_partner_id = RECEIVER
    assert queries.own_sides(of, RECEIVER) == {DayHolder.sending, DayHolder.receiving}


def test_a_sponsors_own_unit_works_by_the_sponsors_calendar() -> None:
    countries = {Unit.receiving: "AT", Unit.sending: "AT"}
    epiphany = datetime(2026, 1, 6, tzinfo=ZONE).date()
    theirs = queries.calendars_of(dossier(transfer(), MONDAY, countries=countries))
    ours = queries.calendars_of(dossier(transfer(sending_partner_id=None), MONDAY, countries=countries))
    assert [each[Unit.sending](epiphany) for each in (theirs, ours)] == [False, True]
