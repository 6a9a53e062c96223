"""Use cases of sites that are sold: what the seller keeps, and what begins anew with the buyer."""

from typing import Any, Final, NamedTuple
from uuid import UUID

from partner_registry.certificates import commands as certificates
from partner_registry.identifiers import owners as identifiers
from partner_registry.lines import commands as lines
from partner_registry.mergers.queries import refuse_beside, to_come_with
from partner_registry.oversight import commands as oversight
from partner_registry.partners.model import Partner
from partner_registry.qp_capacities import commands as qp_capacities
from partner_registry.qualifications import commands as qualifications
from partner_registry.qualifications.owners import SOLD
from partner_registry.registrations import commands as registrations
from partner_registry.risk import commands as risk
from partner_registry.sites.held import BESIDE_WHAT_NAMES_IT, to_hand_over
from partner_registry.sites.model import Site
from partner_registry.sub_suppliers import commands as sub_suppliers
from partner_registry.transfers import queries
from partner_registry.transfers.model import FormerSite, SiteTransfer, against
from partner_registry.transfers.schemas import SellSite
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.timers import record_by_record
from runtime.work import Work

_UNCARRIED: Final = "no certificate of the premises carries it: what the former owner had for it is that one's own"


class Told(NamedTuple):
    """Whom the fact is for, and its place among those of the site."""

    parties: list[UUID]
    version: int


async def announce(work: Work, body: SellSite) -> SiteTransfer:
    """Say that a site is sold. Raises NotFound for an unknown site or buyer, RuleViolated where a sale is announced."""
    site = await work.get(Site, body.site_id)
    # Locked, both: who agrees to a merger of one of the two, or completes its exit, sees what is announced.
    held = {each: await work.get(Partner, each) for each in sorted((site.partner_id, body.buyer_id))}
    buyer = held[body.buyer_id]
    for party in held:
        await refuse_beside(work, to_come_with(party), "one of the two")
    if known := await work.session.scalar(queries.announced_of(site.id)):
        raise RuleViolated(f"{known.number} is announced for {site.number} already: call that off, or wait for it")
    transfer = SiteTransfer.announce(
        site=site,
        buyer=buyer,
        effective_on=body.effective_on,
        reason=body.reason,
        number=await next_number(work, "SALE", "site_transfer_number"),
    )
    work.subject = work.add(transfer)
    return transfer


async def _take_effect(work: Work, transfer: Any) -> None:
    site = await to_hand_over(work, transfer.site_id)
    await certificates.hold(work, site)  # what an approval holds, and then the partner
    seller, buyer = await _both(work, transfer)
    if obstacle := against(site, buyer):
        transfer.fall_through(obstacle)
        work.publish(of=transfer)
        return
    work.session.add(FormerSite.of(site, transfer.effective_on))
    fact = transfer.take_effect(site, work.now)
    work.publish(of=transfer)
    work.publish(of=site)
    await work.flush()  # the site has the version with which the fact is told
    work.publish(fact, of=Told([transfer.partner_id, transfer.buyer_id], site.version))
    await identifiers.pass_on(work, site, transfer.effective_on)
    await certificates.pass_on(work, site, transfer.effective_on)
    await qualifications.pass_on(work, site, transfer.effective_on, seller.inactive_on(site.time_zone))
    await qualifications.review(work, site.id, _UNCARRIED, transfer.effective_on)
    await sub_suppliers.cease(work, site, SOLD, transfer.effective_on)
    await lines.cease(work, site, SOLD, transfer.effective_on)
    await registrations.pass_on(work, site, transfer.effective_on)
    await qp_capacities.pass_on(work, site, seller.id, transfer.effective_on)
    (await risk.risk_of(work, site)).partner_id = site.partner_id
    await work.flush()  # who derives its plan reads it anew
    await oversight.owned_anew(work, site)


async def _both(work: Work, transfer: Any) -> tuple[Partner, Partner]:
    """Seller and buyer as they are now, which neither is otherwise before the transaction ends."""
    held = {
        each: await work.session.get_one(Partner, each, with_for_update=BESIDE_WHAT_NAMES_IT, populate_existing=True)
        for each in sorted((transfer.partner_id, transfer.buyer_id))
    }
    return held[transfer.partner_id], held[transfer.buyer_id]


effective = record_by_record("site-transferred", 30.0, SiteTransfer, queries.to_take_effect, _take_effect)
