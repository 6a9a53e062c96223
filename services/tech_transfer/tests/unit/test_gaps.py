"""Rules of gaps: ratios, agreement of both units, and what gates ask."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts import Classification, Side
from contracts.transfer_gaps import GapCategory
from runtime.problems import RuleViolated
from services.tech_transfer.tests.package_moves import DAY, NOW, gap
from services.tech_transfer.tests.unit.test_lifecycles import transfer
from tech_transfer.foretold.model import KnownBatch, KnownDeviation
from tech_transfer.foretold.rules import first_batches, refuse_unfit, unlinked
from tech_transfer.gaps.model import Gap, GapSearch
from tech_transfer.gaps.ratios import compared
from tech_transfer.gaps.required import critical_gaps, gaps_looked_for
from tech_transfer.gaps.schemas import GapSide
from tech_transfer.gates.dossier import Dossier
from tech_transfer.transfers.part import columns_of

OF = transfer()
CRITICAL = {"severity": Classification.critical}


def side(value: str, unit: str) -> dict[str, Any]:
    """One side of a gap as it is kept."""
    return GapSide(value=Decimal(value), unit=unit).model_dump(mode="json")


@pytest.mark.parametrize(
    ("sending", "receiving", "expected", "exact"),
    [
        (("600", "L"), ("1.2", "m3"), "2", "2/1"),
        (("3.2", "m/s"), ("240", "m/min"), "1.25", "5/4"),
        (("3", "kg"), ("1", "kg"), "0.333333333333", "1/3"),
        (("-2", "mbar"), ("-5", "mbar"), "2.5", "5/2"),
        (("20", "Cel"), ("40", "Cel"), None, None),
        (("5", "[pH]"), ("7", "[pH]"), None, None),
    ],
)
def test_a_ratio_is_exact(sending: Any, receiving: Any, expected: str | None, exact: str | None) -> None:
    found = compared(side(*sending), side(*receiving))
    assert (found["ratio"], found["exact_ratio"]) == (expected and Decimal(expected), exact)
    assert (found["ratio_unjudged"] is None) == (expected is not None)


@given(st.decimals("0.001", "100000", places=3), st.decimals("0.001", "100000", places=3))
def test_the_ratio_of_swapped_sides_is_the_inverse(here: Decimal, there: Decimal) -> None:
    one = compared(side(str(here), "L"), side(str(there), "mL"))
    other = compared(side(str(there), "mL"), side(str(here), "L"))
    assert Fraction(one["exact_ratio"]) * Fraction(other["exact_ratio"]) == 1


@pytest.mark.parametrize(
    ("sending", "receiving", "why"),
    [
        ({"value": "1", "unit": "kg"}, {"value": "1", "unit": "L"}, "does not measure what kg measures"),
        ({"value": "0", "unit": "kg"}, {"value": "1", "unit": "kg"}, "nothing is a multiple of 0"),
        ({"value": "1", "unit": "kg"}, {"words": "more"}, "both in words"),
        ({"value": "1"}, {"value": "1", "unit": "kg"}, "go together"),
        ({"value": "1", "unit": "rpmm"}, {"value": "1", "unit": "kg"}, "not a UCUM unit"),
        ({}, {"words": "x"}, "in words or as a value"),
    ],
)
def test_what_cannot_be_compared_is_refused(sending: Any, receiving: Any, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        gap(OF, sending=sending, receiving=receiving)


def agreed(**more: Any) -> Gap:
    """A gap to whose mitigation both units agreed."""
    one = gap(OF, **more)
    one.propose("x", "ana", DAY, "mia")
    one.agree_as_sender("ana", NOW)
    one.agree_as_receiver("eva", NOW)
    return one


def test_both_units_agree_and_to_what_is_proposed_now() -> None:
    one = gap(OF)
    assert one.turn() == {Side.sponsor}
    with pytest.raises(RuleViolated):
        one.agree_as_receiver("eva", NOW)
    one.propose("x", "ana", DAY, "mia")
    assert one.turn() == {Side.sender, Side.receiver}
    one.agree_as_receiver("eva", NOW)
    assert (one.state, one.turn()) == ("identified", {Side.sender})
    one.propose("y", "ana", DAY, "mia")
    assert one.turn() == {Side.sender, Side.receiver}
    assert (agreed().state, agreed().turn()) == ("mitigation_agreed", {Side.sponsor})


def test_a_critical_one_is_ended_by_two() -> None:
    one = agreed(**CRITICAL)
    steps: tuple[Callable[[], object], ...] = (
        lambda: one.close("0" * 64, "ana", NOW),
        lambda: one.accept("x", "eva", NOW),
        lambda: one.sign_off("eva", NOW),
    )
    for alone in steps:
        with pytest.raises(RuleViolated):
            alone()
    one.endorse("x", "0" * 64, "ana", NOW)
    assert (one.sign_off("eva", NOW).outcome.value, one.state) == ("closed", "closed")
    lesser = agreed()
    with pytest.raises(RuleViolated):
        lesser.endorse("x", None, "ana", NOW)
    assert lesser.accept("x", "eva", NOW).outcome == "accepted"


def test_one_that_was_critical_once_is_ended_by_two() -> None:
    for found in (Classification.critical, Classification.minor):
        one = agreed(severity=found)
        one.rate(Classification.critical)
        one.rate(Classification.minor)
        if one.state == "identified":
            one.agree_as_sender("ana", NOW)
            one.agree_as_receiver("eva", NOW)
        assert (one.is_lesser, one.awaits_endorsement) == (False, True)
        with pytest.raises(RuleViolated, match="was so"):
            one.close("0" * 64, "eva", NOW)
        with pytest.raises(RuleViolated, match="was so"):
            one.accept("x", "eva", NOW)
        one.endorse("x", None, "ana", NOW)
        assert one.sign_off("eva", NOW).outcome == "accepted"


def test_a_graver_one_is_agreed_to_anew_and_a_lesser_one_is_not() -> None:
    one = agreed()
    one.rate(Classification.major)
    assert (one.state, one.sending_agreed_by) == ("identified", None)
    one = agreed(**CRITICAL)
    one.rate(Classification.minor)
    assert one.state == "mitigation_agreed"
    one = agreed(**CRITICAL)
    one.endorse("x", None, "ana", NOW)
    one.reconsider()
    assert (one.state, one.endorsed_by, one.residual_risk) == ("identified", None, None)
    one = agreed(**CRITICAL)
    one.endorse("x", None, "ana", NOW)
    one.rate(Classification.major)
    assert (one.state, one.endorsed_by) == ("mitigation_agreed", None), "another severity was signed"


def test_no_critical_gap_is_left_that_is_not_agreed_to() -> None:
    half = gap(OF, **CRITICAL)
    half.propose("x", "ana", DAY, "mia")
    half.agree_as_sender("ana", NOW)
    gaps = [gap(OF), gap(OF, **CRITICAL), half, agreed(**CRITICAL)]
    asked = critical_gaps(Dossier(transfer=OF, today=DAY, gaps=gaps))
    assert [(each.unit, each.due_on, each.record and each.record.id) for each in asked] == [
        ("sponsor", None, gaps[1].id),
        ("receiving", DAY, half.id),
    ]


def test_every_category_has_a_gap_or_a_search() -> None:
    searches = [
        GapSearch(**columns_of(OF), category=each, looked_at="x", searched_by="ana")
        for each in GapCategory
        if each != GapCategory.scale
    ]

    def asked(*gaps: Gap) -> list[str]:
        return [each.why for each in gaps_looked_for(Dossier(transfer=OF, today=DAY, gaps=gaps, gap_searches=searches))]

    assert asked() == ["nobody has said whether the sites differ in scale"]
    assert asked(gap(OF)) == []
    searches[0].withdraw("x")
    assert asked(gap(OF)) == ["nobody has said whether the sites differ in equipment"]


def batch(day: int, number: str, **more: Any) -> KnownBatch:
    """A batch that began on a day of March."""
    given: dict[str, Any] = {
        "id": uuid4(),
        "lot_id": uuid4(),
        "site_id": OF.receiving_site_id,
        "partner_id": OF.receiving_partner_id,
    }
    return KnownBatch(**given, lot_number=number, started_on=date(2026, 3, day), **more)


def deviation(*lots: Any, **more: Any) -> KnownDeviation:
    """A deviation of lots at the receiving site."""
    given: dict[str, Any] = {
        "id": uuid4(),
        "number": "DEV-1",
        "site_id": OF.receiving_site_id,
        "partner_id": OF.receiving_partner_id,
    }
    given |= {"aware_at": datetime(2026, 3, 3, tzinfo=UTC), "told_by": 1, "lot_ids": list(lots)}
    return KnownDeviation(**given | more)


@given(st.permutations(range(1, 15)))
def test_ten_batches_are_asked_about_in_whatever_order_they_are_told(days: list[int]) -> None:
    made = batch(1, "L-MADE")
    made.started_on, made.made_on = None, date(2026, 3, 2)
    found = first_batches([*(batch(day, f"L-{day:02}") for day in days), made], date(2026, 3, 2))
    assert [each.lot_number for each in found] == ["L-02", "L-MADE", *(f"L-{day:02}" for day in range(3, 11))]


def test_a_transfers_own_batches_are_asked_about_beside_the_first_ten() -> None:
    own, others = [batch(day, f"T-{day:02}") for day in (2, 3, 20)], [batch(day, f"L-{day:02}") for day in range(4, 16)]
    found = first_batches([*others, *own], date(2026, 3, 2), {each.lot_id for each in own})
    numbers = [each.lot_number for each in found]
    assert numbers == ["T-02", "T-03", *(f"L-{day:02}" for day in range(4, 14)), "T-20"]


def test_a_deviation_of_the_first_batches_is_asked_about_until_it_is_linked() -> None:
    first, second = batch(1, "L-1"), batch(2, "L-2")
    of_both, of_none, none = deviation(second.lot_id, first.lot_id), deviation(uuid4()), deviation(first.lot_id)
    none.cancelled = True
    known = [of_both, of_none, none]
    assert unlinked(known, [first, second], []) == [(of_both, ["L-1", "L-2"])]
    assert unlinked(known, [first, second], [of_both.id]) == []


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"site_id": uuid4()}, "another site"),
        ({"product_id": uuid4()}, "another product"),
        ({"cancelled": True}, "no deviation"),
        ({"aware_at": datetime(2026, 2, 1, tzinfo=UTC)}, "before TT-1 began"),
    ],
)
def test_nothing_is_foretold_of_what_is_elsewhere_or_was_known(more: Any, why: str) -> None:
    about = gap(OF)
    refuse_unfit(about, date(2026, 2, 2), deviation())
    with pytest.raises(RuleViolated, match=why):
        refuse_unfit(about, date(2026, 2, 1) + timedelta(1), deviation(**more))
