"""Use cases of partners' segments, and that they grow old."""

from uuid import UUID

from contracts.companies import PartnerOwnershipChanged
from partner_registry.partners.model import Partner
from partner_registry.segments import queries
from partner_registry.segments.model import Segmentation
from partner_registry.segments.schemas import ProposeSegment, SegmentationState
from runtime.numbers import next_number
from runtime.timers import record_by_record
from runtime.work import Work


async def propose(work: Work, body: ProposeSegment) -> Segmentation:
    """Say how much a partner matters. Raises NotFound for an unknown partner."""
    await work.get(Partner, body.partner_id)
    said = body.model_dump() | {"criteria": [each.model_dump(mode="json") for each in body.criteria]}
    proposal = Segmentation.propose(
        **said, number=await next_number(work, "SEG", "segmentation_number"), proposed_by=work.principal.subject
    )
    work.subject = work.add(proposal)
    return proposal


async def confirm(work: Work, id: UUID) -> Segmentation:
    """Somebody else agrees; the one that counted until now does so no longer."""
    proposal = await work.get(Segmentation, id)
    await work.get(Partner, proposal.partner_id)  # locked: of two that are confirmed at once one is the later
    counted = (await queries.confirmed_of(work, [proposal.partner_id])).get(proposal.partner_id)
    changed = proposal.confirm(counted.segment if counted else None, by=work.principal.subject, now=work.now)
    if counted:
        counted.supersede()
        await work.session.flush()
        work.publish(of=counted)
    work.publish(changed, of=proposal)
    return proposal


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


stale = record_by_record("segment-stale", 30.0, Segmentation, queries.to_review, _grow_stale)
