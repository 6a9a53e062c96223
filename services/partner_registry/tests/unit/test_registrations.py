"""The rules of registrations: what holds on a day, by what was known, for whom, and what stands in the way."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_registry import PartnerStatus
from contracts.registrations import ApplicationType, RegistrationState, RegistrationStep
from gxp.clocks import ONE_DAY
from partner_registry.entries import known_at
from partner_registry.products.model import Product
from partner_registry.qualifications.recognised import Foreign
from partner_registry.registrations import conditions, course
from partner_registry.registrations.conditions import ConditionVerdict
from partner_registry.registrations.model import RegisteredSite, Registration
from partner_registry.registrations.schemas import RegisteredContent
from partner_registry.sites.model import Activity, Site
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
CELJE, GRAZ = uuid4(), uuid4()
MAKING, PACKING = Activity.drug_product, Activity.packaging
BEGIN = date(2025, 1, 1)


def content(*sites: tuple[UUID, Activity], version: str = "v1", **validity: Any) -> RegisteredContent:
    named = [{"site_id": site, "activity": of, "valid_from": str(BEGIN)} | validity for site, of in sites]
    versions = {"specification_version": version, "process_version": "p1", "shelf_life_months": 36}
    return RegisteredContent.model_validate({"sites": named, "storage": "below 25 °C"} | versions)


def submitted() -> Registration:
    given: dict[str, Any] = {
        "number": "REG-1",
        "product_id": uuid4(),
        "market": "AT",
        "regime": "eu_eea",
        "holder": "Alpine",
    }
    return Registration.submit(**given, submitted_on=date(2024, 3, 1), by="ana", now=NOW)[0]


def approved(*sites: tuple[UUID, Activity]) -> Registration:
    one = submitted()
    one.approve("1-40117", BEGIN, content(*(sites or [(CELJE, MAKING)])), "ana", NOW)
    return one


def vary(one: Registration, on: date, what: RegisteredContent, now: datetime = NOW) -> None:
    one.vary("IB/1", on, what, "because", "ana", now)


def registered(one: Registration, day: date, site: UUID = CELJE, activity: Activity = MAKING) -> Any:
    return course.part_on(course.course(one.entries, site, activity), day)


def test_by_which_application_it_was_is_said_of_what_was_told_last_and_changes_nothing_else() -> None:
    one = approved()
    entries = [*one.entries]
    told = one.classify(ApplicationType.maa, NOW)
    assert (told.what, told.effective_on, told.application_type) == (RegistrationStep.approved, BEGIN, "maa")
    assert ([each.site_id for each in told.sites], told.specification_version) == ([CELJE], "v1")
    assert one.entries == entries
    one.withdraw(date(2026, 1, 1), "not marketed", "ana", NOW)
    ended = one.classify(ApplicationType.other, NOW)
    assert (ended.what, ended.state, ended.sites, ended.application_type) == ("withdrawn", "withdrawn", (), "other")


@pytest.mark.parametrize(
    ("market", "regime", "fits"),
    [
        ("AT", "eu_eea", {"maa", "other"}),
        ("JP", "other", {"maa", "other"}),
        ("US", "us", {"nda", "anda", "bla", "other"}),
    ],
)
def test_an_application_is_of_the_law_of_its_market(market: str, regime: str, fits: set[str]) -> None:
    one = submitted()
    one.market, one.regime = market, regime
    for each in ApplicationType:
        if each in fits:
            assert one.classify(each, NOW).application_type == each
        else:
            with pytest.raises(RuleViolated, match="application_type"):
                one.classify(each, NOW)
    assert one.application_type in fits


def test_what_is_only_submitted_is_not_registered() -> None:
    one = submitted()
    assert course.state_on(one.entries, date(2024, 2, 29)) is None
    assert course.state_on(one.entries, BEGIN) == RegistrationState.submitted
    assert (course.content_on(one.entries, BEGIN), registered(one, BEGIN)) == (None, None)


def test_it_holds_from_its_effective_day_for_the_named_site_and_activity_alone() -> None:
    one = approved()
    assert registered(one, BEGIN)["specification_version"] == "v1"
    assert registered(one, BEGIN - ONE_DAY) is None
    assert registered(one, BEGIN, GRAZ) is registered(one, BEGIN, CELJE, PACKING) is None


def test_a_validity_ends_with_its_last_day() -> None:
    one = submitted()
    one.approve("1", BEGIN, content((CELJE, MAKING), valid_to="2025-12-31"), "ana", NOW)
    steps = course.course(one.entries, CELJE, MAKING)
    assert course.part_on(steps, date(2025, 12, 31))
    assert course.part_on(steps, date(2026, 1, 1)) is None
    assert course.since(steps, date(2026, 3, 1)) == date(2026, 1, 1), "not registered since the day after"


def test_a_variation_holds_from_its_day_and_what_was_before_stays() -> None:
    one = approved()
    vary(one, date(2026, 1, 1), content((CELJE, MAKING), (GRAZ, MAKING), version="v2"))
    assert registered(one, date(2025, 12, 31))["specification_version"] == "v1"
    assert registered(one, date(2026, 1, 1))["specification_version"] == "v2"
    steps = course.course(one.entries, CELJE, MAKING)
    assert course.since(steps, date(2026, 5, 1)) == BEGIN, "another version does not begin it anew"
    assert course.since(course.course(one.entries, GRAZ, MAKING), date(2026, 5, 1)) == date(2026, 1, 1)


def test_what_is_told_late_changes_the_day_and_not_what_was_known() -> None:
    one, later = approved(), NOW + timedelta(40)
    vary(one, date(2026, 5, 1), content((GRAZ, MAKING)), later)
    day = date(2026, 5, 2)
    then, now = (known_at(one.entries, at) for at in (NOW, later))
    assert course.part_on(course.course(then, CELJE, MAKING), day)
    assert course.part_on(course.course(now, CELJE, MAKING), day) is None
    assert course.since(course.course(now, CELJE, MAKING), day) == date(2026, 5, 1)


CHANGES = [
    (date(2026, 1, 1), content((CELJE, MAKING), (GRAZ, PACKING), version="v2")),
    (date(2026, 2, 1), content((GRAZ, PACKING), version="v3")),
    (date(2026, 3, 1), content((CELJE, MAKING), version="v4")),
]


def test_variations_give_the_same_in_whatever_order_they_are_told() -> None:
    found = []
    for order in permutations(CHANGES):
        one = approved()
        for on, what in order:
            vary(one, on, what)
        found.append([course.course(one.entries, *each) for each in ((CELJE, MAKING), (GRAZ, PACKING))])
    assert all(each == found[0] for each in found)
    assert [each["part"] and each["part"]["specification_version"] for each in found[0][0]] == ["v1", "v2", None, "v4"]


def test_what_is_told_last_of_a_day_corrects_it() -> None:
    one = approved()
    for version in ("v2", "v3"):
        vary(one, date(2026, 1, 1), content((CELJE, MAKING), version=version))
    assert registered(one, date(2026, 1, 1))["specification_version"] == "v3"


def test_a_withdrawal_ends_all_and_nothing_begins_after_it() -> None:
    one = approved()
    vary(one, date(2027, 1, 1), content((CELJE, MAKING), version="v2"))
    one.withdraw(date(2026, 7, 1), "not marketed", "ana", NOW)
    assert registered(one, date(2026, 6, 30))
    assert registered(one, date(2026, 7, 1)) is registered(one, date(2027, 2, 1)) is None
    with pytest.raises(RuleViolated, match="withdrawn from 2026-07-01"):
        vary(one, date(2026, 7, 1), content((GRAZ, MAKING)))
    vary(one, date(2026, 3, 1), content((GRAZ, MAKING)))
    assert registered(one, date(2026, 6, 30)) is None


def test_nothing_holds_before_it_was_submitted_or_approved() -> None:
    with pytest.raises(RuleViolated, match="submitted on 2024-03-01"):
        submitted().approve("1", date(2024, 2, 28), content((CELJE, MAKING)), "ana", NOW)
    with pytest.raises(RuleViolated, match="approved on 2025-01-01"):
        vary(approved(), BEGIN - ONE_DAY, content((GRAZ, MAKING)))


@given(st.lists(st.tuples(st.integers(0, 900), st.booleans()), max_size=8), st.integers(0, 1000))
def test_a_row_says_the_same_as_the_whole(changes: list[tuple[int, bool]], ahead: int) -> None:
    """And a change that does not concern it leaves no trace."""
    one, day = approved(), BEGIN + timedelta(ahead)
    for at, named in changes:
        vary(one, BEGIN + timedelta(at), content((CELJE if named else GRAZ, MAKING)))
    whole = course.content_on(one.entries, day)
    assert whole
    assert (registered(one, day) is not None) == (whole["sites"][0]["site_id"] == str(CELJE))
    steps = course.course(one.entries, CELJE, MAKING)
    assert all(a["part"] != b["part"] for a, b in pairwise(steps))


def test_a_row_tells_its_partner_of_its_own_changes_alone() -> None:
    one = approved((CELJE, MAKING), (GRAZ, PACKING))
    product = Product(code="AMLO-5", name="Amlodipine", dosage_form="tablet", strengths=[])
    place: dict[str, Any] = {"number": "S-1", "name": "Graz", "country": "AT", "time_zone": "UTC", "parties": []}
    site = Site(id=GRAZ, partner_id=uuid4(), activities=[PACKING], **place)
    row = RegisteredSite.of(one, product, site, PACKING)
    told = row.follow(one, BEGIN, NOW)
    assert told
    assert (told.registered, told.specification_version, row.parties) == (True, "v1", [site.partner_id])
    vary(one, date(2026, 1, 1), content((CELJE, PACKING), (GRAZ, PACKING)))
    assert row.follow(one, date(2026, 1, 1), NOW) is None
    assert len(row.known) == 1
    one.withdraw(date(2026, 5, 1), "x", "ana", NOW)
    ended = row.follow(one, date(2026, 5, 1), NOW)
    assert ended
    assert (ended.registered, ended.specification_version) == (False, None)


def test_what_is_not_registered_is_not_met_and_says_what_would_heal_it() -> None:
    never = conditions.registered([], BEGIN)
    assert (never.verdict, never.since, never.record) == (ConditionVerdict.not_met, None, None)
    assert never.heal
    one = approved()
    one.withdraw(date(2026, 7, 1), "x", "ana", NOW)
    rows = [("REG-1", course.course(one.entries, CELJE, MAKING))]
    ended = conditions.registered(rows, date(2026, 8, 1))
    assert (ended.verdict, ended.since, ended.record) == (ConditionVerdict.not_met, date(2026, 7, 1), "REG-1")
    assert conditions.registered(rows, BEGIN).verdict == ConditionVerdict.met


def test_what_nobody_can_say_is_unknown() -> None:
    today = NOW.date()
    assert conditions.agreed().verdict == ConditionVerdict.unjudged
    assert conditions.qualified(None, None, today).verdict == ConditionVerdict.unknown
    certified = [conditions.certified([], Foreign(), "AT", MAKING, form, today, NOW) for form in (None, "tablet")]
    assert [each.verdict for each in certified] == [ConditionVerdict.unknown, ConditionVerdict.not_met]
    assert conditions.authorised([], MAKING, None, today).verdict == ConditionVerdict.unknown
    assert conditions.authorised([], MAKING, "tablet", today).verdict == ConditionVerdict.not_met
    assert conditions.active("P-1", None, None).verdict == ConditionVerdict.unknown
    states = {state: conditions.active("P-1", state, today).verdict for state in PartnerStatus}
    assert [state for state, verdict in states.items() if verdict == ConditionVerdict.met] == [PartnerStatus.active]
    other = conditions.active("P-1", PartnerStatus.active, today, ("P-2", PartnerStatus.suspended, today))
    assert (other.verdict, other.record) == (ConditionVerdict.not_met, "P-2"), "the same company"
