"""Use cases of specifications."""

from typing import Any
from uuid import UUID

from sqlmodel import func, select

from directory import queries as directory
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work
from sample_tracking.specifications.model import Specification, SpecificationState
from sample_tracking.specifications.schemas import DraftSpecification

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


async def _only_one(work: Work, product_id: UUID, market: str | None) -> None:
    """Wait until nobody else drafts or approves for this product and market.

    Taken before any row: two who lock two revisions in different order would wait for each other.
    """
    await work.connection.execute(_ONE_AT_A_TIME, f"specification:{product_id}:{market or ''}")


def _of(product_id: UUID, market: str | None) -> tuple[Any, ...]:
    """The condition that a revision is one of this product and market."""
    return Specification.product_id == product_id, Specification.market == market


async def draft(work: Work, body: DraftSpecification) -> Specification:
    """Draft the next revision of a product's limits, for one market or (without `market`) for all.

    A product that is not known is refused.
    """
    product = await directory.named_product(work, body.product_id, body.product)
    await _only_one(work, product.id, body.market)
    newest = await work.session.scalar(select(func.max(Specification.revision)).where(*_of(product.id, body.market)))
    limits, by = [limit.as_limit() for limit in body.limits], work.principal.subject
    given = {"product_id": product.id, "product_code": product.code, "market": body.market}
    return work.add(Specification.draft(limits=limits, by=by, revision=(newest or 0) + 1, **given))


async def approve(work: Work, specification_id: UUID) -> Specification:
    """Bring a draft into force and supersede the revision that was, in one moment.

    Raises NotFound, NotAllowedNow, and RuleViolated for a draft older than what is in force.
    """
    scope = select(Specification.product_id, Specification.market).where(Specification.id == specification_id)
    found = (await work.session.execute(scope)).one_or_none()
    if found is None:
        raise NotFound("specification", specification_id)
    await _only_one(work, *found)
    specification = await work.get(Specification, specification_id)
    approved = select(Specification).where(*_of(*found), Specification.state == SpecificationState.approved)
    in_force = await work.session.scalar(approved.where(Specification.id != specification.id).with_for_update())
    if in_force is not None:
        newer, revision = in_force.revision, specification.revision
        if newer > revision:
            raise RuleViolated(f"revision {newer} is in force, newer than {revision}: draft a new one")
        in_force.supersede(specification.id)
        await work.session.flush()  # before the successor: at no moment are two in force, and an index sees to it
    work.publish(specification.approve(work.principal.subject, work.now), of=specification)
    return specification
