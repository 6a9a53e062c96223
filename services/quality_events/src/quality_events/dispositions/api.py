"""HTTP words for dispositions."""

from quality_events.dispositions import commands, queries
from quality_events.dispositions.model import Disposition
from quality_events.dispositions.schemas import (
    CloseFollowUp,
    ConfirmStages,
    Decide,
    Decisions,
    DispositionRead,
    Reject,
    ReleaseForProcessing,
    Stop,
)
from runtime.access import READERS, SPONSORS, allowed
from runtime.routes import Query as Reading
from serving.actions import Actions

dispositions = Actions("dispositions", Disposition, DispositionRead, queries.show, find=queries.locked)
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
