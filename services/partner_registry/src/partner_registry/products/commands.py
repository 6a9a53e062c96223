"""Use cases of products."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from partner_registry.products.model import Product
from partner_registry.products.schemas import DescribeProduct, ProductRead, RegisterProduct
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work
from serving.shown import Ref

_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('partner-registry.materials', 0))"


async def register(work: Work, body: RegisterProduct) -> Product:
    """Register a product. Raises RuleViolated for a code that is taken."""
    if await work.session.scalar(select(Product).where(Product.code == body.code)):
        raise RuleViolated(f"the product code {body.code} is taken")
    product, registered = Product.register(now=work.now, **body.model_dump())
    work.add(product)
    work.publish(registered, of=product)
    return product


async def describe(work: Work, product_id: UUID, body: DescribeProduct) -> Product:
    """Say of what it is made, and what else it is called. Raises NotFound for an unknown product."""
    await work.connection.execute(_ALONE)  # of two who would make one of the other, one is refused
    product = await work.get(Product, product_id)
    found = {each.id: each for each in await _all(work, body.component_ids)}
    if unknown := [each for each in body.component_ids if each not in found]:
        raise NotFound("product", unknown[0])
    components = [found[each] for each in body.component_ids]
    used: Any = Product.component_ids
    used_in = (await work.session.scalars(select(Product).where(used.contains([product_id])))).all()
    product.describe(body.kind, body.other_names, components, used_in, await _below(work, components))
    work.publish(of=product)
    return product


async def show(work: Work, products: Sequence[Product]) -> list[ProductRead]:
    """The products with the names of those of which they are made."""
    found = {each.id: each for each in await _all(work, {id for one in products for id in one.component_ids})}
    refs = {each.id: Ref(id=each.id, number=each.code, name=each.name) for each in found.values()}
    made_of = {one.id: [refs[id] for id in one.component_ids] for one in products}
    return [ProductRead.model_validate(dict(one) | {"components": made_of[one.id]}) for one in products]


async def _below(work: Work, components: Collection[Product]) -> set[UUID]:
    """All of which components are made."""
    below: set[UUID] = set()
    while components := [each for each in components if set(each.component_ids) - below]:
        further = {id for each in components for id in each.component_ids} - below
        below |= further
        components = [*await _all(work, further)]
    return below


async def _all(work: Work, ids: Collection[UUID]) -> Sequence[Product]:
    return (await work.session.scalars(select(Product).where(col(Product.id).in_(ids)))).all() if ids else ()
