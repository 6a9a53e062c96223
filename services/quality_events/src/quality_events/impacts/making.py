"""What became known of how a batch was made and tested, and when: read from its records, whatever the order of facts.

A result that fails opens an investigation, which is a cause of its own; here is what none of those tells.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from contracts.data_integrity import FlagState
from contracts.impacts import ImpactGround
from quality_events.batches.aliases import stand_apart
from quality_events.batches.materials import not_named
from quality_events.batches.model import Batch
from quality_events.batches.parts import BatchInput, is_an_input
from quality_events.batches.records import versions_of
from quality_events.batches.reported import not_handed_in
from quality_events.changes.queries import judged_for
from quality_events.copies.known import KnownFact
from quality_events.dispositions.model import Disposition, DispositionDecision
from quality_events.dispositions.schemas import DispositionState, Entered
from quality_events.excursions.model import ProcessExcursion
from quality_events.excursions.terms import ExcursionState
from quality_events.genealogy.model import BatchLink
from quality_events.genealogy.overdrawn import overdrawn_inputs
from quality_events.genealogy.queries import known_by_alias
from quality_events.holds.model import BatchHold
from quality_events.holds.terms import HoldState
from quality_events.impacts.authorisations import authorisations
from quality_events.impacts.rules import News, NewsByMarket
from quality_events.limit_explanations.model import LimitExplanation
from quality_events.readiness.model import ReadinessStatement
from quality_events.stages.model import PartnerStage
from quality_events.stages.terms import PartnerStageState
from runtime.work import Work


async def record(work: Work, batch: Batch) -> list[News]:
    """What is stated of its making, or its record, is another than what was reviewed (21 CFR 211.192), or another lot
    may have been made under another number of it."""
    undone = [News(batch.reviews_undone_at, _OTHER)] if batch.reviews_undone_at else []
    apart = [News(each["created_at"], _APART.format(each["number"])) for each in await stand_apart(work, batch)]
    given = await versions_of(work, batch.id)
    return (
        [*undone, *apart]
        + [
            News(each.received_at, f"version {each.record_version} of {each.source} was not handed in", open=True)
            for each in not_handed_in(batch.state, batch, given)
        ]
        + await _elsewhere(work, batch)
    )


async def _elsewhere(work: Work, batch: Batch) -> list[News]:
    """Each stage at another partner's site, since it was planned, and that it was given back to be confirmed anew."""
    stands = (PartnerStage.batch_id == batch.id, PartnerStage.state != PartnerStageState.withdrawn)
    stages = await work.session.scalars(select(PartnerStage).where(*stands).order_by(col(PartnerStage.id)))
    return [
        News(at, f"{each.number}, {each.step}: {what}")
        for each in stages
        for at, what in ((each.created_at, "a stage elsewhere"), (each.given_back_at, "it was given back"))
        if at
    ]


async def inputs(work: Work, batch: Batch) -> list[News]:
    """Each lot that went in, since it was told of first by whoever told of it; each of which more is told to have gone
    on than was made; and of which batch a lot turned out to be another number."""
    parts = await work.session.scalars(select(BatchInput).where(BatchInput.batch_id == batch.id, is_an_input()))
    told = [(part.lot_id, f"{part.material} {part.number}", part.told_at) for part in parts]
    of_link = select(Batch.lot_id, Batch.material, Batch.number, BatchLink.created_at)
    links = await work.session.execute(
        of_link.join(BatchLink, col(BatchLink.parent_id) == Batch.id).where(BatchLink.child_id == batch.id)
    )
    named = first_told([*told, *((lot_id, f"{material} {number}", at) for lot_id, material, number, at in links)])
    used = await not_named(work, batch.id)
    unnamed = [News(each["told_at"], f"{each['material']} {each['number']} went in unnamed") for each in used]
    aliases = [
        News(each["aliases_at"], f"{each['material']} {each['number']}, which went in, is {each['known_as']}")
        for each in await known_by_alias(work, batch.id)
        if each["aliases_at"]
    ]
    return [*named, *unnamed, *aliases, *(News(at, text) for text, at in await overdrawn_inputs(work, batch.id))]


