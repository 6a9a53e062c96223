"""Use cases of explanations."""

from uuid import UUID

from sqlmodel import col, select

from contracts import clock
from contracts.impacts import ImpactGround
from quality_events.batches.locking import hold_batch_of
from quality_events.batches.model import Batch
from quality_events.deviations.commands import lots_of
from quality_events.deviations.lots import concerned
from quality_events.deviations.model import Deviation
from quality_events.dispositions.model import Disposition
from quality_events.impacts.commands import weigh_batch
from quality_events.limit_explanations.model import LimitExplanation, outside, refuse_what_explains_nothing
from quality_events.limit_explanations.schemas import ExplainLimit, ExplanationState
from quality_events.readiness.dossier import dossier_of
from quality_events.readiness.limits import judged_of
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work


async def explain(work: Work, body: ExplainLimit) -> LimitExplanation:
    """Name the deviation. Raises NotFound for a batch or a deviation that there is not, and RuleViolated for a limit
    that was kept, a deviation that does not name the batch, and while another explanation of the same stands.

    Who does so decides of the batch in no market, as who states something of it, whatever was decided there before:
    what was stopped may be resumed, and where it is not meant for it may go later.
    """
    batch = await work.session.get(Batch, body.batch_id, with_for_update=True)
    if batch is None:
        raise NotFound("batch", body.batch_id)
    deviation = await work.session.get(Deviation, body.deviation_id)
    if deviation is None:
        raise NotFound("deviation", body.deviation_id)
    names_it = await _names(work, deviation, batch.lot_id)
    refuse_what_explains_nothing(deviation.number, deviation.state, names_it=names_it)
    found = outside(judged_of(await dossier_of(work, batch.id)), body.limit_name)
    await _end_former(work, batch.id, found.name, found.found)
    explanation = LimitExplanation(
        **body.model_dump(),
        number=await next_number(work, "LEX", "limit_explanation_number"),
        partner_id=batch.partner_id,
        found=found.found,
        explained_by=work.principal.subject,
        # What is explained of a stage elsewhere no partner reads: its maker learns that it is.
        parties=[each for each in batch.parties if each in deviation.parties and not found.apart],
    )
    work.add(explanation)
    of_it = select(Disposition).where(Disposition.batch_id == batch.id)
    for each in await work.session.scalars(of_it.order_by(col(Disposition.id))):
        each.prepare(work.principal.subject)
        work.publish(of=each)
    return explanation


async def withdraw(work: Work, id: UUID, body: Reason) -> LimitExplanation:
    """Withdraw one. Where the batch is released it is asked what that means there.

    The batch's row is held before it: a release that rests on it came before, or sees that it is withdrawn.
    """
    await hold_batch_of(work, LimitExplanation, id)
    explanation = await work.get(LimitExplanation, id)
    explanation.withdraw(body.reason, work.principal.subject, clock.now())
    await _weigh(work, explanation)
    return explanation


async def end_all_by(work: Work, deviation_id: UUID) -> None:
    """What a deviation explained that was cancelled: where the batch is released that is asked.

    One that was amended ends none: while it does not name the batch it explains nothing of it, and a later revision,
    which may have come before, names it again. The batches of its lots are held.
    """
    deviation = await work.session.get_one(Deviation, deviation_id)
    by_it = (LimitExplanation.deviation_id == deviation_id, LimitExplanation.state == ExplanationState.stands)
    query = select(LimitExplanation).where(*by_it).order_by(col(LimitExplanation.id)).with_for_update()
    for explanation in (await work.session.scalars(query)).all():
        explanation.lapse(f"{deviation.number} was cancelled", clock.now())
        await _weigh(work, explanation)


async def _weigh(work: Work, explanation: LimitExplanation) -> None:
    work.publish(of=explanation)
    await work.flush()
    await weigh_batch(work, explanation.batch_id, [ImpactGround.statements])


async def _end_former(work: Work, batch_id: UUID, limit_name: str, found: str) -> None:
    """One of another finding ends, as by a withdrawal. Raises RuleViolated where one of this very finding stands."""
    same = {"batch_id": batch_id, "limit_name": limit_name, "state": ExplanationState.stands}
    before = await work.session.scalar(select(LimitExplanation).filter_by(**same))
    if before is None:
        return
    if before.found == found:
        why = f"{before.number} explains it: withdraw that first (withdrawal)"
        raise RuleViolated(why, limit_explanation_id=str(before.id))
    before.withdraw("something else is found now", work.principal.subject, work.now)
    await _weigh(work, before)


async def _names(work: Work, deviation: Deviation, lot_id: UUID) -> bool:
    return lot_id in {lot.lot_id for lot in concerned(await lots_of(work, deviation))}
