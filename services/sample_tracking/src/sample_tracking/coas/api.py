"""HTTP words for certificates of analysis."""

from contracts import Role
from runtime.bodies import Reason
from sample_tracking.coas import commands, printed, queries
from sample_tracking.coas.model import Coa
from sample_tracking.coas.schemas import CoaRead, DraftCoa
from serving.actions import Actions

coas = Actions("certificates-of-analysis", Coa, CoaRead, queries.show, form=printed.form)
coas.create(commands.draft, DraftCoa, Role.quality, Role.lab)
coas.post("issue", Coa.issue, command=commands.issue)
coas.post("withdrawal", Coa.withdraw, Reason)
coas.get()
coas.list(queries.FILTERS, "Certificates of analysis, newest first.")
