"""Use cases of partners' segments, and that they grow old."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from contracts.companies import PartnerOwnershipChanged
from partner_registry.partners.model import Partner
from partner_registry.partners.succession import elders
from partner_registry.segments import queries
from partner_registry.segments.model import Segmentation
from partner_registry.segments.schemas import ProposeSegment, SegmentationState
from runtime.numbers import next_number
from runtime.timers import record_by_record
from runtime.work import Work


async def propose(work: Work, body: ProposeSegment) -> Segmentation:
    """Say how much a partner matters. Raises NotFound for an unknown partner."""
    (await work.get(Partner, body.partner_id)).check_goes_on()
    said = body.model_dump() | {"criteria": [each.model_dump(mode="json") for each in body.criteria]}
    proposal = Segmentation.propose(
        **said, number=await next_number(work, "SEG", "segmentation_number"), proposed_by=work.principal.subject
    )
    work.subject = work.add(proposal)
    return proposal


async def confirm(work: Work, id: UUID) -> Segmentation:
    """Somebody else agrees; the one that counted until now does so no longer."""
    proposal = await work.get(Segmentation, id)
    (
        await work.get(Partner, proposal.partner_id)
    ).check_goes_on()  # locked: of two that are confirmed at once one is the later
    counted = (await queries.confirmed_of(work, [proposal.partner_id])).get(proposal.partner_id)
    told = (await queries.told_of(work, [proposal.partner_id]))[proposal.partner_id]
    changed = proposal.confirm(counted.segment if counted else None, told, by=work.principal.subject, now=work.now)
    if counted:
        counted.supersede()
        await work.session.flush()
        work.publish(of=counted)
    work.publish(changed, of=proposal)
    return proposal


async def follow(work: Work, partners: Collection[UUID]) -> None:
    """What facts tell of partners' commercial supply decides whether they are developing."""
    of = Segmentation
    companies = {*partners, *(await elders(work, partners)).values()}
    counting = select(of).where(col(of.partner_id).in_(companies), of.state == SegmentationState.confirmed)
    held = counting.order_by(col(of.id)).with_for_update().execution_options(populate_existing=True)
    for one in (await work.session.scalars(held)).all():
        await _follow(work, one)


async def _follow(work: Work, one: Segmentation) -> None:
    told = (await queries.told_of(work, [one.partner_id]))[one.partner_id]
    if changed := one.follow(told, work.now):
        work.publish(changed, of=one)


async def take_ownership(work: Work, fact: PartnerOwnershipChanged) -> None:
    """What was confirmed before is to be said anew, for a new owner may want something else of the partner."""
    counted = (await queries.confirmed_of(work, [fact.partner_id])).get(fact.partner_id)
    if counted is None:
        return
    found = await work.get(Segmentation, counted.id)
    earlier = found.confirmed_at is not None and found.confirmed_at <= work.handled.time
    if found.state == SegmentationState.confirmed and earlier and (changed := found.reopen(work.now)):
        work.publish(changed, of=found)


async def _grow_stale(work: Work, one: Segmentation) -> None:
    work.publish(one.grow_stale(work.now), of=one)


grown_up = record_by_record("segment-commercial-year", 30.0, Segmentation, queries.grown_up, _follow)
stale = record_by_record("segment-stale", 30.0, Segmentation, queries.to_review, _grow_stale)
