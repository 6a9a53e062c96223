"""Use cases of batches, one at a time: what a person records. The same rules as for reports, in the same methods."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from contracts import Lot, clock
from directory import queries as directory
from quality_events import moments
from quality_events.batches.days import refuse_other_days
from quality_events.batches.model import Batch
from quality_events.batches.parts import BatchInput
from quality_events.batches.record import PERSON, must_be_what_was_read
from quality_events.batches.records import versions_of
from quality_events.batches.schemas import (
    CompleteBatch,
    DescribeBatch,
    RecordStage,
    ReviewRecord,
    SetAsideRecord,
    StartBatch,
)
from quality_events.batches.stages import BatchStage, Stage
from quality_events.batches.statements import among_others
from quality_events.batches.takeovers import refuse_former
from quality_events.batches.terms import Authority, BatchState, Completion, Source, Start
from quality_events.batches.went_in import Input
from quality_events.genealogy import commands as lineage
from quality_events.lots import lot_at
from runtime.problems import Problem, RuleViolated
from runtime.work import Work


async def start(work: Work, body: StartBatch) -> Batch:
    """Record a batch's start. Raises NotFound for an unknown site, NotAllowedNow for a batch that has started."""
    moments.must_have_come(body.started_at, work.now)
    if body.inputs:
        await lineage.alone(work)
    await among_others(work)
    site = await directory.named_site(work, body.site_id, "site_id")
    lot = await lot_at(work, site, body.material, body.number)
    batch = await work.session.scalar(select(Batch).where(Batch.lot_id == lot.id).with_for_update())
    if batch is None:
        batch = work.add(Batch.announce(lot))
    else:
        work.about(batch)
    batch.join(lot)
    planned = body.planned_quantity.quantity() if body.planned_quantity else None
    reported = Start(_by_hand(work), body.started_at, planned)
    known_first = batch.state == BatchState.manufactured and batch.started_at is None
    work.publish(batch.add_start(reported) if known_first else batch.start(reported), of=batch)
    batch.refuse_backwards("started_at")
    batch.due_on = body.due_on or batch.due_on
    await _flush(work)
    inputs = _inputs(work, batch, body.inputs)
    if inputs:
        await lineage.refuse_wrong_inputs(work, batch, inputs)
    work.session.add_all(inputs)
    return batch


async def complete(work: Work, batch_id: UUID, body: CompleteBatch) -> Batch:
    """Record that a batch is made. Raises NotAllowedNow for one that was made already.

    What a person states is refused where it contradicts itself; of reports of feeds that is told, and both are kept.
    """
    moments.must_have_come(body.completed_at, work.now)
    batch = await work.get(Batch, batch_id)
    reported = Completion(
        _by_hand(work),
        reported_on=body.completed_at,
        completed_at=body.completed_at,
        actual=body.actual_quantity.quantity() if body.actual_quantity else None,
        yield_percent=body.yield_percent,
    )
    work.publish(batch.complete(reported), of=batch)
    batch.refuse_backwards("completed_at")
    return batch


async def describe(work: Work, batch_id: UUID, body: DescribeBatch) -> Batch:
    """State what else is known of a batch."""
    batch = await work.get(Batch, batch_id)
    told = batch.describe(**body.model_dump(), merged=await lineage.is_merged(work, batch))
    work.publish(*([told] if told else []), of=batch)
    return batch


async def record_stage(work: Work, batch_id: UUID, body: RecordStage) -> Batch:
    """Record a stage, or state a known one anew.

    Raises RuleViolated for one at another partner's site, outside of the batch's days, and for a former maker's beyond
    ending it.
    """
    batch = await work.get(Batch, batch_id)
    stage, known = await _stage(work, batch, body)
    work.session.add(batch.record_stage(stage, known, work.principal.subject))
    work.publish(of=batch)
    return batch


async def record_late_stage(work: Work, batch_id: UUID, body: RecordStage) -> Batch:
    """The same of a batch whose record is here: its making is told once more, so that it is weighed where it is out."""
    batch = await work.get(Batch, batch_id)
    stage, known = await _stage(work, batch, body)
    if made := batch.record_late_stage(stage, known, work.principal.subject):
        work.session.add(made)
        work.publish(batch.batch_manufactured(), of=batch)
    return batch


async def _stage(work: Work, batch: Batch, body: RecordStage) -> tuple[Stage, BatchStage | None]:
    """What is stated, and what was stated before of the same step."""
    for moment in (body.started_at, body.ended_at or body.started_at):
        moments.must_have_come(moment, work.now)
    site_id = body.site_id or batch.site_id
    if site_id != batch.site_id:
        site = await directory.named_site(work, site_id, "site_id")
        if site.partner_id != batch.partner_id:
            raise RuleViolated(
                f"{site.number} is another partner's site: the sponsor plans what is done there of this lot "
                "(POST /v1/stages); under another lot number it is a batch of its own",
                fields=["site_id"],
            )
    same = (BatchStage.batch_id == batch.id, BatchStage.step == body.step)
    known = await work.session.scalar(select(BatchStage).where(*same))
    stage = body.stage(site_id)
    await refuse_other_days(work, batch, stage)
    if known and work.principal.partner_id is not None:
        refuse_former(batch, known, stage, await directory.zone_of(work, batch.site_id))
    return stage, known


async def review_record(work: Work, batch_id: UUID, body: ReviewRecord) -> Batch:
    """Review the batch record, as it was read, for the side for which somebody asks."""
    batch = await work.get(Batch, batch_id)
    must_be_what_was_read(batch, body.digest)
    review = batch.review_record if work.principal.partner_id else batch.review_record_as_sponsor
    work.publish(review(work.principal.subject, work.now), of=batch)
    return batch


async def set_aside_record(work: Work, batch_id: UUID, body: SetAsideRecord) -> Batch:
    """Set a version aside that a system gave. Raises RuleViolated for one that this batch has not."""
    batch = await work.get(Batch, batch_id)
    given = await versions_of(work, batch.id)
    version = next((each for each in given if each.id == body.reported_record_id), None)
    if version is None:
        detail = f"{batch.number}: there is no such version among its reported_records: name one that waits, or is late"
        raise RuleViolated(detail, fields=["reported_record_id"])
    batch.set_aside_record(version, given, body.reason, work.principal.subject, work.now)
    work.publish(of=batch)
    return batch


def _inputs(work: Work, batch: Batch, inputs: Sequence[Input]) -> list[BatchInput]:
    source = _by_hand(work)
    by_lot = {Lot.identify(batch.site_id, part.material, part.number): part for part in inputs}
    if batch.lot_id in by_lot:
        raise RuleViolated(f"{batch.number} does not go into itself")
    if len(by_lot) < len(inputs) and any(part.quantity for part in inputs):
        raise RuleViolated("a lot is named twice: name each once, with all that went in", fields=["inputs"])
    return [
        BatchInput(
            batch_id=batch.id,
            source=source.name,
            revision=source.revision,
            lot_id=lot_id,
            material=part.material,
            number=part.number,
            quantity=part.quantity.value if part.quantity else None,
            unit=part.quantity.unit if part.quantity else None,
            told_at=clock.now(),
        )
        for lot_id, part in by_lot.items()
    ]


def _by_hand(work: Work) -> Source:
    authority = Authority.maker if work.principal.partner_id else Authority.sponsor
    return Source(f"{PERSON}{work.principal.subject}", authority=authority)


async def _flush(work: Work) -> None:
    try:
        await work.session.flush()
    except IntegrityError as error:
        raise Problem(
            409, "in-progress", "this batch is being recorded by somebody else; try again", headers={"Retry-After": "1"}
        ) from error
