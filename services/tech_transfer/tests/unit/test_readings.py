"""How reported values stand to a range: exactly, in any unit that can be compared, and never by a guess."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.transfer_design import CppOutOfRange, CppOutOfRangeLifted, ReadingVerdict
from services.tech_transfer.tests.design_moves import reading
from services.tech_transfer.tests.designing import CPP
from services.tech_transfer.tests.unit.test_lifecycles import transfer
from tech_transfer.cpps.schemas import CppRanges
from tech_transfer.process_readings.rules import ReportedValue, judge, plain
from tech_transfer.qbd.bounds import Bounds

NOW = datetime(2026, 2, 2, 9, tzinfo=UTC)
PROVEN = Bounds(Decimal(9), Decimal(15))


def value(number: str | None, unit: str | None = "kN", record: str = "PO-1", revision: int = 1) -> ReportedValue:
    """A value that was reported; without a number a word."""
    return ReportedValue(Decimal(number) if number else None, None if number else "ok", unit, record, revision)


@pytest.mark.parametrize(
    ("values", "verdict", "why"),
    [
        ([], "not_reported", "nothing was reported of it"),
        ([value("15")], "inside", "it is inside of 9 to 15 kN"),
        ([value("15.0001")], "outside", "15.0001 kN is outside of 9 to 15 kN"),
        ([value("8999", "N")], "outside", "8999 N is outside of 9 to 15 kN"),
        ([value("9000", "N")], "inside", "it is inside of 9 to 15 kN"),
        ([value("12", None)], "unjudged", "12 has no unit: its source states none"),
        ([value("12", "Cel"), value("12")], "unjudged", "Cel cannot be compared with kN"),
        ([value(None)], "unjudged", '"ok" is no number'),
        ([value(None), value("16")], "outside", "16 kN is outside of 9 to 15 kN"),
    ],
)
def test_values_against_a_range(values: list[ReportedValue], verdict: str, why: str) -> None:
    found = judge(PROVEN, "kN", values)
    assert (found.verdict, found.why) == (verdict, why)


@given(st.decimals(-30, 30, places=3), st.booleans())
def test_an_open_range_has_one_bound(number: Decimal, upper: bool) -> None:
    bounds = Bounds(upper=Decimal(9)) if upper else Bounds(lower=Decimal(9))
    inside = number <= 9 if upper else number >= 9
    assert judge(bounds, "kN", [value(str(number))]).verdict == ("inside" if inside else "outside")


def test_names_are_compared_however_they_are_spaced() -> None:
    assert plain("Main  compression force ") == plain("main compression force") != plain("main compression")


def taken(steps: list[Any]) -> list[str]:
    """What is told as a batch is judged again and again: by values, by another range, or without the parameter."""
    one, cpp, lot = reading(transfer())
    said = []
    values: list[ReportedValue] = []
    for step in steps:
        if isinstance(step, dict):
            cpp.revise(CppRanges(**CPP | step), "x")
        elif step == "withdrawn":
            cpp.withdraw("x")
        else:
            values = step
        facts = one.take(cpp, lot, values, NOW)
        said += [type(each).__name__ for each in facts] or [str(one.state)]
    return said


OUT, LIFTED = CppOutOfRange.__name__, CppOutOfRangeLifted.__name__


def test_it_is_told_once_for_each_revision() -> None:
    out, again = [value("16")], [value("16", revision=2)]
    assert taken([out, out, again, again]) == [OUT, "outside", OUT, "outside"]
    assert taken([out, {"proven_upper": "15.5"}, out]) == [OUT, OUT, "outside"], "the range was revised"


@pytest.mark.parametrize("after", [[value("12", revision=2)], [], [value(None)], {"proven_upper": "17"}, "withdrawn"])
def test_that_it_is_so_no_more_is_told_too(after: Any) -> None:
    assert taken([[value("16")], after])[1:] == [LIFTED]
    assert taken([after])[0] != LIFTED


def test_what_is_told_says_which_values_and_which_range() -> None:
    one, cpp, lot = reading(transfer())
    (fact,) = one.take(cpp, lot, [value("12"), value("16", record="PO-2", revision=3)], NOW)
    assert isinstance(fact, CppOutOfRange)
    assert [(each.value, each.unit, each.record, each.record_revision) for each in fact.outside] == [
        (Decimal(16), "kN", "PO-2", 3)
    ]
    assert (fact.cpp, fact.lower, fact.upper, fact.unit, fact.lot, one.state) == (
        *("CPP-1", Decimal(9), Decimal(15), "kN", lot),
        ReadingVerdict.outside,
    )
