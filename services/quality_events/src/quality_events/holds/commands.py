"""Use cases of holds."""

from uuid import UUID

from contracts import Side
from quality_events.batches.model import Batch
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
    hold, held = BatchHold.place(
        batch,
        number=await next_number(work, "HOLD", "hold_number"),
        side=Side.maker if work.principal.partner_id else Side.sponsor,
        markets=body.markets,
        reason=body.reason,
        by=work.principal.subject,
        now=work.now,
    )
    work.add(hold)
    work.publish(held, of=hold)
    return hold


async def lift(work: Work, hold_id: UUID, body: Reason) -> BatchHold:
    """Lift a hold of the side for which somebody asks."""
    hold = await work.get(BatchHold, hold_id)
    batch = await work.session.get_one(Batch, hold.batch_id)
    lifting = hold.lift_as_maker if work.principal.partner_id else hold.lift
    work.publish(lifting(batch.lot, body.reason, work.principal.subject, work.now), of=hold)
    return hold
