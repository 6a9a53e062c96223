"""Use cases of statements."""

from uuid import UUID

from runtime.bodies import Reason
from runtime.work import Work
from tech_transfer.gates import marks
from tech_transfer.statements.model import Statement
from tech_transfer.statements.schemas import State
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.part import columns_of


async def state(work: Work, body: State) -> Statement:
    """Quality states that something is so."""
    transfer = await transfers.locked(work, body.transfer_id, live=True)
    given = body.model_dump(exclude={"transfer_id"})
    statement = work.add(Statement(stated_by=work.principal.subject, **columns_of(transfer), **given))
    await marks.follow(work, transfer)
    return statement


async def withdraw(work: Work, statement_id: UUID, body: Reason) -> Statement:
    """Quality takes it back; gates that were passed by it are marked."""
    statement, transfer = await transfers.part(work, Statement, statement_id, live=True)
    statement.withdraw(body.reason)
    await marks.follow(work, transfer)
    return statement
