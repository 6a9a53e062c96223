"""Reads of deviations."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from contracts.quality_events import Recurrence
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


def _recurs(_: Work, wanted: Sequence[Recurrence]) -> Any:
    earlier = aliased(Deviation)
    before = select(func.count(col(earlier.id))).where(_repeats(Deviation, earlier)).scalar_subquery()
    many = clocks.RECURRENCES_BEFORE_ESCALATION
    given = {Recurrence.proposes_capa: before.between(1, many - 1), Recurrence.escalates: before >= many}
    return or_(*(given[each] for each in wanted))


def _repeats(later: Any, earlier: Any) -> Any:
    """That one is of the kind of another that came before."""
    window = func.make_interval(0, clocks.RECURRENCE_MONTHS)
    return and_(
        earlier.site_id == later.site_id,
        earlier.category == later.category,
        earlier.root_cause_category == later.root_cause_category,
        earlier.id != later.id,
        earlier.state != DeviationState.cancelled,
        earlier.partner_aware_at <= later.partner_aware_at,
        earlier.partner_aware_at >= later.partner_aware_at - window,
    )


_LATE = "SELECT * FROM late_amendments_of($1)"
_OPEN = col(Deviation.state).in_(OPEN)
_AFFECTED = and_(DeviationLot.deviation_id == Deviation.id, col(DeviationLot.left_out_by_revision).is_(None))
FILTERS = (
    equal(Deviation, *("number", "state", "site_id", "partner_id", "product_id", "category", "classification", "owner"))
    | equal(Deviation, "root_cause_category", "reporter")
    | {
        "lot": Filter(str, _of_lot, "the number of a lot that it concerns"),
        "batch_id": Filter(UUID, _of_batch, "a batch that it concerns"),
        "recurrence": Filter(Recurrence, _recurs, "what follows from those of its kind that came before"),
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


async def repeated_by(work: Work, deviation: Deviation) -> Sequence[str]:
    """The numbers of those that one repeats and that its partner may know of: a site may have been another's before."""
    earlier = aliased(Deviation)
    of_its_kind = select(earlier.number).join(Deviation, _repeats(Deviation, earlier))
    its_own = of_its_kind.where(Deviation.id == deviation.id, earlier.partner_id == deviation.partner_id)
    return (await work.session.scalars(its_own.order_by(col(earlier.partner_aware_at), earlier.number))).all()


async def _recurrences(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The numbers of earlier deviations with the same site, category and root cause category, oldest first."""
    later, earlier = aliased(Deviation), aliased(Deviation)
    rows = await work.session.execute(
        select(later.id, earlier.number)
        .join(earlier, _repeats(later, earlier))
        .where(col(later.id).in_(ids))
        .order_by(col(earlier.partner_aware_at), earlier.number)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for id, number in rows:
        found[id].append(number)
    return found
