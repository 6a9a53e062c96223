"""HTTP words for products as partners know them, and their one use case beyond a record."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from contracts import Day
from partner_registry.names import partners_of
from partner_registry.partner_products.model import PartnerProduct
from partner_registry.partner_products.schemas import (
    EndPartnerProduct,
    PartnerProductRead,
    PartnerProductState,
    RecordPartnerProduct,
)
from partner_registry.partners.model import Partner
from partner_registry.products.model import KEEPERS, Product
from runtime.bodies import Reason
from runtime.problems import NotFound
from runtime.work import Work
from serving.actions import Actions
from serving.listing import Filter, equal


async def record(work: Work, body: RecordPartnerProduct) -> PartnerProduct:
    """Say that a partner makes or tests a product. Raises NotFound for an unknown one, RuleViolated for a used code."""
    # Locked: of two who say so at once one is refused.
    (await work.get(Partner, body.partner_id)).check_goes_on()
    product = await work.session.get(Product, body.product_id)
    if product is None:
        raise NotFound("product", body.product_id)
    made = PartnerProduct.record(body, product, work.principal.subject)
    own = select(PartnerProduct).where(PartnerProduct.partner_id == body.partner_id)
    made.check_alone((await work.session.scalars(own.order_by(col(PartnerProduct.valid_from)))).all())
    work.subject = work.add(made)
    return made


async def show(work: Work, found: Sequence[PartnerProduct]) -> list[PartnerProductRead]:
    """Products as partners know them, with the partners' names."""
    partners = await partners_of(work, found)
    return [PartnerProductRead.model_validate(dict(each) | {"partner": partners[each.partner_id]}) for each in found]


def _on(_: Work, day: date) -> Any:
    of = PartnerProduct
    ended = func.coalesce(col(of.valid_to) < day, False)
    return (col(of.state) != PartnerProductState.withdrawn) & (col(of.valid_from) <= day) & ~ended


partner_products = Actions("partner-products", PartnerProduct, PartnerProductRead, show)
partner_products.create(record, RecordPartnerProduct, *KEEPERS)
partner_products.post("end", PartnerProduct.end, EndPartnerProduct)
partner_products.post("withdrawal", PartnerProduct.withdraw, Reason)
partner_products.get()
partner_products.list(
    equal(PartnerProduct, "state", "partner_id", "product_id", "product_code", "partner_code")
    | {"on": Filter(Day, _on, "it knows the product so on this day, by what is known now", many=False)}
)
