"""The time, which tests can set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The current instant in UTC."""
    return _source()


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Stop the clock of this process at an instant, for a test."""
    global _source
    before, _source = _source, lambda: instant
    try:
        yield
    finally:
        _source = before
