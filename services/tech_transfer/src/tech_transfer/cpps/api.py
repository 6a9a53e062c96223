"""HTTP words for critical process parameters."""

from contracts import Role
from runtime.bodies import Reason
from serving.actions import Actions
from tech_transfer.cpps import commands, queries
from tech_transfer.cpps.model import Cpp
from tech_transfer.cpps.schemas import CppRead, ReviseCpp, StateCpp

cpps = Actions("cpps", Cpp, CppRead, queries.show)
cpps.create(commands.state, StateCpp, Role.msat)
cpps.post("revision", Cpp.revise, ReviseCpp, commands.revise)
cpps.post("withdrawal", Cpp.withdraw, Reason, commands.withdraw)
cpps.get()
cpps.list(queries.FILTERS)
