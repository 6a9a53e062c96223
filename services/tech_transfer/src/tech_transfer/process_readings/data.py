"""Copies of what makers' systems reported of the process of their lots, also of lots that nobody named yet."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, col, select

from contracts import Recorded
from contracts.partner_feeds import ProcessDataReported
from runtime import bulk
from runtime.work import Work
from tech_transfer.metadata import Table

_IDS: Final = UUID("5f6b1d0a-6f0f-4b6b-9a64-0d2f3c1f7e11")
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('tech-transfer.lot' || $1, 0))"
_NEWER: Final = """
ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, lot_id = excluded.lot_id, step = excluded.step,
    values = excluded.values WHERE known_process_data.revision < excluded.revision
"""


class KnownProcessData(Table, table=True):
    """What the highest revision of a record of a maker's system says."""

    __tablename__ = "known_process_data"

    id: UUID = Field(primary_key=True)
    """Made from ``source``."""
    source: str
    """Which record it is among those of all feeds."""
    revision: int
    lot_id: UUID = Field(index=True)
    step: str
    values: list[Any] = Field(sa_type=JSONB)


async def lock_lots(work: Work, lot_ids: Collection[UUID]) -> None:
    """Let nobody else judge these lots until this transaction ends: what each changed before, the next one sees.

    After the transfer is locked, where it is.
    """
    for lot_id in sorted(lot_ids):
        await work.connection.execute(_LOCK, str(lot_id))


async def keep(work: Work, facts: Sequence[Recorded[ProcessDataReported]]) -> set[UUID]:
    """Keep of each record the highest revision; gives the lots of which something may be otherwise now, locked.

    An amendment may say that a record was of another lot.
    """
    rows: dict[UUID, dict[str, Any]] = {}
    lots = await concerned(work, facts)
    for fact in sorted((each.fact for each in facts), key=lambda fact: fact.source.revision):
        id = uuid5(_IDS, fact.source.name)
        values = [each.model_dump(mode="json") for each in fact.values]
        rows[id] = {"id": id, "source": fact.source.name, "revision": fact.source.revision}
        rows[id] |= {"lot_id": fact.lot.id, "step": fact.step, "values": values}
    await lock_lots(work, lots)
    await bulk.insert(work, KnownProcessData, rows.values(), _NEWER)
    return lots


async def concerned(work: Work, facts: Sequence[Recorded[ProcessDataReported]]) -> set[UUID]:
    """The lots that facts are about, and those that their records were about before."""
    ids = {uuid5(_IDS, each.fact.source.name) for each in facts}
    before = await work.session.scalars(select(KnownProcessData.lot_id).where(col(KnownProcessData.id).in_(ids)))
    return {*before, *(each.fact.lot.id for each in facts)}


async def of_lot(work: Work, lot_id: UUID) -> list[KnownProcessData]:
    """What is known of a lot."""
    found = select(KnownProcessData).where(KnownProcessData.lot_id == lot_id)
    return list(await work.session.scalars(found.execution_options(populate_existing=True)))
