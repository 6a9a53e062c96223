"""HTTP words for lessons."""

from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from serving.actions import Actions
from tech_transfer.lessons import commands, queries
from tech_transfer.lessons.model import TEACHERS, Lesson
from tech_transfer.lessons.schemas import LessonRead, RecordLesson

lessons = Actions("lessons", Lesson, LessonRead, queries.show, readers=SPONSORS & READERS)
lessons.create(commands.record, RecordLesson, *TEACHERS)
lessons.post("withdrawal", Lesson.withdraw, Reason)
lessons.get()
lessons.list(queries.FILTERS)
