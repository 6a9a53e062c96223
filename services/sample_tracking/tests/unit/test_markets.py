"""One verdict by each specification that applies, and what they say together."""

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_feeds import Qualifier, TestStage
from contracts.sample_tracking import Evaluation, Limit
from gxp.evaluation import InForce, WhyUndecided, evaluate_each, gravest
from sample_tracking.results.markets import as_json, as_stored, markets_missed, of_markets


class Found:
    """A total of impurities, in per cent."""

    test, stage, text, unit = "impurities_total", TestStage.release, None, "%"
    qualifier: Qualifier | None = None
    determinations: tuple[Decimal, ...] | None = None
    inspected: int | None = None

    def __init__(self, value: str) -> None:
        self.value = Decimal(value)


def specification(market: str | None, upper: str, test: str = "impurities_total") -> InForce:
    """Limits of one test for a market."""
    limit = Limit(test=test, stage=TestStage.release, upper=Decimal(upper), unit="%", decimals=len(upper) - 2)
    return InForce.of(uuid4(), [limit], market)


@pytest.mark.parametrize(
    ("value", "verdicts", "missed"),
    [
        ("0.34", ["pass", "pass", "pass"], ()),
        ("0.44", ["pass", "oos", "pass"], ("US",)),  # 0.4 by the European limit, 0.44 by the American one
        ("0.55", ["oos", "oos", "pass"], ()),
    ],
)
def test_each_market_judges_by_its_own_limit_and_rounding(
    value: str, verdicts: list[str], missed: tuple[str, ...]
) -> None:
    everywhere, american, japanese = specification(None, "0.5"), specification("US", "0.40"), specification("JP", "0.9")
    found = of_markets(evaluate_each(Found(value), [everywhere, american, japanese]))
    assert [each.verdict for each in found] == verdicts
    assert [each.market for each in found] == [None, "US", "JP"]
    assert markets_missed(found) == missed


def test_a_specification_that_does_not_name_the_test_gives_no_verdict() -> None:
    applying, other = specification("US", "0.40"), specification("JP", "0.9", test="water")
    (verdict,) = evaluate_each(Found("0.44"), [applying, other])
    assert (verdict.market, verdict.specification_id) == ("US", applying.specification_id)
    assert gravest([], [other]).reason is WhyUndecided.no_limit
    assert gravest([], []).reason is WhyUndecided.no_specification


@given(st.lists(st.sampled_from(["0.3", "0.5", "0.7"]), min_size=1, max_size=5))
def test_the_gravest_is_a_miss_exactly_where_one_of_them_is(uppers: list[str]) -> None:
    specifications = [specification(f"M{place}", upper) for place, upper in enumerate(uppers)]
    verdicts = evaluate_each(Found("0.6"), specifications)
    missed = [each for each in of_markets(verdicts) if each.verdict is Evaluation.out_of_specification]
    assert len(missed) == sum(upper != "0.7" for upper in uppers)
    assert (gravest(verdicts, specifications).evaluation is Evaluation.out_of_specification) == bool(missed)


def test_what_is_kept_is_what_the_facts_tell() -> None:
    found = of_markets(evaluate_each(Found("0.44"), [specification(None, "0.5")]))
    assert as_json(found) == f"[{found[0].model_dump_json()}]"
    assert as_stored(found) == [found[0].model_dump(mode="json")]
    assert as_json(()) == "[]"
