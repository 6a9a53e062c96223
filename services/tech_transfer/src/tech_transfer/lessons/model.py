"""A lesson (ICH Q10 2.9: knowledge is managed)."""

from typing import Final

from contracts import Role
from runtime.lifecycle import transition
from tech_transfer.lessons.schemas import LessonFields, LessonState
from tech_transfer.metadata import Table
from tech_transfer.transfers.part import PartOfTransfer

TEACHERS: Final = frozenset({Role.msat, Role.quality, Role.regulatory, Role.lab})


class Lesson(LessonFields, PartOfTransfer, Table, table=True):
    """What was learned. The sponsor's alone: it is read at transfers to other partners, and may speak of this one."""

    __tablename__ = "lesson"

    @transition(source={LessonState.recorded}, target=LessonState.withdrawn, by=TEACHERS)
    def withdraw(self, reason: str) -> None:
        """It was wrong, or is said better elsewhere."""
        self.withdrawal_reason = reason
