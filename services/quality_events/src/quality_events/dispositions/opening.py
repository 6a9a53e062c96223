"""How dispositions come to be: one for each market for which a batch is meant, or of which somebody speaks."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from quality_events.batches.model import Batch
from quality_events.batches.schemas import IntendBatch
from quality_events.batches.terms import BatchState
from quality_events.dispositions.model import DECIDED, Disposition
from quality_events.dispositions.schemas import DispositionState
from quality_events.limit_explanations.model import LimitExplanation
from runtime.numbers import next_number
from runtime.work import Work


async def intend(work: Work, batch_id: UUID, body: IntendBatch) -> Batch:
    """Say for which markets a batch is meant. A market that is added later gets a disposition of its own.

    An open one of a market for which it is not meant any more closes, and opens again with the market. Where all that
    are left are decided, the batch is through.
    """
    batch = await work.get(Batch, batch_id)
    batch.intend(body.markets, body.ppq)
    of_it = select(Disposition).where(Disposition.batch_id == batch.id).order_by(col(Disposition.id))
    for each in await work.session.scalars(of_it):
        if each.market in batch.markets and each.state == DispositionState.not_intended:
            each.open_anew()
            work.publish(of=each)
        elif each.market not in batch.markets and each.state == DispositionState.open:
            each.leave()
            work.publish(of=each)
    meant = await open_for(work, batch, batch.markets)
    if meant and all(each.state in DECIDED for each in meant) and batch.state == BatchState.under_review:
        batch.decide()
    work.publish(of=batch)
    return batch


async def open_for(work: Work, batch: Batch, markets: Sequence[str]) -> list[Disposition]:
    """The dispositions of a batch, whose row is locked, for some markets; those that there are not are opened.

    Whoever explained a limit before that decides none of them.
    """
    of_it = (Disposition.batch_id == batch.id, col(Disposition.market).in_(markets))
    known = {each.market: each for each in await work.session.scalars(select(Disposition).where(*of_it))}
    if missing := [market for market in markets if market not in known]:
        explained = select(LimitExplanation.explained_by).where(LimitExplanation.batch_id == batch.id)
        explainers = (await work.session.scalars(explained.distinct())).all()
        for market in missing:
            number = await next_number(work, "DISP", "disposition_number")
            known[market] = work.add(Disposition.open(batch, market, number))
            for each in explainers:
                known[market].prepare(each)
    return [known[market] for market in markets]


async def leave_terminated(work: Work, batch_id: UUID) -> None:
    """The making of a batch was given up: nothing is asked of anybody in any market. None of it is confirmed, as its
    record was never here."""
    batch = await work.get(Batch, batch_id)
    of_it = (Disposition.batch_id == batch.id, Disposition.state == DispositionState.open)
    for each in await work.session.scalars(select(Disposition).where(*of_it).order_by(col(Disposition.id))):
        each.leave()
        work.publish(of=each)
