"""Use cases of statements."""

from uuid import UUID

from sqlmodel import select

from contracts import clock
from contracts.impacts import ImpactGround
from quality_events.batches.locking import hold_batch_of
from quality_events.batches.model import Batch
from quality_events.dispositions import opening
from quality_events.impacts.commands import weigh_batch
from quality_events.readiness.conditions import JUDGES, found
from quality_events.readiness.dossier import dossier_of, local_day
from quality_events.readiness.model import ReadinessStatement, check_intended, check_stateable
from quality_events.readiness.schemas import StatementState, StateReadiness
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work


async def state(work: Work, body: StateReadiness) -> ReadinessStatement:
    """State a condition. Raises NotFound for a batch that there is not, RuleViolated for what facts decide,
    for a market for which the batch is not meant, and while another statement of the same stands.
    """
    batch = await work.session.get(Batch, body.batch_id, with_for_update=True)
    if batch is None:
        raise NotFound("batch", body.batch_id)
    check_intended(batch.number, batch.markets, body.market)
    dossier = await dossier_of(work, batch.id)
    judged = {judge.__name__: judge for judge in JUDGES}
    condition = found(judged[body.condition], dossier, body.market, local_day(dossier, work.now))
    check_stateable(condition)
    of_it = body.model_dump(include={"batch_id", "market", "condition"})
    before = await work.session.scalar(select(ReadinessStatement).filter_by(**of_it, state=StatementState.stands))
    if before and before.stated_of != condition.stated_of:
        before.withdraw("something else is found now", work.principal.subject, work.now)
        work.publish(of=before)
        await work.flush()
        await weigh_batch(work, batch.id, [ImpactGround.statements])
    elif before:
        raise RuleViolated(f"{before.number} states it: withdraw that first (withdrawal)", statement_id=str(before.id))
    statement = ReadinessStatement(
        **body.model_dump(),
        number=await next_number(work, "RST", "statement_number"),
        stated_of=condition.stated_of,
        stated_by=work.principal.subject,
    )
    work.add(statement)
    (disposition,) = await opening.open_for(work, batch, [body.market])
    disposition.prepare(work.principal.subject)
    return statement


async def withdraw(work: Work, id: UUID, body: Reason) -> ReadinessStatement:
    """Withdraw one. Where the batch is released it is asked what that means there.

    The batch's row is held before it: a release that rests on it came before, or sees that it is withdrawn.
    """
    await hold_batch_of(work, ReadinessStatement, id)
    statement = await work.get(ReadinessStatement, id)
    statement.withdraw(body.reason, work.principal.subject, clock.now())
    await work.flush()
    await weigh_batch(work, statement.batch_id, [ImpactGround.statements])
    return statement
