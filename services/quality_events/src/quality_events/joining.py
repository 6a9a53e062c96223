"""Deviations and investigations meet batches, products and sites, whichever of them was told first."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from contracts import Fact, Lot, Recorded
from contracts.partner_registry import ProductRegistered, SiteRegistered
from quality_events.batches import statements
from quality_events.batches.locking import beside_decisions
from quality_events.deviations.commands import lots_of
from quality_events.deviations.lots import DeviationLot
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import OPEN
from quality_events.oos_investigations.fields import OosState
from quality_events.oos_investigations.model import OosInvestigation
from quality_events.oot_investigations.model import OotInvestigation
from quality_events.oot_investigations.terms import OPEN as OPEN_TRENDS
from runtime.attribution import caused_by, rows_caused_by
from runtime.work import Work

_BATCHES = "SELECT lot_id, id, product_id FROM batch WHERE lot_id = ANY($1::uuid[])"
Batches = Mapping[UUID, tuple[UUID, UUID | None]]
"""A batch and its product by the lot."""
Reports = Mapping[UUID, Recorded[Fact]]
"""The fact that told of a lot."""
Named = TypeVar("Named", DeviationLot, OosInvestigation, OotInvestigation)
Clocked = TypeVar("Clocked", Deviation, OosInvestigation, OotInvestigation)
Investigation = TypeVar("Investigation", OosInvestigation, OotInvestigation)


async def join(work: Work, reports: Reports) -> None:
    """Join the batches of lots to what named the lots before the batches, or their products, were known.

    Only for the worker: a batch's maker may be no party to what a laboratory recorded.
    """
    deviations = await _incomplete(work, DeviationLot, "deviation_id", list(reports))
    investigations = await _incomplete(work, OosInvestigation, "id", list(reports))
    trends = await _incomplete(work, OotInvestigation, "id", list(reports))
    if not (deviations or investigations or trends):
        return
    rows = await work.connection.fetch(_BATCHES, list(reports))
    batches = {row["lot_id"]: (row["id"], row["product_id"]) for row in rows}
    for deviation_id in deviations:
        await _join_deviation(work, deviation_id, batches, reports)
    for investigation_id in investigations:
        await _join_investigation(work, OosInvestigation, investigation_id, batches, reports)
    for investigation_id in trends:
        await _join_investigation(work, OotInvestigation, investigation_id, batches, reports)


async def learn_product(work: Work, cause: Recorded[ProductRegistered]) -> None:
    """Lots that were named before their product was registered are of it, and so are batches."""
    products = {cause.fact.code: cause.fact.product_id}
    await statements.alone(work)
    in_deviations = await _without_product(work, DeviationLot, list(products))
    in_investigations = await _without_product(work, OosInvestigation, list(products))
    in_investigations += await _without_product(work, OotInvestigation, list(products))
    named = {
        lot.id: lot.model_copy(update={"product_id": products[lot.material]})
        for lot in in_deviations + in_investigations
    }
    await statements.announce(work, named.values())
    batches = await statements.learn_products(work, products)
    await join(work, dict.fromkeys([*named, *batches], cause))


async def learn_zone(work: Work, site: SiteRegistered) -> None:
    """What is open at a site whose time zone was not known was counted by UTC: count it by its local days."""
    await beside_decisions(work)  # as of a sale, which may be told with it: before the lots
    await statements.alone(work)
    for deviation in await _counted_by_utc(work, Deviation, col(Deviation.state).in_(OPEN), site.site_id):
        lots = await lots_of(work, deviation)
        work.publish(deviation.count_days_in(site.time_zone, lots, work.now), of=deviation)
    is_open = col(OosInvestigation.state) != OosState.concluded
    for investigation in await _counted_by_utc(work, OosInvestigation, is_open, site.site_id):
        work.publish(investigation.count_days_in(site.time_zone, site.country, work.now), of=investigation)
    of_trends = col(OotInvestigation.state).in_(OPEN_TRENDS)
    for trend in await _counted_by_utc(work, OotInvestigation, of_trends, site.site_id):
        work.publish(trend.count_days_in(site.time_zone, work.now), of=trend)


async def _counted_by_utc(
    work: Work, table: type[Clocked], is_open: ColumnElement[bool], site_id: UUID
) -> Sequence[Clocked]:
    query = select(table).where(is_open, col(table.due_zone).is_(None), col(table.site_id) == site_id)
    return (await work.session.scalars(query.order_by(col(table.id)).with_for_update())).all()


async def _incomplete(work: Work, table: type[Named], record: str, lot_ids: Sequence[UUID]) -> list[UUID]:
    lacks = or_(col(table.batch_id).is_(None), col(table.product_id).is_(None))
    query = select(getattr(table, record)).where(col(table.lot_id).in_(lot_ids), lacks).distinct()
    return sorted(await work.session.scalars(query))


async def _without_product(work: Work, table: type[Named], materials: Sequence[str]) -> list[Lot]:
    query = select(table).where(col(table.product_id).is_(None), col(table.material).in_(materials))
    return [row.lot for row in await work.session.scalars(query)]


async def _join_deviation(work: Work, deviation_id: UUID, batches: Batches, reports: Reports) -> None:
    deviation = await work.get(Deviation, deviation_id)
    lots = await lots_of(work, deviation)
    causes: dict[UUID, list[Recorded[Any]]] = {}
    for lot in lots:
        before, now = (lot.batch_id, lot.product_id), _known(lot, batches)
        if now != before and lot.lot_id in reports:
            causes[lot.id] = [reports[lot.lot_id]]
        lot.batch_id, lot.product_id = now
    if causes:
        every = [fact for facts in causes.values() for fact in facts]
        await caused_by(work, every)
        await rows_caused_by(work, causes | {deviation_id: every})
        work.publish(deviation.link(lots, work.now), of=deviation, cause=every[-1])
        await work.flush()


async def _join_investigation(
    work: Work, table: type[Investigation], investigation_id: UUID, batches: Batches, reports: Reports
) -> None:
    investigation = await work.get(table, investigation_id)
    batch_id, product_id = _known(investigation, batches)
    if (batch_id, product_id) != (investigation.batch_id, investigation.product_id):
        cause = reports[investigation.lot_id]
        await caused_by(work, [cause])
        work.publish(investigation.link(batch_id, product_id, work.now), of=investigation, cause=cause)
        await work.flush()


def _known(
    named: DeviationLot | OosInvestigation | OotInvestigation, batches: Batches
) -> tuple[UUID | None, UUID | None]:
    batch_id, product_id = batches.get(named.lot_id, (None, None))
    return named.batch_id or batch_id, named.product_id or product_id
