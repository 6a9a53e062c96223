"""HTTP words for certificates of analysis."""

from contracts import Role
from runtime.bodies import Reason
from runtime.work import Work
from sample_tracking.coas import commands, printed, queries
from sample_tracking.coas.model import Coa
from sample_tracking.coas.schemas import CoaRead, DraftCoa
from serving.actions import Actions
from serving.printed import Form


async def _form(_: Work, coa: CoaRead) -> Form:
    return printed.form(coa)


coas = Actions("certificates-of-analysis", Coa, CoaRead, queries.show, form=_form)
coas.create(commands.draft, DraftCoa, Role.quality, Role.lab)
coas.post("issue", Coa.issue, command=commands.issue)
coas.post("withdrawal", Coa.withdraw, Reason)
coas.get()
coas.list(queries.FILTERS, "Certificates of analysis, newest first.")
