"""What of a cause concerns a released batch, by when it is assessed, and by whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contracts import Classification
from contracts.impacts import ImpactCause, ImpactOutcome
from quality_events.impacts.rules import Known, was_judged
from runtime.problems import RuleViolated
from tests.quality_records import NOW, impact

HOUR = timedelta(hours=1)
FRIDAY = datetime(2026, 3, 6, 15, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 9, 23, tzinfo=UTC)
"""As Monday ends in Vienna."""


@pytest.mark.parametrize(
    ("settled", "told", "judged"),
    [(True, -HOUR, True), (True, HOUR, False), (True, 0 * HOUR, False), (False, -HOUR, False), (False, HOUR, False)],
)
def test_a_release_weighed_what_had_ended_before_it(settled: bool, told: timedelta, judged: bool) -> None:
    assert was_judged(settled=settled, told_at=NOW + told, released_at=NOW) is judged


@pytest.mark.parametrize(
    ("severity", "concerns"), [(None, True), (Classification.minor, False), (Classification.major, True)]
)
def test_an_authority_hears_of_what_is_not_judged_and_not_of_a_minor(
    severity: Classification | None, concerns: bool
) -> None:
    cause = Known(ImpactCause.deviation, uuid4(), [], NOW, severity=severity, settled=False)
    assert cause.concerns_authorities is concerns


def test_what_is_asked_again_is_known_since_the_evidence_came() -> None:
    cause = Known(ImpactCause.oos, uuid4(), [], NOW - timedelta(90), severity=None, settled=False)
    assert [cause.known_at(round) for round in (1, 2)] == [NOW - timedelta(90)] * 2
    again = replace(cause, reopened_at=NOW)
    assert [again.known_at(round) for round in (1, 2)] == [NOW - timedelta(90), NOW]
    confirmed = replace(cause, confirmed_at=NOW)
    assert [confirmed.known_at(round) for round in (1, 2)] == [NOW - timedelta(90), NOW]
    both = [replace(again, confirmed_at=NOW + each).news_at for each in (-HOUR, HOUR)]
    assert both == [NOW, NOW + HOUR], "what came last"


def test_it_is_due_a_working_day_of_the_sponsor_later_and_not_before_there_was_a_release() -> None:
    assert impact(sponsor_aware_at=FRIDAY, released_at=FRIDAY - HOUR).due_at == TUESDAY
    late = impact(sponsor_aware_at=FRIDAY - timedelta(30), released_at=FRIDAY)
    assert (late.sponsor_aware_at, late.due_at) == (FRIDAY - timedelta(30), TUESDAY)
    assert impact(sponsor_aware_at=FRIDAY, released_at=None).due_at == TUESDAY


def test_nothing_is_called_stopped_that_may_be_distributed() -> None:
    one = impact()
    with pytest.raises(RuleViolated, match="stop its disposition first"):
        one.assess(ImpactOutcome.stopped, "x", distributed=True, by="qa", now=NOW)
    told = one.assess(ImpactOutcome.recall_proposed, "x", distributed=True, by="qa", now=NOW)
    assert (told.outcome, told.impact_id, one.assessed_by) == ("recall_proposed", one.id, "qa")


def test_what_was_assessed_late_stays_late() -> None:
    one = impact(sponsor_aware_at=FRIDAY, released_at=None)
    assert (one.was_in_time(TUESDAY), one.was_in_time(TUESDAY + HOUR)) == (None, False)
    one.assess(ImpactOutcome.none, "x", distributed=True, by="qa", now=TUESDAY + HOUR)
    assert (one.was_in_time(TUESDAY + HOUR), one.is_overdue(TUESDAY + HOUR)) == (False, False)
