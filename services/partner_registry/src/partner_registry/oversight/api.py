"""HTTP words for oversight."""

from partner_registry.oversight import commands, queries
from partner_registry.oversight.model import OversightPlan
from partner_registry.oversight.schemas import NoteAudit, OversightPlanRead, TightenPlan
from runtime.access import READERS, SPONSORS
from serving.actions import Actions

plans = Actions("oversight-plans", OversightPlan, OversightPlanRead, queries.show, readers=READERS & SPONSORS)
plans.post("acknowledgement", OversightPlan.acknowledge, command=commands.acknowledge)
plans.post("tightening", OversightPlan.tighten, TightenPlan, commands.tighten)
plans.post("last-audit", OversightPlan.note_audit, NoteAudit, commands.note_audit)
plans.get()
plans.list(queries.FILTERS)
