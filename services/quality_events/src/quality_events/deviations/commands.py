"""Use cases of deviations."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from contracts import Lot
from contracts.partner_feeds import DeviationReported
from directory import queries as directory
from quality_events import moments
from quality_events.batches import statements
from quality_events.batches.locking import LOCK_LOTS, beside_decisions
from quality_events.batches.model import Batch
from quality_events.capas import commands as capas
from quality_events.capas.model import Capa
from quality_events.capas.schemas import CapaState
from quality_events.deviations.lots import DeviationLot, concerned, maker_at
from quality_events.deviations.model import Deviation
from quality_events.deviations.schemas import NameEquipment, RaiseDeviation, RecordResults
from quality_events.deviations.terms import OPEN, Report, Results
from quality_events.impacts.late import weigh_late
from quality_events.lots import lot_at
from quality_events.stages.queries import did_stage_at, own_lots
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work


async def record(work: Work, report: Report) -> Deviation:
    """Record a deviation under the next number, with its lots."""
    deviation, lots, raised = Deviation.report(report, await next_number(work, "DEV", "deviation_number"))
    work.add(deviation)
    work.publish(raised, of=deviation)
    await work.session.flush()  # its lots refer to it
    work.session.add_all(lots)
    return deviation


async def take_report(work: Work, fact: DeviationReported, recorded_at: datetime) -> None:
    """Record what a partner's quality system reported, or amend it. ``recorded_at`` is when the sponsor was told.

    An amendment of a deviation that is closed or cancelled is kept beside it and changes nothing of it. Where it says
    more, it stands against the release of the lots, and one that is out asks what that means there.
    """
    await statements.alone(work)
    source = fact.source.name
    await _hold_lots(work, source, fact.lots)
    known = await work.session.scalar(select(Deviation).where(Deviation.source == source).with_for_update())
    ended = known is not None and known.state not in OPEN
    overtaken = known is not None and fact.source.revision <= known.source_revision
    if overtaken and ended:
        return
    lots = tuple(await statements.as_known(work, fact.lots))
    report = Report(
        source=source,
        revision=fact.source.revision,
        reporter=fact.sent_by or f"feed:{fact.source.feed_id}",
        occurred_at=fact.occurred_at,
        sponsor_aware_at=recorded_at,
        zone=await directory.zone_of(work, fact.site_id),
        lots=lots,
        batches={} if ended else await statements.announce(work, lots),
        **{name: getattr(fact, name) for name in _TAKEN_OVER},
    )
    if known is None:
        await record(work, report)
    elif overtaken:
        added, amended = known.take_earlier_revision(report, await lots_of(work, known))
        work.session.add_all(added)
        if amended:
            work.publish(amended, of=known)
    elif ended:
        known.add_late_amendment(report, await lots_of(work, known))
        work.publish(of=known)
        await work.flush()
        await weigh_late(work, known)
    else:
        added, amended = known.amend(report, await lots_of(work, known))
        work.session.add_all(added)
        work.publish(amended, of=known)


async def _hold_lots(work: Work, source: str, lots: Sequence[Lot]) -> None:
    """Hold the batches of all lots that it names, or named before: a decision has seen this, or came before it."""
    before = await work.connection.fetch(_NAMED_BEFORE, source)
    await work.connection.execute(LOCK_LOTS, sorted({*(lot.id for lot in lots), *(row["lot_id"] for row in before)}))


async def raise_by_hand(work: Work, body: RaiseDeviation) -> Deviation:
    """Record a deviation that a person reports. Raises NotFound for a site or batch that the person does not know.

    A partner names a batch of its own, or one of which a stage is its.
    Of lots that were made at the site it is their maker's, which may have sold the site since.
    """
    partner = work.principal.partner_id is not None
    if partner and body.sponsor_aware_at is not None:
        raise RuleViolated("the sponsor is told by this report: sponsor_aware_at is the sponsor's to state")
    for name in ("partner_aware_at", "sponsor_aware_at", "discovered_at"):
        if (instant := getattr(body, name)) is not None and instant > work.now:
            raise RuleViolated(f"{name} is in the future")
    if body.occurred_at and moments.is_ahead(body.occurred_at, work.now):
        raise RuleViolated("occurred_at is in the future", fields=["occurred_at"])
    if body.shared_equipment:
        await beside_decisions(work)
    await statements.alone(work)
    elsewhere = await own_lots(work, body.batch_ids) if partner else {}
    named = await _batches(work, [id for id in body.batch_ids if id not in elsewhere])
    site = await _site(work, body.site_id, named, elsewhere)
    lots = [await lot_at(work, site, lot.material, lot.number) for lot in body.lots]
    lots += [batch.lot for batch in named]
    lots = await statements.as_known(work, list({lot.id: lot for lot in lots}.values()))
    maker, batches = maker_at(site.id, site.partner_id, lots), await statements.announce(work, lots)
    lots = list({lot.id: lot for lot in (*lots, *elsewhere.values())}.values())
    report = Report(
        site_id=site.id,
        partner_id=maker,
        occurred_at=body.occurred_at or body.discovered_at or body.partner_aware_at,
        sponsor_aware_at=body.sponsor_aware_at or work.now,
        zone=site.time_zone,
        reporter=work.principal.subject,
        lots=tuple(lots),
        batches={**batches, **{lot.id: id for id, lot in elsewhere.items()}},
        **body.model_dump(
            include={"title", "description", "category", "shared_equipment", "discovered_at", "partner_aware_at"}
            | {"proposed_classification"}
        ),
    )
    return await record(work, report)


async def name_equipment(work: Work, deviation_id: UUID, body: NameEquipment) -> Deviation:
    """Say that other lots are made on the same equipment, and on which."""
    if body.shared_equipment:
        await beside_decisions(work)
    deviation = await work.get(Deviation, deviation_id)
    lots = await lots_of(work, deviation)
    work.publish(deviation.name_equipment(body.shared_equipment, body.since, lots, work.now), of=deviation)
    return deviation


async def record_results(work: Work, deviation_id: UUID, body: RecordResults) -> Deviation:
    """State what the investigation found, and open the CAPA that it asks for."""
    deviation = await work.get(Deviation, deviation_id)
    lots = await lots_of(work, deviation)
    lot_of = {lot.batch_id: lot.lot_id for lot in concerned(lots) if lot.batch_id}
    if unknown := [str(item.batch_id) for item in body.impacts if item.batch_id and item.batch_id not in lot_of]:
        raise RuleViolated(f"{deviation.number} does not concern the batches {', '.join(unknown)}")
    impacts = {lot_of[item.batch_id] if item.batch_id else item.lot_id: item.impact for item in body.impacts}
    reported = body.model_dump(exclude={"impacts", "open_capa"})
    results = Results(**reported, impacts={id: impact for id, impact in impacts.items() if id})
    deviation.record_results(results, lots, work.principal.subject)
    if body.open_capa:
        deviation.capa_reference = (await capas.open_for(work, deviation, "deviation", deviation.id)).number
    work.publish(of=deviation)
    return deviation


async def lots_of(work: Work, deviation: Deviation) -> Sequence[DeviationLot]:
    """The lots that a deviation concerns, and those that it concerned before an amendment."""
    query = select(DeviationLot).where(DeviationLot.deviation_id == deviation.id).order_by(col(DeviationLot.id))
    return (await work.session.scalars(query)).all()


async def capa_cancelled(work: Work, deviation: Deviation) -> bool:
    """Whether the CAPA that it names is one of ours, and was cancelled."""
    state = await work.session.scalar(select(Capa.state).where(Capa.number == deviation.capa_reference))
    return state == CapaState.cancelled


async def _site(work: Work, id: UUID, batches: Sequence[Batch], elsewhere: Collection[UUID]) -> directory.Site:
    """The site that is named; who sold it names it by a batch that it made, or did a stage of, there, and is who it was
    then."""
    own = work.principal.partner_id
    made = any((batch.site_id, batch.partner_id) == (id, own) for batch in batches)
    if own and (made or await did_stage_at(work, id, elsewhere)):
        return directory.Site(id=id, partner_id=own, number="", time_zone=await directory.zone_of(work, id))
    return await directory.named_site(work, id, "site_id")


async def _batches(work: Work, ids: Sequence[UUID]) -> list[Batch]:
    found = {batch.id: batch for batch in await work.session.scalars(select(Batch).where(col(Batch.id).in_(ids)))}
    if missing := [id for id in ids if id not in found]:
        raise NotFound("batch", missing[0])
    return [found[id] for id in ids]


_NAMED_BEFORE = """
SELECT lot.lot_id FROM deviation_lot AS lot JOIN deviation AS one ON one.id = lot.deviation_id WHERE one.source = $1
"""
_TAKEN_OVER = (
    *("title", "description", "category", "site_id", "partner_id", "discovered_at", "partner_aware_at"),
    *("proposed_classification", "historic"),
)
