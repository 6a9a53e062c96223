"""What an authority is to be notified of holds the risk up at the site where it happened, once both are known."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col, select

from contracts.complaints import AuthorityNotificationDue
from partner_registry.matters.model import KnownMatter, instant
from partner_registry.metadata import INSTANT, Table
from partner_registry.risk.commands import hold
from partner_registry.risk.floors import NOTIFIED, Raised
from partner_registry.risk.standing import RiskFloor
from partner_registry.sites.model import Site
from runtime.work import Work

_ALONE: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('partner-registry.notified' || cause, 0))
FROM unnest($1::text[]) AS cause
"""


class KnownNotification(Table, table=True):
    """That an authority is to be notified of a record. One of a recall names no site: `RecallStarted` does."""

    __tablename__ = "known_notification"

    id: UUID = Field(primary_key=True)
    number: str
    cause_id: UUID
    told_at: datetime = Field(sa_type=INSTANT)
    """The earliest that was told."""


async def one_at_a_time(work: Work, causes: Collection[UUID]) -> None:
    """Wait for whoever else writes of these: of two at once each would look in vain for what the other knows."""
    if causes:
        await work.connection.execute(_ALONE, sorted(map(str, causes)))


async def take(work: Work, fact: AuthorityNotificationDue) -> None:
    """Keep it, and hold the risk up where the site is known already."""
    await one_at_a_time(work, [fact.cause_id])
    row = {"id": fact.notification_id, "number": fact.number, "cause_id": fact.cause_id}
    statement = insert(KnownNotification).values(row | {"told_at": instant(fact.occurred_at)})
    earliest = {"told_at": func.least(KnownNotification.told_at, statement.excluded.told_at)}
    await work.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=earliest))
    await place(work, [fact.cause_id])


async def place(work: Work, causes: Collection[UUID]) -> None:
    """Hold the risk up where these records happened, and no more where they were thought to have happened before."""
    of = KnownNotification
    found = select(of).where(col(of.cause_id).in_(causes)).order_by(col(of.id)).with_for_update()
    for each in (await work.session.scalars(found.execution_options(populate_existing=True))).all():
        await _place(work, each)


async def _place(work: Work, told: KnownNotification) -> None:
    matter = await work.session.get(KnownMatter, told.cause_id, populate_existing=True)
    where = (matter.lot_site_id or matter.site_id) if matter else None
    id = uuid5(told.id, NOTIFIED.dimension)
    before = await work.session.scalar(select(RiskFloor.site_id).where(RiskFloor.id == id))
    moved = {id} if before and before != where else set()
    for site_id in sorted({each for each in (before, where) if each}):
        if site := await work.session.get(Site, site_id):
            raised = Raised(id, f"{told.number} notification of an authority", NOTIFIED, told.told_at)
            here = [raised] if site_id == where else []
            await hold(work, site, AuthorityNotificationDue.__name__, here, but=moved)
            moved = set()  # it is gone where it was, and is not to go where it holds since
