"""HTTP words for CAPAs."""

from quality_events.capas import commands, queries
from quality_events.capas.model import OWNERS, Capa
from quality_events.capas.schemas import CapaRead, Check, ExtendCapa, FinishAction, OpenCapa, Plan
from runtime.bodies import Reason
from serving.actions import Actions

capas = Actions("capas", Capa, CapaRead, queries.show, loads={"zone": commands.zone})
capas.create(commands.open_by_hand, OpenCapa, *OWNERS)
capas.post("plan", Capa.plan, Plan)
capas.post("plan-approval", Capa.approve_plan)
capas.post("action-completion", Capa.finish_action, FinishAction)
capas.post("extension", Capa.extend, ExtendCapa)
capas.post("implementation", Capa.implement)
capas.post("effectiveness-check", Capa.check, Check, commands.check)
capas.post("cancellation", Capa.cancel, Reason)
capas.get()
capas.list(queries.FILTERS)
