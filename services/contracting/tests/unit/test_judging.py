"""A verdict by worked numbers: hours, days, working days, classes, and what is not known."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracting.obligations.judging import START_BY_DAY, TOLD_BEFORE_IT_STARTED, Case, judge
from contracting.obligations.moments import Known
from contracting.obligations.terms import Terms
from contracts.contracting import ClauseKind, Owes
from contracts.contracting_obligations import Duty
from gxp.clocks import Unit
from services.contracting.tests.obligation_world import LATER, NOTIFY, PLACES, at, case, terms

OLD, NEW = NOTIFY
CLOSE = terms(code="close_deviation", amounts={"": 30}, unit=Unit.calendar_days)
RECORD = terms(code="deliver_batch_record", amounts={"": 10}, unit=Unit.working_days, calendar="SI")
ACKNOWLEDGE = terms(
    code="acknowledge_deviation", amounts={"": 1}, unit=Unit.working_days, calendar="SI", owes=Owes.sponsor
)
ANNOUNCE = terms(code="announce_change", kind=ClauseKind.ahead, amounts={"": 60}, unit=Unit.calendar_days)


@pytest.mark.parametrize(
    ("clause", "known", "due", "standing", "late"),
    [
        pytest.param(
            OLD,
            case("2026-11-09T08:00+01:00", "2026-11-10T14:00+01:00", "critical"),
            *("2026-11-10T07:00Z", Duty.breached, 6 * 3600),
            id="told after 30 hours",
        ),
        pytest.param(
            OLD,
            case("2026-11-09T08:00+01:00", "2026-11-10T08:00+01:00", "critical"),
            *("2026-11-10T07:00Z", Duty.met, None),
            id="told at the due instant",
        ),
        pytest.param(
            OLD,
            case("2026-10-24T20:00+02:00", "2026-10-25T19:30+01:00", "critical"),
            *("2026-10-25T18:00Z", Duty.breached, 1800),
            id="over the end of summer time 24 hours are 24 hours, and the wall clock says 23",
        ),
        pytest.param(
            OLD,
            case("2027-03-27T20:00+01:00", "2027-03-28T20:30+02:00", "critical"),
            *("2027-03-28T19:00Z", Duty.met, None),
            id="over its beginning, the wall clock says 25",
        ),
        pytest.param(
            CLOSE,
            case("2026-10-05T22:30+00:00", "2026-11-05T22:59:59+00:00"),
            *("2026-11-05T23:00Z", Duty.met, None),
            id="30 calendar days over the end of summer time",
        ),
        pytest.param(
            RECORD,
            case("2026-12-18T15:00+01:00", "2027-01-06T09:00+01:00"),
            *("2027-01-05T23:00Z", Duty.breached, 9 * 3600),
            id="10 working days over Christmas and new year",
        ),
        pytest.param(
            NEW,
            case("2026-12-31T23:30+00:00", "2027-01-02T09:30+00:00", "critical"),
            *("2027-01-02T11:30Z", Duty.met, None),
            id="aware on new year's morning",
        ),
        pytest.param(
            OLD,
            case("2026-12-31T22:30+00:00", "2027-01-02T09:30+00:00", "critical"),
            *("2027-01-01T22:30Z", Duty.breached, 11 * 3600),
            id="aware an hour earlier",
        ),
        pytest.param(
            NEW,
            case("2027-01-04T08:00+01:00", "2027-01-05T10:00+01:00", "critical"),
            *("2027-01-05T19:00Z", Duty.met, None),
            id="aware on 4 January",
        ),
        pytest.param(
            OLD,
            case("2026-12-31T10:00+01:00", "2027-01-05T10:00+01:00", "critical"),
            *("2027-01-01T09:00Z", Duty.breached, 96 * 3600),
            id="aware on 31 December",
        ),
        pytest.param(
            ACKNOWLEDGE,
            case("2026-11-06T21:00+01:00", "2026-11-10T00:00:01+01:00"),
            *("2026-11-09T23:00Z", Duty.breached, 1),
            id="the sponsor's working day after a Friday evening",
        ),
    ],
)
def test_what_was_done_is_held_against_its_clock(
    clause: Terms, known: Case, due: str, standing: Duty, late: int | None
) -> None:
    verdict = judge(clause, known, PLACES, LATER)
    assert (verdict.due_at, verdict.standing) == (at(due), standing)
    assert verdict.late_by == (None if late is None else timedelta(seconds=late))


def test_what_is_not_done_is_pending_until_its_due_instant_has_passed() -> None:
    known, due = case("2026-12-18T15:00+01:00", None), at("2027-01-05T23:00Z")
    assert judge(RECORD, known, PLACES, at("2026-12-29T00:00Z")).standing is Duty.pending
    assert judge(RECORD, known, PLACES, due).standing is Duty.pending
    late = judge(RECORD, known, PLACES, due + timedelta(minutes=1))
    assert (late.standing, late.open, late.late_by) == (Duty.breached, True, timedelta(minutes=1))


def test_a_calendar_that_the_clause_names_counts_and_not_that_of_the_place() -> None:
    known = case("2026-12-18T15:00+01:00", None)
    named = judge(terms(amounts={"": 10}, unit=Unit.working_days, calendar="AE"), known, PLACES, LATER)
    assert named.due_at == at("2027-01-04T23:00Z")  # off is new year, and not Christmas


class TestClass:
    def test_raised_before_it_was_told_is_due_by_the_earlier_clock(self) -> None:
        known = case(
            "2026-11-09T08:00+01:00", "2026-11-11T20:00+01:00", "major", ("2026-11-10T06:00+01:00", "critical")
        )
        verdict = judge(OLD, known, PLACES, LATER)
        assert (verdict.due_at, verdict.judged_as) == (at("2026-11-11T05:00Z"), "critical")
        assert (verdict.standing, verdict.late_by) == (Duty.breached, timedelta(hours=14))
        assert verdict.first_due_at == at("2026-11-12T07:00Z")

    def test_raised_late_is_still_due_by_the_first_clock(self) -> None:
        known = case("2026-11-09T08:00+01:00", None, "major", ("2026-11-12T06:00+01:00", "critical"))
        assert judge(OLD, known, PLACES, LATER).due_at == at("2026-11-12T07:00Z")

    def test_raised_after_it_was_told_is_judged_by_the_class_proposed_then(self) -> None:
        known = case(
            "2026-11-09T08:00+01:00", "2026-11-11T20:00+01:00", "major", ("2026-11-13T06:00+01:00", "critical")
        )
        verdict = judge(OLD, known, PLACES, LATER)
        assert (verdict.due_at, verdict.judged_as) == (at("2026-11-12T07:00Z"), "major")
        assert verdict.standing is Duty.met

    def test_lowered_keeps_the_first_due_instant(self) -> None:
        known = case(
            "2026-11-09T08:00+01:00", "2026-11-11T20:00+01:00", "critical", ("2026-11-09T09:00+01:00", "major")
        )
        verdict = judge(OLD, known, PLACES, LATER)
        assert (verdict.due_at, verdict.judged_as) == (at("2026-11-10T07:00Z"), "critical")
        assert verdict.standing is Duty.breached

    def test_one_of_which_the_clause_says_nothing_owes_nothing(self) -> None:
        verdict = judge(OLD, case("2026-11-09T08:00+01:00", None, "minor"), PLACES, LATER)
        assert (verdict.standing, verdict.why) == (Duty.void, "the clause asks nothing of the class minor")

    def test_raised_from_such_a_one_is_due_from_then_on(self) -> None:
        known = case("2026-11-09T08:00+01:00", None, "minor", ("2026-11-10T06:00+01:00", "major"))
        assert judge(OLD, known, PLACES, LATER).due_at == at("2026-11-13T05:00Z")

    def test_unknown_where_the_clause_asks_by_class(self) -> None:
        assert judge(OLD, case("2026-11-09T08:00+01:00", None), PLACES, LATER).standing is Duty.unknown


class TestUnknown:
    def test_a_start_that_is_not_known_is_never_met(self) -> None:
        verdict = judge(OLD, case(None, "2026-11-11T20:00+01:00", "major"), PLACES, LATER)
        assert (verdict.standing, verdict.why) == (Duty.unknown, "the start moment is not known")

    def test_told_before_it_started_is_met_and_remarked(self) -> None:
        verdict = judge(OLD, case("2026-11-09T08:00+01:00", "2026-11-09T07:59+01:00", "major"), PLACES, LATER)
        assert (verdict.standing, verdict.remarks) == (Duty.met, (TOLD_BEFORE_IT_STARTED,))

    def test_a_start_known_to_the_day_is_enough_for_days(self) -> None:
        known = Case(start=Known(date(2026, 12, 18)), end=Known(at("2027-01-05T09:00+01:00")))
        verdict = judge(RECORD, known, PLACES, LATER)
        assert (verdict.due_at, verdict.standing, verdict.remarks) == (at("2027-01-05T23:00Z"), Duty.met, ())

    @pytest.mark.parametrize(
        ("told", "standing"),
        [
            ("2026-11-09T23:00+01:00", Duty.met),
            ("2026-11-10T12:00+01:00", Duty.unknown),
            ("2026-11-11T00:00+01:00", Duty.breached),
        ],
    )
    def test_a_start_known_to_the_day_leaves_hours_open_where_they_hang_on_the_hour(
        self, told: str, standing: Duty
    ) -> None:
        known = Case(start=Known(date(2026, 11, 9)), end=Known(at(told)), first_class="critical")
        verdict = judge(OLD, known, PLACES, LATER)
        assert (verdict.standing, verdict.remarks) == (standing, (START_BY_DAY,))

    @pytest.mark.parametrize(("day", "standing"), [(5, Duty.met), (6, Duty.breached), ("2027-01", Duty.unknown)])
    def test_an_end_known_to_the_day_or_month(self, day: int | str, standing: Duty) -> None:
        end = Known(date(2027, 1, day) if isinstance(day, int) else day)
        known = Case(start=Known(at("2026-12-18T15:00+01:00")), end=end)
        assert judge(RECORD, known, PLACES, LATER).standing is standing

    def test_a_year_beyond_all_calendars_is_said(self) -> None:
        clause = terms(amounts={"": 10}, unit=Unit.working_days, calendar="SI")
        verdict = judge(clause, Case(start=Known(datetime(9999, 12, 30, tzinfo=UTC)), end=None), PLACES, LATER)
        assert verdict.standing is Duty.unknown
        assert "cannot be counted" in (verdict.why or "")


class TestAhead:
    TOLD = Known(at("2026-08-20T12:00+02:00"))
    PLANNED = Known(date(2026, 11, 2))

    def test_told_is_held_against_the_planned_day_until_it_happened(self) -> None:
        verdict = judge(ANNOUNCE, Case(start=self.TOLD, end=None, planned_end=self.PLANNED), PLACES, LATER)
        assert (verdict.due_at, verdict.standing) == (at("2026-09-03T22:00Z"), Duty.met)

    def test_made_earlier_than_planned_it_is_judged_again(self) -> None:
        made = Known(at("2026-10-12T06:00+02:00"))
        verdict = judge(ANNOUNCE, Case(start=self.TOLD, end=made, planned_end=self.PLANNED), PLACES, LATER)
        assert (verdict.due_at, verdict.standing) == (at("2026-08-13T22:00Z"), Duty.breached)
        assert verdict.first_due_at == at("2026-09-03T22:00Z")

    def test_not_told_it_is_breached_once_the_day_for_telling_has_passed(self) -> None:
        known = Case(start=None, end=None, planned_end=self.PLANNED)
        assert judge(ANNOUNCE, known, PLACES, at("2026-09-03T22:00Z")).standing is Duty.pending
        assert judge(ANNOUNCE, known, PLACES, at("2026-09-03T22:01Z")).standing is Duty.breached

    def test_a_day_that_nobody_knows_is_not_judged(self) -> None:
        assert judge(ANNOUNCE, Case(start=self.TOLD, end=None), PLACES, LATER).standing is Duty.unknown

    @pytest.mark.parametrize(
        ("unit", "amount", "due"),
        [
            (Unit.hours, 48, "2026-10-30T23:00Z"),
            (Unit.working_days, 3, "2026-10-28T23:00Z"),
            (Unit.months, 2, "2026-09-02T22:00Z"),
        ],
    )
    def test_other_units(self, unit: Unit, amount: int, due: str) -> None:
        clause = terms(kind=ClauseKind.ahead, amounts={"": amount}, unit=unit, calendar="SI")
        assert judge(clause, Case(start=None, end=None, planned_end=self.PLANNED), PLACES, LATER).due_at == at(due)


def test_what_was_cancelled_owes_nothing() -> None:
    known = case("2026-11-09T08:00+01:00", None, "critical", void="the deviation was cancelled")
    verdict = judge(OLD, known, PLACES, LATER)
    assert (verdict.standing, verdict.why) == (Duty.void, "the deviation was cancelled")
