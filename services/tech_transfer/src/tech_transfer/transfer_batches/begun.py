"""When the making of a lot began: its maker tells an instant, a day or a month, and no more."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from gxp.clocks import months_later

_MONTH: Final = len("2026-02")
_EAST, _WEST, _ONE_DAY = timedelta(hours=14), timedelta(hours=12), timedelta(days=1)
"""How much earlier, and how much later than in UTC, a local day may begin."""


def begun_before(started_at: str | None, instant: datetime | None) -> bool | None:
    """Whether it was before an instant, wherever it is made; None where what was told is not precise enough to say.

    Where nothing was told, or there is no such instant, it is not known to be before.
    """
    if started_at is None or instant is None:
        return False
    earliest, latest = span(started_at)
    if latest < instant:
        return True
    return None if earliest < instant else False


def known_before(one: str | None, other: str | None) -> bool:
    """Whether one lot is known to have begun before another that is made at the same site.

    Days and months are that site's own, so that two of them are compared as they are written.
    """
    if one is None or other is None:
        return False
    if _is_instant(one) or _is_instant(other):
        return span(one)[1] < span(other)[0]
    return _days(one)[1] <= _days(other)[0]


def span(moment: str) -> tuple[datetime, datetime]:
    """The first and the last instant that are meant, wherever it is made."""
    if _is_instant(moment):
        instant = datetime.fromisoformat(moment)
        return instant, instant
    begins, ends = (datetime.combine(day, time.min, UTC) for day in _days(moment))
    return begins - _EAST, ends + _WEST


def _is_instant(moment: str) -> bool:
    return "T" in moment


def _days(moment: str) -> tuple[date, date]:
    """The first day that is meant, and the one after the last."""
    if len(moment) == _MONTH:
        first = date.fromisoformat(f"{moment}-01")
        return first, months_later(first, 1)
    first = date.fromisoformat(moment)
    return first, first + _ONE_DAY
