"""A site is sold in the middle of a batch's making: the buyer goes on with it; what was made is who made it's.

Whichever is told first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from contracts import Recorded
from contracts.partner_feeds import BatchStartReported
from contracts.quality_events import BatchManufactured
from contracts.sites import SiteTransferred
from directory import queries as directory
from quality_events.batches.aliases import told_of_batches
from quality_events.batches.locking import batches_locked
from quality_events.batches.model import MAKING, Batch
from quality_events.batches.queries import stages_of
from quality_events.batches.statements import alone
from quality_events.batches.takeovers import follow_sales
from quality_events.batches.terms import BatchState
from quality_events.dispositions.model import Disposition
from quality_events.dispositions.schemas import DispositionState as State
from quality_events.excursions.model import ProcessExcursion
from quality_events.excursions.terms import ExcursionState
from quality_events.former_batches import commands as former_batches
from quality_events.holds.model import BatchHold
from quality_events.holds.terms import HoldState
from runtime.attribution import caused_by
from runtime.subscriptions import Subscriptions
from runtime.work import Work

GROUP: Final = "takeovers"
"""The group of the handlers: an upgrade is told all sales once, for what nobody handed in a record of by then."""
MOVES: Final = MAKING | {BatchState.manufactured}
"""While it is one of these a batch follows the sales of its site: a record that is here is its maker's."""
GOES_WITH_IT: Final[Sequence[tuple[Any, Any]]] = (
    (Disposition, col(Disposition.state).in_((State.open, State.not_intended))),
    (BatchHold, BatchHold.state == HoldState.open),
    (ProcessExcursion, ProcessExcursion.state != ExcursionState.withdrawn),
)
"""What of a batch is its maker's; a hold that was lifted stays with who read it."""
_OF_SELLER: Final = """
SELECT id FROM batch WHERE site_id = $1 AND partner_id = $2
AND (state = ANY ($3) OR state = 'manufactured' AND completed_on >= $4)
"""
_SOLD: Final = """
SELECT batch.id, batch.lot_id FROM batch
WHERE batch.lot_id = ANY ($1) AND batch.state = ANY ($2)
AND EXISTS (SELECT FROM known_fact AS sold WHERE sold.kind = 'SiteTransferred' AND sold.about = batch.site_id::text)
ORDER BY batch.lot_id
"""
_SALES: Final = "SELECT said FROM known_fact WHERE kind = 'SiteTransferred' AND about = $1"


def take_over_batches(subscriptions: Subscriptions) -> None:
    """Listen to sales, and to starts and completions that are told after them. What stands is kept before."""
    subscriptions.on_batch(SiteTransferred, GROUP)(_sold)
    subscriptions.on_batch(BatchStartReported, GROUP)(_started)
    subscriptions.on_batch(BatchManufactured, GROUP)(_made)


async def _sold(work: Work, facts: Sequence[Recorded[SiteTransferred]]) -> None:
    await alone(work)  # a start that is being told of at this moment came before, or sees the new owner
    for each in facts:
        fact, about = each.fact, each.fact.effective_on - timedelta(days=1)  # an instant's day is kept in UTC
        rows = await work.connection.fetch(_OF_SELLER, fact.site_id, fact.from_partner_id, list(MAKING), about)
        await _follow(work, each, [row["id"] for row in rows])


async def _started(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    await _told(work, await told_of_batches(work, facts))


async def _made(work: Work, facts: Sequence[Recorded[BatchManufactured]]) -> None:
    """Also of a completion that a person states, or that is amended."""
    await _told(work, facts)


async def _told(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    told = {each.fact.lot.id: each for each in facts}
    for row in await work.connection.fetch(_SOLD, list(told), list(MOVES)):
        await _follow(work, told[row["lot_id"]], [row["id"]])


async def _follow(work: Work, cause: Recorded[Any], ids: Sequence[UUID]) -> None:
    """Let batches follow the sales, and tell everybody who heard of them whose they are; nothing is confirmed of them.

    The sales are read when the batches are locked: one that is told at this moment came before, or sees this.
    """
    if not ids:
        return
    work.cause = cause
    await caused_by(work, [cause])
    for batch in await batches_locked(work, ids):
        rows = await work.connection.fetch(_SALES, str(batch.site_id))
        sales = sorted((SiteTransferred.model_validate(row["said"]) for row in rows), key=lambda one: one.effective_at)
        zone = await directory.zone_of(work, batch.site_id)
        if batch.state not in MOVES:
            continue
        former, as_it_was = batch.partner_id, await former_batches.as_it_stands(work, batch)
        if not follow_sales(batch, sales, zone, await stages_of(work, batch)):
            continue
        work.publish(*batch.facts(), of=batch)
        if batch.partner_id != former:
            await _hand_over(work, batch, former, await former_batches.went_over_at(work, batch, former))
            await former_batches.keep(work, batch, former, as_it_was, cause.time)
    await work.flush()
    work.cause = None


async def _hand_over(work: Work, batch: Batch, former: UUID, went_over_at: datetime | None) -> None:
    """What stands on the batch, or waits for its maker, goes with it: else nobody who has it could answer it.

    Where it turns out that ``former`` had no part in it, what that one's quality said of it since ``went_over_at``,
    when it had become that one's, is for nobody else.
    """
    for record, goes_on in GOES_WITH_IT:
        of_it = select(record).where(record.batch_id == batch.id, record.partner_id == former, goes_on)
        of_it = of_it.order_by(record.id).with_for_update()
        for each in await work.session.scalars(of_it.execution_options(populate_existing=True)):
            if not (went_over_at and isinstance(each, BatchHold) and each.leave_to_sponsor(went_over_at)):
                each.partner_id, each.parties = batch.partner_id, list(batch.parties)
            if went_over_at and isinstance(each, ProcessExcursion):
                each.come_back(went_over_at)
            work.publish(of=each)
