"""Reads of actions."""

from serving.listing import days, equal
from tech_transfer.actions.model import TransferAction
from tech_transfer.actions.schemas import ActionRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(TransferAction, *("number", "transfer_id", "gate", "rule", "cause", "state", "unit", "owner")) | days(
    TransferAction.due_on, "due"
)

show = showing(ActionRead)
