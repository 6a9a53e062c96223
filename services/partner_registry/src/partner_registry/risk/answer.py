"""What the risk of a site, and an assessment of it, was known to be at an instant. The sponsor's alone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import select

from contracts.oversight import RiskBand, RiskTrajectory
from partner_registry.known import KnownAt, as_known, found_as_known, why_none
from partner_registry.risk.model import RiskAssessment
from partner_registry.risk.queries import computed
from partner_registry.risk.schemas import RiskContent, StandingRead
from partner_registry.risk.standing import SiteRisk
from partner_registry.sites.model import Site
from runtime.access import READERS, SPONSORS, allowed
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from serving.shown import Answer, Ref

router = APIRouter(route_class=QueryRoute)


class SiteRiskAnswer(Answer):
    """What was in force of a site's risk, as it was known at an instant."""

    site: Ref
    as_of: datetime
    kept: bool
    band: RiskBand | None
    """Floors included; null where the site was not assessed and no fact set a floor."""
    at_least: bool
    provisional: bool
    signed_band: RiskBand | None
    assessment_id: UUID | None
    trajectory: RiskTrajectory | None
    dimensions: list[StandingRead]
    drivers: list[str]
    due_at: datetime | None
    """By when the reassessment was to be signed that a fact asked for."""
    why_not: list[str]


class RiskAssessmentAnswer(Answer):
    """An assessment as it was known at an instant."""

    id: UUID
    as_of: datetime
    kept: bool
    content: RiskContent | None
    """As it was rated, settled and signed by then; null where it had not begun."""
    why_not: list[str]


_NAMES = ("band", "at_least", "provisional", "signed_band", "assessment_id", "trajectory", "drivers", "due_at")


@router.get("/site-risks/answer", name="answer", tags=["site-risks"])
@allowed(*(READERS & SPONSORS))
async def site_risk(
    work: Reading, site_id: UUID, as_of: Annotated[KnownAt | None, Query(description="By what was known then.")] = None
) -> SiteRiskAnswer:
    """What is in force of a site's risk, or was known to be. Raises NotFound for an unknown site."""
    site = await work.get(Site, site_id)
    kept = bool(await as_known(work, [site], as_of))
    known = await found_as_known(work, select(SiteRisk).where(SiteRisk.id == site.id), as_of)
    stood = known[0] if known else SiteRisk.of(site)
    return SiteRiskAnswer(
        **{name: getattr(stood, name) for name in _NAMES},
        site=Ref(id=site.id, number=site.number, name=site.name),
        as_of=as_of or work.now,
        kept=kept,
        dimensions=[StandingRead.model_validate(each) for each in stood.dimensions],
        why_not=why_none(site, kept=kept),
    )


@router.get("/risk-assessments/{risk_assessment_id}/content", name="content", tags=["risk-assessments"])
@allowed(*(READERS & SPONSORS))
async def content(
    work: Reading,
    risk_assessment_id: UUID,
    as_of: Annotated[KnownAt | None, Query(description="By what was known then.")] = None,
) -> RiskAssessmentAnswer:
    """An assessment as it was rated, settled and signed by an instant."""
    now = await work.get(RiskAssessment, risk_assessment_id)
    known = await as_known(work, [now], as_of)
    return RiskAssessmentAnswer(
        id=now.id,
        as_of=as_of or work.now,
        kept=bool(known),
        content=RiskContent.model_validate(dict(known[0]) | computed(known[0])) if known else None,
        why_not=why_none(now, kept=bool(known)),
    )
