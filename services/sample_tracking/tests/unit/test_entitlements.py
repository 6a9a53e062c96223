"""Whether a laboratory was entitled for a method on the day of a test."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from contracts.entitlements import EntitlementStanding as Standing
from sample_tracking.entitlements.rule import ENTITLED, Entitlements, LaboratoryTest, MethodVersion, Setting

LAB, OTHER_LAB, PRODUCT = uuid7(), uuid7(), uuid7()
CODE, YEAR = "HPLC-014", date(2026, 1, 1)


def version(name: str, since: date = YEAR, product_id: UUID | None = None, code: str = CODE) -> MethodVersion:
    major, minor = map(int, name.split("."))
    return MethodVersion(id=uuid7(), code=code, major=major, minor=minor, product_id=product_id, effective_from=since)


def setting(of: MethodVersion, standing: Standing, day: str, laboratory: UUID = LAB) -> Setting:
    return Setting(
        method_id=of.id, laboratory_site_id=laboratory, standing=standing, valid_from=date.fromisoformat(day)
    )


def _tested(occurred_at: str = "2026-03-10", **more: Any) -> LaboratoryTest:
    about: dict[str, Any] = {"method": None, "method_version": None, "methods": [CODE], "product_id": PRODUCT}
    return LaboratoryTest(**about | {"laboratory_site_id": LAB, "occurred_at": occurred_at} | more)


FIRST = version("1.0")


@pytest.mark.parametrize("standing", Standing)
def test_four_standings_entitle_from_their_day_on_and_for_nobody_else(standing: Standing) -> None:
    known = Entitlements([FIRST], [setting(FIRST, standing, "2026-03-10")])
    entitled = standing in {"validated", "verified", "transferred", "waived"}
    assert known.judge(_tested()).reportable is entitled
    assert known.judge(_tested("2026-03-09")).reportable is False
    assert known.judge(_tested(laboratory_site_id=OTHER_LAB)).reportable is False


def test_nothing_set_of_a_method_that_is_registered_is_not_entitled() -> None:
    assert Entitlements([FIRST]).judge(_tested()) == (
        *(False, "the laboratory is not entitled for method HPLC-014 1.0 on 2026-03-10"),
    )


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"methods": []}, "no method is named"),
        ({"methods": ["A", CODE]}, "the limits name several methods: A, HPLC-014"),
        ({"methods": ["A", CODE], "method": CODE}, "the limits name several methods: A, HPLC-014"),
        ({"method": "A"}, "the limits name HPLC-014, and it was tested by A"),
        ({"methods": ["A"]}, "method A is not known"),
        ({"method": CODE, "method_version": "1.7"}, "version 1.7 of method HPLC-014 is not known"),
        ({"occurred_at": "2025-12-31"}, "method HPLC-014 has no version that is in use on 2025-12-31"),
        ({"occurred_at": "2026-03"}, "for method HPLC-014 it differs from day to day of 2026-03"),
    ],
)
def test_what_cannot_be_judged_says_why(given: dict[str, Any], why: str) -> None:
    known = Entitlements([FIRST], [setting(FIRST, Standing.validated, "2026-03-10")])
    assert known.judge(_tested(**given)) == (None, why)


def test_one_test_is_judged_by_its_own_facts_whatever_was_judged_before_it() -> None:
    second = version("2.0", date(2026, 3, 12))
    facts: Any = ([FIRST, second], [setting(FIRST, Standing.validated, "2026-03-10")], {LAB: "Europe/Vienna"})
    tests = [_tested(at) for at in ("2026-03-09", "2026-03-10", "2026-03", "2026-03-09T23:30:00Z", "2026-03-12")]
    tests += [_tested(laboratory_site_id=OTHER_LAB), _tested(method=CODE, method_version="2.0"), _tested(methods=["A"])]
    known = Entitlements(*facts)
    for tested in (*tests, *reversed(tests)):
        assert known.judge(tested) == Entitlements(*facts).judge(tested), tested


def test_a_month_is_judged_where_each_day_of_it_is_alike() -> None:
    known = Entitlements([FIRST], [setting(FIRST, Standing.validated, "2026-03-10")])
    assert known.judge(_tested("2026-04")) == (True, None)
    assert known.judge(_tested("2026-02")).reportable is False


def test_the_day_is_that_of_the_laboratory() -> None:
    """At 23:30 in UTC the next day has begun in Vienna, and not in New York."""
    settings = [setting(FIRST, Standing.validated, "2026-03-11")]
    at = _tested("2026-03-10T23:30:00Z")
    for zone, entitled in (("Europe/Vienna", True), ("America/New_York", False)):
        assert Entitlements([FIRST], settings, {LAB: zone}).judge(at).reportable is entitled


def test_a_minor_version_inherits_and_a_major_one_does_not() -> None:
    later = version("1.2", date(2026, 2, 1))
    major = version("2.0", date(2026, 4, 1))
    versions = [FIRST, later, major]
    known = Entitlements(versions, [setting(FIRST, Standing.transferred, "2026-01-05")])
    assert known.judge(_tested("2026-03-01")) == (True, None), "1.2 inherits"
    assert known.judge(_tested("2026-04-01")) == (
        *(False, "the laboratory is not entitled for method HPLC-014 2.0 on 2026-04-01"),
    )
    old = _tested("2026-04-01", method=CODE, method_version="1.2")
    assert known.judge(old).reportable is True, "the version that was told goes before the newest"
    of_the_later = Entitlements(versions, [setting(later, Standing.validated, "2026-01-05")])
    assert of_the_later.judge(_tested("2026-01-20")).reportable is False, "an earlier version inherits nothing"


def test_what_is_set_for_a_minor_version_itself_goes_before_what_it_inherits() -> None:
    later = version("1.2", date(2026, 2, 1))
    settings = [
        setting(FIRST, Standing.validated, "2026-01-05"),
        setting(later, Standing.suspended, "2026-02-10"),
        setting(FIRST, Standing.verified, "2026-03-01"),
    ]
    known = Entitlements([FIRST, later, version("1.3", date(2026, 2, 1))], settings)
    by_day = {"1.0": (True, True, True), "1.2": (True, False, False), "1.3": (True, False, False)}
    for name, expected in by_day.items():
        days = [_tested(day, method=CODE, method_version=name) for day in ("2026-02-05", "2026-02-20", "2026-03-10")]
        assert tuple(known.judge(each).reportable for each in days) == expected, name


def test_the_products_own_method_goes_before_that_of_all() -> None:
    own = version("1.0", product_id=PRODUCT)
    known = Entitlements([FIRST, own], [setting(own, Standing.verified, "2026-01-01")])
    assert known.judge(_tested()).reportable is True
    assert known.judge(_tested(product_id=uuid7())).reportable is False
    assert known.judge(_tested(product_id=None)).reportable is False


def test_of_two_from_the_same_day_the_later_one_corrects() -> None:
    suspended = setting(FIRST, Standing.suspended, "2026-02-01")
    back = setting(FIRST, Standing.validated, "2026-02-01")
    assert Entitlements([FIRST], [suspended, back]).judge(_tested()).reportable is True
    assert Entitlements([FIRST], [back, suspended]).judge(_tested()).reportable is False


DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30))


@given(
    found=st.lists(st.tuples(st.sampled_from(list(Standing)), DAYS), unique_by=lambda each: each[1], max_size=6),
    day=DAYS,
    data=st.data(),
)
def test_the_order_in_which_settings_become_known_changes_nothing(
    found: list[tuple[Standing, date]], day: date, data: Any
) -> None:
    settings = [setting(FIRST, standing, since.isoformat()) for standing, since in found]
    shuffled = data.draw(st.permutations(settings))
    last = max((each for each in found if each[1] <= day), key=lambda each: each[1], default=None)
    expected = last is not None and last[0] in ENTITLED
    for order in (settings, shuffled):
        assert Entitlements([FIRST], order).on(CODE, None, None, LAB, day).reportable is expected
