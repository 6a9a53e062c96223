"""A partner's risk: the worst of its sites in use. The sponsor's alone."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from sqlmodel import col, select

from contracts.oversight import RiskBand
from partner_registry.partners.model import Partner
from partner_registry.partners.succession import aliases
from partner_registry.risk import scoring
from partner_registry.risk.standing import SiteRisk
from partner_registry.sites.model import Site, SiteState
from runtime.access import READERS, SPONSORS, allowed
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from serving.shown import Answer, Ref

router = APIRouter(prefix="/partner-risks", tags=["site-risks"], route_class=QueryRoute)


class RiskOfASite(Answer):
    """What is in force of one site's risk."""

    site: Ref
    band: RiskBand | None
    """Floors included; null where the site is not assessed and no fact set a floor."""
    at_least: bool
    provisional: bool


class PartnerRiskRead(Answer):
    """What is in force of a partner's risk, by its sites that are not closed."""

    partner: Ref
    band: RiskBand | None
    """The worst of its sites; null where nothing is known of any."""
    at_least: bool
    """Whether it may be higher: of some site not everything is assessed, or there is none."""
    provisional: bool
    """Whether a fact holds one of its sites up until a reassessment is signed."""
    sites: list[RiskOfASite]
    """Those in use, the worst first."""


def worst_of(partner: Ref, sites: Sequence[RiskOfASite]) -> PartnerRiskRead:
    """The partner's: that of the worst of its sites in use; at least that, where not all of them is known."""
    ranked = sorted(sites, key=lambda each: (-scoring.rank(each.band) if each.band else 1, each.site.number or ""))
    return PartnerRiskRead(
        partner=partner,
        band=scoring.worst(each.band for each in sites),
        at_least=not sites or any(each.at_least for each in sites),
        provisional=any(each.provisional for each in sites),
        sites=ranked,
    )


@router.get("/{partner_id}", name="partner-risk")
@allowed(*(READERS & SPONSORS))
async def partner_risk(work: Reading, partner_id: UUID) -> PartnerRiskRead:
    """A partner's risk as it is in force: the worst of its sites in use, also of those under an alias of it.

    Raises NotFound for an unknown partner.
    """
    partner = await work.get(Partner, partner_id)
    in_use = (
        col(Site.partner_id).in_({partner.id, *await aliases(work, [partner.id])}),
        col(Site.state) != SiteState.closed,
    )
    rows = await work.session.execute(
        select(Site, SiteRisk).outerjoin(SiteRisk, col(SiteRisk.id) == col(Site.id)).where(*in_use)
    )
    sites = [
        RiskOfASite(
            site=Ref(id=site.id, number=site.number, name=site.name),
            band=risk.band if risk else None,
            at_least=risk is None or risk.at_least,
            provisional=risk is not None and risk.provisional,
        )
        for site, risk in rows
    ]
    return worst_of(Ref(id=partner.id, number=partner.number, name=partner.legal_name), sites)
