"""HTTP words for critical quality attributes."""

from contracts import Role
from runtime.bodies import Reason
from serving.actions import Actions
from tech_transfer.cqas import commands, queries
from tech_transfer.cqas.model import Cqa
from tech_transfer.cqas.schemas import CqaRead, ReviseCqa, StateCqa

cqas = Actions("cqas", Cqa, CqaRead, queries.show)
cqas.create(commands.state, StateCqa, Role.msat)
cqas.post("revision", Cqa.revise, ReviseCqa, commands.revise)
cqas.post("withdrawal", Cqa.withdraw, Reason, commands.withdraw)
cqas.get()
cqas.list(queries.FILTERS)
