"""Use cases of process limits."""

from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from directory import queries as directory
from quality_events.process_limits.model import ProcessLimits
from quality_events.process_limits.schemas import StateProcessLimits
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work

_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('quality-events.process-limits' || $1, 0))"
_PARTNER: Final = "SELECT number FROM known_partner WHERE id = $1"


async def state(work: Work, body: StateProcessLimits) -> ProcessLimits:
    """State a new version. Raises NotFound for an unknown partner, a 409 Problem for an unknown product or site, and
    RuleViolated for another partner's site.
    """
    product = await directory.named_product(work, None, body.material)
    if await work.connection.fetchval(_PARTNER, body.partner_id) is None:
        raise NotFound("partner", body.partner_id)
    if body.site_id:
        site = await directory.named_site(work, body.site_id, "site_id")
        if site.partner_id != body.partner_id:
            raise RuleViolated(f"{site.number} is another partner's: name a site of this one", fields=["site_id"])
    revision = await _next_revision(work, product.id, body.partner_id, body.site_id)
    number = await next_number(work, "PL", "process_limits_number")
    limits = work.add(ProcessLimits.state_anew(body, number, product.id, revision, work.principal.subject))
    work.publish(of=limits)
    return limits


async def _next_revision(work: Work, product_id: UUID, partner_id: UUID, site_id: UUID | None) -> int:
    """Counted alone: two versions that are stated at once have two numbers."""
    await work.connection.execute(_ALONE, f"{product_id}/{partner_id}/{site_id}")
    same = {"product_id": product_id, "partner_id": partner_id, "site_id": site_id}
    last = select(func.max(col(ProcessLimits.revision))).filter_by(**same)
    return (await work.session.scalar(last) or 0) + 1
