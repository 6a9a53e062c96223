"""A site is sold in the middle of a batch's making: the buyer goes on with it, whichever is told first."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from contracts import Recorded
from contracts.partner_feeds import BatchStartReported
from contracts.sites import SiteTransferred
from quality_events.batches.aliases import told_of_batches
from quality_events.batches.locking import batches_locked
from quality_events.batches.model import MAKING
from quality_events.batches.statements import alone
from quality_events.batches.takeovers import take_over
from quality_events.dispositions.model import Disposition
from quality_events.dispositions.schemas import DispositionState as State
from runtime.attribution import caused_by
from runtime.subscriptions import Subscriptions
from runtime.work import Work

GROUP: Final = "takeovers"
"""The group of the handlers: an upgrade is told all sales once, for what is in the making by then."""
_OF_SELLER: Final = """
SELECT id FROM batch WHERE site_id = $1 AND partner_id = $2 AND state = ANY ($3)
"""
_STARTED_LATE: Final = """
SELECT batch.id, said.said FROM batch JOIN known_site AS place ON place.id = batch.site_id
JOIN LATERAL (SELECT said FROM known_fact AS sold WHERE sold.kind = 'SiteTransferred' AND sold.about = place.id::text
              ORDER BY sold.sequence DESC LIMIT 1) AS said ON true
WHERE batch.lot_id = ANY ($1) AND batch.state = ANY ($2) AND place.partner_id <> batch.partner_id
ORDER BY batch.lot_id
"""


def take_over_batches(subscriptions: Subscriptions) -> None:
    """Listen to sales, and to starts that are told after them. What stands is kept before."""
    subscriptions.on_batch(SiteTransferred, GROUP)(_sold)
    subscriptions.on_batch(BatchStartReported, GROUP)(_started)


async def _sold(work: Work, facts: Sequence[Recorded[SiteTransferred]]) -> None:
    await alone(work)  # a start that is being told of at this moment came before, or sees the new owner
    for each in facts:
        fact = each.fact
        rows = await work.connection.fetch(_OF_SELLER, fact.site_id, fact.from_partner_id, list(MAKING))
        await _take_over(work, each, [row["id"] for row in rows], fact)


async def _started(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    told = {each.fact.lot.id: each for each in await told_of_batches(work, facts)}
    for row in await work.connection.fetch(_STARTED_LATE, list(told), list(MAKING)):
        (batch,) = await batches_locked(work, [row["id"]])
        await _take_over(work, told[batch.lot_id], [batch.id], SiteTransferred.model_validate(row["said"]))


async def _take_over(work: Work, cause: Recorded[Any], ids: Sequence[UUID], sale: SiteTransferred) -> None:
    """Let the buyer go on, and tell everybody who heard of the batches whose they are; nothing is confirmed of them."""
    if not ids:
        return
    work.cause = cause
    await caused_by(work, [cause])
    for batch in await batches_locked(work, ids):
        if batch.state not in MAKING:
            continue
        take_over(batch, sale.partner_id, sale.effective_at)
        work.publish(*batch.facts(), of=batch)
        of_it = (Disposition.batch_id == batch.id, col(Disposition.state).in_((State.open, State.not_intended)))
        for disposition in await work.session.scalars(select(Disposition).where(*of_it).order_by(col(Disposition.id))):
            disposition.partner_id, disposition.parties = batch.partner_id, list(batch.parties)
            work.publish(of=disposition)
    await work.flush()
    work.cause = None
