"""Reads of lessons."""

from typing import Any

from sqlmodel import col, or_

from runtime.bodies import Line
from serving.listing import Filter, days, equal
from tech_transfer.lessons.model import Lesson
from tech_transfer.lessons.schemas import LessonRead
from tech_transfer.transfers.shown import showing


def _says(_: Any, words: str) -> Any:
    columns = (col(each) for each in (Lesson.title, Lesson.text, Lesson.recommendation))
    return or_(*(column.icontains(words, autoescape=True) for column in columns))


FILTERS = (
    equal(Lesson, *("number", "transfer_id", "product_id", "receiving_site_id", "category", "gate", "state"))
    | {"q": Filter(Line, _says, "words that its title, text or recommendation has, in any case of letters", many=False)}
    | days(Lesson.created_at, "recorded")
)

show = showing(LessonRead)
