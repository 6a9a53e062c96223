"""Use cases of transfers after which another thing may block the next gate, or what was decided be untrue."""

from uuid import UUID

from runtime.bodies import Because, Reason
from runtime.work import Work
from tech_transfer.decisions.queries import refuse_waiting
from tech_transfer.gates import marks
from tech_transfer.transfers import cancelling, commands
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.schemas import Describe, StartTransfer


async def start(work: Work, body: StartTransfer) -> Transfer:
    """Begin a transfer. Raises NotFound or a 409 Problem for a site or a product that is not known."""
    transfer = await commands.start(work, body)
    await work.session.flush()
    await marks.follow(work, transfer)
    return transfer


async def describe(work: Work, transfer_id: UUID, body: Describe) -> Transfer:
    """Who works on it, and what counts as a success. Raises RuleViolated while a decision is being signed by it."""
    transfer = await work.get(Transfer, transfer_id)
    await refuse_waiting(work, transfer)
    transfer.describe(body.success_criteria, body.team)
    work.publish(of=transfer)
    await marks.follow(work, transfer)
    return transfer


async def hold(work: Work, transfer_id: UUID, body: Reason) -> Transfer:
    """It rests: from now on nothing else blocks it."""
    transfer = await work.get(Transfer, transfer_id)
    work.publish(transfer.hold(body.reason, work.now), of=transfer)
    await marks.follow(work, transfer)
    return transfer


async def resume(work: Work, transfer_id: UUID, _: Because | None = None) -> Transfer:
    """It goes on where it was held."""
    transfer = await work.get(Transfer, transfer_id)
    work.publish(transfer.resume(work.now), of=transfer)
    await marks.follow(work, transfer)
    return transfer


async def cancel(work: Work, transfer_id: UUID, body: Reason) -> Transfer:
    """Quality agrees that it ends: nothing blocks it any more, and the receiving unit reads nothing of its process."""
    transfer = await work.get(Transfer, transfer_id)
    work.publish(transfer.cancel(body.reason, work.now), of=transfer)
    await cancelling.close_process(work, transfer)
    await cancelling.end_decisions(work, transfer)
    await marks.follow(work, transfer)
    return transfer
