"""Use cases of statements."""

from uuid import UUID

from sqlmodel import select

from runtime.bodies import Reason
from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.gates import marks
from tech_transfer.statements.model import Statement
from tech_transfer.statements.schemas import State, TransferStatementState
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.part import columns_of


async def state(work: Work, body: State) -> Statement:
    """Quality states that something is so. Raises RuleViolated where that is stated already by the same document: who
    takes one of two back would leave the other."""
    transfer = await transfers.locked(work, body.transfer_id, live=True)
    given = body.model_dump(exclude={"transfer_id"})
    same = select(Statement.evidence).where(
        Statement.transfer_id == transfer.id,
        Statement.rule == body.rule,
        Statement.digest == body.digest,
        Statement.state == TransferStatementState.stated,
    )
    if evidence := await work.session.scalar(same):
        why = f"digest: {evidence} states {body.rule} already: withdraw that first"
        raise RuleViolated(why, fields=["digest"])
    statement = work.add(Statement(stated_by=work.principal.subject, **columns_of(transfer), **given))
    await marks.follow(work, transfer)
    return statement


async def withdraw(work: Work, statement_id: UUID, body: Reason) -> Statement:
    """Quality takes it back; gates that were passed by it are marked."""
    statement, transfer = await transfers.part(work, Statement, statement_id, live=True)
    statement.withdraw(body.reason)
    await marks.follow(work, transfer)
    return statement
