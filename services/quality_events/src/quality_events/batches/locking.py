"""The order in which rows of batches are locked, by everybody who holds more than one: that of their lots' ids.

What is told names lots, also those of which no batch is known yet; so this is the one order that all have. Of two who
lock some in different orders each may wait for the other: PostgreSQL ends one of them, and that may be a release. What
all decisions take, or wait for, comes before any batch, and before what is taken for lots that have none.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlmodel import col, select

from quality_events.batches.model import Batch
from runtime.problems import NotFound
from runtime.work import Versioned, Work

LOCK_LOTS: Final = "SELECT * FROM batch WHERE lot_id = ANY($1::uuid[]) ORDER BY lot_id FOR NO KEY UPDATE"
"""The batches of lots. Beside it rows that refer to them may be written."""
_OF_DECISIONS: Final = "hashtextextended('quality-events.register', 0)"
_ALONE: Final = f"SELECT pg_advisory_xact_lock({_OF_DECISIONS})"
_BESIDE: Final = f"SELECT pg_advisory_xact_lock_shared({_OF_DECISIONS})"
_AFTER: Final = "SELECT FROM batch WHERE id = ANY ($1::uuid[]) ORDER BY lot_id FOR KEY SHARE"
_LOCK: Final = "SELECT FROM batch WHERE id = ANY ($1::uuid[]) ORDER BY lot_id FOR UPDATE"


async def decide_alone(work: Work) -> None:
    """What whoever decides takes, of whatever batch, before the batch and before anything is read for it: of two, the
    second reads what the first one did."""
    await work.connection.execute(_ALONE)


async def beside_decisions(work: Work) -> None:
    """What is taken, before any batch, for what every decision may rest on: it waits for one that is being taken, which
    has not seen this."""
    await work.connection.execute(_BESIDE)


async def after_decisions(work: Work, ids: Collection[UUID]) -> None:
    """Wait for the decisions that are being taken on batches, or on what came of them, and let none begin beside this:
    whoever decides holds a batch and all that it came of."""
    await work.connection.execute(_AFTER, list(ids))


async def batches_locked(work: Work, ids: Collection[UUID]) -> Sequence[Batch]:
    """Batches by their ids, locked and read anew; those that there are not, or not for who asks, are missing."""
    await work.session.flush()
    await work.connection.execute(_LOCK, list(ids))
    of_them = select(Batch).where(col(Batch.id).in_(ids)).order_by(col(Batch.lot_id))
    return (await work.session.scalars(of_them.execution_options(populate_existing=True))).all()


Of = TypeVar("Of", bound=Versioned)


async def locked_beside_batch(work: Work, record: type[Of], key: str, what: str) -> Of:
    """A record by its id, in a command with its batch's row held before it. Raises NotFound, which says ``what``."""
    try:
        id = UUID(key)
    except ValueError:
        raise NotFound(what, key) from None
    await hold_batch_of(work, record, id)
    return await work.get(record, id)


async def hold_batch_of(work: Work, record: Any, id: UUID) -> None:
    """In a command lock the batch of a record, by the record's class and id, before the record: a decision of the batch
    waits for this, or this has seen it."""
    if work.context.read_only:
        return
    if batch_id := await work.session.scalar(select(record.batch_id).where(record.id == id)):
        await batches_locked(work, [batch_id])
