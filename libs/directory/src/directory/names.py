"""What the partners, sites and products are called that records name by their ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from runtime.work import Work
from serving.shown import Ref

AT_A_SITE: Final = {"site": "site_id", "partner": "partner_id", "product": "product_id"}
"""The references of a record of what happened at a partner's site, each with its column."""
_OF_PARTNERS_AND_SITES = """
SELECT id, number, name FROM known_partner WHERE id = ANY ($1::uuid[])
UNION ALL SELECT id, number, name FROM known_site WHERE id = ANY ($1::uuid[])
"""
_OF_ALL = f"""{_OF_PARTNERS_AND_SITES}
UNION ALL SELECT id, code, name FROM known_product WHERE id = ANY ($1::uuid[])
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Names:
    """Records of other services by id. One that is unknown here, or that the reader may not know, is missing."""

    known: Mapping[UUID, Ref] = field(default_factory=dict)

    def ref(self, id: UUID | None) -> Ref | None:
        """What is known of an id."""
        return self.known.get(id, Ref(id=id)) if id else None

    def of(
        self, record: Any, code: str | None = None, references: Mapping[str, str] = AT_A_SITE
    ) -> dict[str, Ref | None]:
        """A record's references, as its answer has them; ``code`` is its product's, where the record knows it."""
        refs = {name: self.ref(getattr(record, column)) for name, column in references.items()}
        if code and (product := refs.get("product")):
            refs["product"] = product.model_copy(update={"number": code})
        return refs


async def names_of(work: Work, records: Iterable[Any], references: Mapping[str, str] = AT_A_SITE) -> Names:
    """What records' references are called; a partner's person learns it of its own organisation.

    Which products there are is the sponsor's to know.
    """
    ids = {getattr(record, column) for record in records for column in references.values()}
    return await names(work, ids, of_products=work.principal.partner_id is None)


async def names(work: Work, ids: Iterable[UUID | None], *, of_products: bool) -> Names:
    """What ids are called, in one statement; of products only where the caller may read which there are."""
    rows = await work.connection.fetch(_OF_ALL if of_products else _OF_PARTNERS_AND_SITES, [id for id in ids if id])
    return Names({id: Ref(id=id, number=number, name=name) for id, number, name in rows})
