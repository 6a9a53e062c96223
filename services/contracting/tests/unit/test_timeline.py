"""Days of agreements: in any order of what people do, each day has at most one version in force."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.agreements import timeline
from contracting.agreements.model import Agreement
from contracting.agreements.schemas import AgreementState as State
from contracting.agreements.timeline import Next, Signed, Turn
from contracts.contracting import Renewal
from runtime.problems import RuleViolated
from services.contracting.tests.made import NOW, agreement, missing, version

DAY = NOW.date()


def in_force(**more: Any) -> Agreement:
    """An agreement in force since the first day."""
    made = agreement(state=State.effective, current_version_id=uuid4(), begun_on=DAY)
    for name, value in more.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("received", "days", "last"),
    [
        (date(2031, 3, 3), 0, date(2031, 3, 3)),
        (date(2031, 3, 3), 90, date(2031, 6, 1)),
        (date(2031, 10, 25), 180, date(2032, 4, 22)),
        (date(2031, 12, 31), 60, date(2032, 2, 29)),
    ],
)
def test_a_notice_ends_so_many_calendar_days_after_the_day_of_its_receipt(
    received: date, days: int, last: date
) -> None:
    assert timeline.notice_ends_on(received, days) == last


@pytest.mark.parametrize(
    ("first", "months", "now", "next_"),
    [
        (date(2031, 2, 28), 12, date(2031, 2, 28), date(2032, 2, 28)),
        (date(2032, 2, 29), 12, date(2035, 2, 28), date(2036, 2, 29)),
        (date(2031, 12, 31), 6, date(2032, 6, 30), date(2032, 12, 31)),
        (date(2031, 1, 31), 1, date(2031, 2, 28), date(2031, 3, 31)),
    ],
)
def test_it_goes_on_for_whole_periods_after_its_first_last_day(
    first: date, months: int, now: date, next_: date
) -> None:
    assert timeline.renewed_until(first, months, now) == next_


def test_what_is_due_comes_in_the_order_of_days() -> None:
    early, late = Signed(uuid4(), DAY + timedelta(2)), Signed(uuid4(), DAY + timedelta(9))
    one = in_force(expires_on=DAY + timedelta(5))
    due = [timeline.next_turn(one, signed, DAY + timedelta(10)) for signed in ([late, early], [late], [])]
    expiry = Next(DAY + timedelta(6), Turn.expiry)
    assert due == [Next(early.effective_from, Turn.effect, early.id), expiry, expiry]
    on_the_day = Signed(uuid4(), DAY + timedelta(6))
    assert timeline.next_turn(one, [on_the_day], DAY + timedelta(6)) == Next(
        DAY + timedelta(6), Turn.effect, on_the_day.id
    )
    assert timeline.next_turn(one, [], DAY + timedelta(5)) is None, "its last day counts"
    assert timeline.next_turn(agreement(state=State.expired), [early], DAY + timedelta(10)) is None


def test_it_renews_by_itself_once_nobody_can_give_notice_in_time() -> None:
    one = in_force(expires_on=date(2031, 12, 31), renewal=Renewal.automatic, renewal_months=12, notice_days=60)
    assert timeline.decide_by(one) == date(2031, 11, 1)
    assert timeline.next_turn(one, [], date(2031, 11, 1)) is None
    assert timeline.next_turn(one, [], date(2031, 11, 2)) == Next(date(2031, 11, 2), Turn.renewal)
    one.state, one.ends_on = State.in_notice, date(2031, 12, 31)
    assert timeline.next_turn(one, [], date(2032, 1, 5)) == Next(date(2032, 1, 1), Turn.end)


def test_what_goes_on_by_itself_ends_on_the_day_that_both_set_also_in_a_period_to_come() -> None:
    one = in_force(expires_on=date(2031, 12, 31), renewal=Renewal.automatic, renewal_months=12, notice_days=60)
    amended = version(effective_from="2032-03-01", parent_version_id=uuid4(), version_number=2)
    assert (timeline.final_day(one), missing(amended, DAY, None, one)) == (None, []), "its last day is not its end"
    one.set_end(date(2032, 6, 30), "x")
    assert (one.state, timeline.final_day(one)) == (State.in_notice, date(2032, 6, 30))
    assert timeline.next_turn(one, [], date(2032, 6, 30)) is None, "it does not expire before"
    assert timeline.next_turn(one, [], date(2032, 7, 1)) == Next(date(2032, 7, 1), Turn.end)
    with pytest.raises(RuleViolated, match="ends on 2032-06-30 anyway"):
        one.set_end(date(2032, 7, 1), "x")


@pytest.mark.parametrize("renewal", [Renewal.none, Renewal.by_agreement])
def test_of_any_other_the_earlier_day_is_the_last(renewal: Renewal) -> None:
    one = in_force(expires_on=date(2031, 12, 31), renewal=renewal)
    with pytest.raises(RuleViolated, match="ends on 2031-12-31 anyway"):
        one.set_end(date(2032, 6, 30), "x")
    one.state, one.ends_on = State.in_notice, date(2032, 1, 20)
    assert timeline.last_day(one, one) == date(2031, 12, 31), "a late notice makes it no longer"
    assert timeline.next_turn(one, [], date(2032, 3, 1)) == Next(date(2032, 1, 1), Turn.expiry)


@pytest.mark.parametrize(
    ("ahead", "days"), [(181, None), (180, 180), (91, 180), (90, 90), (30, 30), (0, 30), (-1, None)]
)
def test_the_last_warning_that_is_due_is_given(ahead: int, days: int | None) -> None:
    one = in_force(expires_on=DAY + timedelta(ahead))
    assert timeline.warning_due(one, DAY) == days


@given(st.lists(st.integers(0, 400), max_size=40), st.integers(0, 400))
def test_each_warning_is_given_once_and_anew_for_another_day(looks: list[int], moved: int) -> None:
    one = in_force(expires_on=DAY + timedelta(300))
    given_: list[tuple[date, int]] = []
    for place, day in enumerate(sorted(looks)):
        if place == len(looks) // 2:
            one.expires_on = DAY + timedelta(300 + moved)
        if days := timeline.warning_due(one, DAY + timedelta(day)):
            one.warned_for, one.warned_days = timeline.decide_by(one), days
            given_.append((one.warned_for, days))
    assert len(set(given_)) == len(given_)
    for last in {each for each, _ in given_}:
        told = [days for day, days in given_ if day == last]
        assert told == sorted(told, reverse=True)


@dataclass
class Course:
    """What became of an agreement: its versions with the days on which they held, as commands and the clock left it."""

    today: date = DAY
    agreement: Agreement = field(default_factory=agreement)
    versions: list[Any] = field(default_factory=list)

    def sign(self, begins: int) -> None:
        """Both sides sign a version that starts from the last one, unless the rules refuse it."""
        both_signed = ("signed", "effective", "ended")
        latest = next((each for each in reversed(self.versions) if each.state in both_signed), None)
        made = version(
            effective_from=self.today + timedelta(begins),
            version_number=len(self.versions) + 1,
            parent_version_id=latest and latest.id,
            expires_on=None,
        )
        held = missing(made, self.today, latest, self.agreement)
        try:
            made.agree(made.digest, held, "a", NOW)
            made.agree_as_partner(made.digest, held, "b", NOW)
            made.sign(held, "c", NOW)
            made.sign_as_partner(held, "d", NOW)
        except RuleViolated:
            return
        self.versions.append(made)

    def end(self, days: int) -> None:
        """Both sides set an end, where it is in force."""
        if self.agreement.state in ("effective", "in_notice"):
            try:
                self.agreement.set_end(self.today + timedelta(days), "x")
            except RuleViolated:
                return

    def pass_days(self, days: int) -> None:
        """The clock looks again after so many days, and does in their order what became due."""
        self.today += timedelta(days)
        while True:
            signed = [Signed(each.id, each.effective_from) for each in self.versions if each.state == "signed"]
            following = timeline.next_turn(self.agreement, signed, self.today)
            if following is None:
                return
            current = next((each for each in self.versions if each.id == self.agreement.current_version_id), None)
            if following.version_id:
                taken = next(each for each in self.versions if each.id == following.version_id)
                if current:
                    current.supersede(taken.effective_from - timedelta(1))
                taken.take_effect(NOW)
                self.agreement.take_effect(taken, NOW)
            else:
                assert current is not None
                assert following.turn is Turn.end
                self.agreement.terminate(current, NOW)
                current.end(self.agreement.ended_on)
                for each in self.versions:
                    if each.state == "signed":
                        each.lapse("over")

    def in_force_on(self, day: date) -> list[int]:
        """The versions that held on a day, by their numbers."""
        held = [each for each in self.versions if each.state in ("effective", "superseded", "ended")]
        return [
            each.version_number
            for each in held
            if each.effective_from <= day and (each.effective_to is None or day <= each.effective_to)
        ]


COMMANDS = st.lists(
    st.tuples(st.sampled_from(["sign", "end", "pass_days"]), st.integers(-3, 12)).filter(
        lambda each: each[0] == "sign" or each[1] >= 0
    ),
    max_size=30,
)


@given(COMMANDS)
def test_in_any_order_of_commands_each_day_has_at_most_one_version_in_force(commands: list[tuple[str, int]]) -> None:
    course = Course()
    before: dict[date, list[int]] = {}
    for name, days in commands:
        getattr(course, name)(days)
        so_far = {
            DAY + timedelta(n): course.in_force_on(DAY + timedelta(n)) for n in range((course.today - DAY).days + 1)
        }
        assert all(len(each) <= 1 for each in so_far.values())
        past = {day: held for day, held in before.items() if day < course.today - timedelta(days)}
        assert all(so_far[day] == held for day, held in past.items()), "no command changes a day that is over"
        before = so_far
    begun = [day for day, held in before.items() if held]
    if begun:
        last = course.agreement.ended_on or course.today
        assert begun == [min(begun) + timedelta(n) for n in range((min(last, course.today) - min(begun)).days + 1)]
