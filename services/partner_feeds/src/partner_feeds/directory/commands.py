"""Copies are made from facts only."""

from contracts.partner_registry import PartnerRegistered, ProductRegistered, SiteRegistered
from runtime.work import Work

_PARTNER = """
INSERT INTO known_partner (id, number, name) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, name = excluded.name
"""
_SITE = """
INSERT INTO known_site (id, partner_id, number, name, time_zone) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET partner_id = excluded.partner_id, number = excluded.number, name = excluded.name,
    time_zone = excluded.time_zone
"""
_PRODUCT = """
INSERT INTO known_product (id, code, name) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name
"""


async def note_partner(work: Work, fact: PartnerRegistered) -> None:
    """Remember a partner."""
    await work.connection.execute(_PARTNER, fact.partner_id, fact.number, fact.legal_name)


async def note_site(work: Work, fact: SiteRegistered) -> None:
    """Remember a site, whose it is and its time zone."""
    await work.connection.execute(_SITE, fact.site_id, fact.partner_id, fact.number, fact.name, fact.time_zone)


async def note_product(work: Work, fact: ProductRegistered) -> None:
    """Remember a product's code."""
    await work.connection.execute(_PRODUCT, fact.product_id, fact.code, fact.name)
