"""What quantities cost by tiers, to the last cent."""

from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracting.pricing.money import line_amount
from contracting.pricing.rules import cliffs, cost, in_basis
from contracting.pricing.terms import PriceLine

PRODUCT = UUID(int=7)
EUROS = (("0", "41.2500"), ("5000000", "36.9000"), ("20000000", "33.1250"))
DOLLARS = (("0", "44.8000"), ("5000000", "37.5000"), ("20000000", "31.0000"))


def price(*begins: tuple[str, str], **more: Any) -> PriceLine:
    """A price by tiers, each with the quantity from which on it counts."""
    ends = [begin for begin, _ in begins[1:]] + [None]
    tiers = [
        {"from_quantity": begin, "to_quantity": end, "price": each}
        for (begin, each), end in zip(begins, ends, strict=True)
    ]
    said = {"product_id": str(PRODUCT), "basis": "thousand", "currency": "EUR", "mode": "all_units"}
    return PriceLine.model_validate(said | {"tiers": tiers} | more)


ALL_UNITS = price(*EUROS)
INCREMENTAL = price(*DOLLARS, currency="USD", mode="incremental", minimum_per_year="350000")


@pytest.mark.parametrize(
    ("quantity", "euros", "dollars"),
    [
        ("3000000", "123750.00", "350000.00"),
        ("4800000", "198000.00", "350000.00"),
        ("6000000", "221400.00", "350000.00"),
        ("8000000", "295200.00", "350000.00"),
        ("12500000", "461250.00", "505250.00"),
        ("20000000", "662500.00", "786500.00"),
        ("21333333", "706666.66", "827833.32"),
        ("34000000", "1126250.00", "1220500.00"),
    ],
)
def test_a_year_s_quantity_costs_its_tiers(quantity: str, euros: str, dollars: str) -> None:
    assert cost(ALL_UNITS, Decimal(quantity)) == Decimal(euros)
    assert cost(INCREMENTAL, Decimal(quantity)) == Decimal(dollars)


def test_more_costs_less_before_the_next_tier_by_all_units_only() -> None:
    found = [(each.pays_from, each.order_up_to) for each in cliffs(ALL_UNITS)]
    assert [(f"{float(begins):.10g}", str(end)) for begins, end in found] == [
        ("4472727.273", "5000000"),
        ("17953929.54", "20000000"),
    ]
    begins, end = found[0]
    assert cost(ALL_UNITS, begins + 1) > cost(ALL_UNITS, end) > cost(ALL_UNITS, begins - 1)
    assert cliffs(INCREMENTAL) == []


def test_it_pays_from_where_less_costs_more_than_the_beginning_of_a_further_tier() -> None:
    steep = price(("0", "10"), ("100", "9"), ("120", "1"), basis="unit")
    assert [*cliffs(steep)] == [(Fraction(90), Decimal(100)), (Fraction(12), Decimal(120))], "past the tier between"
    free = price(("0", "10"), ("100", "0"), basis="unit")
    assert [*cliffs(free)] == [(Fraction(0), Decimal(100))]
    charged = free.model_copy(update={"minimum_per_year": Decimal(250)})
    assert [*cliffs(charged)] == [(Fraction(25), Decimal(100))], "a year costs that at least, also there"
    assert cliffs(free.model_copy(update={"minimum_per_year": Decimal(1000)})) == []


@given(st.lists(st.integers(0, 20), min_size=2, max_size=4), st.integers(0, 400), st.integers(1, 39))
def test_from_a_cliff_on_every_quantity_costs_more_than_what_it_leads_to(
    prices: list[int], minimum: int, quantity: int
) -> None:
    line = price(*((str(10 * place), str(each)) for place, each in enumerate(prices)), basis="unit")
    line = line.model_copy(update={"minimum_per_year": Decimal(minimum)})
    up_to = {each.order_up_to: each.pays_from for each in cliffs(line)}
    for tier in line.tiers[1:]:
        dearer = [cost(line, Decimal(each)) > cost(line, tier.from_quantity) for each in range(int(tier.from_quantity))]
        run = len(dearer) - next((place for place, each in enumerate(reversed(dearer)) if not each), len(dearer))
        pays_from = up_to.get(tier.from_quantity, tier.from_quantity)
        assert run - 1 <= pays_from <= run, "the quantities before the tier that cost more, without a gap"


@pytest.mark.parametrize(
    ("currency", "exact", "line"),
    [("EUR", "0.005", "0.01"), ("EUR", "-0.005", "-0.01"), ("JPY", "0.5", "1"), ("KWD", "0.0005", "0.001")],
)
def test_a_line_is_rounded_once_to_the_minor_unit_half_away_from_zero(currency: str, exact: str, line: str) -> None:
    assert line_amount(Decimal(exact), currency) == Decimal(line)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"tiers": [{"from_quantity": "1", "price": "1"}]}, "begins at 0"),
        ({"tiers": [{"from_quantity": "0", "to_quantity": "5", "price": "1"}]}, "the last one has no end"),
        (
            {"tiers": [{"from_quantity": "0", "to_quantity": "5", "price": "2"}, {"from_quantity": "6", "price": "1"}]},
            "one goes to 5, the next begins at 6",
        ),
        (
            {"tiers": [{"from_quantity": "0", "to_quantity": "0", "price": "2"}, {"from_quantity": "0", "price": "1"}]},
            "is empty",
        ),
        ({"currency": "XAU"}, "no currency"),
        ({"currency": "ABC"}, "no currency"),
        ({"currency": "JPY", "minimum_per_year": "0.5"}, "fewer decimals"),
        ({"tiers": [{"from_quantity": "0", "price": "1.00001"}]}, "decimal"),
        ({"tiers": [{"from_quantity": "0", "price": "-1"}]}, "greater than or equal to 0"),
    ],
)
def test_a_price_that_leaves_a_quantity_open_is_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        PriceLine.model_validate(price(("0", "1")).model_dump(mode="json") | given)


@pytest.mark.parametrize(
    ("basis", "quantity", "unit", "counted"),
    [
        ("thousand", "2", "{tablet}", Fraction(2)),
        ("thousand", "2", "10*3", Fraction(2000)),
        ("kilogram", "500", "g", Fraction(1, 2)),
        ("batch", "3", "{batch}", Fraction(3)),
        ("batch", "3", "{tablet}", None),
        ("unit", "3", "{batch}", None),
        ("unit", "3", "kg", None),
        ("kilogram", "3", "no unit", None),
    ],
)
def test_a_quantity_is_counted_as_its_price_counts(
    basis: str, quantity: str, unit: str, counted: Fraction | None
) -> None:
    assert in_basis(price(("0", "1"), basis=basis), Decimal(quantity), unit) == counted
