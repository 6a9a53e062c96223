"""A result against its limit."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_feeds import Qualifier, TestStage
from contracts.sample_tracking import Evaluation, Limit
from gxp.evaluation import OPPOSITES, InForce, Verdict, WhyUndecided, evaluate

PASS, OOS, NOT = Evaluation.passed, Evaluation.out_of_specification, Evaluation.not_evaluated


@dataclass(frozen=True)
class Found:
    """A finding of a laboratory."""

    value: Decimal | None = None
    text: str | None = None
    unit: str = "%"
    qualifier: Qualifier | None = None
    test: str = "assay"
    stage: TestStage = TestStage.release
    determinations: tuple[Decimal, ...] | None = None
    inspected: int | None = None


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def limit(lower: str | None = None, upper: str | None = None, **others: Any) -> Limit:
    given: dict[str, Any] = {"test": "assay", "stage": TestStage.release, "unit": "%", "decimals": 0} | others
    return Limit(lower=number(lower), upper=number(upper), **given)


def held(finding: Found, *limits: Limit) -> Verdict:
    return evaluate(finding, [InForce.of(uuid4(), [each]) for each in limits])


@pytest.mark.parametrize(
    ("value", "lower", "upper", "decimals", "expected"),
    [
        ("80", "80", None, 0, PASS),  # bounds are inclusive
        ("79.5", "80", None, 0, PASS),  # 80 after rounding
        ("79.49", "80", None, 0, OOS),
        ("105.04", "95.0", "105.0", 1, PASS),
        ("105.05", "95.0", "105.0", 1, OOS),
        ("94.95", "95.0", "105.0", 1, PASS),
        ("94.94", "95.0", "105.0", 1, OOS),
        ("0.149", None, "0.1", 1, PASS),
        ("0.15", None, "0.1", 1, OOS),
    ],
)
def test_numbers(value: str, lower: str | None, upper: str | None, decimals: int, expected: Evaluation) -> None:
    assert held(Found(Decimal(value)), limit(lower, upper, decimals=decimals)).evaluation is expected


@pytest.mark.parametrize(
    ("quantitation", "lower", "upper", "expected"),
    [
        ("0.05", None, "0.10", PASS),
        ("0.10", None, "0.10", PASS),
        ("0.11", None, "0.10", NOT),  # it may be 0.105
        ("0.05", "0.00", "0.10", PASS),  # an amount is never below zero
        ("0.05", "0.02", "0.10", NOT),
        ("0.05", "0.10", None, OOS),  # whatever it is, it is less
        ("0.10", "0.10", None, NOT),  # 0.099 would be rounded to the bound
    ],
)
def test_below_the_limit_of_quantitation(
    quantitation: str, lower: str | None, upper: str | None, expected: Evaluation
) -> None:
    verdict = held(
        Found(Decimal(quantitation), qualifier=Qualifier.below_quantitation), limit(lower, upper, decimals=2)
    )
    assert verdict.evaluation is expected
    assert verdict.reason is (WhyUndecided.undecided_below_quantitation if expected is NOT else None)


@given(
    st.decimals(min_value=0, max_value=100, places=3),
    st.decimals(min_value=0, max_value=1, places=3),
    st.decimals(min_value=0, max_value=100, places=1),
    st.booleans(),
)
def test_whatever_lies_below_quantitation_agrees_with_the_verdict(
    quantitation: Decimal, share: Decimal, bound: Decimal, is_lower: bool
) -> None:
    of = limit(str(bound) if is_lower else None, None if is_lower else str(bound), decimals=1)
    verdict = held(Found(quantitation, qualifier=Qualifier.below_quantitation), of)
    truth = held(Found(quantitation * share), of)
    assert verdict.evaluation in (NOT, truth.evaluation) or share == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Complies", PASS),
        ("  complies ", PASS),
        ("entspricht", PASS),
        ("does not comply", OOS),  # the opposite is no guess
        ("Does  Not Comply", OOS),
        ("broken", OOS),
        ("Conforms", NOT),  # means the same, and nobody has said so
        ("does not conform", NOT),
        ("white tablet", NOT),
    ],
)
def test_words(text: str, expected: Evaluation) -> None:
    verdict = held(Found(text=text), limit(text="complies ", accepted=("Entspricht",), rejected=("broken",)))
    assert verdict.evaluation is expected
    assert verdict.reason is (WhyUndecided.unknown_word if expected is NOT else None)


def test_each_word_and_its_opposite_exclude_one_another() -> None:
    for word, opposite in OPPOSITES.items():
        assert held(Found(text=word), limit(text=word)).evaluation is PASS
        assert held(Found(text=opposite), limit(text=word)).evaluation is OOS


@pytest.mark.parametrize(
    ("qualifier", "number", "lower", "upper", "expected"),
    [
        (Qualifier.above, "99.9", "95.0", None, PASS),
        (Qualifier.above, "99.9", "95.0", "105.0", NOT),
        (Qualifier.above, "105.1", None, "105.0", OOS),
        (Qualifier.above, "94.0", "95.0", None, NOT),
        (Qualifier.too_numerous, "300", None, "100.0", OOS),
        (Qualifier.at_most, "0.1", None, "0.1", PASS),
        (Qualifier.not_detected, "0.02", None, "0.1", PASS),
        (Qualifier.not_detected, "0.2", None, "0.1", NOT),
        (Qualifier.at_most, "0.1", "0.5", None, OOS),
        (Qualifier.at_most, "3", "-10", "5", NOT),  # a rotation may be -20
        (Qualifier.at_most, "-5", None, "5", PASS),
        (Qualifier.at_most, "-5", "-10", "5", NOT),
        (Qualifier.below_quantitation, "-11", "-10", None, OOS),
    ],
)
def test_a_qualified_number_is_a_range(
    qualifier: Qualifier, number: str, lower: str | None, upper: str | None, expected: Evaluation
) -> None:
    verdict = held(Found(Decimal(number), qualifier=qualifier), limit(lower, upper, decimals=1))
    assert verdict.evaluation is expected
    assert verdict.reason is (WhyUndecided.undecided if expected is NOT else None)


def test_an_opposite_excludes_in_both_directions() -> None:
    assert held(Found(text="absent"), limit(text="present")).evaluation is OOS


def test_what_is_not_detected_without_a_limit_of_detection_is_not_judged() -> None:
    verdict = held(Found(text="n.d.", qualifier=Qualifier.not_detected), limit(None, "0.1"))
    assert (verdict.evaluation, verdict.reason) == (NOT, WhyUndecided.no_value)


def test_what_is_only_to_be_reported_is_not_open() -> None:
    verdict = held(Found(Decimal(1)), limit(report_only=True))
    assert (verdict.evaluation, verdict.reason, verdict.is_open) == (NOT, WhyUndecided.report_only, False)


def test_one_market_that_could_not_judge_leaves_it_open() -> None:
    verdict = held(Found(text="conforms"), limit(report_only=True), limit(text="complies"))
    assert verdict.is_open


def test_the_unit_is_converted_and_the_final_value_rounded_once() -> None:
    verdict = held(Found(Decimal("0.79449"), unit="1"), limit("79.5", decimals=1))
    assert (verdict.evaluation, verdict.rounded) == (OOS, Decimal("79.4"))


@pytest.mark.parametrize(
    ("finding", "limits", "reason"),
    [
        (Found(Decimal(1)), [], WhyUndecided.no_specification),
        (Found(Decimal(1), test="other"), [limit("1")], WhyUndecided.no_limit),
        (Found(Decimal(1), stage=TestStage.stability), [limit("1")], WhyUndecided.no_limit),
        (Found(Decimal(1), unit="mg"), [limit("1")], WhyUndecided.unit_not_comparable),
        (Found(text="complies"), [limit("1")], WhyUndecided.kind_not_comparable),
        (Found(Decimal(1)), [limit(text="complies")], WhyUndecided.kind_not_comparable),
    ],
)
def test_what_is_not_evaluated_says_why(finding: Found, limits: list[Limit], reason: WhyUndecided) -> None:
    verdict = held(finding, *limits)
    assert (verdict.evaluation, verdict.reason) == (NOT, reason)


def test_every_specification_in_force_must_be_met_and_the_gravest_verdict_counts() -> None:
    loose, strict, odd = limit("80"), limit("90"), limit("1", unit="mg")
    assert held(Found(Decimal(85)), loose, strict, odd).limit is strict
    assert held(Found(Decimal(95)), loose, odd, strict).limit is odd
    assert held(Found(Decimal(95)), loose, strict).limit is loose
