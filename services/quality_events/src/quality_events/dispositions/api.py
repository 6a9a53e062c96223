"""HTTP words for dispositions, and for the registers of what was decided."""

from typing import Annotated

from fastapi import APIRouter, Query

from contracts.complaints import AuthorityRegime as Regime
from quality_events.dispositions import commands, printed, queries, register
from quality_events.dispositions.model import Disposition
from quality_events.dispositions.schemas import (
    BatchRegisters,
    CloseFollowUp,
    ConfirmStages,
    Decide,
    Decisions,
    DispositionRead,
    RegisterLine,
    Reject,
    ReleaseForProcessing,
    Stop,
)
from runtime.access import READERS, SPONSORS, allowed
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from serving.actions import Actions
from serving.paging import Page, Part

dispositions = Actions(
    *("dispositions", Disposition, DispositionRead, queries.show), find=queries.locked, form=printed.form
)
dispositions.post("confirmation", Disposition.confirm, ConfirmStages, commands.confirm)
dispositions.post("release", Disposition.release, Decide, commands.release)
dispositions.post(
    *("release-for-processing", Disposition.release_for_processing),
    ReleaseForProcessing,
    commands.release_for_processing,
)
dispositions.post("follow-up", Disposition.close_follow_up, CloseFollowUp, commands.close_follow_up)
dispositions.post("rejection", Disposition.reject, Reject, commands.reject)
dispositions.post("stop", Disposition.stop, Stop, commands.stop)
dispositions.post("resumption", Disposition.resume, Stop, commands.resume)
dispositions.get()
dispositions.list(queries.FILTERS)


@dispositions.router.get("/{disposition}/decisions")
@allowed(*(SPONSORS & READERS))
async def read_decisions(disposition: str, work: Reading) -> Decisions:
    """Each decision with its entry in the register, why it was taken, and the readiness that was signed."""
    return await queries.decisions(work, await queries.locked(work, disposition))


registers = APIRouter(prefix="/batch-registers", tags=["batch-registers"], route_class=QueryRoute)


@registers.get("", name="list")
@allowed(*(SPONSORS & READERS))
async def read_registers(work: Reading) -> BatchRegisters:
    """Each legal entity's register for each regime, and whether a number is missing in it."""
    return await register.registers(work)


@registers.get("/lines", name="lines")
@allowed(*(SPONSORS & READERS))
async def read_lines(
    work: Reading, legal_entity: Annotated[str, Query(min_length=1, max_length=1000)], regime: Regime, part: Part
) -> Page[RegisterLine]:
    """One register in the order of its numbers: a number that is missing stands there without an entry."""
    return await register.lines(work, legal_entity, regime, part)
