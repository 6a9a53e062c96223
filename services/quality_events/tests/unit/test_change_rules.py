"""When a change was told in time, which lots it concerns, and where what was made under it may go."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.changes import ChangeCategory as Category
from quality_events.changes import judged
from quality_events.changes.model import Change
from quality_events.changes.queries import clock
from quality_events.changes.schemas import AssessChange, CheckChange, MarketAssessment
from quality_events.changes.terms import ChangeState as State
from quality_events.changes.terms import FilingKind, Told, categories_of
from runtime.problems import RuleViolated

NOW, ZONE, DAY = datetime(2026, 7, 8, 9, tzinfo=UTC), "Europe/Vienna", date(2026, 7, 8)
SITE, PRODUCT = uuid4(), uuid4()


def changed(state: State = State.approved, **markets: Category) -> Change:
    """A change in a state, with its markets."""
    change, _ = Change.propose(
        partner_id=uuid4(), now=NOW, number="CHG-2026-10001", site_id=SITE, product_ids=[PRODUCT], materials=["P"],
        title="x", description="x", proposed_side="owner", proposed_by="ana", told_at=NOW, effective_from=DAY,
    )  # fmt: skip
    change.state = State.classified
    listed = [MarketAssessment(market=market, category=category) for market, category in markets.items()]
    change.assess(listed, "none")
    change.state = state
    return change


def batch(started: str | None, **more: Any) -> Any:
    """A lot of the product at the site."""
    known = {"id": uuid4(), "number": "B", "applied_changes": [], "site_id": SITE, "product_id": PRODUCT}
    return SimpleNamespace(**(known | {"started_at": started} | more))


def after(category: Category, day: date, *filings: tuple[FilingKind, date]) -> bool | None:
    change = changed(US=category) if category in categories_of("US") else changed(AT=category)
    market = change.markets[0]["market"]
    change.follow_filings(market, [Told(*each) for each in filings])
    return judged.releasable(change, market, day).met


@pytest.mark.parametrize(
    ("category", "submitted", "a_month_later", "approved"),
    [
        (Category.none, True, True, True),
        (Category.annual_report, True, True, True),
        (Category.cbe_0, True, True, True),
        (Category.cbe_30, False, True, True),
        (Category.pas, False, False, True),
        (Category.ia, True, True, True),
        (Category.ia_in, True, True, True),
        (Category.ib, False, False, True),
        (Category.ii, False, False, True),
    ],
)
def test_where_it_may_go_by_its_category(
    category: Category, submitted: bool, a_month_later: bool, approved: bool
) -> None:
    sent = (FilingKind.submitted, DAY)
    assert after(category, DAY) is (category in judged.AT_ONCE)
    assert after(category, DAY, sent) is submitted
    assert after(category, DAY + timedelta(29), sent) is submitted
    assert after(category, DAY + timedelta(30), sent) is a_month_later
    assert after(category, DAY + timedelta(9), sent, (FilingKind.approved, DAY + timedelta(9))) is approved
    assert after(category, DAY + timedelta(60), sent, (FilingKind.objected, DAY + timedelta(40))) is False
    again = (FilingKind.objected, DAY + timedelta(40)), (FilingKind.approved, DAY + timedelta(90))
    assert after(category, DAY + timedelta(90), sent, *again) is True


@given(st.permutations([FilingKind.submitted, FilingKind.objected, FilingKind.approved]), st.randoms())
def test_the_order_in_which_filings_are_recorded_is_no_matter(kinds: list[FilingKind], chance: Any) -> None:
    told = [Told(kind, DAY + timedelta(chance.randint(0, 3))) for kind in kinds]
    for category in Category:
        assert judged.standing(category, told) == judged.standing(category, told[::-1])


def test_nothing_goes_anywhere_before_both_approved_it_or_where_nobody_assessed_it() -> None:
    for state in State:
        found = judged.releasable(changed(state, AT=Category.ia), "AT", DAY).met
        assert found is (state in {State.approved, State.implemented, State.effective, State.reverted})
    assert judged.releasable(changed(AT=Category.ia), "CH", DAY).met is None


@pytest.mark.parametrize(
    ("market", "wrong"), [("US", "ib"), ("DE", "pas"), ("GB", "cbe_0"), ("CH", "cbe_30"), ("JP", "ii")]
)
def test_a_category_belongs_to_the_regime_of_its_market(market: str, wrong: str) -> None:
    with pytest.raises(ValidationError, match=f"{market} knows none, "):
        AssessChange.model_validate({"markets": [{"market": market, "category": wrong}], "lots_already_made": "x"})
    for category in categories_of(market):
        MarketAssessment(market=market, category=category)


def test_the_unions_own_procedure_has_the_variations_of_its_members() -> None:
    assert categories_of("EU") == categories_of("DE")


def test_lots_are_concerned_from_the_first_one_on_and_in_doubt_they_are() -> None:
    change = changed(AT=Category.ia)
    assert judged.concerns(change, None, batch("2026-07-01")).met is False
    change.first_batch_id = uuid4()
    when = {"2026-06-30": False, "2026-07-01": True, "2026-07-02": True, "2026-07": True, "2026-06": False, None: None}
    for started, met in when.items():
        assert judged.concerns(change, "2026-07-01", batch(started)).met is met, started
    assert judged.concerns(change, None, batch("2026-07-02")).met is None
    assert judged.concerns(change, None, batch(None, id=change.first_batch_id)).met is True
    assert judged.concerns(change, "2026-07-01", batch("2026-06-01", applied_changes=[change.number])).met is True
    assert judged.concerns(change, "2026-07-01", batch("2026-07-02", site_id=uuid4())).met is False
    assert judged.concerns(change, "2026-07-01", batch("2026-07-02", product_id=None)).met is False
    change.reverted_on = date(2026, 7, 5)
    assert judged.concerns(change, "2026-07-01", batch("2026-07-05")).met is True
    assert judged.concerns(change, "2026-07-01", batch("2026-07-06")).met is False


def test_it_is_told_sixty_local_days_ahead_by_the_earlier_of_plan_and_making() -> None:
    change = changed(AT=Category.ia)
    change.told_at = datetime(2026, 7, 7, 22, 30, tzinfo=UTC)  # 8 July in Vienna
    for day, met in ((date(2026, 9, 5), False), (date(2026, 9, 6), True)):
        change.effective_from = day
        found = clock(change, None, ZONE, "AT", NOW)
        assert (found.notice_until, found.told_in_time, found.approved_in_time) == (date(2026, 9, 6), met, None)
    change.implemented_at = NOW + timedelta(70)
    assert clock(change, date(2026, 9, 5), ZONE, "AT", NOW).told_in_time is False


def test_an_emergency_is_approved_within_three_working_days_of_the_site() -> None:
    change = changed(State.assessed, AT=Category.ia)
    # Thursday, 30 April 2026; 1 May is a holiday in Austria, and a weekend follows.
    change.implemented_at, change.emergency_reason = datetime(2026, 4, 30, 9, tzinfo=UTC), "no lactose"
    due = datetime(2026, 5, 6, 22, tzinfo=UTC)
    before = clock(change, None, ZONE, "AT", due)
    assert (before.approval_due_at, before.approved_in_time) == (due, None)
    assert clock(change, None, ZONE, "AT", due + timedelta(seconds=1)).approved_in_time is False
    change.sponsor_approved_at, change.maker_approved_at = due - timedelta(1), due
    assert clock(change, None, ZONE, "AT", due + timedelta(9)).approved_in_time is True
    assert clock(change, None, ZONE, None, due).approval_due_at is None


def test_two_sides_approve_in_either_order_and_the_second_makes_it_approved() -> None:
    for first, second in (("approve", "approve_as_maker"), ("approve_as_maker", "approve")):
        change = changed(State.assessed, AT=Category.ia)
        assert getattr(change, first)("tom", NOW) is None
        assert change.state == State.assessed
        with pytest.raises(RuleViolated, match="approved it"):
            getattr(change, first)("tom", NOW)
        fact = getattr(change, second)("eva", NOW)
        assert (change.state, fact.markets[0].category) == (State.approved, Category.ia)


def test_a_rework_follows_an_approved_change_of_its_own_site_and_product() -> None:
    own: Any = batch("2026-07-09")
    for state in State:
        change = changed(state, AT=Category.ia)
        if state in {State.approved, State.implemented, State.effective}:
            change.check_rework([own])
            with pytest.raises(RuleViolated, match="its own site and product"):
                change.check_rework([own, batch("2026-07-09", product_id=uuid4())])
        else:
            with pytest.raises(RuleViolated, match="follows one that is approved"):
                change.check_rework([own])


def test_who_reverts_says_until_when() -> None:
    for wrong in ({"outcome": "reverted"}, {"outcome": "effective", "reverted_on": "2026-07-01"}):
        with pytest.raises(ValidationError, match="reverted_on"):
            CheckChange.model_validate(wrong | {"finding": "x"})