async def kept_back(work: Work, batch: Batch) -> list[News]:
    """That it was rejected, stopped or held, for a market or for every one: news for what came of it.

    What holds it back still, no release of that weighed, whenever the two came.
    """
    name = f"{batch.material} {batch.number}"
    return [*await _rejections(work, batch, name), *await _stops(work, batch, name), *await _holds(work, batch, name)]


async def _rejections(work: Work, batch: Batch, name: str) -> list[News]:
    query = select(Disposition).where(Disposition.batch_id == batch.id, Disposition.state == DispositionState.rejected)
    found = [
        News(each.decided_at, f"{name} was rejected for {each.market} by {each.number}", market=each.market)
        for each in await work.session.scalars(query.order_by(col(Disposition.market)))
        if each.decided_at
    ]
    by, at = batch.rejected_everywhere_by, batch.rejected_everywhere_at
    return [News(at, f"{name} was rejected for every market by {by}")] if by and at else found


async def _stops(work: Work, batch: Batch, name: str) -> list[News]:
    """Each stop that its register has, also one after which it goes on; that for every market is a rejection."""
    entry, stopped = DispositionDecision, DispositionState.stopped
    stops = (entry.batch_id == batch.id, entry.decision == Entered.stopped)
    query = select(entry, Disposition).join(Disposition, col(Disposition.id) == entry.disposition_id).where(*stops)
    return [
        News(
            stop.decided_at,
            f"{name} was stopped for {each.market} by {each.number}",
            open=(each.state, each.decided_at) == (stopped, stop.decided_at),
            market=each.market,
        )
        for stop, each in await work.session.execute(query.order_by(col(entry.id)))
        if stop.follows is None
    ]


async def _holds(work: Work, batch: Batch, name: str) -> list[News]:
    query = select(BatchHold).where(BatchHold.batch_id == batch.id).order_by(col(BatchHold.id))
    return [
        News(
            hold.created_at,
            f"{name} was held for {market or 'every market'} by {hold.number}: {hold.reason}",
            open=hold.state == HoldState.open,
            market=market,
        )
        for hold in await work.session.scalars(query)
        for market in hold.markets or _EVERY_MARKET
    ]


async def excursions(work: Work, batch: Batch) -> list[News]:
    """Each excursion of its process, in the revision that its source told last."""
    stands = (ProcessExcursion.batch_id == batch.id, ProcessExcursion.state != ExcursionState.withdrawn)
    query = select(ProcessExcursion).where(*stands).order_by(col(ProcessExcursion.id))
    return [news for each in await work.session.scalars(query) for news in _told_of(each)]


def _told_of(excursion: ProcessExcursion) -> list[News]:
    """That it was told of, and that the sponsor did not follow what its maker decided, which is news of its own."""
    text = f"{excursion.number}, revision {excursion.source_revision}: {excursion.kind} {excursion.text}"
    if excursion.reopened_at is None:
        return [News(excursion.told_at, text, excursion.is_open)]
    again = News(excursion.reopened_at, f"{text}, what was decided of it was reopened", excursion.is_open)
    return [News(excursion.told_at, text), again]


async def results(work: Work, batch: Batch) -> list[News]:
    """What became of its results, as they were told."""
    of_lot = select(KnownFact).where(KnownFact.about == str(batch.lot_id))
    query = of_lot.order_by(col(KnownFact.sequence), col(KnownFact.key))
    told = await work.session.scalars(query.where(KnownFact.kind == "ResultsReported"))
    flags = await work.session.scalars(query.where(KnownFact.kind == "DataIntegrityFlagged"))
    return [*changed(told), *confirmed(flags)]


async def statements(work: Work, batch: Batch, markets: Collection[str]) -> NewsByMarket:
    """What quality had stated of a condition for a market, and withdrew, and what explained a limit, and does not."""
    of_it = (ReadinessStatement.batch_id == batch.id, col(ReadinessStatement.market).in_(markets))
    query = select(ReadinessStatement).where(*of_it, col(ReadinessStatement.withdrawn_at).is_not(None))
    unexplained = await _unexplained(work, batch)
    found: dict[str, list[News]] = {market: [*unexplained] for market in markets}
    for each in await work.session.scalars(query.order_by(ReadinessStatement.number)):
        if each.withdrawn_at:
            why = f"{each.number}, which stated {each.condition}, was withdrawn: {each.withdrawal_reason}"
            found[each.market].append(News(each.withdrawn_at, why))
    return found


