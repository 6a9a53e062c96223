"""Names for lists, and lots by their codes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from sqlmodel import col, select

from contracts import Lot
from quality_events.directory.model import KnownPartner, KnownSite
from runtime.problems import NotFound
from runtime.work import Work

_PRODUCTS = "SELECT code, id FROM products_of($1::text[])"


class OfASite(Protocol):
    """A record of what happened at a partner's site, where it is of one."""

    @property
    def site_id(self) -> UUID | None: ...
    @property
    def partner_id(self) -> UUID | None: ...


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id. One that was not heard of, or is none of the reader's business, is missing."""

    sites: Mapping[UUID, str] = field(default_factory=dict)
    partners: Mapping[UUID, str] = field(default_factory=dict)

    def called(self, record: OfASite) -> dict[str, str | None]:
        """The names of a record's site and partner, as its answer has them."""
        site, partner = record.site_id, record.partner_id
        return {
            "site_name": self.sites.get(site) if site else None,
            "partner_name": self.partners.get(partner) if partner else None,
        }


async def names_of(work: Work, records: Sequence[OfASite], laboratories: Iterable[UUID] = ()) -> Names:
    """The names of records' sites and partners; a partner's person is given only those of its own organisation."""
    sites = {record.site_id for record in records if record.site_id}.union(laboratories)
    partners = {record.partner_id for record in records if record.partner_id}
    known_sites = await work.session.scalars(select(KnownSite).where(col(KnownSite.id).in_(sites)))
    known_partners = await work.session.scalars(select(KnownPartner).where(col(KnownPartner.id).in_(partners)))
    return Names({site.id: site.name for site in known_sites}, {partner.id: partner.name for partner in known_partners})


async def site(work: Work, site_id: UUID) -> KnownSite:
    """A site that partner_registry told of. Raises NotFound, also for another partner's."""
    known = await work.session.get(KnownSite, site_id)
    if known is None:
        raise NotFound("site", site_id)
    return known


async def zone_of(work: Work, site_id: UUID) -> str | None:
    """The time zone of a site, or None where it is not known yet."""
    return await work.session.scalar(select(KnownSite.time_zone).where(KnownSite.id == site_id))


async def lot(work: Work, at: KnownSite, material: str, number: str) -> Lot:
    """The lot of a material at a site, with its product where the material is a product's code."""
    lot = Lot(
        id=Lot.identify(at.id, material, number),
        number=number.strip(),
        material=material.strip(),
        site_id=at.id,
        partner_id=at.partner_id,
    )
    return (await with_products(work, [lot]))[0]


async def with_products(work: Work, lots: Sequence[Lot]) -> list[Lot]:
    """The lots, with the product of those whose material is a product's code, also where nobody said so.

    Who reported a lot may not have heard of its product yet. A partner, which cannot read the sponsor's list, learns
    which of the codes that it names itself are on it.
    """
    codes = {lot.material for lot in lots if lot.product_id is None}
    known = dict(await work.connection.fetch(_PRODUCTS, list(codes))) if codes else {}
    return [
        lot.model_copy(update={"product_id": known[lot.material]})
        if lot.product_id is None and lot.material in known
        else lot
        for lot in lots
    ]
