"""Use cases of the genealogy. One edge after another: two at once could close a circle that neither of them sees."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from sqlmodel import col, select

from contracts.batches import BatchesLinked
from quality_events.batches.aliases import batches_named
from quality_events.batches.locking import batches_locked
from quality_events.batches.model import Batch
from quality_events.batches.parts import BatchInput
from quality_events.changes.model import Change
from quality_events.deviations.lots import DeviationLot
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import DeviationState
from quality_events.genealogy.amounts import Portion, ToldBy
from quality_events.genealogy.model import BatchLink, Lineage
from quality_events.genealogy.queries import gone_of
from quality_events.genealogy.schemas import LinkParents
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work

_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('quality-events.genealogy', 0))"
# These look at all batches, also where who asks is no party to some of them, and tell no more than this.
_DESCENDS = "SELECT batch_goes_into($1::uuid, $2::uuid[])"
_MERGED = "SELECT batch_is_merged($1::uuid)"


async def link(work: Work, batch_id: UUID, body: LinkParents) -> Batch:
    """Say what a batch came of. Raises NotFound for a batch that there is not, or not for who asks."""
    return await _link(work, batch_id, body, Batch.descend)


async def link_late(work: Work, batch_id: UUID, body: LinkParents) -> Batch:
    """The same, of a batch whose record is here, or that is decided."""
    return await _link(work, batch_id, body, Batch.descend_late)


async def _link(work: Work, batch_id: UUID, body: LinkParents, descend: Callable[..., list[BatchLink]]) -> Batch:
    await alone(work)
    await batches_locked(work, {batch_id, *(parent.batch_id for parent in body.parents)})
    child = await work.get(Batch, batch_id)
    asked = {parent.batch_id: parent.quantity.quantity() for parent in body.parents}
    if len(asked) < len(body.parents):
        raise RuleViolated("a parent is named twice: name each once, with all that went in", fields=["parents"])
    parents = [await work.get(Batch, id) for id in sorted(asked)]
    await _check_reason(work, body, child, parents)
    await refuse_circle(work, child, list(asked))
    gone = await gone_of(work, list(asked))
    portions = [Portion(parent, asked[parent.id], gone.get(parent.id, ()), child.id) for parent in parents]
    by, reasons = work.principal.subject, (body.deviation_id, body.change_id, body.stability)
    lineage = Lineage(body.kind, portions, by, *reasons)
    lots = {parent.id: parent.lot for parent in parents}
    before = child.told_when_made
    for made in descend(child, lineage):
        work.session.add(made)
        linked = BatchesLinked.of(
            made, work.now, parent_lot=lots[made.parent_id], child_lot=child.lot, quantity=made.amount
        )
        work.publish(linked, of=made)
    told = child.told_anew(before)
    work.publish(*([told] if told else []), of=child)
    return child


async def alone(work: Work) -> None:
    """What a transaction takes first that adds an edge, before it locks any batch."""
    await work.connection.execute(_ALONE)


async def refuse_circle(work: Work, child: Batch, parent_ids: Collection[UUID]) -> None:
    """Raises RuleViolated where a batch went into one of those that are to go into it."""
    if child.id in parent_ids or await work.connection.fetchval(_DESCENDS, child.id, list(parent_ids)):
        raise RuleViolated(f"{child.number} went into one of these itself: a batch cannot go into what it came of")


async def is_merged(work: Work, batch: Batch) -> bool:
    """Whether the batch is a merge, or went into one: its dates are those of the merge."""
    return bool(await work.connection.fetchval(_MERGED, batch.id))


async def _check_reason(work: Work, body: LinkParents, child: Batch, parents: Sequence[Batch]) -> None:
    if body.change_id:
        change = await work.session.get(Change, body.change_id)
        if change is None:
            raise NotFound("change", body.change_id)
        change.check_rework([child, *parents])
    if body.deviation_id is None:
        return
    deviation = await work.session.get(Deviation, body.deviation_id)
    if deviation is None:
        raise NotFound("deviation", body.deviation_id)
    of_it = (DeviationLot.deviation_id == deviation.id, col(DeviationLot.left_out_by_revision).is_(None))
    concerned = set(await work.session.scalars(select(DeviationLot.batch_id).where(*of_it)))
    if deviation.state == DeviationState.cancelled or not concerned.issuperset(parent.id for parent in parents):
        numbers = ", ".join(parent.number for parent in parents)
        raise RuleViolated(f"{deviation.number} is no deviation of {numbers}: name one", fields=["deviation_id"])


async def refuse_wrong_inputs(work: Work, child: Batch, inputs: Sequence[BatchInput]) -> None:
    """Raises RuleViolated where a start names what the batch went into itself, or more of a batch than is left of it.

    A batch is named by its own number, or by another one of it.
    """
    named = await batches_named(work, child.site_id, inputs)
    await refuse_circle(work, child, list(named))
    stated = {id: part.amount for id, parts in named.items() for part in parts if part.amount}
    if any(len(parts) > 1 for id, parts in named.items() if id in stated):
        why = "a lot is named twice, by two of its numbers: name each once, with all that went in"
        raise RuleViolated(why, fields=["inputs"])
    parents = (await work.session.scalars(select(Batch).where(col(Batch.id).in_(stated)))).all()
    gone = await gone_of(work, [parent.id for parent in parents])
    for parent in parents:
        Portion(parent, stated[parent.id], gone.get(parent.id, ()), child.id, ToldBy.input).check()
