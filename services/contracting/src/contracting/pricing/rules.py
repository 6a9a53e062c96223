"""What a quantity costs by the tiers of a price: pure rules, exact until a line is formed."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from contracting.pricing.money import line_amount
from contracting.pricing.terms import PriceBasis, PriceLine, Tier, TierMode
from gxp.units import converted

COUNTED_IN: Final = {
    PriceBasis.unit: "1",
    PriceBasis.thousand: "1",
    PriceBasis.kilogram: "kg",
    PriceBasis.batch: "{batch}",
}
"""By basis the UCUM unit of the quantities of its tiers."""
_PER: Final = {PriceBasis.thousand: 1000}


class Cliff(NamedTuple):
    """A quantity from which on it costs less to order up to a further tier."""

    pays_from: Fraction
    order_up_to: Decimal

    def leads_on(self, quantity: Fraction) -> bool:
        """Whether a quantity costs more than what it leads to."""
        return self.pays_from < quantity < self.order_up_to


def in_basis(price: PriceLine, quantity: Decimal, unit: str) -> Fraction | None:
    """A quantity as the price counts it: in pieces, kilograms or batches. None where its unit (UCUM) is none of that.

    Pieces and batches are both numbers to UCUM: only what is written ``{batch}`` is a number of batches.
    """
    counted = COUNTED_IN[price.basis]
    if (counted == "{batch}") != (unit == "{batch}"):
        return None
    value = converted(quantity, unit, counted)
    return None if value is None else Fraction(value)


def cost(price: PriceLine, quantity: Fraction | Decimal) -> Decimal:
    """What a year's quantity costs, as one line; at least what is charged for a year."""
    exact = _exact(price, Fraction(quantity))
    minimum = Fraction(price.minimum_per_year or 0)
    return line_amount(max(exact, minimum), price.currency)


def cliffs(price: PriceLine) -> list[Cliff]:
    """Where more costs less: by all units, from which quantity on it pays to order up to a further tier.

    At the beginning of that tier it costs at least what is charged for a year, too.
    """
    if price.mode == TierMode.incremental:
        return []
    found = []
    for place, tier in enumerate(price.tiers[1:], 1):
        begins = Fraction(tier.from_quantity)
        there = max(_of(begins, tier, price), Fraction(price.minimum_per_year or 0))
        pays_from = begins
        for before in reversed(price.tiers[:place]):
            if _of(pays_from, before, price) <= there:
                break
            pays_from = max(Fraction(before.from_quantity), there * _PER.get(price.basis, 1) / Fraction(before.price))
            if pays_from > before.from_quantity:
                break
        if pays_from < begins:
            found.append(Cliff(pays_from, tier.from_quantity))
    return found


def _exact(price: PriceLine, quantity: Fraction) -> Fraction:
    if price.mode == TierMode.all_units:
        return _of(quantity, _reached(price.tiers, quantity), price)
    parts = (
        (min(quantity, Fraction(each.to_quantity)) if each.to_quantity is not None else quantity, each)
        for each in price.tiers
        if each.from_quantity < quantity
    )
    return sum((_of(end - Fraction(each.from_quantity), each, price) for end, each in parts), Fraction(0))


def _of(quantity: Fraction, tier: Tier, price: PriceLine) -> Fraction:
    return quantity * Fraction(tier.price) / _PER.get(price.basis, 1)


def _reached(tiers: Sequence[Tier], quantity: Fraction) -> Tier:
    return next(each for each in reversed(tiers) if each.from_quantity <= quantity)
