"""HTTP words for statements."""

from contracts import Role
from runtime.bodies import Reason
from serving.actions import Actions
from tech_transfer.statements import commands, queries
from tech_transfer.statements.model import Statement
from tech_transfer.statements.schemas import State, TransferStatementRead

statements = Actions("statements", Statement, TransferStatementRead, queries.show)
statements.create(commands.state, State, Role.quality)
statements.post("withdrawal", Statement.withdraw, Reason, commands.withdraw)
statements.get()
statements.list(queries.FILTERS)
