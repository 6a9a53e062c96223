"""Whether the making of a lot began before something: its maker tells an instant, a day or a month, and no more."""

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
    earliest, latest = _span(started_at)
    if latest < instant:
        return True
    return None if earliest < instant else False


def _span(moment: str) -> tuple[datetime, datetime]:
    """The first and the last instant that are meant."""
    if "T" in moment:
        instant = datetime.fromisoformat(moment)
        return instant, instant
    if len(moment) == _MONTH:
        first = date.fromisoformat(f"{moment}-01")
        after = months_later(first, 1)
    else:
        first = date.fromisoformat(moment)
        after = first + _ONE_DAY
    begins, ends = (datetime.combine(day, time.min, UTC) for day in (first, after))
    return begins - _EAST, ends + _WEST
