"""The time, which tests can set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


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
