"""HTTP words for products."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from contracts import Role
from partner_registry.products import commands
from partner_registry.products.model import Product
from partner_registry.products.schemas import ProductRead, RegisterProduct
from runtime.access import SPONSORS, allowed
from runtime.paging import Page, Paging, each, page
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading

writing = APIRouter(prefix="/products", tags=["products"], route_class=CommandRoute)
reading = APIRouter(prefix="/products", tags=["products"], route_class=QueryRoute)


@writing.post("", status_code=201)
@allowed(Role.quality, Role.regulatory, Role.msat)
async def register(body: RegisterProduct, work: Command) -> ProductRead:
    """Register a product under the code that partners' systems use."""
    return ProductRead.of(await commands.register(work, body))


@reading.get("/{product_id}")
@allowed(*SPONSORS)
async def read(product_id: UUID, work: Reading) -> ProductRead:
    """One product."""
    return ProductRead.of(await work.get(Product, product_id))


@reading.get("")
@allowed(*SPONSORS)
async def search(
    work: Reading,
    paging: Paging,
    code: Annotated[str | None, Query()] = None,
    dosage_form: Annotated[str | None, Query()] = None,
) -> Page[ProductRead]:
    """Products, newest first."""
    return await page(work, Product, paging, {"code": code, "dosage_form": dosage_form}, each(ProductRead.of))
