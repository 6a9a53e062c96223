"""Keeping and reading the copies."""

from uuid import UUID

from sqlmodel import select

from contracts.partner_registry import ProductRegistered, SiteRegistered
from runtime.problems import NotFound, Problem
from runtime.work import Work
from sample_tracking.reference.model import Product, Site

_NOTE_PRODUCT = """
INSERT INTO product (id, code, name) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name
"""
_NOTE_SITE = """
INSERT INTO site (id, partner_id, number) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET partner_id = excluded.partner_id, number = excluded.number
"""


async def note_product(work: Work, fact: ProductRegistered) -> None:
    """Remember a product."""
    await work.connection.execute(_NOTE_PRODUCT, fact.product_id, fact.code, fact.name)


async def note_site(work: Work, fact: SiteRegistered) -> None:
    """Remember a site and whose it is."""
    await work.connection.execute(_NOTE_SITE, fact.site_id, fact.partner_id, fact.number)


async def product(work: Work, id: UUID | None, code: str | None) -> Product:
    """The product of an id or a code. Raises a 409 Problem that says where products come from."""
    which = Product.id == id if id is not None else Product.code == code
    found = await work.session.scalar(select(Product).where(which))
    if found is None:
        raise Problem(
            409,
            "unknown-product",
            f"no product {id or code} is known here: register it at partner-registry (POST /v1/products) "
            "and repeat; news of a new one takes a moment",
        )
    return found


async def site(work: Work, id: UUID, field: str) -> Site:
    """The site of an id. Raises a 409 Problem that names the field.

    Raises NotFound for a partner's person: which sites there are is the sponsor's to know.
    """
    found = await work.session.get(Site, id)
    if found is None and work.principal.partner_id is not None:
        raise NotFound("site", id)
    if found is None:
        raise Problem(
            409,
            "unknown-site",
            f"{field}: no site {id} is known here: register it at partner-registry (POST /v1/sites) "
            "and repeat; news of a new one takes a moment",
            field=field,
        )
    return found
