"""An obligation's lifecycle: which facts each verdict tells, and that a waiver stays beside it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracting.obligations.assessing import Agreed, assess
from contracting.obligations.model import NOT_ASKED, Cause, Obligation
from contracting.obligations.schemas import ObligationState
from contracting.obligations.subjects import subject_of
from contracting.obligations.told import SubjectType
from contracts import Fact
from contracts.clock import standing_at
from contracts.contracting import Owes
from contracts.contracting_obligations import Duty, ObligationBreached, ObligationCorrected
from contracts.quality_events import DeviationAmended, DeviationCancelled
from runtime.lifecycle import NotAllowedNow, table
from runtime.problems import RuleViolated
from services.contracting.tests.obligation_world import (
    LATER,
    NOTIFY,
    PARTNER,
    PLACES,
    SECOND,
    SUBJECT,
    at,
    coverage,
    deviation,
    kept,
    raised,
    terms,
)

AGREED = Agreed(NOTIFY, [coverage(), coverage(**SECOND)])
TIMELY = raised("2027-01-04T08:00+01:00", "2027-01-05T10:00+01:00")
EARLIER = deviation(DeviationAmended, "2026-12-31T10:00+01:00", "2027-01-07T09:00+01:00", title="t", category="c")
GONE = deviation(DeviationCancelled, "2027-01-04T08:00+01:00", "2027-01-08T09:00+01:00", reason="r")
CAUSE = Cause("io.entente.DeviationRaised.v1")


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    """All of this lies behind: no fact is of the future."""
    with standing_at(LATER + timedelta(days=2)):
        yield


def judged(
    obligation: Obligation | None, *facts: Fact, agreed: Agreed = AGREED, as_of: datetime = LATER
) -> tuple[Obligation, list[str]]:
    """The obligation after all these facts, and the names of what it tells."""
    subject = subject_of(SubjectType.deviation, SUBJECT, kept(*facts))
    assert subject
    (outcome,) = (each for each in assess(subject, agreed, PLACES, as_of) if each.code == "notify_deviation")
    obligation = obligation or Obligation.open("OBL-2026-1", subject, outcome, [PARTNER])
    told = obligation.judge(subject, outcome, [PARTNER], CAUSE, LATER)
    return obligation, [type(each).__name__.removeprefix("Obligation") for each in told]


class TestTold:
    def test_met_at_first_sight_is_opened_and_met_and_told_once(self) -> None:
        obligation, told = judged(None, TIMELY)
        assert (obligation.state, told) == ("met", ["Opened", "Met"])
        assert judged(obligation, TIMELY)[1] == []

    def test_a_corrected_start_is_a_correction(self) -> None:
        obligation, _ = judged(None, TIMELY)
        assert judged(obligation, TIMELY, EARLIER) == (obligation, ["Corrected"])
        assert (obligation.state, obligation.agreement_version, obligation.late_seconds) == ("breached", 1, 96 * 3600)
        assert judged(obligation, TIMELY, EARLIER, GONE)[1] == ["Corrected"]
        assert (obligation.state, obligation.verdict) == ("void", "void")

    def test_done_late_at_last_is_told_as_a_breach_again(self) -> None:
        obligation, told = judged(None, TIMELY)
        obligation.verdict, obligation.done_at = Duty.breached, None
        obligation.due_at, obligation.start_at = at("2027-01-05T08:00Z"), obligation.start_at
        late = Agreed([terms(amounts={"": 25}, **SECOND)], AGREED.coverages)
        obligation.agreement_version = 2
        assert judged(obligation, TIMELY, agreed=late)[1] == ["Breached"]
        assert (obligation.late_seconds, told[0]) == (3600, "Opened")

    def test_what_no_agreement_covers_is_told_to_nobody_until_one_does(self) -> None:
        obligation, told = judged(None, TIMELY, agreed=Agreed([terms()], [coverage()]))
        assert (obligation.state, told) == ("not_covered", [])
        assert judged(obligation, TIMELY)[1] == ["Opened", "Met"]

    def test_one_that_nobody_asks_for_any_more_lapses(self) -> None:
        obligation, _ = judged(None, TIMELY)
        (told,) = obligation.lapse(CAUSE, LATER)
        assert isinstance(told, ObligationCorrected)
        assert (obligation.state, obligation.why, told.before) == ("void", NOT_ASKED, "met")


class TestDue:
    AWARE = raised("2027-01-04T08:00+01:00", "2027-01-05T10:00+01:00")

    def pending(self) -> Obligation:
        """One that is owed still."""
        obligation, _ = judged(None, self.AWARE)
        obligation.verdict, obligation.state = Duty.pending, ObligationState.pending
        obligation.done_at, obligation.due_at = None, at("2027-01-05T19:00Z")
        return obligation

    def test_it_falls_due_when_the_instant_has_passed_and_not_at_it(self) -> None:
        obligation = self.pending()
        assert [*obligation.turn()] == ["acceptor"]
        with pytest.raises(RuleViolated, match="not pending beyond"):
            obligation.fall_due(CAUSE, at("2027-01-05T19:00Z"))
        (told,) = obligation.fall_due(Cause("clock"), at("2027-01-05T19:00:01Z"))
        assert isinstance(told, ObligationBreached)
        assert (obligation.state, type(told).__name__, told.done_at) == ("breached", "ObligationBreached", None)
        with pytest.raises(NotAllowedNow):
            obligation.fall_due(CAUSE, LATER)

    def test_a_waiver_stays_beside_the_verdict_that_it_would_have(self) -> None:
        obligation = self.pending()
        told = obligation.waive("the sponsor knew", "ana", LATER)
        assert (obligation.state, obligation.verdict, told.waived, told.reason) == (
            "waived",
            "pending",
            True,
            "the sponsor knew",
        )
        (breach,) = obligation.fall_due(Cause("clock"), LATER)
        assert isinstance(breach, ObligationBreached)
        assert (obligation.state, breach.verdict, breach.waived) == ("waived", "breached", True)
        assert judged(obligation, self.AWARE)[0].state == "waived"
        with pytest.raises(NotAllowedNow):
            obligation.waive("again", "ana", LATER)

    def test_what_the_law_asks_for_is_not_waived(self) -> None:
        obligation = self.pending()
        obligation.statutory = True
        with pytest.raises(RuleViolated, match="the law asks for it"):
            obligation.waive("because", "ana", LATER)

    @pytest.mark.parametrize(
        ("owes", "gmp", "role"),
        [
            (Owes.partner, True, "quality"),
            (Owes.partner, False, "sourcing"),
            (Owes.sponsor, True, "partner_quality"),
            (Owes.sponsor, False, "partner_commercial"),
        ],
    )
    def test_the_side_to_which_it_is_owed_waives_it(self, owes: Owes, gmp: bool, role: str) -> None:
        obligation = self.pending()
        obligation.owes, obligation.gmp = owes, gmp
        assert obligation.waiver == role
        assert role not in obligation.powerless
        assert len(obligation.powerless) == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["judge", "lapse", "fall_due", "waive"]), max_size=8))
def test_no_sequence_of_transitions_escapes_the_table(names: list[str]) -> None:
    obligation, _ = judged(None, TIMELY)
    for name in names:
        before = obligation.state
        row = next(each for each in table(Obligation) if each.name == name)
        try:
            if name == "judge":
                judged(obligation, TIMELY, EARLIER)
            elif name == "waive":
                obligation.waive("r", "ana", LATER)
            else:
                getattr(obligation, name)(CAUSE, LATER + timedelta(days=1))
        except (NotAllowedNow, RuleViolated):
            assert obligation.state == before
            continue
        assert before in row.source
        assert obligation.state in row.targets[before]
        assert (obligation.state == "waived") is (obligation.waived_at is not None)
