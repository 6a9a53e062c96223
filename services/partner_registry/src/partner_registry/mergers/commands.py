"""Use cases of mergers: two people agree, and on the day the successor has what was the other one's."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import true
from sqlmodel import col, select

from contracts.partner_registry import CertificateState
from partner_registry.certificates import commands as certificates
from partner_registry.certificates.model import Certificate
from partner_registry.days import local_day
from partner_registry.duplicates import known
from partner_registry.entities.model import LegalEntity
from partner_registry.identifiers import owners as identifiers
from partner_registry.identifiers.model import Identifier
from partner_registry.identifiers.schemas import IdentifierState
from partner_registry.inspections.model import Inspection
from partner_registry.lines.model import ProductionLine
from partner_registry.lines.schemas import LineState
from partner_registry.locking import hold_partners
from partner_registry.mergers import queries
from partner_registry.mergers.model import TO_COME, PartnerMerger
from partner_registry.mergers.schemas import ProposeMerger
from partner_registry.oversight import commands as oversight
from partner_registry.partner_products import owners as partner_products
from partner_registry.partners.model import Partner
from partner_registry.qp_capacities.model import QpCapacity
from partner_registry.qp_capacities.schemas import QpNamingState
from partner_registry.qualifications import commands as qualifications
from partner_registry.registrations import commands as registrations
from partner_registry.registrations.model import Registration
from partner_registry.risk import commands as risk
from partner_registry.segments.queries import confirmed_of
from partner_registry.sites.held import to_hand_over
from partner_registry.sites.model import Site
from partner_registry.sub_suppliers.model import SubSupplierUse
from partner_registry.sub_suppliers.schemas import UseState
from partner_registry.transfers.commands import Told
from partner_registry.transfers.model import FormerSite
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.timers import record_by_record
from runtime.work import Work

_FURTHER: Final = select(LegalEntity.id).where(col(LegalEntity.principal).is_(False))
_OF_AN_ENTITY: Final = col(Identifier.legal_entity_id).in_(_FURTHER)
GOES_ON: Final[Sequence[tuple[Any, Any]]] = (
    (Certificate, col(Certificate.state) != CertificateState.refused),
    (ProductionLine, col(ProductionLine.state) == LineState.in_use),
    (SubSupplierUse, col(SubSupplierUse.state) == UseState.in_use),
    (Inspection, true()),
)
"""Records of a site that somebody goes on with: they are the successor's, as they are. What has ended stays, but for
inspections: by what an authority found the site counts after that, too."""
OF_THE_PARTNER: Final[Sequence[tuple[Any, Any]]] = (
    (QpCapacity, col(QpCapacity.state).not_in((QpNamingState.rejected, QpNamingState.withdrawn))),
    (Identifier, (col(Identifier.state) == IdentifierState.valid) & _OF_AN_ENTITY),
    (LegalEntity, col(LegalEntity.principal).is_(False)),
)
"""Those of no site. The entities include what has ended: whoever reads the certificates reads whose they are, and that
one is no more. The one by whose name the partner was known stays, and ends."""


async def propose(work: Work, body: ProposeMerger) -> PartnerMerger:
    """Say that a partner merges into another one. Raises NotFound, and RuleViolated where one is to come already."""
    await hold_partners(work, (body.partner_id, body.successor_id))
    merging, successor = await work.get(Partner, body.partner_id), await work.get(Partner, body.successor_id)
    merging.check_goes_on()
    await queries.refuse_beside(work, queries.to_come_of(merging.id), f"{merging.number} already")
    for number in await queries.back_into(work, merging.id, successor.id, TO_COME):
        raise RuleViolated(f"{number} is to let {successor.number} merge into {merging.number} in turn: call that off")
    said = body.model_dump(exclude={"partner_id", "successor_id"})
    whose: dict[str, Any] = {"merging": merging, "successor": successor, "by": work.principal.subject}
    number = await next_number(work, "MRG", "partner_merger_number")
    work.subject = work.add(PartnerMerger.propose(**whose, **said, number=number))
    return work.subject


async def agree(work: Work, partner_merger_id: UUID) -> PartnerMerger:
    """A second person agrees. Raises RuleViolated with what stands against it."""
    found = await work.get(PartnerMerger, partner_merger_id)
    # Who begins an exit, a sale or a union after this sees what was agreed.
    await hold_partners(work, (found.partner_id, found.successor_id))
    found.agree(await queries.missing(work, found), work.principal.subject, work.now)
    work.publish(of=found)
    return found


async def _take_effect(work: Work, merger: Any) -> None:
    if await _hindered(work, merger):
        return  # asked before anything is locked, for it is asked again and again
    # First of all what an entity is renamed under; then sites before partners, as who sells one or begins something at
    # it holds them.
    await known.one_at_a_time(work)
    sites = [
        await _to_succeed(work, each.id) for each in await work.session.scalars(queries.sites_of(merger.partner_id))
    ]
    both = sorted((merger.partner_id, merger.successor_id))
    held = {each: await _held(work, each) for each in both}
    merging, successor = held[merger.partner_id], held[merger.successor_id]
    if await _hindered(work, merger):
        return
    seen = {each.id for each in sites}
    late = [each.id for each in await work.session.scalars(queries.sites_of(merging.id)) if each.id not in seen]
    sites += [await _to_succeed(work, each) for each in late]
    merger.take_effect(work.now)
    work.publish(of=merger)
    stopped = merging.inactive_since
    told = merging.absorb(successor, merger.effective_on, merger.reason, work.now)
    work.publish(of=merging)
    await work.flush()  # the partner has the version with which the fact is told
    work.publish(told, of=Told([merging.id, successor.id], merging.version))
    for site in sites:
        await _succeed(work, site, merging, merger.effective_on, stopped and local_day(stopped, site.time_zone))
    for model, living in OF_THE_PARTNER:
        await _pass(work, model, living, merging.id, successor.id)
    why = f"{merging.number} merged into {merging.successor_number}"
    await partner_products.pass_on(work, merging.id, successor.id, merger.effective_on, why)
    await _name_the_successor(work, merging, successor)
    if counted := (await confirmed_of(work, [merging.id])).get(merging.id):
        counted.supersede()
        work.publish(of=counted)


async def _hindered(work: Work, merger: Any) -> bool:
    """Whether something stands against it, which it says then; told once, however often the clock comes by."""
    obstacle = "; ".join(await queries.missing(work, merger))
    if obstacle and obstacle != merger.obstacle:
        merger.hinder(obstacle)
        work.publish(of=merger)
    return bool(obstacle)


async def _to_succeed(work: Work, site_id: UUID) -> Site:
    """A site with what is judged there and its certificates: an approval holds those, and then the partner."""
    site = await to_hand_over(work, site_id)
    await certificates.hold(work, site)
    return site


async def _held(work: Work, partner_id: UUID) -> Partner:
    return await work.session.get_one(Partner, partner_id, with_for_update=True, populate_existing=True)


async def _succeed(work: Work, site: Site, former: Partner, on: date, not_active_since: date | None) -> None:
    """A site goes on as the successor's, with all that somebody goes on with there."""
    work.session.add(FormerSite.of(site, on))
    owner = former.successor_id
    assert owner is not None  # noqa: S101
    fact = site.succeed(owner, on, work.now)
    work.publish(of=site)
    await work.flush()  # the site has the version with which the fact is told
    work.publish(fact, of=Told([former.id, owner], site.version))
    reason = f"{former.number} merged into {former.successor_number}"
    await identifiers.pass_on(work, site, on, reason)
    await qualifications.succeed(work, site, reason, on, not_active_since)
    for model, living in GOES_ON:
        await _pass(work, model, living & (model.site_id == site.id), former.id, owner)
    await registrations.pass_on(work, site, on)
    (await risk.risk_of(work, site)).partner_id = owner
    await work.flush()  # who derives its plan reads it anew
    await oversight.owned_anew(work, site)


