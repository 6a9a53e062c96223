"""Use cases of actions."""

from uuid import UUID

from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.actions.model import TransferAction
from tech_transfer.actions.schemas import FinishTransferAction
from tech_transfer.gates import marks
from tech_transfer.transfers import commands as transfers


async def finish(work: Work, transfer_action_id: UUID, body: FinishTransferAction) -> TransferAction:
    """Whose it is, or the sponsor, says what was done. Raises RuleViolated for a partner that does not owe it."""
    action, transfer = await transfers.part(work, TransferAction, transfer_action_id)
    if work.principal.partner_id not in (None, action.awaited_partner_id):
        raise RuleViolated(f"{action.number} is the {action.unit} unit's to do")
    action.finish(body.outcome, body.evidence, work.principal.subject)
    work.publish(of=action)
    await marks.follow(work, transfer)
    return action
