"""HTTP words for investigations of results that are out of trend."""

from quality_events.oot_investigations import commands, queries
from quality_events.oot_investigations.model import OotInvestigation
from quality_events.oot_investigations.schemas import ConcludeOot, OotRead, ProposeOotConclusion
from runtime.bodies import Reason
from serving.actions import Actions

trend_investigations = Actions("oot-investigations", OotInvestigation, OotRead, queries.show)
trend_investigations.post("conclusion-proposal", OotInvestigation.propose_conclusion, ProposeOotConclusion)
trend_investigations.post("conclusion-approval", OotInvestigation.approve_conclusion)
trend_investigations.post("conclusion-return", OotInvestigation.return_conclusion, Reason)
trend_investigations.post("phase-2", OotInvestigation.open_phase_2, Reason)
trend_investigations.post("conclusion", OotInvestigation.conclude, ConcludeOot, commands.conclude)
trend_investigations.get()
trend_investigations.list(queries.FILTERS, sorts={"due_at"})
