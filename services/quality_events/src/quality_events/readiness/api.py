"""HTTP words for readiness: a read of the batch, and what quality states."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from quality_events.batches.model import Batch
from quality_events.readiness import commands, queries
from quality_events.readiness.model import STATERS, ReadinessStatement
from quality_events.readiness.schemas import Readiness, StatementRead, StateReadiness
from runtime.access import READERS, SPONSORS, allowed
from runtime.bodies import Country, Reason
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from serving.actions import Actions

statements = Actions("readiness-statements", ReadinessStatement, StatementRead, readers=SPONSORS & READERS)
statements.create(commands.state, StateReadiness, *STATERS)
statements.post("withdrawal", ReadinessStatement.withdraw, Reason, commands.withdraw)
statements.get()
statements.list(queries.FILTERS)
reading = APIRouter(prefix="/batches", tags=["batches"], route_class=QueryRoute)
Markets = Annotated[list[Country] | None, Query(description="for which; repeatable; none: each that is intended")]


@reading.get("/{batch_id}/readiness")
@allowed(*READERS)
async def read_readiness(batch_id: UUID, work: Reading, market: Markets = None) -> Readiness:
    """Whether it can be released, for each market: what stands against it, whose turn it is, and what proves it."""
    return await queries.readiness(work, await work.get(Batch, batch_id), market or [])
