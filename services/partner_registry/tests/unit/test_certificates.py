"""The rules of certificates: on which days they count, for what, and of what they warn."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_registry import CertificateExpired, CertificateKind, CertificateState
from gxp.clocks import ONE_DAY
from partner_registry.certificates.model import Certificate
from partner_registry.certificates.schemas import Scope
from partner_registry.qualifications import queries
from partner_registry.sites.model import Activity
from runtime.lifecycle import allowed_now, table
from runtime.problems import RuleViolated

ZONE = "Europe/Vienna"
BEGIN, END = date(2024, 2, 1), date(2026, 3, 28)
NOW = datetime(2025, 9, 1, 8, tzinfo=UTC)
TODAY = NOW.date()
MAKING, TESTING = Activity.drug_product, Activity.testing
CHECK: dict[str, Any] = {"authority_register": "EudraGMDP", "checked_on": TODAY, "zone": ZONE, "by": "petra"}


def unchecked(**changes: Any) -> Certificate:
    printed: dict[str, Any] = {
        "site_id": uuid4(), "partner_id": uuid4(), "kind": CertificateKind.gmp, "holder": "Alpine", "authority": "BASG",
        "certificate_number": "AT-1", "activities": [MAKING, TESTING], "dosage_forms": ["Tablet", "capsule"],
        "inspected_on": date(2024, 1, 16), "valid_from": BEGIN, "valid_to": END, "digest": "0" * 64,
    }  # fmt: skip
    printed |= {"number": "CERT-2026-00001", "recorded_by": "ana", "zone": ZONE, "now": NOW}
    return Certificate.record(**printed | changes)[0]


def valid(**changes: Any) -> Certificate:
    one = unchecked(**changes)
    one.confirm(**CHECK, now=NOW)
    return one


def restricted(one: Certificate, activities: list[Activity], forms: list[str], effective_on: date) -> None:
    one.restrict(activities, forms, effective_on, "because", ZONE, NOW)


def test_only_what_was_confirmed_counts_and_only_on_its_days() -> None:
    assert unchecked().scope_on(TODAY) is None
    one = valid()
    counting = [one.scope_on(day) is not None for day in (BEGIN - ONE_DAY, BEGIN, END, END + ONE_DAY)]
    assert counting == [False, True, True, False]
    assert one.ends_at == datetime(2026, 3, 28, 23, tzinfo=UTC), "the day ends at the site, a day before summer time"


def test_one_of_gmp_without_an_end_counts_36_months_from_the_inspection() -> None:
    assert valid(valid_to=None).ends_on == date(2027, 1, 16)
    assert valid(valid_to=None, inspected_on=date(2024, 2, 29)).ends_on == date(2027, 2, 28)
    endless = valid(valid_to=None, kind=CertificateKind.manufacturing_authorisation)
    assert (endless.ends_on, endless.days_to_warn_of(NOW)) == (None, None)
    assert endless.scope_on(date(2090, 1, 1))


def test_one_that_is_confirmed_after_its_end_has_expired_and_counts_on_its_days() -> None:
    late = unchecked(valid_to=date(2025, 2, 28))
    _confirmed, expired = late.confirm(**CHECK, now=NOW)
    assert (late.state, type(expired)) == (CertificateState.expired, CertificateExpired)
    assert expired.occurred_at == late.ends_at
    assert late.scope_on(date(2025, 2, 28))
    assert not late.scope_on(date(2025, 3, 1))


def test_an_extension_after_the_end_keeps_both_ends() -> None:
    one = unchecked(valid_to=date(2025, 2, 28))
    one.confirm(**CHECK, now=NOW)
    with pytest.raises(RuleViolated, match="later than that"):
        one.extend(date(2025, 2, 28), "notice 4", ZONE, "petra", NOW)
    (extended,) = one.extend(date(2026, 2, 28), "notice 4", ZONE, "petra", NOW)
    assert (extended.before, extended.ends_on) == (date(2025, 2, 28), date(2026, 2, 28))  # type: ignore[attr-defined]
    assert (one.state, one.extensions[0]["before"]) == (CertificateState.valid, "2025-02-28")


@pytest.mark.parametrize(("left", "warned"), [(181, None), (180, 180), (100, 180), (90, 90), (29, 30), (0, None)])
def test_it_warns_of_the_nearest_number_of_days_and_once_of_each(left: int, warned: int | None) -> None:
    one = valid()
    assert one.ends_at
    now = one.ends_at - timedelta(left)
    assert one.days_to_warn_of(now) == warned
    if warned:
        assert one.warn(now).days == warned
        with pytest.raises(RuleViolated, match="was reported"):
            one.warn(now)


def test_an_extended_one_warns_anew() -> None:
    one = valid()
    assert one.ends_at
    one.warn(one.ends_at - timedelta(10))
    one.extend(END + timedelta(200), "notice", ZONE, "petra", NOW)
    assert one.days_to_warn_of(one.ends_at - timedelta(180)) == 180


RESTRICTIONS = [([MAKING, TESTING], ["tablet"], TODAY - timedelta(30)), ([MAKING], ["TABLET"], TODAY - timedelta(60))]


def test_a_restriction_narrows_from_its_day_on_and_never_widens() -> None:
    one = valid()
    for scope in RESTRICTIONS:
        restricted(one, *scope)
    assert one.scope_on(TODAY - timedelta(61)) == Scope(
        activities=[MAKING, TESTING], dosage_forms=["Tablet", "capsule"]
    )
    narrow = Scope(activities=[MAKING], dosage_forms=["TABLET"])
    assert one.scope_on(TODAY - timedelta(60)) == one.scope_on(TODAY) == narrow
    for wider in ([MAKING, TESTING], ["tablet"]), ([MAKING], []), ([Activity.packaging], ["tablet"]):
        with pytest.raises(RuleViolated, match="must lie within"):
            restricted(one, *wider, TODAY)


def test_a_day_that_has_not_come_cannot_have_taken_it_back() -> None:
    one = valid()
    tomorrow = TODAY + ONE_DAY
    with pytest.raises(RuleViolated, match="has not come"):
        one.withdraw(tomorrow, False, "because", ZONE, NOW)
    withdrawn = one.withdraw(TODAY - ONE_DAY, True, "because", ZONE, NOW)
    assert (withdrawn.wholly, withdrawn.non_compliance) == (True, True)
    assert one.scope_on(TODAY - timedelta(2))
    assert not one.scope_on(TODAY - ONE_DAY)


@given(st.permutations(["extend", "restrict", "narrow", "withdraw"]))
def test_what_the_authority_decided_may_be_told_in_any_order(order: list[str]) -> None:
    one = valid(valid_to=TODAY - timedelta(15), dosage_forms=[])
    steps: dict[str, Callable[[], Any]] = {
        "extend": lambda: one.extend(END, "notice", ZONE, "petra", NOW),
        "restrict": lambda: restricted(one, [MAKING], [], TODAY - timedelta(40)),
        "narrow": lambda: restricted(one, [MAKING], ["tablet"], TODAY - timedelta(20)),
        "withdraw": lambda: one.withdraw(TODAY - timedelta(10), False, "because", ZONE, NOW),
    }
    for step in order:
        steps[step]()
    covered = [one.scope_on(TODAY - timedelta(days)) for days in (41, 40, 21, 20, 14, 11, 10)]
    whole = Scope(activities=[MAKING, TESTING])
    made, narrow = Scope(activities=[MAKING]), Scope(activities=[MAKING], dosage_forms=["tablet"])
    assert covered == [whole, made, made, narrow, narrow, narrow, None]
    assert (one.state, one.ends_on) == (CertificateState.withdrawn, END)


@given(st.sampled_from(["tablet", "TABLET", "Capsule", "cream", None]), st.sampled_from([*Activity]))
def test_a_scope_covers_its_activities_in_its_forms(form: str | None, activity: Activity) -> None:
    limited = Scope(activities=[MAKING], dosage_forms=["Tablet", "capsule"])
    assert limited.covers(activity, form) == (activity == MAKING and form != "cream")
    assert Scope(activities=[MAKING]).covers(activity, form) == (activity == MAKING)


def test_two_restrictions_that_share_nothing_leave_nothing() -> None:
    one = valid()
    restricted(one, [MAKING], ["tablet"], TODAY - timedelta(10))
    restricted(one, [MAKING], ["capsule"], TODAY - timedelta(20))
    assert one.scope_on(TODAY - timedelta(11)) == Scope(activities=[MAKING], dosage_forms=["capsule"])
    assert one.scope_on(TODAY - timedelta(10)) is None
    withdrawn = one.withdraw(TODAY, False, "because", ZONE, NOW)
    assert withdrawn.activities == ()


def test_non_compliance_is_told_with_what_the_authority_took_back_for_it() -> None:
    one = valid()
    took = one.restrict([MAKING], ["tablet"], TODAY - timedelta(10), "because", ZONE, NOW, True)
    later = one.restrict([MAKING], ["TABLET"], TODAY, "because", ZONE, NOW)
    last = one.withdraw(TODAY, False, "because", ZONE, NOW)
    told = [(each.wholly, each.non_compliance) for each in (took, later, last)]
    assert told == [(False, True), (False, False), (True, False)]
    assert one.non_compliance, "it was stated, and is not taken back by what follows"
    assert [each["non_compliance"] for each in one.restrictions] == [True, False]


def test_what_is_offered_follows_the_table() -> None:
    one, refused = valid(), unchecked()
    one.withdraw(TODAY, False, "because", ZONE, NOW)
    refused.refuse()
    assert (allowed_now(one), allowed_now(refused)) == (["extend", "restrict"], [])
    assert {row.name for row in table(Certificate)} == {
        *("confirm", "refuse", "warn", "expire", "extend", "restrict", "withdraw")
    }


def test_of_two_that_overlap_the_narrower_counts() -> None:
    wide, narrow = valid(), valid(certificate_number="AT-2")
    day = TODAY - timedelta(10)
    restricted(narrow, [MAKING], ["capsule"], day)

    def covering(form: str, on: date) -> list[str]:
        return queries.covering([wide, narrow], MAKING, form, on)

    assert len(covering("tablet", day - ONE_DAY)) == 2, "before the restriction both count"
    assert covering("tablet", day) == [], "the authority took it back, whatever the other one says"
    assert len(covering("capsule", day)) == 2
    narrow.withdraw(TODAY, False, "because", ZONE, NOW)
    assert len(covering("tablet", TODAY)) == 1, "one that is withdrawn as a whole overlaps with nothing"
