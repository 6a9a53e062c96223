"""A CAPA that stays open for too long behind its due date holds its site's risk up, once that time has passed."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlmodel import Field, col, select

from contracts.quality_events import CapaCancelled, CapaClosed, CapaFact, CapaImplemented, CapaOverdue
from partner_registry.matters.model import instant
from partner_registry.metadata import INSTANT, Table
from partner_registry.risk.commands import hold, risk_of
from partner_registry.risk.floors import STAYED_OPEN, Raised
from partner_registry.sites.model import Site
from runtime.timers import record_by_record
from runtime.work import Identified, Work

LATE_AFTER: Final = timedelta(30)
TOLD: Final = (CapaOverdue, CapaImplemented, CapaClosed, CapaCancelled)


class OverdueCapa(Identified, Table, table=True):
    """What was told of a site's CAPA: when it fell overdue, and when that was answered. Its id is the CAPA's."""

    __tablename__ = "overdue_capa"

    site_id: UUID = Field(foreign_key="site.id")
    number: str
    overdue_at: list[datetime] = Field(default_factory=list, sa_type=ARRAY(INSTANT))
    answered_at: list[datetime] = Field(default_factory=list, sa_type=ARRAY(INSTANT))
    """When it was made, closed or cancelled. That it was given more time no fact tells."""
    late_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """When it will have stayed open for too long next."""


def stayed_open(overdue_at: Collection[datetime], answered_at: Collection[datetime]) -> Sequence[datetime]:
    """The due dates after which nothing came in time, the first one first: the same for any order of facts."""
    return sorted(
        due for due in set(overdue_at) if not any(due <= answered < due + LATE_AFTER for answered in answered_at)
    )


async def take(work: Work, fact: CapaFact) -> None:
    """Keep what was told of a site's CAPA, late, twice or in any order, and hold the risk up where it follows.

    That an action is late says nothing of the whole: no fact tells that it was done.
    """
    if isinstance(fact, CapaOverdue) and fact.actions:
        return
    site = await work.session.get(Site, fact.site_id) if fact.site_id else None
    if site is None:
        return
    await risk_of(work, site)  # locked: of two facts that come at once one sees what the other told
    row = {"id": fact.capa_id, "site_id": site.id, "number": fact.number, "overdue_at": [], "answered_at": []}
    await work.session.execute(insert(OverdueCapa).values(row).on_conflict_do_nothing())
    capa = await work.session.get_one(OverdueCapa, fact.capa_id, populate_existing=True)
    told = "overdue_at" if isinstance(fact, CapaOverdue) else "answered_at"
    setattr(capa, told, sorted({*getattr(capa, told), instant(fact.occurred_at)}))
    await _hold(work, capa)


async def _hold(work: Work, capa: OverdueCapa) -> None:
    site = await work.session.get_one(Site, capa.site_id)
    open_ = stayed_open(capa.overdue_at, capa.answered_at)
    answered = [_floor(capa, due) for due in {*capa.overdue_at} - {*open_}]
    late = [due for due in open_ if due + LATE_AFTER <= work.now]
    capa.late_at = min((due + LATE_AFTER for due in open_ if due not in late), default=None)
    raised = [Raised(_floor(capa, due), _cause(capa, due), STAYED_OPEN, due + LATE_AFTER) for due in late]
    await hold(work, site, CapaOverdue.__name__, raised, but=answered)


def _cause(capa: OverdueCapa, due: datetime) -> str:
    return f"{capa.number}, due on {due:%Y-%m-%d}, stayed open for more than {LATE_AFTER.days} days"


def _floor(capa: OverdueCapa, due: datetime) -> UUID:
    return uuid5(capa.id, f"stayed open {due.astimezone(UTC).isoformat()}")


def _late(work: Work) -> Select[Any]:
    return select(OverdueCapa).where(col(OverdueCapa.late_at) <= work.now).order_by(col(OverdueCapa.id))


late_capas = record_by_record("capa-stayed-open", 30.0, OverdueCapa, _late, _hold)
