"""Use cases of distribution impacts. Facts open them, in the worker: no partner's request writes what is the sponsor's.

A release is not asked about what it weighed itself: when a batch is released nothing opens. What is told later, or was
not settled when it was told, is asked about again for each market: once too often rather than never.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlmodel import col, select

from contracts import Recorded
from contracts.complaints import NotificationCause
from contracts.impacts import ImpactCause, ImpactGround
from quality_events.batches.locking import after_decisions
from quality_events.batches.model import Batch
from quality_events.changes.model import Change
from quality_events.changes.queries import made_under
from quality_events.dispositions.model import Disposition
from quality_events.dispositions.schemas import DispositionState
from quality_events.genealogy.queries import DOWN, by_alias
from quality_events.impacts import causes, making, queries
from quality_events.impacts.inherited import inherited
from quality_events.impacts.model import DistributionImpact
from quality_events.impacts.rules import (
    IN_QUARANTINE,
    OUT,
    PERHAPS_OUT,
    Known,
    of_making,
    of_market,
    unweighed,
    was_judged,
)
from quality_events.impacts.schemas import AssessImpact, ImpactState, OpenImpact
from quality_events.notifications import choosing, rules
from quality_events.notifications.commands import Cause
from quality_events.recalls.model import Recall
from quality_events.recalls.queries import bringing_back
from quality_events.settings import sponsor
from runtime.attribution import caused_by
from runtime.numbers import next_number
from runtime.problems import NotFound
from runtime.work import Work

OUT_OF_HANDS: Final = [str(state) for state in OUT]
PERHAPS: Final = [str(state) for state in PERHAPS_OUT]
_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('quality-events.impact' || $1, 0))"
_CAUSE_AND_MARKET: Final = ("batch_id", "market", "cause_type", "cause_id")
_WHOLE: Final = """
SELECT whole.id, part.lot_id FROM batch AS part
JOIN batch AS whole ON (whole.site_id, whole.material) = (part.site_id, part.material)
WHERE part.id = ANY ($1::uuid[]) AND whole.aliases <> '{}' AND part.number = ANY (whole.aliases)
"""
"""Of which batches some are another number, under which something was told before anybody said so."""
_RELEASED: Final = f"""
{DOWN}
SELECT said.batch_id, said.market, said.state, min(decision.decided_at) AS released_at, batch.product_id
FROM down JOIN disposition AS said ON said.batch_id = down.id JOIN batch ON batch.id = down.id
JOIN disposition_decision AS decision ON decision.disposition_id = said.id
WHERE said.state = ANY ($2) OR (said.state = 'rejected' AND decision.decision = 'released')
GROUP BY said.id, batch.product_id ORDER BY said.id
"""  # noqa: S608
"""Where the batches went, and what was made of them, since the first decision that let them; also what was stopped
and rejected since: it is there."""
_PERHAPS: Final = """
SELECT id, lot_id FROM batch WHERE lot_id = ANY ($1::uuid[]) AND (
    EXISTS (SELECT FROM disposition AS said WHERE said.batch_id = batch.id AND said.state = ANY ($2) OFFSET 0)
    OR EXISTS (SELECT FROM batch_link AS link WHERE link.parent_id = batch.id OFFSET 0)
    OR EXISTS (SELECT FROM batch_input AS part WHERE part.lot_id = batch.lot_id OFFSET 0)
    OR EXISTS (SELECT FROM lot_used AS part WHERE part.lot_id = batch.lot_id OFFSET 0)
    OR batch.aliases <> '{}'
    OR EXISTS (SELECT FROM batch AS whole WHERE (whole.site_id, whole.material) = (batch.site_id, batch.material)
        AND whole.aliases <> '{}' AND batch.number = ANY (whole.aliases) OFFSET 0))
