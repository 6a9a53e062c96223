"""Follow-ups that were closed before a fact told of it: each is told once, of the day on which it was closed."""

from typing import Any, Final

from sqlalchemy import Select
from sqlmodel import col, select

from contracts.dispositions import BatchFollowUpClosed
from quality_events.batches.model import Batch
from quality_events.dispositions.model import Disposition
from quality_events.metadata import Table
from runtime.timers import record_by_record
from runtime.work import Identified, Work


class UntoldFollowUp(Identified, Table, table=True):
    """A disposition whose follow-up was closed, and nobody was told. Its id is the disposition's."""

    __tablename__ = "untold_follow_up"


def untold(_: Work) -> Select[Any]:
    """Those that are left."""
    return select(UntoldFollowUp).order_by(col(UntoldFollowUp.id))


async def _tell(work: Work, untold: UntoldFollowUp) -> None:
    disposition = await work.session.get_one(Disposition, untold.id)
    batch = await work.session.get_one(Batch, disposition.batch_id)
    if closed_at := disposition.follow_up_closed_at:
        work.publish(BatchFollowUpClosed.of(disposition, closed_at, lot=batch.lot), of=disposition)
    await work.session.delete(untold)


telling: Final = record_by_record("untold-follow-ups", 300.0, UntoldFollowUp, untold, _tell)
