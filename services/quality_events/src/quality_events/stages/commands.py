"""Use cases of stages at another partner's site."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from contracts import Moment
from contracts.impacts import ImpactGround
from contracts.quality_events import QualityEventsBallHeld
from directory import queries as directory
from quality_events import moments
from quality_events.batches.days import refuse_before_start, zones_of
from quality_events.batches.locking import hold_batch_of
from quality_events.batches.model import Batch
from quality_events.batches.stages import of_step
from quality_events.batches.statements import among_others
from quality_events.batches.terms import BatchState
from quality_events.deviations.lots import DeviationLot
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import DeviationState
from quality_events.impacts.commands import weigh_batch
from quality_events.stages.former import FormerPartnerStage
from quality_events.stages.model import BEGUN, PartnerStage
from quality_events.stages.schemas import ConfirmStage, EndStage, PlanStage, ReviewStage, StartStage
from quality_events.stages.takeovers import follow, refuse_others_days
from quality_events.stages.terms import PartnerStageState
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.turns import ball_held
from runtime.work import Work
from serving.signatures import content_of


async def plan(work: Work, body: PlanStage) -> PartnerStage:
    """Plan a stage at another partner's site; where the batch is out it is asked what that means there.

    Raises NotFound for a batch that there is not, RuleViolated for one that was given up, for a site of its own maker
    and for a step that is there already.
    """
    await among_others(work)  # a sale of the site that is told at this moment came before, or sees the stage
    batch = await work.session.get(Batch, body.batch_id, with_for_update=True)
    if batch is None:
        raise NotFound("batch", body.batch_id)
    if batch.state == BatchState.terminated:
        raise RuleViolated(f"{batch.number} was terminated: nothing is done with it any more", fields=["batch_id"])
    site = await directory.named_site(work, body.site_id, "site_id")
    if site.partner_id == batch.partner_id:
        why = f"{site.number} is a site of the batch's maker: it is the batch's (POST /v1/batches/{batch.id}/stage)"
        raise RuleViolated(why, fields=["site_id"])
    same = {"batch_id": batch.id, "site_id": site.id}
    there = select(PartnerStage).filter_by(**same).where(PartnerStage.state != PartnerStageState.withdrawn)
    for known in of_step(body.step, await work.session.scalars(there)):
        raise RuleViolated(f"{known.number} is {body.step} of this lot at {site.number} already", fields=["step"])
    number = await next_number(work, "STG", "stage_number")
    planned = body.planned_quantity.quantity() if body.planned_quantity else None
    given = {"site_id": site.id, "partner_id": site.partner_id}
    stage = work.add(PartnerStage.plan(batch, number=number, step=body.step, planned=planned, **given))
    await follow(work, stage)
    await _weigh(work, stage)
    return stage


async def start(work: Work, stage_id: UUID, body: StartStage) -> PartnerStage:
    """It begins. Raises RuleViolated for what has not come, before the batch began, and where a partner says that it
    began when the site was another one's."""
    moments.must_have_come(body.started_at, work.now)
    stage = await work.get(PartnerStage, stage_id)
    await _refuse_before_start(work, stage, started_at=body.started_at)
    stage.start(body.begun(), work.principal.subject)
    await _stays_or_follows(work, stage, body)
    # It waits for whom it waited for; from now on something was done at its site, which asks for what is known of that.
    work.publish(stage.pass_turn(work.now) or ball_held(stage, QualityEventsBallHeld, work.now), of=stage)
    return stage


async def end(work: Work, stage_id: UUID, body: EndStage) -> PartnerStage:
    """It has ended, or is stated anew. Raises RuleViolated for what has not come, and where a partner says what was
    planned, or that it began when the site was another one's."""
    for moment in (body.started_at, body.ended_at):
        moments.must_have_come(moment, work.now)
    if body.planned_quantity and work.principal.partner_id:
        raise RuleViolated("what was to come of it is the sponsor's to say", fields=["planned_quantity"])
    stage = await work.get(PartnerStage, stage_id)
    await _refuse_before_start(work, stage, started_at=body.started_at, ended_at=body.ended_at)
    stage.end(body.ended(), work.principal.subject)
    await _stays_or_follows(work, stage, body)
    work.publish(of=stage)
    return stage