ORDER BY id
"""
"""Of many lots those that may be out, or in something that is: nearly all are on their way yet. Asked for each."""


class Released(NamedTuple):
    """A batch in a market."""

    batch_id: UUID
    market: str
    state: DispositionState
    released_at: datetime
    product_id: UUID | None


async def weigh(work: Work, type: ImpactCause, id: UUID) -> None:
    """Something was told of a cause: open an impact for each batch and market where that is released."""
    await weigh_known(work, await causes.known(work, type, id))


async def weigh_known(work: Work, cause: Known, told_at: datetime | None = None) -> None:
    """The same, of what is known of a cause; ``told_at`` where something else was told than the cause.

    A release that is being signed meanwhile has read the cause as it was before: it is waited for, and found.
    """
    told_at = told_at or work.handled.time
    await after_decisions(work, cause.batch_ids)
    for each in await _released(work, cause.batch_ids):
        if was_judged(settled=cause.settled, told_at=told_at, released_at=each.released_at):
            continue
        await _open(work, cause, each.batch_id, each.market, each.released_at)
        if each.state != IN_QUARANTINE and cause.concerns_authorities:
            await _notify(work, cause, each.market, max(cause.sponsor_aware_at, each.released_at), each.product_id)


async def weigh_making(work: Work, reports: Mapping[UUID, Recorded[Any]], grounds: Sequence[ImpactGround]) -> None:
    """Something was told of how lots were made or tested: open an impact where no release can have weighed it."""
    for batch_id, lot_id in await _perhaps_out(work, list(reports)):
        released = await _released(work, [batch_id])
        if not released:
            continue
        work.cause = reports[lot_id]
        await caused_by(work, [reports[lot_id]])
        await _ask(work, batch_id, grounds, released)
        if ImpactGround.inputs in grounds:
            await _weigh_inherited(work, batch_id)
        if ImpactGround.record in grounds:
            for child_id in await by_alias(work, batch_id):
                await weigh_batch(work, child_id, (ImpactGround.inputs,))
    work.cause = None


async def weigh_overdrawn(work: Work, lot_ids: Sequence[UUID]) -> None:
    """What went into lots turned out to be overdrawn, and no decision goes on beside this: ask where one is out."""
    for batch_id, _ in await _perhaps_out(work, lot_ids):
        await weigh_batch(work, batch_id, (ImpactGround.inputs,))


async def _perhaps_out(work: Work, lot_ids: Sequence[UUID]) -> list[Any]:
    rows = await work.connection.fetch(_PERHAPS, list(lot_ids), PERHAPS)
    return [*rows, *await work.connection.fetch(_WHOLE, [row["id"] for row in rows])]


async def _weigh_inherited(work: Work, batch_id: UUID) -> None:
    """What stands against lots of which a batch came: their causes ask where a release did not know that it did."""
    for type, id, told_at in await inherited(work, batch_id):
        cause = await causes.known(work, type, id)
        await weigh_known(work, replace(cause, batch_ids=[batch_id], settled=True), told_at)


async def weigh_batch(work: Work, batch_id: UUID, grounds: Sequence[ImpactGround]) -> None:
    """Something was found of how a batch was made, whose row is held: open an impact where it is out."""
    if released := await _released(work, [batch_id]):
        await _ask(work, batch_id, grounds, released)


async def weigh_own(work: Work, batch_id: UUID, grounds: Sequence[ImpactGround]) -> None:
    """The same of what concerns this batch alone, and nothing that came of it."""
    if released := [each for each in await _released(work, [batch_id]) if each.batch_id == batch_id]:
        await _ask(work, batch_id, grounds, released)


async def weigh_change(work: Work, id: UUID) -> None:
    """Something was told of a change: open an impact where a batch that was made under it is out, and may not be."""
    for batch_id in await made_under(work, await work.session.get_one(Change, id)):
        await weigh_batch(work, batch_id, (ImpactGround.changes,))


async def weigh_kept_back(work: Work, batch_id: UUID) -> None:
    """A batch was rejected, stopped or held: open an impact for each that came of it, where that is out. Of what was
    made of it by a rework too: once too often rather than never."""
    batch = await work.session.get_one(Batch, batch_id, populate_existing=True)
    found = await making.kept_back(work, batch)
    for each in await _released(work, [batch_id]):
        news = unweighed(of_market(found, each.market), each.released_at)
        if news and each.batch_id != batch_id:
            cause = of_making(ImpactGround.inputs, batch_id, news)
            await _open(work, cause, each.batch_id, each.market, each.released_at)
    await work.flush()


async def _ask(work: Work, batch_id: UUID, grounds: Sequence[ImpactGround], released: Sequence[Released]) -> None:
    batch = await work.session.get_one(Batch, batch_id, populate_existing=True)
    markets = sorted({each.market for each in released})
    for ground in grounds:
        news = await making.news_for(work, ground, batch, markets)
        for each in released:
            if fresh := unweighed(news[each.market], each.released_at):
                cause = of_making(ground, batch_id, fresh)
                await _open(work, cause, each.batch_id, each.market, each.released_at)
    await work.flush()


async def open_by_hand(work: Work, body: OpenImpact) -> DistributionImpact:
    """Open one that a person states, also of a batch whose release is not kept here; or the one that there is."""
    batch = await work.session.get(Batch, body.batch_id, with_for_update=True)
    if batch is None:
        raise NotFound("batch", body.batch_id)
    cause = await causes.known(work, body.cause_type, body.cause_id)
    impact = await _open(work, cause, body.batch_id, body.market, None, by=work.principal.subject)
    if cause.concerns_authorities:
        await _notify(work, cause, body.market, cause.sponsor_aware_at, batch.product_id)
    return impact


async def assess(work: Work, key: str, body: AssessImpact) -> DistributionImpact:
    """Say what follows for the market, under a signature; nobody lets the batch go on beside it."""
    impact = await queries.locked(work, key)
    of_it = {"batch_id": impact.batch_id, "market": impact.market}
    state = await work.session.scalar(select(Disposition.state).filter_by(**of_it))
    distributed = state == DispositionState.released
    recall = await bringing_back(work, body.recall_id, impact.batch_id, impact.market) if body.recall_id else None
    by = work.principal.subject
    batch = await work.session.get_one(Batch, impact.batch_id)
    assessed = impact.assess(body.outcome, body.assessment, distributed, by, work.now, recall, batch)
    work.publish(*assessed, of=impact)
    return impact


async def _released(work: Work, batch_ids: Sequence[UUID]) -> list[Released]:
    whole = [row["id"] for row in await work.connection.fetch(_WHOLE, list(batch_ids))]
    rows = await work.connection.fetch(_RELEASED, [*batch_ids, *whole], OUT_OF_HANDS)
    return [Released(**row) for row in rows]


async def ask_again(work: Work, recall: Recall) -> None:
    """A recall that is declined brings nothing back: what it was the answer to is asked once more, from now on."""
    named = select(DistributionImpact).where(DistributionImpact.recall_id == recall.id)
    for each in (await work.session.scalars(named.order_by(col(DistributionImpact.id)))).all():
        of_it = {name: getattr(each, name) for name in _CAUSE_AND_MARKET}
        asked = await _rounds(work, of_it)
        if asked[-1].id == each.id:
            news = [f"{recall.number}, which was proposed for it, was declined"]
            await _begin(work, of_it, each.round + 1, news, work.now)


async def _open(
    work: Work, cause: Known, batch_id: UUID, market: str, released_at: datetime | None, by: str | None = None
) -> DistributionImpact:
    """The impact, opened or the one that there is: an answer stands until the cause is confirmed, or reopened."""
    of_it = dict(zip(_CAUSE_AND_MARKET, (batch_id, market, cause.type, cause.id), strict=True))
    asked = await _rounds(work, of_it)
    known = asked[-1] if asked else None
    news = cause.unasked([said for each in asked for said in each.news])
    outdated = bool(news) or (known is not None and rules.is_outdated(known.assessed_at, cause.news_at))
    if known and (known.state == ImpactState.open or not outdated):
        if known.learn([each.said for each in news]):
            work.publish(of=known)
        return known
    round = known.round + 1 if known else 1
    aware_at = min((each.at for each in news), default=cause.known_at(round))
    return await _begin(work, of_it, round, [each.said for each in news], aware_at, released_at, by)


async def _rounds(work: Work, of_it: Mapping[str, Any]) -> Sequence[DistributionImpact]:
    """How often it was asked already, the first first; nobody asks beside it."""
    await work.connection.execute(_ALONE, "/".join(map(str, of_it.values())))
    rounds = select(DistributionImpact).filter_by(**of_it).order_by(col(DistributionImpact.round)).with_for_update()
    return (await work.session.scalars(rounds)).all()


async def _begin(
    work: Work,
    of_it: Mapping[str, Any],
    round: int,
    news: Sequence[str],
    aware_at: datetime,
    released_at: datetime | None = None,
    by: str | None = None,
) -> DistributionImpact:
    given: dict[str, Any] = {"number": await next_number(work, "IMP", "impact_number"), "opened_by": by, "round": round}
    given |= {"news": sorted(news), "sponsor_aware_at": aware_at}
    batch = await work.session.get_one(Batch, of_it["batch_id"])
    impact, opened = DistributionImpact.open(sponsor(), released_at, work.now, batch, **of_it, **given)
    work.add(impact)
    work.publish(*opened, of=impact)
    return impact


async def _notify(work: Work, cause: Known, market: str, aware_at: datetime, product_id: UUID | None) -> None:
    of_it = Cause(NotificationCause(cause.type), cause.id, cause.news_at)
    class_i = cause.possible_class_i
    await choosing.open_by_rule(work, of_it, market, aware_at, product_id, possible_class_i=class_i)
