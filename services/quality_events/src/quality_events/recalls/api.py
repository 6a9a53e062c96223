"""HTTP words for recalls: the sponsor's, and the part of each that a maker sees."""

from fastapi import APIRouter

from quality_events.recalls import commands, queries
from quality_events.recalls.model import PROPOSERS, Recall, RecallPart
from quality_events.recalls.schemas import (
    MockRecallDue,
    ProposeRecall,
    RecallDetail,
    RecallPartRead,
    RecallRead,
    ReconcileRecall,
    StateRecalled,
)
from runtime.access import allowed
from runtime.bodies import Reason
from runtime.routes import Query, QueryRoute
from serving.actions import Actions

exercising = APIRouter(prefix="/recalls", tags=["recalls"], route_class=QueryRoute)
"""To be asked before a recall of its name is looked for."""
recalls = Actions("recalls", Recall, RecallRead, queries.show, readers=queries.OURS)
recalls.create(commands.propose, ProposeRecall, *PROPOSERS)
recalls.post("quality-approval", Recall.approve_as_quality, command=commands.approve_as_quality)
recalls.post("regulatory-approval", Recall.approve_as_regulatory, command=commands.approve_as_regulatory)
recalls.post("refusal", Recall.decline, Reason, commands.decline)
recalls.post("line", Recall.account, StateRecalled, commands.account)
recalls.post("reconciliation", Recall.reconcile, ReconcileRecall, commands.reconcile)
recalls.post("closure", Recall.close, command=commands.close)
recalls.get(RecallDetail, queries.detail)
recalls.list(queries.FILTERS)

recall_parts = Actions("recall-parts", RecallPart, RecallPartRead, queries.show_parts)
recall_parts.get()
recall_parts.list(queries.PART_FILTERS, "Each maker's lots in recalls, newest first.")


@exercising.get("/mock-due", name="mock_due")
@allowed(*queries.OURS)
async def mock_due(work: Query) -> list[MockRecallDue]:
    """Products of which something was made, by the day on which their next mock recall is due."""
    return await queries.mock_due(work)
