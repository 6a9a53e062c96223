"""Use cases of critical process parameters."""

from uuid import UUID

from runtime.bodies import Reason
from runtime.work import Work
from tech_transfer.cpps.model import Cpp
from tech_transfer.cpps.schemas import ReviseCpp, StateCpp
from tech_transfer.process_readings import commands as readings
from tech_transfer.qbd.commands import refuse_known_code
from tech_transfer.transfers import commands as transfers


async def state(work: Work, body: StateCpp) -> Cpp:
    """Name a parameter. Raises RuleViolated for a code that the transfer has already, and for ranges that misfit."""
    transfer = await transfers.locked(work, body.transfer_id, live=True)
    await refuse_known_code(work, Cpp, transfer, body.code)
    cpp = work.add(Cpp.begin(transfer, **body.model_dump(exclude={"transfer_id"})))
    await readings.judge_transfer(work, transfer)
    return cpp


async def revise(work: Work, cpp_id: UUID, body: ReviseCpp) -> Cpp:
    """Give it other ranges; what the transfer's batches reported is judged by them."""
    cpp, transfer = await transfers.part(work, Cpp, cpp_id, live=True)
    cpp.revise(body, body.reason)
    await readings.judge_transfer(work, transfer)
    return cpp


async def withdraw(work: Work, cpp_id: UUID, body: Reason) -> Cpp:
    """It is critical no more; the matrix has no column of it, and no batch is judged by it."""
    cpp, transfer = await transfers.part(work, Cpp, cpp_id, live=True)
    cpp.withdraw(body.reason)
    await readings.judge_transfer(work, transfer)
    return cpp
