"""Names for lists, and lots by their codes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from sqlmodel import col, select

from contracts import Lot
from quality_events.directory.model import KnownPartner, KnownProduct, KnownSite
from runtime.problems import NotFound
from runtime.work import Work
from serving.shown import Ref

_PRODUCTS = "SELECT code, id FROM products_of($1::text[])"


class AtASite(Protocol):
    """A record of what happened at a partner's site, where it is of one."""

    @property
    def site_id(self) -> UUID | None: ...
    @property
    def partner_id(self) -> UUID | None: ...
    @property
    def product_id(self) -> UUID | None: ...


@dataclass(frozen=True, slots=True)
class Names:
    """Records of other services by id. One that was not heard of, or is none of the reader's business, is missing."""

    known: Mapping[UUID, Ref] = field(default_factory=dict)

    def ref(self, id: UUID | None) -> Ref | None:
        """What is known of an id."""
        return self.known.get(id, Ref(id=id)) if id else None

    def of(self, record: AtASite, code: str | None = None) -> dict[str, Ref | None]:
        """A record's site, partner and product, as its answer has them; ``code`` is the product's, if known."""
        product = self.ref(record.product_id)
        if product and code:
            product = product.model_copy(update={"number": code})
        return {"site": self.ref(record.site_id), "partner": self.ref(record.partner_id), "product": product}


async def names_of(work: Work, records: Sequence[AtASite], laboratories: Iterable[UUID] = ()) -> Names:
    """What records' sites, partners and products are called; a partner's person learns it of its own organisation."""
    called: dict[type[KnownSite | KnownPartner | KnownProduct], set[UUID]] = {
        KnownSite: {one.site_id for one in records if one.site_id}.union(laboratories),
        KnownPartner: {one.partner_id for one in records if one.partner_id},
    }
    if work.principal.partner_id is None:  # which products there are is the sponsor's to know
        called[KnownProduct] = {one.product_id for one in records if one.product_id}
    known: dict[UUID, Ref] = {}
    for model, ids in called.items():
        number = KnownProduct.code if model is KnownProduct else model.number  # type: ignore[union-attr]
        rows = await work.session.execute(select(model.id, number, model.name).where(col(model.id).in_(ids)))
        known |= {id: Ref(id=id, number=number, name=name) for id, number, name in rows}
    return Names(known)


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
