"""HTTP words for lines."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from contracts import Day
from partner_registry.days import local_day
from partner_registry.known import KnownAt
from partner_registry.lines import commands, queries
from partner_registry.lines.model import TELLERS, ProductionLine
from partner_registry.lines.schemas import (
    ChangeCapacity,
    LineOnDay,
    LineRead,
    RegisterProductionLine,
    RetireLine,
    UseLine,
)
from partner_registry.names import zone
from runtime.access import READERS, allowed
from runtime.routes import Query as Reading
from serving.actions import Actions

LOADS = {"side": queries.side, "zone": zone}
lines = Actions("lines", ProductionLine, LineRead, queries.show, noun="line", loads=LOADS)
lines.create(commands.register, RegisterProductionLine, *TELLERS)
lines.post("use", ProductionLine.use, UseLine)
lines.post("capacity", ProductionLine.change_capacity, ChangeCapacity)
lines.post("retirement", ProductionLine.retire, RetireLine)
lines.get()
lines.list(queries.FILTERS)


@lines.router.get("/{line_id}/content", name="content")
@allowed(*READERS)
async def content(
    work: Reading,
    line_id: UUID,
    on: Annotated[Day | None, Query(description="A local day of the site; today where none is given.")] = None,
    as_of: Annotated[KnownAt | None, Query(description="By what was known then.")] = None,
) -> LineOnDay:
    """How a line is used, and what it can make, on a day, as it was known at an instant."""
    found = await work.get(ProductionLine, line_id)
    return await queries.on_day(work, found, on or local_day(work.now, await zone(work, found)), as_of)
