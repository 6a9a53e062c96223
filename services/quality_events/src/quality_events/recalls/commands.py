"""Use cases of recalls. Which children of its batches are in one the genealogy says, and nobody chooses."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, select

from contracts import Side
from quality_events.batches.locking import batches_locked, decide_alone
from quality_events.batches.model import Batch
from quality_events.dispositions import entries
from quality_events.dispositions.model import Disposition
from quality_events.dispositions.queries import last_decision
from quality_events.dispositions.schemas import DispositionState
from quality_events.genealogy.commands import alone
from quality_events.holds.commands import hold_for
from quality_events.impacts import commands as impacts
from quality_events.recalls import queries
from quality_events.recalls.model import Recall, RecallPart
from quality_events.recalls.schemas import ProposeRecall, RecallState, ReconcileRecall, StateRecalled
from quality_events.regimes import concerns
from runtime.attribution import forget_reason
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.timers import record_by_record
from runtime.work import Work

ON_THE_MARKET: Final = (DispositionState.released, DispositionState.stopped)


async def propose(work: Work, body: ProposeRecall) -> Recall:
    """Propose a recall. Raises NotFound for an unknown batch, RuleViolated for an exercise with no product."""
    named = sorted(set(body.batch_ids))
    # Held, so that nobody lets them go on beside it.
    batches = {each.id: each for each in await batches_locked(work, named)}
    for id in named:
        if id not in batches:
            raise NotFound("batch", id)
    products = {each.product_id for each in batches.values()}
    product = products.pop() if len(products) == 1 else None
    if body.mock and product is None:
        raise RuleViolated("an exercise is of one product: name batches of one that is known", fields=["batch_ids"])
    given = body.model_dump(include={"classification", "depth", "cause", "health_hazard", "mock"})
    recall = Recall(
        number=await next_number(work, "RCL", "recall_number"),
        product_id=product,
        batch_ids=named,
        markets=[each.model_dump() for each in body.markets],
        evaluated_by=work.principal.subject,
        **given,
    )
    work.add(recall)
    work.publish(of=recall)
    return recall


async def approve_as_quality(work: Work, id: UUID) -> Recall:
    """Approve it for quality; with the second approval it starts."""
    recall = await work.get(Recall, id)
    recall.approve_as_quality(work.principal.subject, work.now)
    return await _started(work, recall)


async def approve_as_regulatory(work: Work, id: UUID) -> Recall:
    """Approve it for regulatory affairs; with the second approval it starts."""
    recall = await work.get(Recall, id)
    recall.approve_as_regulatory(work.principal.subject, work.now)
    return await _started(work, recall)


async def decline(work: Work, id: UUID, body: Reason) -> Recall:
    """There is none; what it was the answer to is asked once more."""
    recall = await work.get(Recall, id)
    recall.decline(body.reason)
    work.publish(of=recall)
    await impacts.ask_again(work, recall)
    return recall


async def account(work: Work, id: UUID, body: StateRecalled) -> Recall:
    """State what went to a market and what came back."""
    recall = await work.get(Recall, id)
    lines, place = await queries.lines_of(work, recall), (body.batch_id, body.market)
    recovered = body.recovered.quantity() if body.recovered else None
    batch = await work.session.get(Batch, body.batch_id)
    made = batch.actual if batch else None
    recall.account(lines, place, body.distributed.quantity(), recovered, made, work.now)
    work.publish(of=recall)
    return recall


async def reconcile(work: Work, id: UUID, body: ReconcileRecall) -> Recall:
    """Hold what came back against what was distributed."""
    recall = await work.get(Recall, id)
    lines, missing = await queries.lines_of(work, recall), await _numbers(work, recall)
    recall.reconcile(lines, missing, body.effectiveness, work.principal.subject, work.now)
    return recall


async def close(work: Work, id: UUID) -> Recall:
    """Close it, and tell each maker what of its lots came back."""
    recall = await work.get(Recall, id)
    recall.close(await _numbers(work, recall), work.principal.subject, work.now)
    await forget_reason(work)  # makers read the past of their parts; why somebody closes is the sponsor's
    lines = await queries.lines_of(work, recall)
    whose = select(Batch.id, Batch.partner_id).where(col(Batch.id).in_({line.batch_id for line in lines}))
    makers = {id: partner_id for id, partner_id in await work.session.execute(whose)}
    for part in await queries.parts_of(work, recall):
        own = [line for line in lines if makers[line.batch_id] == part.partner_id]
        work.publish(part.close(own, work.now), of=part)
    return recall


async def _started(work: Work, recall: Recall) -> Recall:
    if recall.state == RecallState.started:
        await forget_reason(work)  # makers read the past of their batches and parts; why it starts is the sponsor's
        await include_children(work, recall)
    return recall


async def include_children(work: Work, recall: Recall) -> None:
    """Take in what the genealogy knows and the recall does not have yet; its makers are told."""
    await alone(work)
    if not recall.mock:
        await decide_alone(work)
    batches = await batches_locked(work, await queries.missing(work, recall))
    work.session.add_all(recall.include(batches))
    parts = {each.partner_id: each for each in await queries.parts_of(work, recall)}
    by_maker = sorted(batches, key=lambda batch: (batch.partner_id, batch.id))
    for partner_id, own in groupby(by_maker, key=lambda batch: batch.partner_id):
        part = parts.get(partner_id) or RecallPart.of(recall, partner_id, work.now)
        work.session.add(part)
        work.publish(part.include([batch.lot for batch in own], work.now), of=part)
    if not recall.mock:
        await _withdraw(work, recall, {batch.id: batch for batch in batches})


def with_late_children(_: Work) -> Select[Any]:
    """The recalls which a batch belongs in that is not."""
    return select(Recall).where(queries.has_late_children()).order_by(col(Recall.id))


late_children = record_by_record("recall-late-children", 30.0, Recall, with_late_children, include_children)


async def _withdraw(work: Work, recall: Recall, batches: Mapping[UUID, Batch]) -> None:
    """Nothing of it is released to these markets any more, and nothing will be while its holds stand."""
    of, markets = Disposition, [each["market"] for each in recall.markets]
    there = (col(of.batch_id).in_(batches), col(of.state).in_(ON_THE_MARKET))
    query = select(of).where(*there).order_by(col(of.id)).with_for_update()
    found = (await work.session.scalars(query)).all()
    for each in (each for each in found if any(concerns(named, each.market) for named in markets)):
        work.publish(each.withdraw(batches[each.batch_id].lot, work.now), of=each)
        if last := await last_decision(work, each):
            await entries.enter_withdrawal(work, each, last, recall.number)
    for batch in batches.values():
        await hold_for(work, batch, Side.sponsor, markets, f"{recall.number} recalls it")


async def _numbers(work: Work, recall: Recall) -> list[str]:
    of_them = select(Batch.number).where(col(Batch.id).in_(await queries.missing(work, recall)))
    return sorted(await work.session.scalars(of_them))
