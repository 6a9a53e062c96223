"""HTTP words for OOS investigations."""

from quality_events.oos_investigations import commands, queries
from quality_events.oos_investigations.model import OosInvestigation
from quality_events.oos_investigations.printed import form
from quality_events.oos_investigations.schemas import Conclude, OosRead, PlanRetests, ProposeInvalidation, ReopenOos
from runtime.bodies import Reason
from serving.actions import Actions

LOADS = {"tested": queries.tested_of, "sponsor": queries.by_sponsor}
investigations = Actions(
    *("oos-investigations", OosInvestigation, OosRead, queries.show), noun="investigation", loads=LOADS, form=form
)
investigations.post("notification", OosInvestigation.notify)
investigations.post("retest-plan", OosInvestigation.plan_retests, PlanRetests, commands.plan_retests)
investigations.post("retest-plan-return", OosInvestigation.return_plan, Reason)
investigations.post("invalidation-proposal", OosInvestigation.propose_invalidation, ProposeInvalidation)
investigations.post("invalidation-approval", OosInvestigation.approve_invalidation)
investigations.post("invalidation-return", OosInvestigation.return_invalidation, Reason)
investigations.post("phase-2", OosInvestigation.open_phase_2, Reason)
investigations.post("conclusion", OosInvestigation.conclude, Conclude, commands.conclude)
investigations.post("reopening", OosInvestigation.reopen, ReopenOos, commands.reopen)
investigations.get()
investigations.list(queries.FILTERS, sorts={"due_at"})
