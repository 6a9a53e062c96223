"""The smallest copy of what is open at a partner, and what each fact says of it. In any order the end is the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlmodel import Field, String

from contracts import Fact, Lot, Moment
from contracts import laboratory_orders as orders
from contracts import quality_events as events
from contracts.audits import FindingClosed, FindingRaised
from contracts.batches import BatchTerminated
from contracts.complaints import ComplaintClosed, ComplaintReceived
from contracts.dispositions import BatchFollowUpClosed, BatchRejected, BatchReleased, BatchReleasedForProcessing
from contracts.moments import first_day
from partner_registry.metadata import INSTANT, Table


class MatterKind(StrEnum):
    """What may be open at a partner."""

    batch = "batch"
    test_order = "test_order"
    deviation = "deviation"
    oos_investigation = "oos_investigation"
    capa = "capa"
    finding = "finding"
    complaint = "complaint"


WORK: Final = frozenset({MatterKind.batch, MatterKind.test_order})
"""What a partner does for the sponsor; all else is a quality event."""


class KnownMatter(Table, table=True):
    """One batch, order or quality event. It is open until its end was told, and again once it was reopened."""

    __tablename__ = "known_matter"

    id: UUID = Field(primary_key=True)
    kind: MatterKind = Field(sa_type=String)
    number: str
    site_id: UUID | None = None
    partner_id: UUID | None = None
    lot_site_id: UUID | None = None
    """Of an investigation in a laboratory, where the lot was made."""
    lot_partner_id: UUID | None = None
    since: datetime | None = Field(default=None, sa_type=INSTANT)
    """The earliest that was told; None while only its end is known."""
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
    reopened_at: datetime | None = Field(default=None, sa_type=INSTANT)
    lot_id: UUID | None = None
    """Of a batch, and of an order that was completed: one lot is tested by whom it is ordered from."""
    made_on: date | None = None
    """Of a batch the first day that was stated of its completion; of an order that on which it was completed first."""
    marketed: bool = False
    """Of a batch whether it was released to a market."""
    sequence: int = 1
    """Of the fact whose number, site and partner stand here: the one that was told last of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one fact says. A moment that is known to the day counts from its beginning, in UTC."""

    id: UUID
    kind: MatterKind
    number: str
    site_id: UUID | None
    partner_id: UUID | None
    lot_site_id: UUID | None = None
    lot_partner_id: UUID | None = None
    since: datetime | None = None
    ended_at: datetime | None = None
    reopened_at: datetime | None = None
    lot_id: UUID | None = None
    made_on: date | None = None
    marketed: bool = False


def instant(moment: Moment) -> datetime:
    """The instant of a moment, or the first at which it may have been."""
    return moment if isinstance(moment, datetime) else datetime.combine(first_day(moment), time(), UTC)


def _of_batch(fact: Any) -> Seen:
    lot: Lot = fact.lot
    of = Seen(
        id=fact.batch_id, kind=MatterKind.batch, number=lot.number, site_id=lot.site_id, partner_id=lot.partner_id
    )
    return replace(of, lot_id=lot.id)


def _made(fact: events.BatchManufactured) -> Seen:
    day = first_day(fact.completed_at or fact.occurred_at)
    return replace(_of_batch(fact), since=instant(fact.occurred_at), made_on=day)


def _released(fact: BatchReleased) -> Seen:
    day = first_day(fact.manufactured_at) if fact.manufactured_at else None
    return replace(_of_batch(fact), ended_at=fact.decided_at, made_on=day, marketed=True)


def _of_order(fact: orders.TestOrderFact) -> Seen:
    site, partner = fact.laboratory_site_id, fact.laboratory_partner_id
    return Seen(id=fact.order_id, kind=MatterKind.test_order, number=fact.number, site_id=site, partner_id=partner)


def _completed(fact: orders.TestOrderCompleted) -> Seen:
    day = first_day(fact.occurred_at)
    return replace(_of_order(fact), ended_at=instant(fact.occurred_at), lot_id=fact.lot.id, made_on=day)


def _of_investigation(fact: events.OosFact) -> Seen:
    return Seen(
        id=fact.investigation_id,
        kind=MatterKind.oos_investigation,
        number=fact.number,
        site_id=fact.laboratory_site_id,
        partner_id=fact.laboratory_partner_id,
        lot_site_id=fact.lot.site_id,
        lot_partner_id=fact.lot.partner_id,
    )


def _of(kind: MatterKind, key: str) -> Callable[[Any], Seen]:
    return lambda fact: Seen(
        id=getattr(fact, key), kind=kind, number=fact.number, site_id=fact.site_id, partner_id=fact.partner_id
    )


_deviation = _of(MatterKind.deviation, "deviation_id")
_capa = _of(MatterKind.capa, "capa_id")
_finding = _of(MatterKind.finding, "finding_id")
_complaint = _of(MatterKind.complaint, "complaint_id")
_BEGIN, _END, _AGAIN = "since", "ended_at", "reopened_at"
_Told = tuple[Callable[[Any], Seen], str]
_TOLD: Final[Mapping[type[Fact], _Told]] = {
    events.BatchStarted: (_of_batch, _BEGIN),
    BatchTerminated: (_of_batch, _END),
    BatchRejected: (_of_batch, _END),
    # Worked on under quarantine it goes to no market: nothing is told of it after what it waited for is done.
    BatchReleasedForProcessing: (_of_batch, _BEGIN),
    BatchFollowUpClosed: (_of_batch, _END),
    orders.TestOrdered: (_of_order, _BEGIN),
    orders.TestOrderDeclined: (_of_order, _END),
    orders.TestOrderCancelled: (_of_order, _END),
    orders.TestOrderReopened: (_of_order, _AGAIN),
    events.DeviationRaised: (_deviation, _BEGIN),
    events.DeviationClosed: (_deviation, _END),
    events.DeviationCancelled: (_deviation, _END),
    events.OosOpened: (_of_investigation, _BEGIN),
    events.OosConcluded: (_of_investigation, _END),
    events.OosReopened: (_of_investigation, _AGAIN),
    events.CapaOpened: (_capa, _BEGIN),
    events.CapaClosed: (_capa, _END),
    events.CapaCancelled: (_capa, _END),
    FindingRaised: (_finding, _BEGIN),
    FindingClosed: (_finding, _END),
    ComplaintReceived: (_complaint, _BEGIN),
    ComplaintClosed: (_complaint, _END),
}
_OTHERS: Final[Mapping[type[Fact], Callable[[Any], Seen]]] = {
    events.BatchManufactured: _made,
    BatchReleased: _released,
    orders.TestOrderCompleted: _completed,
}
TOLD: Final = (*_TOLD, *_OTHERS)
"""The kinds of facts that are listened to. For which markets a batch is meant none says: the first decision ends it."""
OF_WORK: Final = (*(fact for fact, (of, _) in _TOLD.items() if of in (_of_batch, _of_order)), *_OTHERS)
"""Those of them by which it is known what work is open."""
OF_COMMERCE: Final = (BatchReleased, orders.TestOrderCompleted)
"""Those of them by which it is known since when a partner makes, or tests, what is released to a market."""


def seen(fact: Any) -> Seen:
    """What a fact says of the matter that it is about."""
    if other := _OTHERS.get(type(fact)):
        return other(fact)
    of, when = _TOLD[type(fact)]
    moment: Any = {when: instant(fact.occurred_at)}
    return replace(of(fact), **moment)
