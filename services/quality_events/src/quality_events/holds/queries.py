"""Reads of holds."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_
from sqlmodel import col, select

from directory.names import names_of
from quality_events.batches.model import Batch
from quality_events.batches.names import of_batch, refs_of
from quality_events.holds.model import BatchHold
from quality_events.holds.schemas import HoldRead
from quality_events.holds.terms import HoldState, OpenHold
from runtime.bodies import Country
from runtime.work import Work
from serving.listing import Filter, days, equal, whether

_REFERENCES: Final[Mapping[str, str]] = {"site": "site_id", "partner": "partner_id"}
_OPEN = BatchHold.state == HoldState.open


def _concerns(markets: Sequence[str]) -> ColumnElement[bool]:
    named: Any = BatchHold.markets
    return or_(func.cardinality(named) == 0, named.overlap([*markets]))


FILTERS = (
    equal(BatchHold, "number", "state", "batch_id", "lot_id", "site_id", "partner_id", "by_side")
    | {
        "open": whether(lambda _: _OPEN, "it is not lifted"),
        "market": Filter(
            Country, lambda _, markets: _concerns(markets), "it stops the batch in this market, perhaps as in every one"
        ),
    }
    | of_batch(BatchHold)
    | days(BatchHold.created_at, "placed")
)


def held(markets: Sequence[str] = ()) -> ColumnElement[bool]:
    """The condition of batches that an open hold stops, in any of some markets or, where none is named, anywhere."""
    here = [_concerns(markets)] if markets else []
    return exists(select(BatchHold.id).where(BatchHold.batch_id == Batch.id, _OPEN, *here))


async def open_holds(work: Work, batch_id: UUID) -> list[OpenHold]:
    """What stops a batch now, oldest first."""
    query = select(BatchHold).where(BatchHold.batch_id == batch_id, _OPEN).order_by(col(BatchHold.id))
    return [OpenHold.model_validate(dict(hold)) for hold in await work.session.scalars(query)]


async def show(work: Work, holds: Sequence[BatchHold]) -> list[HoldRead]:
    """The holds with their batches and names."""
    names = await names_of(work, holds, _REFERENCES)
    batches = await refs_of(work, {hold.batch_id for hold in holds})
    return [
        HoldRead.model_validate(dict(hold) | names.of(hold, references=_REFERENCES) | {"batch": batches[hold.batch_id]})
        for hold in holds
    ]
