"""HTTP words for actions."""

from serving.actions import Actions
from tech_transfer.actions import commands, queries
from tech_transfer.actions.model import TransferAction
from tech_transfer.actions.schemas import ActionRead, AssignAction, FinishTransferAction

actions = Actions("transfer-actions", TransferAction, ActionRead, queries.show)
actions.post("completion", TransferAction.finish, FinishTransferAction, commands.finish)
actions.post("assignment", TransferAction.assign, AssignAction)
actions.get()
actions.list(queries.FILTERS)
