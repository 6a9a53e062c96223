"""HTTP words for changes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from quality_events.batches.model import Batch
from quality_events.changes import commands, queries
from quality_events.changes.model import PROPOSERS, REGULATORY, Change
from quality_events.changes.schemas import (
    AssessChange,
    BatchChange,
    ChangeRead,
    CheckChange,
    ClassifyChange,
    EndRefusedChange,
    FilingRead,
    ImplementChange,
    ImplementInEmergency,
    ProposeChange,
    ReassessChange,
    RecordFiling,
)
from runtime.access import READERS, SPONSORS, allowed
from runtime.bodies import Country, Reason
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading
from serving.actions import Actions

changes = Actions("changes", Change, ChangeRead, queries.show)
changes.create(commands.propose, ProposeChange, *PROPOSERS)
changes.post("classification", Change.classify, ClassifyChange)
changes.post("assessment", Change.assess, AssessChange, commands.assess)
changes.post("reassessment", Change.reassess, ReassessChange, commands.reassess)
changes.post("approval", Change.approve)
changes.post("site-approval", Change.approve_as_maker)
changes.post("refusal", Change.refuse, Reason)
changes.post("site-refusal", Change.refuse_as_maker, Reason)
changes.post("implementation", Change.implement, ImplementChange, commands.implement)
changes.post(
    "emergency-implementation", Change.implement_in_emergency, ImplementInEmergency, commands.implement_in_emergency
)
changes.post("check", Change.check, CheckChange)
changes.post("reversal", Change.end_refused, EndRefusedChange)
changes.elsewhere("filings", Change.file)
changes.get()
changes.list(queries.FILTERS)
filing = APIRouter(prefix="/changes", tags=["changes"], route_class=CommandRoute)
applied = APIRouter(prefix="/batches", tags=["changes"], route_class=QueryRoute)


@filing.post("/{change_id}/filings", status_code=201)
@allowed(*REGULATORY)
async def record_filing(change_id: UUID, body: RecordFiling, work: Command) -> FilingRead:
    """What was sent to an authority or came from it; the site does not read it."""
    return FilingRead.model_validate(dict(await commands.file(work, change_id, body)))


@changes.router.get("/{change_id}/filings")
@allowed(*(SPONSORS & READERS))
async def filings(change_id: UUID, work: Reading) -> list[FilingRead]:
    """What passed between the sponsor and authorities, oldest first."""
    await work.get(Change, change_id)
    return [FilingRead.model_validate(dict(each)) for each in await commands.filings_of(work, change_id)]


@applied.get("/{batch_id}/changes")
@allowed(*READERS)
async def of_batch(batch_id: UUID, market: Annotated[Country, Query()], work: Reading) -> list[BatchChange]:
    """The changes under which a batch was made, or may have been, and whether it may go to a market by them."""
    return await queries.of_batch(work, await work.get(Batch, batch_id), market)
