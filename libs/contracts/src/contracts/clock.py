"""The time, which tests can set."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_stands_at: ContextVar[datetime | None] = ContextVar("stands_at", default=None)


def now() -> datetime:
    """The current instant in UTC."""
    return _stands_at.get() or datetime.now(UTC)


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Stop the clock at an instant, for a test and what it calls; for what runs beside it the time goes on."""
    token = _stands_at.set(instant)
    try:
        yield
    finally:
        _stands_at.reset(token)
