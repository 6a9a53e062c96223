"""Which plan of oversight of a site holds, or was known to hold at an instant. The sponsor's alone."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col, select

from contracts import Day
from partner_registry.known import KnownAt, as_known, found_as_known, why_none
from partner_registry.oversight.model import HOLDS, OversightPlan
from partner_registry.oversight.queries import planned
from partner_registry.oversight.schemas import PlannedValue, PlanState
from partner_registry.sites.model import Site
from runtime.access import READERS, SPONSORS, allowed
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from serving.shown import Answer, Ref

router = APIRouter(prefix="/oversight-plans", tags=["oversight-plans"], route_class=QueryRoute)


class OversightPlanAnswer(Answer):
    """The plan of a site that was not superseded, as it was known at an instant, and what it asks for on a day."""

    site: Ref
    on: date
    as_of: datetime
    kept: bool
    plan: Ref | None
    """The plan that held; null where none was derived."""
    state: PlanState | None
    values: list[PlannedValue]
    """Those that hold on the day, as far as that was known."""
    last_audit_on: date | None
    next_audit_on: date | None
    why_not: list[str]


@router.get("/answer", name="answer")
@allowed(*(READERS & SPONSORS))
async def answer(
    work: Reading,
    site_id: UUID,
    on: Annotated[Day | None, Query(description="A day; today, in UTC, where none is given.")] = None,
    as_of: Annotated[KnownAt | None, Query(description="By what was known then.")] = None,
) -> OversightPlanAnswer:
    """What the plan of a site asks for on a day. Raises NotFound for an unknown site."""
    site, day = await work.get(Site, site_id), on or work.now.date()
    kept = bool(await as_known(work, [site], as_of))
    own = select(OversightPlan).where(OversightPlan.site_id == site.id).order_by(col(OversightPlan.id))
    known = await found_as_known(work, own, as_of)
    held = next((each for each in known if each.state in HOLDS), None)
    lacks = None if held else f"no plan of {site.number} was derived"
    return OversightPlanAnswer(
        site=Ref(id=site.id, number=site.number, name=site.name),
        on=day,
        as_of=as_of or work.now,
        kept=kept,
        plan=Ref(id=held.id, number=held.number) if held else None,
        state=held.state if held else None,
        values=[PlannedValue.model_validate(each) for each in planned(held.holding(day))] if held else [],
        last_audit_on=held.last_audit_on if held else None,
        next_audit_on=held.next_audit_on if held else None,
        why_not=why_none(site, kept=kept, lacks=lacks),
    )
