"""How an action is opened."""

from typing import Any

from runtime.numbers import next_number
from runtime.work import Work
from tech_transfer.actions.model import TransferAction
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of


async def open_action(work: Work, transfer: Transfer, **given: Any) -> TransferAction:
    """Something is to be done."""
    number = await next_number(work, "TTA", "transfer_action_number")
    action = TransferAction(number=number, **columns_of(transfer), **given)
    work.session.add(action)
    return action
