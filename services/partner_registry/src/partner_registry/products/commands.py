"""Use cases of products."""

from sqlmodel import select

from partner_registry.products.model import Product
from partner_registry.products.schemas import RegisterProduct
from runtime.problems import RuleViolated
from runtime.work import Work


async def register(work: Work, body: RegisterProduct) -> Product:
    """Register a product. Raises RuleViolated for a code that is taken."""
    if await work.session.scalar(select(Product).where(Product.code == body.code)):
        raise RuleViolated(f"the product code {body.code} is taken")
    product, registered = Product.register(now=work.now, **body.model_dump())
    work.add(product)
    work.publish(registered, of=product)
    return product
