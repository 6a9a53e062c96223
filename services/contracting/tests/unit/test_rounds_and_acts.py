"""Clauses that come again, and such as forbid."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from contracting.obligations.acts import Consent, judge_act
from contracting.obligations.judging import Verdict
from contracting.obligations.moments import Known, span
from contracting.obligations.rounds import rounds
from contracts.contracting_obligations import Duty
from gxp.clocks import Unit
from services.contracting.tests.obligation_world import LJUBLJANA, at

LAB, OTHER = UUID(int=7), UUID(int=8)
BEGINS = at("2025-06-01T00:00+02:00")


def reviews(*done: str, as_of: datetime) -> list[Verdict]:
    given = [Known(at(each)) for each in done]
    return rounds(BEGINS, given, 12, Unit.months, zone=LJUBLJANA, calendar=None, as_of=as_of)


class TestRounds:
    def test_each_counts_from_the_one_before(self) -> None:
        as_of = datetime(2027, 6, 1, tzinfo=UTC)
        first, second, third = reviews("2027-05-21T00:00+02:00", "2026-05-20T10:00+02:00", as_of=as_of)
        assert (first.start_at, first.due_at) == (at("2025-05-31T22:00Z"), at("2026-06-01T22:00Z"))
        assert (second.due_at, second.done_at) == (at("2027-05-20T22:00Z"), at("2027-05-20T22:00Z"))
        assert (third.due_at, third.done_at) == (at("2028-05-21T22:00Z"), None)
        assert [each.standing for each in (first, second, third)] == [Duty.met, Duty.met, Duty.pending]

    def test_one_that_is_late_or_missing_is_breached(self) -> None:
        late, missing = reviews("2026-06-02T00:00:01+02:00", as_of=datetime(2027, 6, 3, tzinfo=UTC))
        assert (late.standing, missing.standing) == (Duty.breached, Duty.breached)
        assert late.late_by
        assert late.late_by.total_seconds() == 1
        assert missing.open

    def test_what_comes_twice_is_one_and_what_lies_ahead_none(self) -> None:
        twice = reviews("2026-05-20T10:00+02:00", "2026-05-20T10:00+02:00", as_of=datetime(2026, 6, 1, tzinfo=UTC))
        assert len(twice) == 2
        assert len(reviews("2026-05-20T10:00+02:00", as_of=datetime(2026, 5, 1, tzinfo=UTC))) == 1

    def test_a_day_is_refused(self) -> None:
        with pytest.raises(ValueError, match="to be an instant"):
            rounds(
                BEGINS,
                [Known(date(2026, 5, 20))],
                1,
                Unit.months,
                zone=LJUBLJANA,
                calendar=None,
                as_of=at("2026-06-01T00:00Z"),
            )


class TestActs:
    CONSENT = Consent("testing", LAB, at("2026-09-10T00:00+02:00"), None, (UUID(int=9),))

    @pytest.mark.parametrize(
        ("instant", "site", "activity", "standing"),
        [
            ("2026-09-09T16:00+02:00", LAB, "testing", Duty.breached),
            ("2026-09-10T00:00+02:00", LAB, "testing", Duty.met),
            ("2026-09-11T08:00+02:00", OTHER, "testing", Duty.breached),
            ("2026-09-11T08:00+02:00", LAB, "packaging", Duty.breached),
        ],
    )
    def test_a_consent_to_one_site_and_activity_is_none_to_another(
        self, instant: str, site: UUID, activity: str, standing: Duty
    ) -> None:
        act = Known(at(instant), (UUID(int=10),))
        verdict = judge_act(activity, site, act, span(act.moment, LJUBLJANA), [self.CONSENT])
        assert verdict.standing is standing
        assert verdict.proof[0] == UUID(int=10)
        assert (UUID(int=9) in verdict.proof) is (standing is Duty.met)

    def test_one_that_was_withdrawn_holds_until_then(self) -> None:
        ended = Consent("testing", LAB, at("2026-09-10T00:00+02:00"), at("2026-10-01T00:00+02:00"))
        act = Known(at("2026-10-01T00:00+02:00"))
        assert judge_act("testing", LAB, act, span(act.moment, LJUBLJANA), [ended]).standing is Duty.breached

    def test_a_day_on_which_it_began_is_not_judged(self) -> None:
        begins = Consent("testing", LAB, at("2026-09-10T12:00+02:00"))
        act = Known(date(2026, 9, 10))
        assert judge_act("testing", LAB, act, span(act.moment, LJUBLJANA), [begins]).standing is Duty.unknown
