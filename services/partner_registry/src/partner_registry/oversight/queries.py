"""Reads of sites' plans of oversight, and what is known of a site from which they are derived."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select
from sqlmodel import col, select

from contracts.oversight import RiskDimension
from partner_registry.audits import last_of
from partner_registry.names import names_of, sites_of
from partner_registry.oversight.model import HOLDS, OversightPlan
from partner_registry.oversight.rules import Plan, Situation
from partner_registry.oversight.schemas import OversightPlanRead, PlanState
from partner_registry.oversight.sources import is_sole_source, sole_source_of_critical
from partner_registry.partners.succession import elders, of_partner
from partner_registry.risk.queries import floors_of
from partner_registry.risk.scoring import worst
from partner_registry.risk.standing import SiteRisk
from partner_registry.segments.queries import confirmed_of
from partner_registry.sites.model import Activity, Site
from runtime.work import Work
from serving.listing import days, equal, whether

FILTERS = (
    equal(OversightPlan, *("number", "state", "site_id"))
    | of_partner(OversightPlan)
    | {"holds": whether(lambda _: col(OversightPlan.state).in_(HOLDS), "it is not superseded")}
    | days(OversightPlan.next_audit_on, "the next audit is")
)


async def show(work: Work, plans: Sequence[OversightPlan]) -> list[OversightPlanRead]:
    """The plans with names, and what holds today."""
    names = await names_of(work, plans, await sites_of(work, plans))
    return [
        OversightPlanRead.model_validate(
            dict(one)
            | names[one.id]
            | {"values": planned(one.holding(work.now.date())), "derived": planned(one.derived)}
        )
        for one in plans
    ]


async def plan_of(work: Work, site_id: UUID) -> OversightPlan | None:
    """The plan of a site that is not superseded."""
    found = select(OversightPlan).where(OversightPlan.site_id == site_id, col(OversightPlan.state).in_(HOLDS))
    return await work.session.scalar(found)


async def cause_on(work: Work, site: Site, plan: OversightPlan | None) -> date | None:
    """The local day of the latest cause for an audit of the site, where none was held from then on."""
    zone, last = ZoneInfo(site.time_zone), await last_of(work, site.id)
    causes = [each.holds_from.astimezone(zone).date() for each in await floors_of(work, site.id) if each.for_cause]
    audits = [last.conducted_on if last else None, plan.last_audit_on if plan else None]
    audited = max((each for each in audits if each), default=None)
    return max((each for each in causes if audited is None or audited < each), default=None)


async def situation_of(work: Work, site: Site, risk: SiteRisk, *, for_cause: bool) -> Situation:
    """What is known of a site now. What no fact tells yet is unknown."""
    company = (await elders(work, [site.partner_id])).get(site.partner_id, site.partner_id)
    segmentation = (await confirmed_of(work, [company])).get(company)
    standing: Mapping[str, Any] = next(
        (each for each in risk.dimensions if each["dimension"] == RiskDimension.data_integrity), {}
    )
    bands = [standing.get("band"), standing.get("floor")]
    return Situation(
        band=risk.band,
        trajectory=risk.trajectory,
        scale_version=risk.scale_version,
        data_integrity_band=worst(bands),
        segment=segmentation.segment if segmentation else None,
        sterile_fill=Activity.sterile_fill in site.activities,
        laboratory=Activity.testing in site.activities,
        for_cause=for_cause,
        sole_source_of_critical=sole_source_of_critical(await is_sole_source(work, site), segmentation),
    )


def to_come_into_force(work: Work) -> Select[Any]:
    """Those that nobody acknowledged in time."""
    late = (OversightPlan.state == PlanState.derived, col(OversightPlan.acknowledge_by) <= work.now)
    return select(OversightPlan).where(*late).order_by(col(OversightPlan.id))


def to_look_at_again(work: Work) -> Select[Any]:
    """Those of which a day has come on which something else may hold."""
    come = (col(OversightPlan.state).in_(HOLDS), col(OversightPlan.look_again_on) <= work.now.date())
    return select(OversightPlan).where(*come).order_by(col(OversightPlan.id))


def planned(plan: Plan) -> list[dict[str, Any]]:
    """The values of a plan as they are shown."""
    return [
        {"name": name, "value": each.value, "rules": [*each.rules], "refused_by_hand": each.refused_by_hand}
        for name, each in plan.items()
    ]
