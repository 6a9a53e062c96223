"""HTTP words for rebuilding the sums. An operator's task, under the worker's database role, as only it writes them."""

from fastapi import APIRouter, Request

from contracts import Role
from kpi.buckets import commands
from kpi.buckets.schemas import Difference, Rebuild, RebuildRead
from runtime.access import allowed
from runtime.routes import StrictRoute
from serving.audit import note_operation
from serving.operations import JSON, Looked

router = APIRouter(prefix="/rebuilds", tags=["operations"], route_class=StrictRoute)


@router.post("", dependencies=JSON)
@allowed(Role.admin)
async def rebuild_sums(request: Request, body: Rebuild, place: Looked) -> RebuildRead:
    """Make the buckets anew from the facts and tell what differed; with `compare` only tell."""
    async with place.store.work(body.by(request, place).context()) as work:
        done = await (commands.compare(work) if body.compare else commands.rebuild(work))
        if not body.compare:
            await note_operation(work, "rebuild of the sums", different=done["different"])
    differences = [Difference.of(row) for row in done["differences"]]
    return RebuildRead(
        changed=not body.compare, buckets=done["buckets"], different=done["different"], differences=differences
    )
