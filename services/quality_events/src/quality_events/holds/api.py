"""HTTP words for holds of batches."""

from uuid import UUID

from fastapi import APIRouter

from quality_events.holds import commands, queries
from quality_events.holds.model import HOLDERS, BatchHold
from quality_events.holds.schemas import HoldRead, PlaceHold
from runtime.access import allowed
from runtime.bodies import Reason
from runtime.routes import Command, CommandRoute
from serving.actions import Actions

holds = Actions("batch-holds", BatchHold, HoldRead, queries.show)
holds.create(commands.place, PlaceHold, *HOLDERS)
holds.elsewhere("lifting", BatchHold.lift)
holds.elsewhere("lifting", BatchHold.lift_as_maker)
holds.get()
holds.list(queries.FILTERS)
lifting = APIRouter(prefix="/batch-holds", tags=["batch-holds"], route_class=CommandRoute)


@lifting.post("/{batch_hold_id}/lifting")
@allowed(BatchHold.lift, BatchHold.lift_as_maker)
async def lift(batch_hold_id: UUID, body: Reason, work: Command) -> HoldRead:
    """Who placed it, the maker or the sponsor, lifts it with a reason."""
    (shown,) = await holds.shown(work, [await commands.lift(work, batch_hold_id, body)])
    return shown
