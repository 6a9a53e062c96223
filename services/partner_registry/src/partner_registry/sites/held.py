"""A site that is read beside its sale: who begins something at it does so with the owner that it has then."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from partner_registry.sites.model import Site
from runtime.problems import NotFound
from runtime.work import Work

# A partner may not lock a row that it may not change: what both take is a lock by the site's id.
_AMONG_OTHERS: Final = "SELECT pg_advisory_xact_lock_shared(hashtextextended('partner-registry.site:' || $1, 0))"
_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('partner-registry.site:' || $1, 0))"

BESIDE_WHAT_NAMES_IT: Final[Any] = {"key_share": True}
"""How a row is locked that others go on to name: they may hold what the sale is to wait for."""


async def held(work: Work, site_id: UUID) -> Site:
    """The site, which is not sold before the transaction ends. Raises NotFound for one that the caller does not see."""
    await work.session.flush()
    await work.connection.execute(_AMONG_OTHERS, str(site_id))
    site = await work.session.get(Site, site_id, populate_existing=True)
    if site is None:
        raise NotFound("site", site_id)
    return site


async def hold(work: Work, site_ids: Collection[UUID]) -> None:
    """Let none of the sites be sold before the transaction ends, in the order in which a merger takes them over."""
    for each in sorted({*site_ids}):
        await work.connection.execute(_AMONG_OTHERS, str(each))


async def to_hand_over(work: Work, site_id: UUID) -> Site:
    """The site, once nobody begins anything at it; who comes after waits, and reads its new owner."""
    await work.connection.execute(_ALONE, str(site_id))
    return await work.session.get_one(Site, site_id, with_for_update=BESIDE_WHAT_NAMES_IT, populate_existing=True)
