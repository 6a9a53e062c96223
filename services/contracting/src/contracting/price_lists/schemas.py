"""Bodies of requests and answers about price lists."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracting.agreement_versions.terms import Party
from contracting.pricing.terms import PriceBasis, PriceLine, Quantity, Tier, TierMode
from gxp.units import LONGEST_UNIT
from runtime.bodies import Body, Line, Words
from serving.shown import Answer, Ref, Shown


class PriceListState(StrEnum):
    """Where a price list stands."""

    written = "written"
    """Its side's alone, until a version that names it is put before the other."""
    disclosed = "disclosed"
    withdrawn = "withdrawn"


class WritePriceList(Body):
    """What products cost. It stays as it is: a change is another list, which another version names.

    The sponsor's traders read a partner's list at once; the partner reads the sponsor's once a version that names it is
    put before it.
    """

    partner_id: UUID | None = None
    """A partner's own person need not name it."""
    title: Line = Field(examples=["Tablets 2027"])
    lines: list[PriceLine] = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        products = [each.product_id for each in self.lines]
        if twice := {str(each) for each in products if products.count(each) > 1}:
            raise ValueError(f"lines: named twice: {', '.join(sorted(twice))}")
        return self


class WithdrawPriceList(Body):
    """Why nobody is to name it."""

    reason: Words = Field(examples=["the tablets are packed in bottles now"])


class PriceListFields(SQLModel):
    """What readers see of a price list."""

    number: str = Column(unique=True)
    state: PriceListState = Column(default=PriceListState.written, sa_type=String)
    partner_id: UUID
    title: str
    written_by_side: Party = Column(sa_type=String)
    """Whose list it is."""
    written_by: str
    """Who wrote it."""
    lines: list[Any] = Column(sa_type=JSONB)


class TierRead(Tier, Answer):
    """The price from a quantity on, up to another."""


class CliffRead(Answer):
    """Where more costs less."""

    pays_from: Decimal
    """From this quantity on it costs less to order up to a further tier."""
    order_up_to: Decimal
    """Where that begins."""


class PriceLineRead(Answer):
    """What a product costs."""

    product: Ref
    basis: PriceBasis
    currency: str
    """In which it is paid (ISO 4217)."""
    mode: TierMode
    tiers: list[TierRead]
    """By quantity of a year, from 0 on and without a gap."""
    minimum_per_year: Decimal | None
    """What is charged for a year at least."""
    most_per_year: Decimal | None
    """How much may be ordered in a year of the agreement; null: as much as one likes."""
    cliffs: list[CliffRead]
    """Where more costs less."""


class AskedCost(BaseModel):
    """Of how much of what the cost is asked."""

    model_config = ConfigDict(extra="forbid")

    product_id: UUID
    quantity: Quantity
    """Of one year of the agreement."""
    unit: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_UNIT), Field(examples=["1"])]
    """UCUM: "1" or a bracketed word for pieces, "{batch}" for batches, "kg" or another unit of mass."""


class YearlyCost(Answer):
    """What a year's quantity costs."""

    product: Ref
    quantity: Decimal
    unit: str
    amount: Decimal
    """In the currency's minor unit, rounded once; at least what is charged for a year."""
    currency: str
    """Of the amount (ISO 4217)."""
    cheaper_at: Decimal | None
    """A quantity from which on a further tier makes all of it cheaper than this; null: there is none."""


class PriceListRead(PriceListFields, Shown):
    """A price list as those see it who trade."""

    partner: Ref | None
    lines: list[PriceLineRead]
