"""When lots began: what a press reports without any date has the month in which its lot began."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Field

from contracts import Moment
from contracts.partner_feeds import BatchStartReported, ProcessDataReported, Reported
from partner_feeds.metadata import Table

_MOMENT: TypeAdapter[Moment] = TypeAdapter(Moment)
_NOTE = """
INSERT INTO lot_start (lot_id, started) SELECT * FROM unnest($1::uuid[], $2::text[])
ON CONFLICT (lot_id) DO UPDATE SET started = excluded.started WHERE lot_start.started <> excluded.started
"""
_FIND = "SELECT lot_id, started FROM lot_start WHERE lot_id = ANY ($1::uuid[])"


class LotStart(Table, table=True):
    """When the making of a lot began, as reported: dates what a press reports without any date."""

    __tablename__ = "lot_start"

    lot_id: UUID = Field(primary_key=True)
    started: str
    """An instant, a day or a month."""


async def note(connection: Any, facts: Sequence[Reported]) -> None:
    """Remember when the lots of these facts began, as precisely as it was given."""
    started = {
        fact.lot.id: str(_MOMENT.dump_python(fact.occurred_at, mode="json"))
        for fact in facts
        if isinstance(fact, BatchStartReported)
    }
    if started:
        ids = sorted(started)
        await connection.execute(_NOTE, ids, [started[id] for id in ids])


def month_of(moment: Moment) -> Moment:
    """The month of a moment: a start gives no better date for when the lot was pressed."""
    return moment if isinstance(moment, str) else f"{moment:%Y-%m}"


async def dated(connection: Any, facts: list[Reported]) -> list[Reported]:
    """The facts; what is undated has the month in which its lot began, where that is known."""
    lots = {fact.lot.id for fact in facts if isinstance(fact, ProcessDataReported) and fact.undated}
    if not lots:
        return facts
    rows = await connection.fetch(_FIND, list(lots))
    started: dict[UUID, Moment] = {id: month_of(_MOMENT.validate_python(text)) for id, text in rows}
    return [
        fact.model_copy(update={"occurred_at": started.get(fact.lot.id, fact.occurred_at)})
        if isinstance(fact, ProcessDataReported) and fact.undated
        else fact
        for fact in facts
    ]
