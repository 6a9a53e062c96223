"""A site that is sold: whose it was on a day, what of a registration each owner sees, and what goes on: no I/O."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_registry import PartnerKind
from contracts.qualifications import Purpose, QualificationState
from directory.qualified import Change, Course
from gxp.clocks import ONE_DAY
from partner_registry.days import Spell
from partner_registry.partners.model import Partner, PartnerState
from partner_registry.qualifications import periods
from partner_registry.qualifications.items import begun
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.owners import WITHIN, carried_on, steps
from partner_registry.registrations.course import part_on, within
from partner_registry.sites.model import Activity, Site
from partner_registry.transfers.model import FormerSite, SiteTransfer, owner_on
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = date(2026, 7, 1)
ZONE = "Europe/Vienna"
FIRST, SECOND, THIRD = uuid4(), uuid4(), uuid4()
TODAY = date(2026, 6, 1)


def partner(state: PartnerState = PartnerState.active) -> Partner:
    one, _ = Partner.register(number="P-2", legal_name="Buyer AG", kind=PartnerKind.cmo, country="CH", now=NOW)
    one.state = state
    return one


def site(**more: Any) -> Site:
    given: dict[str, Any] = {"number": "S-1", "name": "Graz", "country": "AT", "time_zone": ZONE}
    given |= {"partner_id": FIRST, "activities": ["drug_product"]}
    return Site.register(now=NOW, **given | more)[0]


def sale(of: Site, to: Partner, on: date = DAY) -> SiteTransfer:
    return SiteTransfer.announce(site=of, buyer=to, effective_on=on, reason="sold", number="SALE-1")


def test_a_site_is_the_buyers_at_the_first_instant_of_its_day() -> None:
    sold, buyer = site(succeeds_id=uuid4()), partner()
    transfer = sale(sold, buyer)
    at = datetime(2026, 6, 30, 22, tzinfo=UTC)
    with pytest.raises(RuleViolated, match="is sold on 2026-07-01"):
        transfer.take_effect(sold, at - timedelta(seconds=1))
    assert (sold.partner_id, sold.parties) == (FIRST, [FIRST])
    fact = transfer.take_effect(sold, at)
    assert (sold.partner_id, sold.parties, sold.owned_since) == (buyer.id, [buyer.id], DAY)
    assert sold.succeeds_id is None, "from where it moved is the seller's"
    assert (fact.from_partner_id, fact.partner_id, fact.effective_at, fact.occurred_at) == (FIRST, buyer.id, at, at)
    with pytest.raises(NotAllowedNow):
        transfer.call_off()


@pytest.mark.parametrize(
    ("sold", "state", "on", "why"),
    [
        (site(), PartnerState.exited, DAY, "nothing is sold to it"),
        (site(owned_since=DAY), PartnerState.active, DAY, "a later day"),
        (site(closing_on=DAY + 99 * ONE_DAY), PartnerState.active, DAY, "what closes is not sold"),
    ],
)
def test_what_cannot_be_sold_is_refused(sold: Site, state: PartnerState, on: date, why: str) -> None:
    with pytest.raises(RuleViolated, match=why):
        sale(sold, partner(state), on)


def test_nothing_is_sold_to_its_owner() -> None:
    buyer = partner()
    with pytest.raises(RuleViolated, match="belongs to P-2 already"):
        sale(site(partner_id=buyer.id), buyer)


@pytest.mark.parametrize(
    ("day", "owner"), [(DAY - ONE_DAY, FIRST), (DAY, SECOND), (DAY + 9 * ONE_DAY, SECOND), (DAY + 10 * ONE_DAY, THIRD)]
)
def test_whose_a_site_was_on_a_day(day: date, owner: UUID) -> None:
    sold = [(SECOND, DAY + 10 * ONE_DAY), (FIRST, DAY)]
    former = [
        FormerSite(site_id=uuid4(), partner_id=whose, until=until, number="S-1", name="Graz", time_zone=ZONE)
        for whose, until in sold
    ]
    assert owner_on(THIRD, former, day) == owner


PART = {"valid_from": "2000-01-01", "valid_to": None}
OFFSETS = st.integers(0, 20)
COURSES = st.dictionaries(OFFSETS, st.sampled_from([None, PART]), max_size=6).map(
    lambda found: [{"on": str(TODAY + at * ONE_DAY), "part": found[at]} for at in sorted(found)]
)


@given(COURSES, st.none() | OFFSETS, st.none() | OFFSETS, OFFSETS)
def test_each_owner_sees_what_is_registered_on_its_own_days_and_nothing_else(
    steps: Any, begins: int | None, ends: int | None, asked: int
) -> None:
    if begins is not None and ends is not None and begins >= ends:
        return
    first, last = [None if at is None else TODAY + at * ONE_DAY for at in (begins, ends)]
    day = TODAY + asked * ONE_DAY
    own = (first is None or first <= day) and (last is None or day < last)
    seen = within(steps, first, last)
    assert part_on(seen, day) == (part_on(steps, day) if own else None)
    assert all(each["on"] >= str(first) for each in seen if first), "a buyer learns nothing of the days before"


def qualified(**more: Any) -> Qualification:
    made, _ = Qualification.plan(
        number="QUAL-1", partner_id=FIRST, by="ana", now=NOW, site_id=uuid4(), activity=Activity.drug_product,
        dosage_form="tablet", product_ids=[], purpose=Purpose.commercial,
    )  # fmt: skip
    given = {"state": QualificationState.approved, "valid_from": date(2025, 1, 1), "valid_to": date(2027, 1, 1)}
    given["periods"] = since((QualificationState.approved, date(2025, 1, 1)))
    for name, value in (given | more).items():
        setattr(made, name, value)
    return made


def since(*told: tuple[QualificationState, date]) -> Any:
    return [periods.begun(state, on, NOW, "x") for state, on in told]


def test_what_is_in_force_goes_on_as_the_buyers_under_a_condition() -> None:
    sold = site(partner_id=SECOND)
    told = steps(one := qualified(), TODAY, NOW)
    made, (fact,) = carried_on(one, sold, "QUAL-2", told, NOW)
    assert (made.state, made.partner_id, made.parties) == (QualificationState.conditional, SECOND, [SECOND])
    assert (made.valid_from, made.valid_to, made.dosage_form) == (TODAY, date(2027, 1, 1), "tablet")
    (condition,) = made.conditions
    assert (condition["due_on"], condition["side"]) == (str(TODAY + WITHIN), "partner")
    assert made.condition_due_at == datetime(2026, 8, 30, 22, tzinfo=UTC), "the end of that local day"
    assert made.state_on(TODAY - ONE_DAY, NOW) is None
    assert (fact.partner_id, fact.conditions) == (SECOND, (condition["not_allowed"],))


def test_what_was_found_of_the_former_owner_is_not_the_buyers_to_read() -> None:
    items = [
        each | {"verdict": "met", "evidence": ["0" * 64]} for each in begun(Activity.drug_product, Purpose.commercial)
    ]
    audit = {"audited_on": "2025-01-01", "outcome": "acceptable", "report": "0" * 64}
    one = qualified(items=items, audit=audit, endorsed_by="max")
    made, _ = carried_on(one, site(), "QUAL-2", steps(one, TODAY, NOW), NOW)
    assert (made.items, made.audit) == (begun(Activity.drug_product, Purpose.commercial), None)


def test_a_condition_that_is_open_holds_for_the_buyer_too() -> None:
    shared = {"item": "equipment", "text": "x", "owner": "y", "side": "partner", "evidence": None}
    rest = {"due_on": "2026-06-20", "first_due_on": "2026-06-20", "not_allowed": "hormones"}
    still, done = (shared | rest | {"fulfilled_at": at} for at in (None, NOW.isoformat()))
    one = qualified(state=QualificationState.conditional, conditions=[done, still])
    made, (fact,) = carried_on(one, site(), "QUAL-2", steps(one, TODAY, NOW), NOW)
    assert [each["item"] for each in made.conditions] == ["equipment", "quality_system"]
    assert made.condition_due_at == datetime(2026, 6, 20, 22, tzinfo=UTC)
    assert fact.conditions[0] == "hormones"


SOLD_ON = TODAY - timedelta(10)
STATES = st.sampled_from([each for each in QualificationState if each != QualificationState.planned])
PERIODS = st.lists(st.tuples(STATES, st.integers(-20, 0).map(lambda days: TODAY + timedelta(days))), max_size=6)


DAYS = st.lists(st.integers(-20, 0).map(lambda days: TODAY + timedelta(days)), max_size=4)


@given(PERIODS, DAYS)
def test_a_sale_that_is_told_late_makes_nobody_qualified_for_a_day_and_takes_none_back(
    told: Any, changed: list[date]
) -> None:
    days = [*sorted(changed), None]
    inactive = [Spell(begun, until) for begun, until in zip(days[::2], days[1::2], strict=False) if begun]
    one = qualified(periods=since(*told))
    carried = steps(one, SOLD_ON, NOW, inactive)
    own = since(*carried)
    assert all(day >= SOLD_ON for _, day in carried)
    for day in (SOLD_ON + timedelta(days) for days in range(11)):
        before, after = (periods.state_on(of, day, NOW) in periods.IN_FORCE for of in (one.periods, own))
        assert after == (before and not any(spell.has(day) for spell in inactive)), day


def test_what_was_suspended_after_the_sale_is_the_buyers_suspended() -> None:
    approved, suspended = QualificationState.approved, QualificationState.suspended
    known = since((approved, date(2025, 1, 1)), (suspended, TODAY - timedelta(3)))
    one = qualified(state=suspended, periods=known)
    made, changed = carried_on(one, site(), "QUAL-2", steps(one, SOLD_ON, NOW), NOW)
    assert (made.state, made.valid_from) == (suspended, SOLD_ON)
    assert [(each.before, each.after) for each in changed] == [
        (QualificationState.planned, QualificationState.conditional),
        (QualificationState.conditional, suspended),
    ]
    course = Course([Change.of(each.model_dump(mode="json"), at, ZONE) for at, each in enumerate(changed)])
    assert [course.in_force(TODAY - timedelta(days)) for days in (11, 10, 4, 3, 0)] == [False, True, True, False, False]
