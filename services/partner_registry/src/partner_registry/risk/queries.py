"""Reads of sites' risks."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from contracts.oversight import RiskDimension
from partner_registry.names import names_of, sites_of
from partner_registry.partners.succession import of_partner
from partner_registry.risk import scoring
from partner_registry.risk.model import OPEN, RiskAssessment
from partner_registry.risk.schemas import (
    FloorRead,
    RiskAssessmentRead,
    RiskState,
    SignedRead,
    SiteRiskDetail,
    SiteRiskRead,
)
from partner_registry.risk.standing import RiskFloor, SiteRisk
from runtime.work import Work
from serving.listing import equal, whether

ASSESSMENT_FILTERS = equal(RiskAssessment, *("number", "state", "site_id", "partner_id", "band", "trajectory")) | {
    "open": whether(lambda _: col(RiskAssessment.state).in_(OPEN), "it is not signed")
}
SITE_FILTERS = (
    equal(SiteRisk, *("site_id", "band", "trajectory"))
    | of_partner(SiteRisk)
    | {
        "provisional": whether(
            lambda _: col(SiteRisk.provisional), "a fact holds it up until a reassessment is signed"
        ),
        "overdue": whether(
            lambda work: func.coalesce(col(SiteRisk.due_at) <= work.now, False),
            "the reassessment is beyond its last day",
        ),
    }
)
_IN_FORCE_ONCE = (RiskState.signed, RiskState.superseded)


async def show(work: Work, assessments: Sequence[RiskAssessment]) -> list[RiskAssessmentRead]:
    """The assessments with names, and what is computed from the ratings."""
    names = await names_of(work, assessments, await sites_of(work, assessments))
    return [RiskAssessmentRead.model_validate(dict(one) | names[one.id] | computed(one)) for one in assessments]


async def show_sites(work: Work, risks: Sequence[SiteRisk]) -> list[SiteRiskRead]:
    """Sites' risks with names."""
    names = await names_of(work, risks, await sites_of(work, risks))
    return [
        SiteRiskRead.model_validate(
            dict(one) | names[one.id] | {"overdue": one.due_at is not None and one.due_at <= work.now}
        )
        for one in risks
    ]


async def show_site(work: Work, risk: SiteRisk) -> SiteRiskDetail:
    """One with the floors that hold, and how it was signed over the years."""
    (shown,) = await show_sites(work, [risk])
    floors = [FloorRead.model_validate(dict(one)) for one in await floors_of(work, risk.site_id)]
    signed = [SignedRead.model_validate(dict(one)) for one in await signed_of(work, [risk.site_id])]
    return SiteRiskDetail.model_validate(dict(shown) | {"floors": floors, "signed": signed})


async def signed_of(work: Work, sites: Collection[UUID]) -> Sequence[RiskAssessment]:
    """The assessments of sites that are or were in force, the oldest first."""
    was = (col(RiskAssessment.site_id).in_(sites), col(RiskAssessment.state).in_(_IN_FORCE_ONCE))
    found = select(RiskAssessment).where(*was).order_by(col(RiskAssessment.effective_at), col(RiskAssessment.id))
    return (await work.session.scalars(found)).all()


async def covered_at(work: Work, sites: Collection[UUID]) -> Collection[UUID]:
    """The floors at sites that a signed assessment covers."""
    return {each for one in await signed_of(work, sites) for each in one.covers}


async def floors_of(work: Work, site_id: UUID) -> Sequence[RiskFloor]:
    """The floors that hold at a site: those that no signed assessment covers, the oldest first."""
    covered = await covered_at(work, [site_id])
    found = select(RiskFloor).where(RiskFloor.site_id == site_id).order_by(col(RiskFloor.holds_from), col(RiskFloor.id))
    return [each for each in await work.session.scalars(found) if each.id not in covered]


def computed(one: RiskAssessment) -> dict[str, Any]:
    """What follows from the ratings of an assessment."""
    scores, apart = one.scores, one.apart
    return {
        "at_least": one.at_least,
        "computed_band": scoring.worst(score.band for score in scores.values()),
        "scores": [_score(each, scores.get(each), each in apart) for each in RiskDimension],
    }


def _score(dimension: RiskDimension, score: scoring.Score | None, apart: bool) -> dict[str, Any]:
    found = {"score": score.value, "band": score.band, "floored": score.floored} if score else {}
    unknown = {"score": None, "band": None, "floored": False}
    hidden = score is not None and score.detectability is None
    return unknown | found | {"dimension": dimension, "detectability_unknown": hidden, "apart": apart}
