"""The products of results and the limits in force for them, loaded for a batch at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from contracts.sample_tracking import Limit
from gxp.evaluation import InForce
from runtime.work import Work
from sample_tracking.results import statements

_LIMITS = TypeAdapter(tuple[Limit, ...])


class Reference:
    """Products by their codes, and their specifications in force."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._ids: dict[str, UUID] = {}
        self._in_force: dict[UUID, list[InForce]] = defaultdict(list)
        for row in rows:
            self._ids[row["code"]] = row["product_id"]
            if row["specification_id"] is not None:
                specification = _read(row["specification_id"], row["limits"], row["market"])
                self._in_force[row["product_id"]].append(specification)

    def product(self, code: str) -> UUID | None:
        """The product of a code."""
        return self._ids.get(code)

    def in_force(self, product_id: UUID | None) -> list[InForce]:
        """The specifications of a product."""
        return self._in_force.get(product_id, []) if product_id else []


@lru_cache(maxsize=256)
def _read(id: UUID, limits: str, market: str | None) -> InForce:
    return InForce.of(id, _LIMITS.validate_json(limits), market)


async def look_up(work: Work, product_ids: Collection[UUID], codes: Collection[str] = ()) -> Reference:
    """What is in force for products that are named by id, or by code."""
    return Reference(await work.connection.fetch(statements.LIMITS, list(product_ids), list(codes)))
