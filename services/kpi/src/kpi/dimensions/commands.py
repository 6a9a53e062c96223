"""Keeping the copies."""

from contracts.partner_registry import PartnerRegistered, ProductRegistered, SiteRegistered
from runtime.work import Work

_PARTNER = """
INSERT INTO partner (id, number, name) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, name = excluded.name
"""
_SITE = """
INSERT INTO site (id, partner_id, number, name) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET partner_id = excluded.partner_id, number = excluded.number, name = excluded.name
"""
_PRODUCT = """
INSERT INTO product (id, code, name) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name
"""


async def keep_partner(work: Work, fact: PartnerRegistered) -> None:
    """What a partner is called."""
    await work.connection.execute(_PARTNER, fact.partner_id, fact.number, fact.legal_name)


async def keep_site(work: Work, fact: SiteRegistered) -> None:
    """What a site is called."""
    await work.connection.execute(_SITE, fact.site_id, fact.partner_id, fact.number, fact.name)


async def keep_product(work: Work, fact: ProductRegistered) -> None:
    """What a product is called."""
    await work.connection.execute(_PRODUCT, fact.product_id, fact.code, fact.name)