async def take_back(work: Work, stage_id: UUID, body: Reason) -> PartnerStage:
    """It was not done there. What was confirmed of it, and given back, is kept as it stood then."""
    stage = await work.get(PartnerStage, stage_id)
    stage.take_back(body.reason, work.principal.subject)
    work.publish(of=stage)
    return stage


async def confirm(work: Work, stage_id: UUID, body: ConfirmStage) -> PartnerStage:
    """Its site's quality answers for it, and names each deviation that its partner has of the lot."""
    stage = await work.get(PartnerStage, stage_id)
    said = (body.record_version, body.digest, body.deviations)
    stage.confirm(*said, await _own_deviations(work, stage), work.principal.subject, work.now)
    work.publish(of=stage)
    return stage


async def review(work: Work, stage_id: UUID, body: ReviewStage) -> PartnerStage:
    """The sponsor's quality reviews its record."""
    stage = await _locked(work, stage_id)
    stage.review(body.digest, work.principal.subject, work.now)
    work.publish(of=stage)
    return stage


async def give_back(work: Work, stage_id: UUID, body: Reason) -> PartnerStage:
    """It is to be confirmed once more, and what was signed is kept as it stood. Where the batch is out that asks."""
    stage = await _locked(work, stage_id)
    version, confirmed = stage.version, await content_of(work, stage)
    stage.give_back(body.reason, work.now)
    former = FormerPartnerStage(partner_stage_id=stage.id, version=version, content=confirmed, created_at=work.now)
    work.session.add(former)
    work.publish(of=stage)
    await _weigh(work, stage)
    return stage


async def withdraw(work: Work, stage_id: UUID, body: Reason) -> PartnerStage:
    """It is not done there."""
    stage = await _locked(work, stage_id)
    stage.withdraw(body.reason)
    work.publish(of=stage)
    return stage


async def leave_terminated(work: Work, batch_id: UUID) -> None:
    """The making of a batch was given up: its stages elsewhere wait for nobody."""
    of_it = (PartnerStage.batch_id == batch_id, col(PartnerStage.state).in_(BEGUN))
    for stage in await work.session.scalars(select(PartnerStage).where(*of_it).order_by(col(PartnerStage.id))):
        stage.leave("the batch was given up")
        work.publish(of=stage)


async def _refuse_before_start(work: Work, stage: PartnerStage, **said: Moment) -> None:
    """Its own partner reads nothing of the batch, and learns from no refusal when that began: the readiness asks."""
    batch = await work.session.get(Batch, stage.batch_id)
    if batch is not None:
        zone, there = await zones_of(work, batch, stage.site_id)
        at = {field: moments.written(moment) for field, moment in said.items()}
        refuse_before_start(batch, zone, stage.step, at, there)


async def _stays_or_follows(work: Work, stage: PartnerStage, body: StartStage) -> None:
    """A partner says of the days on which the site was its own when it began; the sponsor of any."""
    if work.principal.partner_id is None:
        await follow(work, stage)
    else:
        refuse_others_days(stage, body.started_at)


async def _own_deviations(work: Work, stage: PartnerStage) -> Sequence[str]:
    lot = (DeviationLot.lot_id == stage.lot_id, col(DeviationLot.left_out_by_revision).is_(None))
    own = (Deviation.partner_id == stage.partner_id, Deviation.state != DeviationState.cancelled)
    query = select(Deviation.number).join(DeviationLot, col(DeviationLot.deviation_id) == Deviation.id)
    return (await work.session.scalars(query.where(*lot, *own).distinct())).all()


async def _weigh(work: Work, stage: PartnerStage) -> None:
    await work.flush()
    await weigh_batch(work, stage.batch_id, [ImpactGround.record])


async def _locked(work: Work, stage_id: UUID) -> PartnerStage:
    """The stage, with its batch's row held before it: a release waits for this, or this one has seen it."""
    await hold_batch_of(work, PartnerStage, stage_id)
    return await work.get(PartnerStage, stage_id)
