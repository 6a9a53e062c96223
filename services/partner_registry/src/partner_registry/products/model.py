"""A product of the sponsor."""

from datetime import datetime
from typing import Any, Self

from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel, String

from contracts.partner_registry import ProductRegistered
from partner_registry.metadata import Table
from runtime.work import Versioned


class ProductFields(SQLModel):
    """What readers see of a product."""

    code: str
    name: str
    dosage_form: str
    strengths: list[str] = Field(sa_type=ARRAY(String))


class Product(ProductFields, Versioned, Table, table=True):
    """What partners make for the sponsor; its code is what their systems call it."""

    @property
    def parties(self) -> tuple[()]:
        """The product list is the sponsor's own."""
        return ()

    @classmethod
    def register(cls, *, now: datetime, **given: Any) -> tuple[Self, ProductRegistered]:
        """A new product."""
        product = cls(**given)
        return product, ProductRegistered.of(product, now)
