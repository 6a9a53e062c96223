"""HTTP words for comparability."""

from contracts import Role
from runtime.bodies import Reason
from serving.actions import Actions
from tech_transfer.comparabilities import commands, queries
from tech_transfer.comparabilities.model import Comparability
from tech_transfer.comparabilities.schemas import ComparabilityRead, Compare

comparabilities = Actions("comparabilities", Comparability, ComparabilityRead, queries.show)
comparabilities.create(commands.compare, Compare, Role.msat)
comparabilities.post("acceptance", Comparability.accept, Reason, commands.accept)
comparabilities.get()
comparabilities.router.withheld = queries.withholding(comparabilities.router.withheld)
comparabilities.list(queries.FILTERS)
