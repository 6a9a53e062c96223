"""Use cases of proposals to hold batches. Facts of a site propose them, in the worker, and people may."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from contracts import Side
from quality_events.batches.locking import batches_locked
from quality_events.batches.model import Batch
from quality_events.batches.terms import BatchState
from quality_events.hold_proposals import queries
from quality_events.hold_proposals.model import HoldProposal
from quality_events.hold_proposals.rules import unasked
from quality_events.hold_proposals.schemas import HoldProposalState, PlaceProposed, ProposeHold
from quality_events.holds.commands import hold_for
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work


async def propose(work: Work, body: ProposeHold) -> HoldProposal:
    """Propose a hold of a batch. Raises NotFound for a batch that there is not, RuleViolated for one that was given up
    and for what the same person asks already."""
    locked = await batches_locked(work, [body.batch_id])
    if not locked:
        raise NotFound("batch", body.batch_id)
    (batch,), by = locked, work.principal.subject
    _refuse_terminated(batch, "nothing of it goes on that would be held")
    own = select(HoldProposal).filter_by(batch_id=batch.id, proposed_by=by, state=HoldProposalState.open)
    for each in await work.session.scalars(own):
        if body.reason in each.reasons:
            raise RuleViolated(f"you ask that by {each.number} already: it waits for its answer", fields=["reason"])
    return await _begin(work, batch.id, batch.site_id, [body.reason], by)


async def propose_for(work: Work, batch_id: UUID, site_id: UUID, reasons: Sequence[str]) -> None:
    """What became known of a site asks for a hold of a batch: once for each reason, and for all while it is open."""
    await batches_locked(work, [batch_id])
    of_it = select(HoldProposal).where(HoldProposal.batch_id == batch_id, HoldProposal.site_id == site_id)
    asked = (await work.session.scalars(of_it.order_by(col(HoldProposal.id)).with_for_update())).all()
    new = unasked(reasons, [each.reasons for each in asked])
    open_ = [each for each in asked if each.state == HoldProposalState.open]
    for each in open_:
        more = new if each is open_[0] else []
        if each.learn([*more, *(reason for reason in reasons if not unasked([reason], [each.reasons]))]):
            work.publish(of=each)
    if new and not open_:
        await _begin(work, batch_id, site_id, new, None)


async def place(work: Work, key: str, body: PlaceProposed) -> HoldProposal:
    """Hold the batch as it was proposed, in the markets that are named, and not one that was given up."""
    proposal = await queries.locked(work, key)
    batch = await work.session.get_one(Batch, proposal.batch_id)
    _refuse_terminated(batch, f"say so in the refusal of {proposal.number}")
    hold = await hold_for(work, batch, Side.sponsor, body.markets, body.reason)
    await work.flush()  # the proposal refers to it
    work.publish(proposal.place(hold.id, work.principal.subject, work.now, batch), of=proposal)
    return proposal


async def batch_of(work: Work, proposal: HoldProposal) -> Batch:
    """The batch that is to be held."""
    return await work.session.get_one(Batch, proposal.batch_id)


def _refuse_terminated(batch: Batch, instead: str) -> None:
    if batch.state == BatchState.terminated:
        raise RuleViolated(f"{batch.number} was terminated: {instead}")


async def _begin(work: Work, batch_id: UUID, site_id: UUID, reasons: Sequence[str], by: str | None) -> HoldProposal:
    given = {"number": await next_number(work, "HPR", "hold_proposal_number"), "proposed_by": by}
    batch = await work.session.get_one(Batch, batch_id)
    proposal, proposed = HoldProposal.propose(reasons, work.now, batch, batch_id=batch_id, site_id=site_id, **given)
    work.add(proposal)
    work.publish(proposed, of=proposal)
    return proposal
