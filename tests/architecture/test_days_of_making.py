"""By which revision a lot is judged is one rule in two services: in the one that judges, and in the one that asks."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.sample_tracking import AppliesTo
from gxp.evaluation import InForce
from quality_events.readiness import specified
from sample_tracking.results.applying import Revision, first_day, judging
from tests.dossiers import WORLD, batch, told
from tests.dossiers import usual as told_of_the_site
from tests.releasing import effective

DAYS = st.dates(date(2018, 1, 1), date(2018, 3, 31))
MOMENTS = st.one_of(
    DAYS.map(date.isoformat),
    DAYS.map(lambda day: day.isoformat()[:7]),
    st.datetimes(datetime(2018, 1, 1), datetime(2018, 3, 31), timezones=st.just(UTC)).map(datetime.isoformat),
)
REVISIONS = st.lists(st.tuples(DAYS, st.sampled_from(AppliesTo)), min_size=1, max_size=4)


@settings(max_examples=300, deadline=None)
@given(REVISIONS, MOMENTS, DAYS)
def test_the_revision_that_is_asked_for_is_one_that_judged(revisions: Any, completed: str, today: date) -> None:
    facts = [
        _revision(at, day, applies) for at, (day, applies) in enumerate(sorted(revisions, key=lambda each: each[0]), 1)
    ]
    begun = [each for each in facts if each.effective_from <= today]
    held = [
        Revision(InForce.of(each.specification_id, each.limits, "AT"), "release", each.revision, each.effective_from,
                 each.applies_to, each is begun[-1])
        for each in begun
    ]  # fmt: skip
    read = datetime.fromisoformat(completed) if "T" in completed else completed
    judged = {each.specification_id for each in judging(held, first_day(read), today)}
    known = batch(told(*told_of_the_site()[:-3], *facts), completed_at=completed)
    asked = {UUID(each["specification_id"]) for each in specified.judging(known, "AT", today)}
    assert bool(asked) is bool(begun)
    assert not begun or asked & judged
    if any(each.effective_from <= first_day(read) for each in begun):
        assert asked <= judged, "where one was in force when it was made, no other will do"


def _revision(number: int, day: date, applies: AppliesTo) -> Any:
    return effective(WORLD, "AT", revision=number, effective_from=day, applies_to=applies)
