"""Products as two partners know them, of which one is to take the place of the other."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import aliased
from sqlmodel import select

from partner_registry.partner_products.model import PartnerProduct
from partner_registry.partner_products.schemas import PartnerProductState

OF: Any = PartnerProduct
KNOWN: ColumnElement[bool] = OF.state == PartnerProductState.valid


def otherwise_known(one: UUID, other: UUID) -> Select[Any]:
    """The codes that mean one product to the one partner and another product to the other."""
    has: Any = aliased(PartnerProduct)
    both = (has.partner_id == other, has.state == PartnerProductState.valid, has.partner_code == OF.partner_code)
    return select(OF.partner_code).where(OF.partner_id == one, KNOWN, *both, has.product_id != OF.product_id).distinct()


def not_known_to(other: UUID) -> ColumnElement[bool]:
    """Those that a partner does not know itself, by the same code."""
    has: Any = aliased(PartnerProduct)
    code = has.partner_code.is_not_distinct_from(OF.partner_code)
    same = (has.partner_id == other, has.state == PartnerProductState.valid, has.product_id == OF.product_id, code)
    return ~select(has.id).where(*same).exists()
