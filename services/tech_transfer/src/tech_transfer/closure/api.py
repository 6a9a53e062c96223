"""HTTP words for closure reports."""

from uuid import UUID

from runtime.access import READERS, SPONSORS, allowed
from runtime.routes import Query
from serving.actions import Actions
from tech_transfer.closure import commands, queries
from tech_transfer.closure.model import WRITERS, ClosureReport
from tech_transfer.closure.printed import form
from tech_transfer.closure.schemas import ClosureReportDetail, ClosureReportRead, ClosureVerification, DraftClosure
from tech_transfer.transfers.commands import locking

closure_reports = Actions(
    "closure-reports",
    ClosureReport,
    ClosureReportRead,
    queries.show,
    readers=SPONSORS & READERS,
    form=form,
    locks=locking(ClosureReport),
)
closure_reports.create(commands.draft, DraftClosure, *WRITERS)
closure_reports.post("refresh", ClosureReport.refresh, command=commands.refresh)
closure_reports.post("signature", ClosureReport.sign, command=commands.sign)
closure_reports.get(ClosureReportDetail, queries.detail)
closure_reports.list(queries.FILTERS)


@closure_reports.router.get("/{closure_report_id}/verification")
@allowed(*(SPONSORS & READERS))
async def verify(closure_report_id: UUID, work: Query) -> ClosureVerification:
    """Whether a report is as it was written, and whether the records tell the same today."""
    return await queries.verification(work, await work.get(ClosureReport, closure_report_id))
