"""A price as both sides agree on it: by tiers of the quantity of a year."""

from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracting.pricing.money import Amount, Currency, UnitPrice, fits
from runtime.bodies import Body, Plain

Quantity = Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=6, allow_inf_nan=False), Plain]


class PriceBasis(StrEnum):
    """For how much a price is."""

    unit = "unit"
    """One piece: a tablet, a vial."""
    thousand = "thousand"
    """A thousand pieces."""
    kilogram = "kilogram"
    batch = "batch"


class TierMode(StrEnum):
    """What a price counts for that a quantity reached."""

    all_units = "all_units"
    """For the whole quantity."""
    incremental = "incremental"
    """For the part of the quantity that lies in its tier."""


class Tier(Body):
    """The price from a quantity on, up to another."""

    from_quantity: Quantity = Field(examples=["0"])
    """Of a year, in pieces, kilograms or batches; it belongs to this tier."""
    to_quantity: Quantity | None = None
    """Where the next tier begins; null: the last one."""
    price: UnitPrice = Field(examples=["41.2500"])
    """For one of the basis, at most four decimals."""


class PriceLine(Body):
    """What a product costs."""

    product_id: UUID
    basis: PriceBasis = Field(examples=["thousand"])
    currency: Currency
    """In which it is paid (ISO 4217)."""
    mode: TierMode = Field(examples=["all_units"])
    tiers: list[Tier] = Field(min_length=1, max_length=50)
    """By quantity, from 0 on and without a gap."""
    minimum_per_year: Amount | None = None
    """What is charged for a year at least."""
    most_per_year: Quantity | None = None
    """How much may be ordered in a year of the agreement; null: as much as one likes."""

    @model_validator(mode="after")
    def _without_gap(self) -> Self:
        if self.tiers[0].from_quantity != 0:
            raise ValueError("tiers: the first one begins at 0")
        for before, after in pairwise(self.tiers):
            if before.to_quantity != after.from_quantity:
                shown = before.to_quantity if before.to_quantity is not None else "without end"
                raise ValueError(f"tiers: one goes to {shown}, the next begins at {after.from_quantity}")
            if after.from_quantity <= before.from_quantity:
                raise ValueError(f"tiers: the one that begins at {before.from_quantity} is empty")
        if self.tiers[-1].to_quantity is not None:
            raise ValueError("tiers: the last one has no end")
        if self.minimum_per_year is not None and not fits(self.minimum_per_year, self.currency):
            raise ValueError(f"minimum_per_year: {self.currency} has fewer decimals")
        return self
