"""HTTP words for methods."""

from contracts import Role
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from sample_tracking.methods import commands, queries
from sample_tracking.methods.model import Method
from sample_tracking.methods.schemas import MethodRead, RegisterMethod
from serving.actions import Actions

methods = Actions("methods", Method, MethodRead, queries.show, readers=READERS & SPONSORS)
methods.create(commands.register, RegisterMethod, Role.lab, Role.quality)
methods.post("withdrawal", Method.withdraw, Reason, commands.withdraw)
methods.get()
methods.list(queries.FILTERS)
