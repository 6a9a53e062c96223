"""HTTP words for PPQ series."""

from uuid import UUID

from contracts import Role
from runtime.access import READERS, allowed
from runtime.routes import Query as Reading
from serving.actions import Actions
from tech_transfer.ppq_series import commands, queries
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.ppq_series.schemas import CapabilityRead, PlanSeries, PpqSeriesRead, Redesign, Report, Restart

ppq_series = Actions("ppq-series", PpqSeries, PpqSeriesRead, queries.show)
ppq_series.create(commands.plan, PlanSeries, Role.msat)
ppq_series.post("protocol-approval", PpqSeries.approve_protocol, command=commands.approve_protocol)
ppq_series.post("start", PpqSeries.start, command=commands.start)
ppq_series.post("restart", PpqSeries.restart, Restart, commands.restart)
ppq_series.post("redesign", PpqSeries.redesign, Redesign, commands.redesign)
ppq_series.post("report", PpqSeries.report, Report, commands.report)
ppq_series.get()
ppq_series.list(queries.FILTERS)


@ppq_series.router.get("/{ppq_series_id}/capability")
@allowed(*READERS)
async def capability(work: Reading, ppq_series_id: UUID) -> list[CapabilityRead]:
    """How well the batches that count now keep within the limits of each attribute."""
    return await commands.shown_capability(work, await work.get(PpqSeries, ppq_series_id))
