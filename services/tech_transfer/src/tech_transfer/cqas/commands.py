"""Use cases of critical quality attributes."""

from uuid import UUID

from runtime.bodies import Reason
from runtime.work import Work
from tech_transfer.cqas.model import Cqa
from tech_transfer.cqas.schemas import ReviseCqa, StateCqa
from tech_transfer.ppq_series.judging import follow_attributes
from tech_transfer.qbd.commands import refuse_known_code
from tech_transfer.transfers import commands as transfers


async def state(work: Work, body: StateCqa) -> Cqa:
    """Name an attribute. Raises RuleViolated for a code that the transfer has already."""
    transfer = await transfers.locked(work, body.transfer_id, live=True)
    await refuse_known_code(work, Cqa, transfer, body.code)
    cqa = work.add(Cqa.begin(transfer, **body.model_dump(exclude={"transfer_id"})))
    await follow_attributes(work, transfer)
    return cqa


async def revise(work: Work, cqa_id: UUID, body: ReviseCqa) -> Cqa:
    """Say anew what it has to be."""
    cqa, transfer = await transfers.part(work, Cqa, cqa_id, live=True)
    cqa.revise(**dict(body))
    await follow_attributes(work, transfer)
    return cqa


async def withdraw(work: Work, cqa_id: UUID, body: Reason) -> Cqa:
    """It is critical no more; the matrix has no row of it."""
    cqa, transfer = await transfers.part(work, Cqa, cqa_id, live=True)
    cqa.withdraw(body.reason)
    await follow_attributes(work, transfer)
    return cqa
