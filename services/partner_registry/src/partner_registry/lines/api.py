"""HTTP words for lines."""

from partner_registry.lines import commands, queries
from partner_registry.lines.model import TELLERS, ProductionLine
from partner_registry.lines.schemas import ChangeCapacity, LineRead, RegisterProductionLine, RetireLine, UseLine
from partner_registry.names import zone
from serving.actions import Actions

LOADS = {"side": queries.side, "zone": zone}
lines = Actions("lines", ProductionLine, LineRead, queries.show, noun="line", loads=LOADS)
lines.create(commands.register, RegisterProductionLine, *TELLERS)
lines.post("use", ProductionLine.use, UseLine)
lines.post("capacity", ProductionLine.change_capacity, ChangeCapacity)
lines.post("retirement", ProductionLine.retire, RetireLine)
lines.get()
lines.list(queries.FILTERS)
