"""Use cases of lessons."""

from runtime.numbers import next_number
from runtime.work import Work
from tech_transfer.lessons.model import Lesson
from tech_transfer.lessons.schemas import RecordLesson
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.part import columns_of


async def record(work: Work, body: RecordLesson) -> Lesson:
    """Something was learned, at whatever time: also of a transfer that is closed or was given up."""
    transfer = await transfers.locked(work, body.transfer_id)
    own = columns_of(transfer) | {"parties": [], "recorded_by": work.principal.subject}
    number = await next_number(work, "LL", "lesson_number")
    return work.add(Lesson(number=number, **own, **body.model_dump(exclude={"transfer_id"})))
