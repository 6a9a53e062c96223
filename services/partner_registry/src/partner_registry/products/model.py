"""A product of the sponsor, and of what it is made."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel, String

from contracts import Role
from contracts.partner_registry import ProductRegistered
from partner_registry.metadata import Table
from partner_registry.products.materials import Material, MaterialKind, check_tree
from runtime.lifecycle import transition
from runtime.work import Versioned

KEEPERS: Final = frozenset({Role.quality, Role.regulatory, Role.msat})
"""Who says for the sponsor what a product is."""


class ProductState(StrEnum):
    """A product stays registered: what was made of it names it."""

    registered = "registered"


class ProductFields(SQLModel):
    """What readers see of a product."""

    code: str
    state: ProductState = Field(default=ProductState.registered, sa_type=String)
    name: str
    dosage_form: str
    strengths: list[str] = Field(sa_type=ARRAY(String))
    kind: MaterialKind | None = Field(default=None, sa_type=String)
    """How far it is made; null where nobody has said."""
    other_names: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """What else it is called: in other languages or markets, or by its international nonproprietary name."""


class Product(ProductFields, Versioned, Table, table=True):
    """What partners make for the sponsor; its code is what their systems call it."""

    component_ids: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    """Of which products it is made directly."""

    @property
    def parties(self) -> tuple[()]:
        """The product list is the sponsor's own."""
        return ()

    @classmethod
    def register(cls, *, now: datetime, **given: Any) -> tuple[Self, ProductRegistered]:
        """A new product."""
        product = cls(**given)
        return product, ProductRegistered.of(product, now)

    @transition(source={ProductState.registered}, target=None, by=KEEPERS)
    def describe(
        self, kind: MaterialKind | None, other_names: Sequence[str], components: Sequence[Material],
        used_in: Sequence[Material], below: Collection[UUID],
    ) -> None:  # fmt: skip
        """How far it is made, of what, and what else it is called: as a whole."""
        self.kind = kind
        check_tree(self, components, used_in, below)
        self.other_names = [*dict.fromkeys(other_names)]
        self.component_ids = [*dict.fromkeys(each.id for each in components)]
