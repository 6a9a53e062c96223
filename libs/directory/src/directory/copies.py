"""The copies are made from facts only, by the same handlers in every service."""

from collections.abc import Sequence
from typing import Final

from contracts import Recorded
from contracts.companies import PartnerRenamed
from contracts.partner_registry import PartnerRegistered, ProductRegistered, SiteRegistered
from contracts.sites import SiteCorrected, SiteTransferred
from runtime.subscriptions import Subscriptions
from runtime.work import Work

TABLES: Final = ("known_partner", "known_site", "known_product")
"""Where the copies are. ``directory.migration`` makes the tables."""
GROUP: Final = "directory"
"""The group of the handlers below: a service that begins to keep copies is given the whole history."""
_PARTNER = """
INSERT INTO known_partner (id, number, name) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, name = excluded.name
"""
_RENAMED = "UPDATE known_partner SET name = $2 WHERE id = $1"
_SITE = """
INSERT INTO known_site (id, partner_id, number, name, time_zone) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET partner_id = excluded.partner_id, number = excluded.number, name = excluded.name,
    time_zone = excluded.time_zone
"""
_CORRECTED = "UPDATE known_site SET name = $2, time_zone = $3 WHERE id = $1"
_OWNER = "UPDATE known_site SET partner_id = $2 WHERE id = $1"
_PRODUCT = """
INSERT INTO known_product (id, code, name) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name
"""


def keep_directory(subscriptions: Subscriptions) -> Subscriptions:
    """Let a service keep the copies, by handlers that come before its own of the same facts."""
    subscriptions.on_batch(PartnerRegistered, GROUP)(_note_partners)
    subscriptions.on_batch(PartnerRenamed, GROUP)(_rename_partners)
    subscriptions.on_batch(SiteRegistered, GROUP)(_note_sites)
    subscriptions.on_batch(SiteTransferred, GROUP)(_note_owners)
    subscriptions.on_batch(SiteCorrected, GROUP)(_correct_sites)
    subscriptions.on_batch(ProductRegistered, GROUP)(_note_products)
    return subscriptions


async def _note_partners(work: Work, facts: Sequence[Recorded[PartnerRegistered]]) -> None:
    rows = [(fact.partner_id, fact.number, fact.legal_name) for fact in (recorded.fact for recorded in facts)]
    await work.connection.executemany(_PARTNER, rows)


async def _rename_partners(work: Work, facts: Sequence[Recorded[PartnerRenamed]]) -> None:
    """Both are told under the partner's key, so the registration comes first."""
    rows = [(fact.partner_id, fact.legal_name) for fact in (recorded.fact for recorded in facts)]
    await work.connection.executemany(_RENAMED, rows)


async def _note_sites(work: Work, facts: Sequence[Recorded[SiteRegistered]]) -> None:
    sites = (recorded.fact for recorded in facts)
    rows = [(site.site_id, site.partner_id, site.number, site.name, site.time_zone) for site in sites]
    await work.connection.executemany(_SITE, rows)


async def _note_owners(work: Work, facts: Sequence[Recorded[SiteTransferred]]) -> None:
    # A site's facts keep their order, so that its registration was noted before, and each owner after the one before.
    rows = [(fact.site_id, fact.partner_id) for fact in (recorded.fact for recorded in facts)]
    await work.connection.executemany(_OWNER, rows)


async def _correct_sites(work: Work, facts: Sequence[Recorded[SiteCorrected]]) -> None:
    """The days of a site are told in its zone from here on; what was counted before stays as it was counted."""
    rows = [(fact.site_id, fact.name, fact.time_zone) for fact in (recorded.fact for recorded in facts)]
    await work.connection.executemany(_CORRECTED, rows)


async def _note_products(work: Work, facts: Sequence[Recorded[ProductRegistered]]) -> None:
    rows = [(fact.product_id, fact.code, fact.name) for fact in (recorded.fact for recorded in facts)]
    await work.connection.executemany(_PRODUCT, rows)
