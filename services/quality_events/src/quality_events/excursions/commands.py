"""Use cases of excursions."""

from uuid import UUID

from sqlmodel import col, select

from contracts import Recorded, clock
from contracts.batch_records import ProcessExcursionReported
from contracts.impacts import ImpactGround
from quality_events import moments
from quality_events.batches.locking import hold_batch_of
from quality_events.batches.statements import batches_of
from quality_events.deviations.commands import lots_of
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import OPEN, DeviationState
from quality_events.excursions.model import ProcessExcursion
from quality_events.excursions.schemas import DecideExcursion
from quality_events.excursions.terms import ExcursionState, Told
from quality_events.impacts.commands import weigh_batch
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work


async def take(work: Work, told: Recorded[ProcessExcursionReported]) -> None:
    """Record an excursion that a maker's system told of, or what a later revision says of it.

    Of each lot that it ever named there is one, in whichever order the revisions come: what nobody had decided stays
    open where it was, and neither partner reads of the other's.
    """
    fact = told.fact
    batches = await batches_of(work, [told])
    batch = batches[fact.lot.id]
    # Whose the batch is: of one that was taken over another than its source says.
    lot = fact.lot.model_copy(update={"partner_id": batch.partner_id})
    said = Told(
        batch_id=batch.id,
        lot=lot,
        source=fact.source.name,
        source_revision=fact.source.revision,
        occurred_at=moments.written(fact.occurred_at),
        told_at=clock.now(),  # the batch's row is held: whoever decides comes before it, or after
        **{name: getattr(fact, name) for name in _TAKEN_OVER},
    )
    await work.connection.execute(_ALONE, said.source)  # the next revision may be on its way beside, with another lot
    query = select(ProcessExcursion).where(ProcessExcursion.source == said.source)
    known = (await work.session.scalars(query.order_by(col(ProcessExcursion.id)).with_for_update())).all()
    of_lot = [each for each in known if each.lot_id == fact.lot.id]
    if any(said.source_revision <= each.source_revision for each in of_lot):
        return
    # What its partner kept of it over a sale and back is withdrawn, and what came back with the batch goes before that.
    kept = sorted(of_lot, key=lambda each: each.state == ExcursionState.withdrawn)
    own = next((each for each in kept if each.partner_id == lot.partner_id), None)
    if own is None:
        number = await next_number(work, "EXC", "excursion_number")
        own = work.add(ProcessExcursion.report(number, said))
    else:
        own.take(said)
    newest = max(each.source_revision for each in (own, *known))
    for each in known:
        if each is not own and each.source_revision < newest and each.state != ExcursionState.withdrawn:
            each.leave(newest, told_again=each.lot_id == own.lot_id)
            work.publish(of=each)
    if own.source_revision < newest:
        own.leave(newest, told_again=False)
    work.publish(of=own)


async def decide(work: Work, excursion_id: UUID, body: DecideExcursion) -> ProcessExcursion:
    """The maker decides. Raises NotFound for an unknown deviation, RuleViolated for one of something else."""
    excursion = await _locked(work, excursion_id)
    if body.deviation_id is not None:
        await _must_be_of(work, excursion, body.deviation_id)
    said = (body.outcome, body.reason, body.deviation_id, body.source_revision)
    excursion.decide(*said, by=work.principal.subject, now=work.now)
    work.publish(of=excursion)
    return excursion


async def reopen(work: Work, excursion_id: UUID, body: Reason) -> ProcessExcursion:
    """The sponsor does not follow what was decided; where the batch is released it is asked what that means there."""
    excursion = await _locked(work, excursion_id)
    excursion.reopen(body.reason, clock.now())
    work.publish(of=excursion)
    await work.flush()
    await weigh_batch(work, excursion.batch_id, [ImpactGround.excursions])
    return excursion


async def follow(work: Work, deviation_id: UUID) -> None:
    """Open again what a deviation dealt with and, cancelled or amended, does not: where it is released that is asked.

    The batches are held first: whoever decides that the deviation deals with one comes before, or reads what it is now.
    """
    await work.connection.execute(_HOLD, deviation_id)
    deviation = await work.session.get_one(Deviation, deviation_id)
    dealt = select(ProcessExcursion).where(ProcessExcursion.deviation_id == deviation_id)
    named = await _lots_named(work, deviation)
    for excursion in await work.session.scalars(dealt.order_by(col(ProcessExcursion.id)).with_for_update()):
        if deviation.state == DeviationState.cancelled:
            why = f"{deviation.number}, which dealt with it, was cancelled"
        elif excursion.lot_id not in named:
            why = f"{deviation.number}, which dealt with it, does not name its batch any more"
        else:
            continue
        excursion.lapse(why, clock.now())
        work.publish(of=excursion)
        await work.flush()
        await weigh_batch(work, excursion.batch_id, [ImpactGround.excursions])


async def _lots_named(work: Work, deviation: Deviation) -> set[UUID]:
    return {lot.lot_id for lot in await lots_of(work, deviation) if lot.left_out_by_revision is None}


async def _locked(work: Work, excursion_id: UUID) -> ProcessExcursion:
    """The excursion, with its batch's row held before it: a release waits for this, or this one has seen it."""
    await hold_batch_of(work, ProcessExcursion, excursion_id)
    return await work.get(ProcessExcursion, excursion_id)


async def _must_be_of(work: Work, excursion: ProcessExcursion, deviation_id: UUID) -> None:
    deviation = await work.session.get(Deviation, deviation_id)
    if deviation is None:
        raise NotFound("deviation", deviation_id)
    if deviation.state not in OPEN:
        why = f"{deviation.number} is {deviation.state}: an open deviation deals with {excursion.number}"
        raise RuleViolated(why, fields=["deviation_id"])
    if excursion.lot_id not in await _lots_named(work, deviation):
        why = f"{deviation.number} does not name the batch of {excursion.number}: one that deals with it names it"
        raise RuleViolated(why, fields=["deviation_id"])


_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('quality-events.excursion' || $1, 0))"
_HOLD = """
SELECT FROM batch WHERE lot_id IN (SELECT lot_id FROM deviation_lot WHERE deviation_id = $1)
ORDER BY lot_id FOR NO KEY UPDATE
"""
_TAKEN_OVER = ("event_id", "step", "kind", "text", "value", "limit", "unit", "risk", "status")
