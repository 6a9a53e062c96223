"""Lots by their codes, with the products that they are of."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from contracts import Lot
from directory.queries import Site
from quality_events.batches.aliases import under_own_numbers
from runtime.work import Work

_PRODUCTS = "SELECT code, id FROM products_of($1::text[])"
lot_id_of = lru_cache(maxsize=10_000)(Lot.identify)
"""One lot of a raw material goes into many batches."""


async def lot_at(work: Work, site: Site, material: str, number: str) -> Lot:
    """The lot of a material at a site, with its product where the material is a product's code.

    An alias names the lot that has it.
    """
    named = Lot(
        id=Lot.identify(site.id, material, number),
        number=number.strip(),
        material=material.strip(),
        site_id=site.id,
        partner_id=site.partner_id,
    )
    return (await with_products_of_codes(work, await under_own_numbers(work, [named])))[0]


async def products_by_code(work: Work, codes: Sequence[str]) -> dict[str, UUID]:
    """The products of those codes that are a product's."""
    return dict(await work.connection.fetch(_PRODUCTS, list(codes))) if codes else {}


async def with_products_of_codes(work: Work, lots: Sequence[Lot]) -> list[Lot]:
    """The lots, with the product of those whose material is a product's code, also where nobody said so.

    Who reported a lot may not have heard of its product yet. A partner, which cannot read the sponsor's list, learns
    which of the codes that it names itself are on it.
    """
    codes = {lot.material for lot in lots if lot.product_id is None}
    known = await products_by_code(work, list(codes))
    return [
        lot.model_copy(update={"product_id": known[lot.material]})
        if lot.product_id is None and lot.material in known
        else lot
        for lot in lots
    ]
