"""When a site is closed, by what was known, and which registrations name one that is to close: rules without I/O."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.registrations import RegistrationStep
from gxp.clocks import ONE_DAY
from partner_registry.registrations.model import Registration
from partner_registry.registrations.schemas import RegisteredContent
from partner_registry.risk.floors import raised_by
from partner_registry.sites.closing import closed_since, told
from partner_registry.sites.model import Activity, Site, SiteState
from partner_registry.sites.naming import naming
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = date(2026, 9, 1)
GRAZ, CELJE, LINZ = uuid4(), uuid4(), uuid4()
PARTNER = uuid4()


def site(partner_id: UUID = PARTNER) -> Site:
    given: dict[str, Any] = {"number": "S-1", "name": "Graz", "country": "AT", "time_zone": "Europe/Vienna"}
    return Site.register(now=NOW, partner_id=partner_id, activities=["drug_product"], **given)[0]


def test_in_a_corrected_zone_it_closes_at_the_first_instant_of_that_ones_day() -> None:
    one = site()
    one.announce_closing(DAY, "sold land", NOW)
    fact = one.correct(None, None, "Asia/Tokyo", None, None, None, "x", {}, NOW)
    assert (one.closes_at, fact.time_zone, fact.name) == (datetime(2026, 8, 31, 15, tzinfo=UTC), "Asia/Tokyo", "Graz")
    with pytest.raises(RuleViolated, match="known so already"):
        one.correct("Graz", None, "Asia/Tokyo", [Activity.drug_product], [], [], "x", {}, NOW)


def test_a_site_closes_at_the_first_instant_of_its_own_day() -> None:
    one = site()
    one.announce_closing(DAY, "sold land", NOW)
    assert one.closes_at == datetime(2026, 8, 31, 22, tzinfo=UTC)
    with pytest.raises(RuleViolated, match="closes on 2026-09-01"):
        one.close(one.closes_at - timedelta(seconds=1))
    fact = one.close(one.closes_at)
    assert (one.state, fact.closed, fact.closing_on, fact.reason) == (SiteState.closed, True, DAY, "sold land")
    with pytest.raises(NotAllowedNow):
        one.call_off_closing("never mind", NOW)


def test_a_closing_that_was_called_off_leaves_the_site_as_it_was() -> None:
    one = site()
    one.announce_closing(DAY, "sold land", NOW)
    fact = one.call_off_closing("land kept", NOW + timedelta(days=1))
    assert (one.state, one.closing_on, one.closes_at, one.closing_reason) == (SiteState.open, None, None, None)
    assert (fact.closing_on, fact.closed, fact.reason) == (None, False, "land kept")
    assert one.closed_since(DAY, NOW) == DAY, "as it was known then"
    assert one.closed_since(DAY, NOW + timedelta(days=1)) is None


def test_no_day_that_has_passed_at_the_site_is_said_for_its_closing() -> None:
    one, late = site(), datetime(2026, 5, 31, 22, 30, tzinfo=UTC)
    with pytest.raises(RuleViolated, match="closing_on 2026-05-31 has passed at S-1, where it is 2026-06-01"):
        one.announce_closing(date(2026, 5, 31), "a slip in the month", late)
    assert (one.state, one.closings) == (SiteState.open, [])
    one.announce_closing(date(2026, 6, 1), "today", late)
    assert one.state == SiteState.closing


def test_a_partner_is_answered_by_what_was_told_of_its_own_time() -> None:
    one = site()
    one.announce_closing(DAY, "sold land", NOW)
    assert [one.closed_since(DAY, NOW, asker) for asker in (None, PARTNER, uuid4())] == [DAY, DAY, None]


@pytest.mark.parametrize("other", [site(uuid4()), None])
def test_the_successor_is_another_site_of_the_same_partner(other: Site | None) -> None:
    one = site()
    with pytest.raises(RuleViolated, match="another site of the same partner"):
        one.announce_closing(DAY, "moves", NOW, other or one)


DAYS = st.dates(date(2026, 1, 1), date(2027, 1, 1))


@given(st.lists(st.none() | DAYS, max_size=6), DAYS, st.integers(0, 6))
def test_what_was_told_last_until_then_decides(days: list[date | None], day: date, known: int) -> None:
    closings = [told(each, "because", NOW + at * ONE_DAY, PARTNER) for at, each in enumerate(days)]
    last = days[: known + 1][-1] if days else None
    assert closed_since(closings, day, NOW + known * ONE_DAY) == (last if last and last <= day else None)


def registration(number: str, *sites: tuple[UUID, str], **validity: Any) -> Registration:
    one = Registration(number=number, product_id=uuid4(), market="AT", regime="eu_eea", holder="Alpine")
    named = [
        {"site_id": each, "activity": of, "valid_from": "2025-01-01"} | (validity if each == GRAZ else {})
        for each, of in sites
    ]
    versions = {"specification_version": "v1", "process_version": "p1", "shelf_life_months": 36, "storage": "cool"}
    content = RegisteredContent.model_validate({"sites": named} | versions)
    one._tell(RegistrationStep.submitted, date(2024, 1, 1), "ana", NOW)
    one._tell(RegistrationStep.approved, date(2025, 1, 1), "ana", NOW, content)
    return one


MAKING = "drug_product"


def test_registrations_that_name_it_alone_come_first() -> None:
    two = registration("REG-1", (GRAZ, MAKING), (CELJE, MAKING))
    alone = registration("REG-2", (GRAZ, MAKING), (CELJE, "packaging"))
    elsewhere = registration("REG-3", (CELJE, MAKING))
    named = naming([two, alone, elsewhere], GRAZ, DAY, ())
    assert [(each.registration.number, each.activity, each.sole_source) for each in named] == [
        ("REG-2", Activity.drug_product, True),
        ("REG-1", Activity.drug_product, False),
    ]


def test_a_site_that_closes_too_is_no_other_source() -> None:
    (one,) = naming([registration("REG-1", (GRAZ, MAKING), (CELJE, MAKING))], GRAZ, DAY, [CELJE])
    assert one.sole_source


@pytest.mark.parametrize(
    ("validity", "listed"),
    [
        ({"valid_to": str(DAY - ONE_DAY)}, False),
        ({"valid_to": str(DAY)}, True),
        ({"valid_from": str(DAY + ONE_DAY)}, True),
    ],
)
def test_what_ends_before_it_closes_is_not_listed(validity: Any, listed: bool) -> None:
    assert bool(naming([registration("REG-1", (GRAZ, MAKING), **validity)], GRAZ, DAY, ())) == listed


def test_a_registration_that_is_withdrawn_by_then_names_nobody() -> None:
    one = registration("REG-1", (GRAZ, MAKING))
    one._tell(RegistrationStep.withdrawn, DAY, "ana", NOW)
    assert naming([one], GRAZ, DAY, ()) == []
    assert naming([one], GRAZ, DAY - ONE_DAY, ()) != []


def test_the_risk_of_supply_is_held_up_from_the_announcement_on() -> None:
    one = site()
    announced = one.announce_closing(DAY, "sold land", NOW)
    floors = raised_by(announced, one.id)
    assert [each.floor[:2] for each in floors] == [("capacity", "high"), ("continuity", "high")]
    assert raised_by(one.close(one.closes_at or NOW), one.id) == floors, "the day itself raises nothing anew"
    later = raised_by(site().announce_closing(DAY + ONE_DAY, "later", NOW), one.id)
    assert {each.id for each in later}.isdisjoint({each.id for each in floors}), "another day is news"
    again = site()
    again.announce_closing(DAY, "sold land", NOW)
    assert raised_by(again.call_off_closing("kept", NOW), one.id) == []
