"""What a certificate calls its product, its maker and its laboratories: as they were called at its draft."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts import Lot
from directory.names import Names, names
from runtime.problems import RuleViolated
from runtime.work import Work
from sample_tracking.lots.model import KnownLot
from sample_tracking.results.model import Result
from sample_tracking.specifications.model import Specification


async def named(work: Work, results: Sequence[Result]) -> Names:
    """The names that a certificate of these results needs. Raises RuleViolated where one is not known here yet."""
    lot = results[0].lot
    laboratories = {id for one in results for id in (one.laboratory_site_id, one.laboratory_partner_id)}
    ids = {lot.product_id, lot.site_id, lot.partner_id, *laboratories}
    found = await names(work, ids, of_products=True)
    unnamed = sorted(str(id) for id in ids if not (ref := found.ref(id)) or not ref.name)
    if unnamed:
        why = "a certificate names its product, maker and laboratories, and these are not known here yet"
        raise RuleViolated(f"{why}: {', '.join(unnamed)}; news of them takes a moment: repeat")
    return found


def laboratories_of(results: Sequence[Result], names: Names) -> Mapping[UUID, Mapping[str, Any]]:
    """The sites at which results were found, by their ids."""
    return {one.laboratory_site_id: _place(names, one.laboratory_site_id, one.laboratory_partner_id) for one in results}


def about(lot: Lot, specification: Specification, known: KnownLot | None, names: Names) -> dict[str, Any]:
    """The head of a certificate. A day of making that no fact told is null, and none is guessed."""
    product, started, completed = names.ref(lot.product_id), known and known.started_on, known and known.completed_on
    return {
        "product": {"code": specification.product_code, "name": product and product.name},
        "maker": _place(names, lot.site_id, lot.partner_id),
        "started_on": started and started.isoformat(),
        "manufactured_on": completed and completed.isoformat(),
        "expiry_date": known and known.expiry_date,
        "specification": {
            "market": specification.market,
            "revision": specification.revision,
            "effective_from": specification.effective_from and specification.effective_from.isoformat(),
        },
    }


def _place(names: Names, site_id: UUID, partner_id: UUID) -> dict[str, Any]:
    site, company = names.ref(site_id), names.ref(partner_id)
    return {"number": site and site.number, "name": site and site.name, "company": company and company.name}