async def _unexplained(work: Work, batch: Batch) -> list[News]:
    ended = (LimitExplanation.batch_id == batch.id, col(LimitExplanation.withdrawn_at).is_not(None))
    query = select(LimitExplanation).where(*ended).order_by(LimitExplanation.number)
    return [
        News(each.withdrawn_at, f"{each.number}, explaining the {each.limit_name}, ended: {each.withdrawal_reason}")
        for each in await work.session.scalars(query)
        if each.withdrawn_at
    ]


async def changes(work: Work, batch: Batch, markets: Collection[str]) -> NewsByMarket:
    """Each change under which it was made, or may have been, and by which it may not go to a market.

    No release rests on such a one, whenever it came.
    """
    return {
        market: [
            News(change.implemented_at or change.created_at, f"{change.number}: {each.why}", open=True)
            for change, _, each in await judged_for(work, batch, market)
            if each.met is not True
        ]
        for market in markets
    }


def first_told(told: Iterable[tuple[UUID, str, datetime | None]]) -> list[News]:
    """Of each lot when it came here first; none where one telling of it is from before that was kept."""
    moments: dict[UUID, tuple[str, list[datetime | None]]] = {}
    for lot_id, name, at in told:
        moments.setdefault(lot_id, (name, []))[1].append(at)
    return [News(min(filter(None, ats)), f"{name} went in") for name, ats in moments.values() if None not in ats]


def changed(told: Iterable[KnownFact]) -> list[News]:
    """Each result that amends or voids another, or is not reportable any more; in the order in which they were told.

    One of which more is told later is the same, and one that came after what amends it never counted.
    """
    found: list[News] = []
    counted: dict[str, bool] = {}
    for fact in told:
        for each in fact.said["results"]:
            before = counted.get(each["result_id"])
            if what := _became(each, before):
                at = fact.received_at or fact.recorded_at
                found.append(News(at, f"{each['test']}: {what} (result {each['result_id']})"))
            counted[each["result_id"]] = each.get("reportable") is not False
    return found


def confirmed(told: Iterable[KnownFact]) -> list[News]:
    """Each result of which somebody confirmed that its data are a data integrity problem: once for each flag."""
    return [
        News(
            each.received_at or each.recorded_at,
            f"{each.said['test']}: a data integrity problem was confirmed (result {each.said['result_id']}, "
            f"flag {each.said['flag_id']})",
        )
        for each in told
        if each.said["state"] == FlagState.confirmed
    ]


def _became(each: Mapping[str, Any], before: bool | None) -> str | None:
    """``before``: whether it counted when it was told the last time; None where it was not told."""
    if each.get("superseded_by"):
        return None
    if before is None and each.get("voided"):
        return "a result was voided"
    if before is None and each.get("supersedes"):
        return "a result was amended"
    return "a result is not reportable any more" if before and each.get("reportable") is False else None


_APART: Final = "{}, another number of it, stands as a batch of its own"
_EVERY_MARKET: Final[Sequence[str | None]] = (None,)
_OTHER: Final = "what is stated of its making, or its record, is another than what was reviewed"
NEWS: Final[Mapping[ImpactGround, Callable[[Work, Batch], Awaitable[list[News]]]]] = {
    ImpactGround.record: record,
    ImpactGround.inputs: inputs,
    ImpactGround.results: results,
    ImpactGround.excursions: excursions,
}
"""What became known of a batch, whatever the market."""
NEWS_BY_MARKET: Final[Mapping[ImpactGround, Callable[[Work, Batch, Collection[str]], Awaitable[NewsByMarket]]]] = {
    ImpactGround.statements: statements,
    ImpactGround.changes: changes,
    ImpactGround.authorisations: authorisations,
}
"""What became known of it for each of some markets."""


async def news_for(
    work: Work, ground: ImpactGround, batch: Batch, markets: Collection[str]
) -> Mapping[str, Sequence[News]]:
    """What became known of a batch, by the markets that are asked about."""
    if ground in NEWS:
        return dict.fromkeys(markets, await NEWS[ground](work, batch))
    return await NEWS_BY_MARKET[ground](work, batch, markets)