async def _pass(work: Work, model: Any, living: Any, former: UUID, owner: UUID) -> None:
    for each in await _locked(work, model, model.partner_id == former, living):
        each.partner_id, each.parties = owner, [owner]
        work.publish(of=each)


async def _name_the_successor(work: Work, merging: Partner, successor: Partner) -> None:
    """What named the entity by which the partner was known names that of the successor, and that one is no more."""
    await work.flush()  # the persons are the successor's by now
    old, new = [
        (await work.session.scalars(queries.principal_of(each.id).with_for_update())).one()
        for each in (merging, successor)
    ]
    assert merging.absorbed_on is not None  # noqa: S101
    old.cease(merging.absorbed_on, f"{merging.number} merged into {merging.successor_number}", work.now)
    work.publish(of=old)
    theirs: Sequence[tuple[Any, Any]] = (
        (Certificate, col(Certificate.partner_id) == successor.id),
        (QpCapacity, col(QpCapacity.partner_id) == successor.id),
    )
    for model, living in theirs:
        for each in await _locked(work, model, living, model.legal_entity_id == old.id):
            each.legal_entity_id = new.id
            work.publish(of=each)
    for each in await _locked(work, Registration, col(Registration.legal_entity_id) == old.id):
        work.publish(each.held_by(new.id, work.now), of=each)


async def _locked(work: Work, model: Any, *where: Any) -> Sequence[Any]:
    """Records as they are under the lock, which everybody takes in this order."""
    found = select(model).where(*where).order_by(model.id).with_for_update().execution_options(populate_existing=True)
    return (await work.session.scalars(found)).all()


effective = record_by_record("partner-merged", 30.0, PartnerMerger, queries.to_take_effect, _take_effect)
