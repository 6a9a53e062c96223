"""What products must meet, copied from facts: so that a sender is told at once which results nobody will judge."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from contracts import Recorded
from contracts.sample_tracking import Limit, SpecificationApproved, SpecificationEffective, SpecificationFact
from gxp.evaluation import InForce
from partner_feeds.metadata import Table
from runtime.work import Work

Specifications = dict[UUID, list[InForce]]
"""By product."""


class KnownSpecification(Table, table=True):
    """The newest revision in force of a product's limits for a purpose, in one market or in all."""

    __tablename__ = "known_specification"

    product_id: UUID = Field(primary_key=True)
    market: str = Field(primary_key=True)
    """ISO 3166-1 alpha-2; blank for every market."""
    purpose: str = Field(primary_key=True)
    id: UUID
    revision: int
    limits: list[dict[str, Any]] = Field(sa_type=JSONB)


_LIMITS: Final = TypeAdapter(tuple[Limit, ...])
# Of a product, market and purpose the newest revision counts, in whichever order they come.
_NOTE = """
INSERT INTO known_specification (product_id, market, id, revision, limits, purpose)
VALUES ($1, $2, $3, $4, $5::jsonb, $6)
ON CONFLICT (product_id, market, purpose)
DO UPDATE SET id = excluded.id, revision = excluded.revision, limits = excluded.limits
WHERE known_specification.revision < excluded.revision
"""
_IN_FORCE = """
SELECT product_id, id, limits::text FROM known_specification
WHERE product_id = ANY ($1::uuid[]) ORDER BY market, purpose
"""


async def note(work: Work, facts: Sequence[Recorded[SpecificationApproved | SpecificationEffective]]) -> None:
    """Keep what has come into force. What is approved and has a day of its own is told again when that has come."""
    in_force = (recorded.fact for recorded in facts if _is_in_force(recorded.fact))
    await work.connection.executemany(_NOTE, [_row(fact) for fact in in_force])


def _is_in_force(fact: SpecificationApproved | SpecificationEffective) -> bool:
    return isinstance(fact, SpecificationEffective) or fact.effective_from is None


def _row(fact: SpecificationFact) -> tuple[UUID, str, UUID, int, str, str]:
    limits = _LIMITS.dump_json(fact.limits).decode()
    return fact.product_id, fact.market or "", fact.specification_id, fact.revision, limits, fact.purpose


async def in_force(work: Work, product_ids: Collection[UUID]) -> Specifications:
    """The specifications of products, as far as they are known here."""
    found: Specifications = {}
    rows = await work.connection.fetch(_IN_FORCE, list(product_ids)) if product_ids else ()
    for row in rows:
        found.setdefault(row["product_id"], []).append(_read(row["id"], row["limits"]))
    return found


@lru_cache(maxsize=256)
def _read(id: UUID, limits: str) -> InForce:
    return InForce.of(id, _LIMITS.validate_json(limits))
