"""Reads of what proposes suspensions, and what is kept of one. No partner reads a row of that."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, col, select

from contracts.oversight import RiskBand, RiskDimension
from partner_registry.metadata import Table
from partner_registry.partners.model import Partner
from partner_registry.partners.suspension import ProposedBy, SuspensionCause
from partner_registry.risk.queries import covered_at
from partner_registry.risk.standing import RiskFloor, SiteRisk
from partner_registry.sites.model import Site, SiteState
from runtime.work import Versioned, Work

_BY: Mapping[str, ProposedBy] = {
    RiskBand.high: ProposedBy.official_action,
    RiskBand.critical: ProposedBy.non_compliance,
}
"""What an authority decided, by the band of the floor that it sets: an official action, or that a site, or its
certificate, does not comply."""


class PartnerSuspension(Versioned, Table, table=True):
    """For what a partner was suspended last, as facts proposed it. Its id is the partner's."""

    __tablename__ = "partner_suspension"
    __table_args__ = (ForeignKeyConstraint(["id"], ["partner.id"]),)

    suspended_for: list[Any] = Field(default_factory=list, sa_type=JSONB)


async def proposed(work: Work, partner_ids: Collection[UUID]) -> Mapping[UUID, list[SuspensionCause]]:
    """By partner what proposes its suspension now: at sites that are not closed, until their risk is assessed anew and
    what is signed covers it."""
    sites = (col(Site.partner_id).in_(partner_ids), Site.state != SiteState.closed)
    found: defaultdict[UUID, list[SuspensionCause]] = defaultdict(list)
    decided = (RiskFloor.for_cause, RiskFloor.dimension == RiskDimension.regulatory)
    floors = select(RiskFloor, Site).join(Site, col(RiskFloor.site_id) == Site.id).where(*sites, *decided)
    rows = (await work.session.execute(floors.order_by(col(RiskFloor.holds_from), col(RiskFloor.id)))).all()
    covered = await covered_at(work, {site.id for _, site in rows})
    for floor, site in rows:
        if floor.id in covered:
            continue
        found[site.partner_id].append(
            SuspensionCause(
                id=floor.id, proposed_by=_BY[floor.band], site_id=site.id, text=floor.cause, since=floor.holds_from
            )
        )
    risks = select(Site).join(SiteRisk, col(SiteRisk.site_id) == Site.id).where(*sites)
    for site in await work.session.scalars(risks.where(SiteRisk.band == RiskBand.critical).order_by(Site.number)):
        text, id = f"the risk of {site.number} is critical", uuid5(site.id, "critical")
        found[site.partner_id].append(
            SuspensionCause(id=id, proposed_by=ProposedBy.critical_risk, site_id=site.id, text=text, since=None)
        )
    return found


async def kept(work: Work, partner_ids: Collection[UUID]) -> Mapping[UUID, list[SuspensionCause]]:
    """By partner for what it was suspended last."""
    notes = await work.session.scalars(select(PartnerSuspension).where(col(PartnerSuspension.id).in_(partner_ids)))
    return {each.id: [SuspensionCause.model_validate(cause) for cause in each.suspended_for] for each in notes}


async def keep(work: Work, partner: Partner, causes: Sequence[SuspensionCause]) -> None:
    """Keep for what it is suspended: nothing, where no fact proposed it."""
    note = await work.session.get(PartnerSuspension, partner.id) or work.add(PartnerSuspension(id=partner.id))
    note.suspended_for = [each.model_dump(mode="json") for each in causes]
