"""A product of the sponsor."""

from datetime import datetime
from typing import Self

from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracts.partner_registry import ProductRegistered
from partner_registry.metadata import Table
from runtime.work import Versioned


class Product(Table, Versioned, table=True):
    """What partners make for the sponsor; its code is what their systems call it."""

    code: str
    name: str
    dosage_form: str
    strengths: list[str] = Field(sa_type=ARRAY(String))

    @property
    def parties(self) -> tuple[()]:
        """The product list is the sponsor's own."""
        return ()

    @classmethod
    def register(
        cls, *, code: str, name: str, dosage_form: str, strengths: list[str], now: datetime
    ) -> tuple[Self, ProductRegistered]:
        """A new product."""
        product = cls(code=code, name=name, dosage_form=dosage_form, strengths=strengths)
        return product, ProductRegistered(
            product_id=product.id,
            code=code,
            name=name,
            dosage_form=dosage_form,
            strengths=tuple(strengths),
            occurred_at=now,
        )
