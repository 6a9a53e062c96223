"""HTTP words for who may certify."""

from partner_registry.qp_capacities import commands, queries
from partner_registry.qp_capacities.model import NAMERS, QpCapacity
from partner_registry.qp_capacities.schemas import EndQp, NameQp, QpCapacityRead, WithdrawQp
from partner_registry.qp_capacities.shown import show
from runtime.bodies import Reason
from serving.actions import Actions

capacities = Actions("qp-capacities", QpCapacity, QpCapacityRead, show)
capacities.create(commands.name, NameQp, *NAMERS)
capacities.post("confirmation", QpCapacity.confirm)
capacities.post("rejection", QpCapacity.reject, Reason)
capacities.post("end", QpCapacity.end, EndQp, commands.end)
capacities.post("withdrawal", QpCapacity.withdraw, WithdrawQp, commands.withdraw)
capacities.get()
capacities.list(queries.FILTERS)
