"""Reads of deviations."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from directory.names import names_of
from quality_events import clocks
from quality_events.deviations.linking import linked_to
from quality_events.deviations.lots import DeviationLot
from quality_events.deviations.model import Deviation
from quality_events.deviations.schemas import DeviationRead
from quality_events.deviations.shared import not_known
from quality_events.deviations.terms import OPEN, DeviationState
from runtime.work import Work
from serving.listing import Filter, days, equal, whether


def _of_lot(_: Work, numbers: Sequence[str]) -> Any:
    return exists(select(DeviationLot.id).where(_AFFECTED, col(DeviationLot.number).in_(numbers)))


def _of_batch(_: Work, ids: Sequence[UUID]) -> Any:
    return exists(select(DeviationLot.id).where(_AFFECTED, col(DeviationLot.batch_id).in_(ids)))


_LATE = "SELECT * FROM late_amendments_of($1)"
_OPEN = col(Deviation.state).in_(OPEN)
_AFFECTED = and_(DeviationLot.deviation_id == Deviation.id, col(DeviationLot.left_out_by_revision).is_(None))
FILTERS = (
    equal(Deviation, *("number", "state", "site_id", "partner_id", "product_id", "category", "classification", "owner"))
    | equal(Deviation, "root_cause_category", "reporter")
    | {
        "lot": Filter(str, _of_lot, "the number of a lot that it concerns"),
        "batch_id": Filter(UUID, _of_batch, "a batch that it concerns"),
        "overdue": whether(Deviation.overdue, "it is open beyond its due date"),
        "open": whether(lambda _: _OPEN, "it is neither closed nor cancelled"),
    }
    | days(Deviation.partner_aware_at, "the partner became aware of it")
)


async def show(work: Work, deviations: Sequence[Deviation]) -> list[DeviationRead]:
    """The deviations with their lots, names, clocks and what they repeat."""
    ids = [deviation.id for deviation in deviations]
    known = await names_of(work, deviations)
    lots: dict[UUID, list[DeviationLot]] = defaultdict(list)
    query = select(DeviationLot).where(col(DeviationLot.deviation_id).in_(ids)).order_by(col(DeviationLot.id))
    for lot in await work.session.scalars(query):
        lots[lot.deviation_id].append(lot)
    earlier, linked = await _recurrences(work, ids), await linked_to(work, ids)
    unknown = await not_known(work, deviations)
    return [
        DeviationRead.of(
            one,
            lots[one.id],
            known,
            recurrence_of=earlier[one.id],
            linked=linked.get(one.id, ()),
            unknown_equipment=unknown.get(one.id, ()),
            now=work.now,
        )
        for one in deviations
    ]


async def amended_late(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """Those that had ended, and that name a batch, or what it came of, in an amendment that nobody answered.

    Who is no party to one learns that there is one: it has no number then, and is for the sponsor to read.
    """
    rows = [dict(row) for row in await work.connection.fetch(_LATE, batch_id)]
    readers = ("everybody" if each["number"] else None for each in rows)
    return [each | {"reader": reader} for each, reader in zip(rows, readers, strict=True)]


async def _recurrences(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The numbers of earlier deviations with the same site, category and root cause category, oldest first."""
    later, earlier = aliased(Deviation), aliased(Deviation)
    window = func.make_interval(0, clocks.RECURRENCE_MONTHS)
    rows = await work.session.execute(
        select(later.id, earlier.number)
        .join(
            earlier,
            (col(earlier.site_id) == later.site_id)
            & (col(earlier.category) == later.category)
            & (col(earlier.root_cause_category) == later.root_cause_category)
            & (col(earlier.id) != later.id)
            & (col(earlier.state) != DeviationState.cancelled)
            & (col(earlier.partner_aware_at) <= later.partner_aware_at)
            & (col(earlier.partner_aware_at) >= later.partner_aware_at - window),
        )
        .where(col(later.id).in_(ids))
        .order_by(col(earlier.partner_aware_at), earlier.number)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for id, number in rows:
        found[id].append(number)
    return found
