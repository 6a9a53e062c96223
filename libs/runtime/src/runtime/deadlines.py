"""What is to be done by a date, and the fact that the date has passed: published once per date."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, cast

from sqlalchemy import DateTime, Select, or_
from sqlmodel import Field, SQLModel, col, select

from contracts import Fact
from runtime.outbox import Published
from runtime.problems import RuleViolated
from runtime.timers import Timer, record_by_record
from runtime.work import Versioned, Work


class Deadline(SQLModel):
    """A record whose next step is due by a date. What was loaded as ``historic`` has no clock that could be kept."""

    due: ClassVar[Mapping[StrEnum, str]]
    """By state the column with that date. In a state that is not named nothing is due."""

    @property
    def next_due_at(self) -> datetime | None:
        """When the next step is due; None where none is."""
        column = self.due.get(getattr(self, "state"))  # noqa: B009
        return getattr(self, column) if column and not getattr(self, "historic", False) else None

    def is_overdue(self, now: datetime) -> bool:
        """Whether the next step is beyond its due date."""
        return self.next_due_at is not None and self.next_due_at < now

    @classmethod
    def overdue(cls, work: Work) -> Any:
        """The condition of ``is_overdue`` in SQL."""
        return or_(*(past for past, _ in _past(cls, work.now)))


class PublishedDeadline(Deadline):
    """A record of which a fact tells, once per due date, that it is overdue."""

    overdue_reported_for: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """The due date of which it was published that it has passed."""

    def passed(self, now: datetime) -> datetime:
        """The due date that has passed. Raises RuleViolated where none has, or where that was published."""
        due_at = self.next_due_at
        if due_at is None or not self.is_overdue(now) or due_at == self.overdue_reported_for:
            raise RuleViolated("it is not overdue, or that was published")
        self.overdue_reported_for = due_at
        return due_at


M = TypeVar("M", bound=Versioned)


def overdue_timer(
    model: type[M],
    fall_overdue: Callable[[M, datetime], Fact],
    seconds: float = 30.0,
    also: Callable[[Work], Any] | None = None,
) -> Timer:
    """A timer that publishes what ``fall_overdue``, the transition, gives of each record that became overdue.

    ``also`` is the condition that one of a record's further due dates has passed and was not published.
    """

    def late(work: Work) -> Select[Any]:
        reported_for = col(cast(Any, model).overdue_reported_for)
        untold = (past & reported_for.is_distinct_from(due_at) for past, due_at in _past(model, work.now))
        return select(model).where(or_(*untold, *([also(work)] if also else []))).order_by(col(model.id))

    async def publish(work: Work, record: M) -> None:
        work.publish(fall_overdue(record, work.now), of=cast(Published, record))

    return record_by_record(f"{model.__tablename__}-overdue", seconds, model, late, publish)


def _past(model: Any, now: datetime) -> Iterator[tuple[Any, Any]]:
    """By column with a date: the condition that it has passed and counts, and the column."""
    for name in sorted(set(model.due.values())):
        due_at, states = getattr(model, name), [state for state, column in model.due.items() if column == name]
        past = col(model.state).in_(states) & (due_at < now)
        yield past & ~col(model.historic) if hasattr(model, "historic") else past, due_at
