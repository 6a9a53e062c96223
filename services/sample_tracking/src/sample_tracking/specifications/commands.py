"""Use cases of specifications, and what happens to them when their day comes."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, func, select

from contracts.sample_tracking import AppliesTo
from directory import queries as directory
from runtime.problems import NotFound, RuleViolated
from runtime.timers import record_by_record
from runtime.work import Work
from sample_tracking.results import again
from sample_tracking.settings import SpecificationSettings
from sample_tracking.specifications.model import Specification, SpecificationState
from sample_tracking.specifications.registrations import since, standing_of
from sample_tracking.specifications.schemas import DraftSpecification

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_LIVE = (SpecificationState.approved, SpecificationState.effective)


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
    given = {"product_id": product.id, "product_code": product.code} | body.as_drafted()
    return work.add(Specification.draft(limits=limits, by=by, revision=(newest or 0) + 1, **given))


async def approve(work: Work, specification_id: UUID) -> Specification:
    """Approve a draft, and bring it into force where its day has come.

    Raises NotFound, NotAllowedNow, and RuleViolated for a limit without a method, and for a draft older than what is
    approved, or in force before it.
    """
    scope = select(Specification.product_id, Specification.market).where(Specification.id == specification_id)
    found = (await work.session.execute(scope)).one_or_none()
    if found is None:
        raise NotFound("specification", specification_id)
    await _only_one(work, *found)
    specification = await work.get(Specification, specification_id)
    looks_back = specification.applies_to == AppliesTo.all_open_lots
    counted = await again.count(work, specification.product_id, specification.tests) if looks_back else None
    approved = specification.approve(work.principal.subject, counted, work.now)
    for other in await _live_beside(work, specification):
        _must_follow(specification, other)
    work.publish(approved, of=specification)
    if specification.is_due(work.now):
        await _begin(work, specification)
    return specification


async def _begin(work: Work, specification: Specification) -> None:
    """Its day has come: it takes effect, unless its market's registration does not name it. Then it says so, and waits.

    Asked with its row held; whoever tells of a registration meanwhile is heard the next time.
    """
    found = await standing_of(work, specification)
    if found and found.blocks(must_be_registered=SpecificationSettings().must_be_registered):
        if not specification.held_back:
            specification.hold_back()
            work.publish(of=specification)
        return
    await _take_effect(work, specification)


def _must_follow(specification: Specification, other: Specification) -> None:
    """Refuse a revision that would come into force beside or before one that is newer, or has a later day."""
    revision, says = specification.revision, f"revision {other.revision} is {other.state}"
    if other.revision > revision:
        raise RuleViolated(f"{says}, newer than {revision}: draft a new one")
    since, begins = other.effective_from, specification.effective_from
    if other.state == SpecificationState.effective and since and begins and begins < since:
        raise RuleViolated(f"{says} from {since} on: {revision} cannot have been in force before it, from {begins}")


async def _take_effect(work: Work, specification: Specification) -> None:
    others = await _live_beside(work, specification)
    before = next((other for other in others if other.state == SpecificationState.effective), None)
    for other in others:
        if other.revision < specification.revision:
            other.supersede(specification.id)
    await work.session.flush()  # before the successor: at no moment are two in force, and an index sees to it
    named = await since(work, specification)
    work.publish(specification.become_effective(before, work.now, named), of=specification)
    await again.of_open_lots(work, specification.product_id, specification.tests)


async def _live_beside(work: Work, specification: Specification) -> Sequence[Specification]:
    """The other revisions for the same product, market and purpose that are approved or in force, locked, newest first.

    In this order an approval waits for what takes effect just now, and holds nothing that this wants.
    """
    of = _of(specification.product_id, specification.market)
    same = (*of, Specification.purpose == specification.purpose, Specification.id != specification.id)
    live = (
        select(Specification)
        .where(*same, col(Specification.state).in_(_LIVE))
        .order_by(col(Specification.revision).desc())
    )
    return (await work.session.scalars(live.with_for_update())).all()


def _due(work: Work) -> Select[Any]:
    """Approved ones whose day has come, in the order in which they take effect."""
    of, today = Specification, work.now.astimezone(UTC).date()
    due = select(of).where(of.state == SpecificationState.approved, col(of.effective_from) <= today)
    return due.order_by(col(of.effective_from), col(of.revision))


async def _become_effective(work: Work, specification: Specification) -> None:
    if specification.state == SpecificationState.approved:  # and not superseded a moment ago by one that was due, too
        await _begin(work, specification)


effective = record_by_record("specification-effective", 30.0, Specification, _due, _become_effective)
