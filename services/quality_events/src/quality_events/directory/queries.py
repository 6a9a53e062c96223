"""Names for lists, and lots by their codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from contracts import Lot
from quality_events.directory.model import KnownPartner, KnownProduct, KnownSite
from runtime.problems import NotFound
from runtime.work import Work


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id. One that was not heard of, or is none of the reader's business, is missing."""

    sites: Mapping[UUID, str] = field(default_factory=dict)
    partners: Mapping[UUID, str] = field(default_factory=dict)


async def names(work: Work, sites: Iterable[UUID], partners: Iterable[UUID]) -> Names:
    """The names of sites and partners; a partner's person is given only those of its own organisation."""
    known_sites = await work.session.scalars(select(KnownSite).where(col(KnownSite.id).in_(set(sites))))
    known_partners = await work.session.scalars(select(KnownPartner).where(col(KnownPartner.id).in_(set(partners))))
    return Names({site.id: site.name for site in known_sites}, {partner.id: partner.name for partner in known_partners})


async def site(work: Work, site_id: UUID) -> KnownSite:
    """A site that partner_registry told of. Raises NotFound, also for another partner's."""
    known = await work.session.get(KnownSite, site_id)
    if known is None:
        raise NotFound("site", site_id)
    return known


async def lot(work: Work, at: KnownSite, material: str, number: str) -> Lot:
    """The lot of a material at a site, with its product where the material is a product's code.

    The product list is the sponsor's own: a partner's person gets the product of lots that are known already.
    """
    product_id = None
    if work.principal.partner_id is None:
        product_id = await work.session.scalar(select(KnownProduct.id).where(KnownProduct.code == material.strip()))
    return Lot(
        id=Lot.identify(at.id, material, number),
        number=number.strip(),
        material=material.strip(),
        product_id=product_id,
        site_id=at.id,
        partner_id=at.partner_id,
    )
