"""Units of a sample against limits for them: by stages, each and the mean, and defects."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.partner_feeds import Qualifier, TestStage
from contracts.sample_tracking import Evaluation, Limit
from contracts.unit_limits import AttributeLimit, DefectClass, DissolutionLimit, EachLimit, UniformityLimit
from gxp.evaluation import InForce, Verdict, WhyUndecided, evaluate

from .test_evaluation import Found

PASS, OOS, NOT = Evaluation.passed, Evaluation.out_of_specification, Evaluation.not_evaluated
Q_80: dict[str, Any] = {"dissolution": DissolutionLimit(q=Decimal(80))}
UNIFORM: dict[str, Any] = {"uniformity": UniformityLimit(), "decimals": 1}
EACH: dict[str, Any] = {"each": EachLimit(lower=Decimal(75)), "lower": Decimal(85), "upper": Decimal(115)}
TWO_OF_125: dict[str, Any] = {
    "attribute": AttributeLimit(inspected=125, accept=2, defect_class=DefectClass.major),
    "unit": "1",
}


def limit(**of_it: Any) -> Limit:
    given: dict[str, Any] = {"test": "assay", "stage": TestStage.release, "unit": "%", "decimals": 0}
    return Limit(**given | of_it)


def held(units: Sequence[Any], of: Limit, value: str = "1", **others: Any) -> Verdict:
    found = Found(Decimal(value), determinations=tuple(Decimal(str(each)) for each in units), **others)
    return evaluate(found, [InForce.of(uuid4(), [of])])


def by(verdict: Verdict) -> tuple[Any, ...]:
    found = verdict.found
    return verdict.evaluation, found and found.stage, bool(found and found.pending)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ([85, 85, 86, 90, 88, 91], (PASS, "S1", False)),
        (["84.5", 85, 86, 90, 88, 91], (PASS, "S1", False)),  # 85 after rounding
        (["84.4", 85, 86, 90, 88, 91], (NOT, "S1", True)),
        ([55, 66, 70, 85, 85, 85], (NOT, "S1", True)),  # a twelfth or twenty-fourth may mend it
        ([54, 85, 85, 85, 85, 85], (OOS, "S1", False)),  # in S3 none may be below 55
        ([64, 64, 64, 95, 95, 95], (OOS, "S1", False)),  # in S3 at most two may be below 65
        ([66, 94] * 6, (PASS, "S2", False)),
        ([65, 95] * 6, (PASS, "S2", False)),  # none below 65
        ([64, *[95] * 11], (NOT, "S2", True)),
        ([79] * 12, (NOT, "S2", True)),
        ([*[79] * 6, *[80] * 6], (PASS, "S2", False)),  # the mean of 79.5 is 80
        ([64, 55, *[85] * 22], (PASS, "S3", False)),
        ([64, 64, 64, *[90] * 21], (OOS, "S3", False)),
        ([*[79] * 23, 80], (OOS, "S3", False)),
        ([90] * 7, (NOT, None, False)),
        ([], (NOT, None, False)),
    ],
)
def test_a_dissolution_is_judged_by_its_stages(units: list[Any], expected: Any) -> None:
    assert by(held(units, limit(**Q_80))) == expected


@pytest.mark.parametrize(("q", "outcome"), [("78", "S1"), ("81", "S1")])
def test_the_mean_is_told_beside_the_verdict_and_each_unit_against_q(q: str, outcome: str) -> None:
    verdict = held([83, 84, 85, 88, 91, 90], limit(dissolution=DissolutionLimit(q=Decimal(q))))
    assert verdict.found
    assert (str(verdict.found.mean), verdict.found.worst, verdict.rounded) == ("86.833333", Decimal(83), Decimal(87))
    assert (verdict.found.stage, verdict.found.pending, verdict.found.units) == (outcome, q == "81", 6)


TEN = ["101.2", "98.7", "99.9", "100.4", "97.6", "102.3", "99.1", "100.8", "98.2", "101.8"]


def test_the_acceptance_value_is_of_unrounded_units() -> None:
    """Independently: mean 100.00, s = sqrt(sum((x - 100)^2) / 9) = sqrt(22.28 / 9), and k = 2.4."""
    found = held(TEN, limit(**UNIFORM)).found
    assert found
    assert found.acceptance_value is not None
    assert (found.stage, found.units, found.mean) == ("L1", 10, Decimal(100))
    assert abs(found.acceptance_value - Decimal("3.7761356")) < Decimal("1e-6")


@pytest.mark.parametrize(
    ("units", "target", "value"),
    [
        (["95", "96"] * 5, "100", "4.264911"),  # 98.5 - 95.5 + 2.4 s
        (["104", "105"] * 5, "100", "4.264911"),  # 104.5 - 101.5 + 2.4 s
        (["104", "105"] * 5, "105", "1.264911"),  # of an overage the mean up to the target is its own reference
        (["106", "107"] * 5, "105", "2.764911"),
        (["99", "100"] * 5, "100", "1.264911"),
    ],
)
def test_the_reference_is_the_mean_between_its_bounds(units: list[str], target: str, value: str) -> None:
    found = held(units, limit(uniformity=UniformityLimit(target=Decimal(target)), decimals=1)).found
    assert found
    assert found.acceptance_value is not None
    assert abs(found.acceptance_value - Decimal(value)) < Decimal("1e-6")


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (TEN, (PASS, "L1", False)),
        (["92", "108"] * 5, (NOT, "L1", True)),  # 2.4 s = 20.2
        (["73.8", *["100"] * 9], (OOS, "L1", False)),  # more than 25 per cent below 98.5, the least reference
        (["126.9", *["100"] * 9], (OOS, "L1", False)),
        ([*["92", "108"] * 5, *["100"] * 20], (PASS, "L2", False)),
        (["90", "110"] * 15, (OOS, "L2", False)),  # 2.0 s = 20.3
        (["75.1", *["100"] * 29], (PASS, "L2", False)),
        (["74.3", *["100"] * 29], (OOS, "L2", False)),  # 25.1 per cent below the mean of 99.14
        (["100"] * 12, (NOT, None, False)),
    ],
)
def test_the_uniformity_is_judged_by_its_stages_and_each_unit(units: list[str], expected: Any) -> None:
    assert by(held(units, limit(**UNIFORM))) == expected


@pytest.mark.parametrize(
    ("units", "expected", "outside"),
    [
        ([75, 95, 95], PASS, 0),
        (["74.5", 95, 95], PASS, 0),
        ([74, 95, 95], OOS, 1),
        ([84, 84, 85], OOS, 0),  # the mean of 84.3
        ([84, 85, 85], PASS, 0),  # of 84.67
        ([], NOT, 0),
    ],
)
def test_each_and_the_mean_are_met(units: list[Any], expected: Evaluation, outside: int) -> None:
    verdict = held(units, limit(**EACH))
    assert (verdict.evaluation, verdict.found.outside if verdict.found else 0) == (expected, outside)


@pytest.mark.parametrize(
    ("defects", "inspected", "expected"),
    [
        ("2", 125, PASS),
        ("3", 125, OOS),
        ("0", 124, NOT),
        ("3", 124, NOT),
        ("0", None, NOT),
        ("126", 125, NOT),  # more than were looked at
        ("1.5", 125, NOT),
        ("2", 200, PASS),
    ],
)
def test_defects_are_counted_among_enough_units(defects: str, inspected: int | None, expected: Evaluation) -> None:
    verdict = held([], limit(**TWO_OF_125), defects, unit="1", inspected=inspected)
    assert verdict.evaluation is expected
    assert verdict.reason is (WhyUndecided.units_missing if expected is NOT else None)


def test_one_determination_outside_is_told_although_the_mean_is_inside() -> None:
    verdict = held([94, 100, 101], limit(lower=Decimal(95), upper=Decimal(105)), "98.3")
    assert verdict.evaluation is PASS
    assert verdict.found
    assert (verdict.found.outside, verdict.found.worst, verdict.found.units) == (1, Decimal(94), 3)


TENS = ["98.1", "99.3", "97.6", "100.4", "101.2", "96.8", "99.9", "98.7", "100.8", "97.2"]


@pytest.mark.parametrize(
    ("units", "kind", "value", "unit", "expected"),
    [
        ([86] * 6, Q_80, "86", "%", None),
        ([86] * 6, Q_80, "99", "%", "99"),
        ([86] * 6, Q_80, "0.86", "1", "86"),  # the determinations are in the unit of the value, too
        ([86, 86, 86, 86, 86, 87], Q_80, "86.4", "%", None),  # 86.17: both are 86, once rounded
        ([86, 86, 86, 86, 86, 87], Q_80, "86.5", "%", "86.5"),
        (["86.49"] * 6, Q_80, "86.5", "%", None),  # rounded before, to one decimal
        (["86.44"] * 6, Q_80, "86.5", "%", "86.5"),
        ([86] * 7, Q_80, "99", "%", None),  # no stage, and nothing to hold it against
        ([80, 90, 100], EACH, "90", "%", None),
        ([80, 90, 100], EACH, "80", "%", "80"),
        (TENS, UNIFORM, "3.7", "%", None),
        (TENS, UNIFORM, "99.0", "%", "99.0"),  # which is their mean, and the value of the test is another statistic
    ],
)
def test_a_value_that_its_units_do_not_give_is_told_and_judges_nothing(
    units: list[Any], kind: Any, value: str, unit: str, expected: str | None
) -> None:
    verdict = held(units, limit(**kind), value, unit=unit)
    by_units = held(units, limit(**kind), unit=unit)
    assert verdict.found
    assert verdict.found.contradicted == (None if expected is None else Decimal(expected))
    assert (verdict.evaluation, verdict.rounded) == (by_units.evaluation, by_units.rounded)


def test_of_a_plain_limit_the_method_says_what_the_value_is_of() -> None:
    verdict = held([88, 91, 79], limit(lower=Decimal(70)), "79")
    assert verdict.found
    assert (verdict.found.contradicted, verdict.evaluation) == (None, PASS)


def test_units_that_cannot_be_converted_or_are_qualified_are_judged_by_nobody() -> None:
    assert held([90] * 6, limit(**Q_80), unit="mg").reason is WhyUndecided.unit_not_comparable
    qualified = held([90] * 6, limit(**Q_80), qualifier=Qualifier.at_most)
    assert (qualified.evaluation, qualified.is_open) == (NOT, True)


def test_a_pending_stage_is_open_and_graver_than_what_passes() -> None:
    milder, found = limit(dissolution=DissolutionLimit(q=Decimal(70))), [84] * 6
    both = [InForce.of(uuid4(), [limit(**Q_80)]), InForce.of(uuid4(), [milder])]
    verdict = evaluate(Found(Decimal(84), determinations=tuple(map(Decimal, found))), both)
    assert (verdict.evaluation, verdict.is_pending, verdict.is_open) == (NOT, True, True)


WIDE = st.decimals(min_value=40, max_value=140, places=1)
OF_A_STAGE = st.sampled_from([(Q_80, 6), (Q_80, 12), (Q_80, 24), (UNIFORM, 10), (UNIFORM, 30), (EACH, 4)])


@given(OF_A_STAGE, st.data())
def test_in_which_order_units_were_tested_is_no_matter(of: Any, data: Any) -> None:
    units = data.draw(st.lists(WIDE, min_size=of[1], max_size=of[1]))
    shuffled = data.draw(st.permutations(units))
    one, other = held(units, limit(**of[0])), held(shuffled, limit(**of[0]))
    assert (one.evaluation, one.reason, one.rounded, one.found) == (
        *(other.evaluation, other.reason, other.rounded, other.found),
    )


@given(st.sampled_from([(Q_80, 6, 12, 54), (Q_80, 12, 24, 54), (UNIFORM, 10, 30, 73), (EACH, 3, 4, 70)]), st.data())
def test_no_further_units_of_which_one_fails_turn_a_failure_into_a_pass(of: Any, data: Any) -> None:
    kind, first, then, failing = of
    units = data.draw(st.lists(WIDE, min_size=first, max_size=first))
    more = data.draw(st.lists(WIDE, min_size=then - first - 1, max_size=then - first - 1))
    before, after = held(units, limit(**kind)), held([*units, *more, failing], limit(**kind))
    assert after.evaluation is not PASS
    if before.evaluation is OOS:
        assert after.evaluation is OOS


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_further_defect_never_turns_a_failure_into_a_pass(defects: int, inspected: int) -> None:
    assume(defects <= inspected)
    one = held([], limit(**TWO_OF_125), str(defects), unit="1", inspected=inspected)
    more = held([], limit(**TWO_OF_125), str(defects + 1), unit="1", inspected=inspected + 1)
    assert one.evaluation is not OOS or more.evaluation is OOS


@given(st.lists(st.decimals(min_value=99, max_value=101, places=2), min_size=10, max_size=10))
def test_units_close_to_the_claim_are_uniform(units: list[Decimal]) -> None:
    assert held(units, limit(**UNIFORM)).evaluation is PASS


@pytest.mark.parametrize(
    "of",
    [
        limit(dissolution=DissolutionLimit(q=Decimal("0.80")), unit="1", decimals=2),
        limit(uniformity=UniformityLimit(), unit="1", decimals=2),
    ],
)
def test_stages_in_another_unit_than_per_cent_are_judged_by_nobody(of: Limit) -> None:
    """Q - 15 and Q + 5 are in per cent: two tablets of 5 % are far below a Q of 0.80, which is 80 %."""
    verdict = held([*[96] * 10, 5, 5], of, unit="%")
    assert (verdict.evaluation, verdict.reason) == (NOT, WhyUndecided.unit_not_comparable)
