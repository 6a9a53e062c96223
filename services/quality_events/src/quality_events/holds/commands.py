"""Use cases of holds."""

from collections.abc import Sequence
from uuid import UUID

from contracts import Side
from quality_events.batches.model import Batch
from quality_events.former_batches.queries import still_of
from quality_events.holds.model import BatchHold
from quality_events.holds.schemas import PlaceHold
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import NotFound
from runtime.work import Work


async def place(work: Work, body: PlaceHold) -> BatchHold:
    """Hold a batch. Raises NotFound for a batch that there is not, or not for who asks."""
    batch = await work.session.get(Batch, body.batch_id)
    if batch is None:
        raise NotFound("batch", body.batch_id)
    side = Side.maker if work.principal.partner_id else Side.sponsor
    return await hold_for(work, batch, side, body.markets, body.reason)


async def hold_for(work: Work, batch: Batch, side: Side, markets: Sequence[str], reason: str) -> BatchHold:
    """Hold a batch for one side, in some markets or all."""
    number = await next_number(work, "HOLD", "hold_number")
    by, now = work.principal.subject, work.now
    hold, held = BatchHold.place(batch, number=number, side=side, markets=markets, reason=reason, by=by, now=now)
    work.add(hold)
    work.publish(held, of=hold)
    return hold


async def lift(work: Work, hold_id: UUID, body: Reason) -> BatchHold:
    """Lift a hold of the side for which somebody asks."""
    hold = await work.get(BatchHold, hold_id)
    batch = await still_of(work, hold)
    lifting = hold.lift_as_maker if work.principal.partner_id else hold.lift
    work.publish(lifting(batch.lot, body.reason, work.principal.subject, work.now), of=hold)
    return hold
