"""Reads of lines."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, select

from contracts import Side
from partner_registry.days import local_day
from partner_registry.entries import latest
from partner_registry.known import as_known, why_none
from partner_registry.lines.model import ProductionLine
from partner_registry.lines.schemas import LineOnDay, LineRead, LineState
from partner_registry.names import names_of, sites_of
from runtime.work import Work
from serving.listing import equal
from serving.shown import Ref

FILTERS = equal(ProductionLine, *("number", "state", "site_id", "partner_id", "code", "activity"))


async def show(work: Work, lines: Sequence[ProductionLine]) -> list[LineRead]:
    """The lines with names, and what holds of them on their sites' day."""
    sites = await sites_of(work, lines)
    names = await names_of(work, lines, sites)
    return [
        LineRead.model_validate(
            dict(one) | names[one.id] | _today(one, local_day(work.now, sites[one.site_id].time_zone))
        )
        for one in lines
    ]


async def on_day(work: Work, line: ProductionLine, day: date, as_of: datetime | None) -> LineOnDay:
    """What holds of a line on a day, as it was known at an instant."""
    known = await as_known(work, [line], as_of)
    holds = _today(known[0], day) if known else {"used": None, "capacity": None}
    return LineOnDay(
        **holds,
        line=Ref(id=line.id, number=line.number, name=line.code),
        on=day,
        as_of=as_of or work.now,
        kept=bool(known),
        works=bool(known) and known[0].works_on(day),
        why_not=why_none(line, kept=bool(known)),
    )


def in_use_at(site_id: UUID) -> Select[Any]:
    """Those of a site that are not retired."""
    of = ProductionLine
    return select(of).where(of.site_id == site_id, of.state == LineState.in_use).order_by(col(of.id))


async def side(work: Work, _: Any) -> Side:
    """Who tells it."""
    return Side.owner if work.principal.partner_id else Side.sponsor


def _today(one: ProductionLine, day: date) -> dict[str, Any]:
    told = {"used": one.uses, "capacity": one.capacities}
    return {name: latest(each, day) if one.works_on(day) else None for name, each in told.items()}
