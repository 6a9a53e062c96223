"""The products of results and the limits in force for them, loaded for a batch at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from contracts.sample_tracking import AppliesTo, Limit
from gxp.evaluation import InForce
from runtime.work import Work
from sample_tracking.results import statements
from sample_tracking.results.applying import Revision

_LIMITS = TypeAdapter(tuple[Limit, ...])


class Reference:
    """Products by their codes, and their specifications in force."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._ids: dict[str, UUID] = {}
        self._revisions: dict[UUID, list[Revision]] = defaultdict(list)
        for row in rows:
            self._ids[row["code"]] = row["product_id"]
            if row["specification_id"] is not None:
                limits = _read(row["specification_id"], row["limits"], row["market"])
                about = (row["purpose"], row["revision"], row["effective_from"], AppliesTo(row["applies_to"]))
                self._revisions[row["product_id"]].append(Revision(limits, *about, row["in_force"]))

    def product(self, code: str) -> UUID | None:
        """The product of a code."""
        return self._ids.get(code)

    def revisions(self, product_id: UUID | None) -> Sequence[Revision]:
        """The revisions of a product's specifications that have come into force."""
        return self._revisions.get(product_id, ()) if product_id else ()


@lru_cache(maxsize=256)
def _read(id: UUID, limits: str, market: str | None) -> InForce:
    return InForce.of(id, _LIMITS.validate_json(limits), market)


async def made_on(work: Work, lot_ids: Collection[UUID]) -> Mapping[UUID, date]:
    """When lots were made, as far as that is known."""
    return {row["lot_id"]: row["made_on"] for row in await work.connection.fetch(statements.MADE, list(lot_ids))}


async def look_up(work: Work, product_ids: Collection[UUID], codes: Collection[str] = ()) -> Reference:
    """What is in force for products that are named by id, or by code."""
    return Reference(await work.connection.fetch(statements.LIMITS, list(product_ids), list(codes)))
