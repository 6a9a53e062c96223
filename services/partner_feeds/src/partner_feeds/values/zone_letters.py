"""The letters by which dates say their zone, as ``CET`` and ``JST``, and the offsets from UTC that each may mean."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

UTC_LETTERS: Final = ("UTC", "GMT", "Z", "UT")
_HOURS: Final[dict[str, tuple[float, ...]]] = {
    **dict.fromkeys(UTC_LETTERS, (0,)),
    **{"WET": (0,), "WEST": (1,), "WEZ": (0,), "WESZ": (1,), "BST": (1, 6), "CET": (1,), "CEST": (2,), "MET": (1,)},
    **{"MEST": (2,), "MEZ": (1,), "MESZ": (2,), "EET": (2,), "EEST": (3,), "OEZ": (2,), "OESZ": (3,)},
    **{"MSK": (3,), "TRT": (3,), "SAST": (2,), "CAT": (2,), "EAT": (3,), "WAT": (1,), "IDT": (3,), "GST": (4,)},
    **{"IST": (5.5, 1, 2), "PKT": (5,), "ICT": (7,), "WIB": (7,), "SGT": (8,), "MYT": (8,), "HKT": (8,), "PHT": (8,)},
    **{"CST": (-6, 8, -5), "CDT": (-5, -4), "EST": (-5, 10), "EDT": (-4, 11), "MST": (-7,), "MDT": (-6,)},
    **{"PST": (-8, 8), "PDT": (-7,), "AKST": (-9,), "AKDT": (-8,), "HST": (-10,), "AST": (-4, 3), "ADT": (-3,)},
    **{"NST": (-3.5,), "NDT": (-2.5,), "BRT": (-3,), "ART": (-3,), "CLT": (-4,), "CLST": (-3,), "COT": (-5,)},
    **{"JST": (9,), "KST": (9,), "AWST": (8,), "ACST": (9.5,), "ACDT": (10.5,), "AEST": (10,), "AEDT": (11,)},
    **{"NZST": (12,), "NZDT": (13,)},
}
"""Of letters that several countries use, the offsets of each."""
_WORDS = re.compile(r"(?<![^\W_])[A-Z]{1,5}(?![^\W_])").findall
_SEASONS: Final = (datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC))


def letters_in(texts: Sequence[str]) -> str | None:
    """The letters of a zone in what stands between the parts of a date; None where there are none."""
    return next((word for text in texts for word in _WORDS(text) if word in _HOURS), None)


def offsets_of(letters: str) -> tuple[timedelta, ...]:
    """The offsets that they may mean."""
    return tuple(timedelta(hours=hours) for hours in _HOURS[letters])


def are_of(letters: str, zone: tzinfo) -> bool:
    """Whether a zone's clocks show these letters in one of the seasons, and those of UTC in both."""
    found = [moment.astimezone(zone).utcoffset() in offsets_of(letters) for moment in _SEASONS]
    return all(found) if letters in UTC_LETTERS else any(found)


def example_of(letters: str) -> str:
    """A zone whose clocks show these letters all year, as a mapping says it: Etc/GMT-9 is nine hours ahead of UTC."""
    hours = _HOURS[letters][0]
    if hours % 1:
        return f"one of UTC{hours:+g}"
    return f"Etc/GMT{-int(hours):+d}" if hours else "Etc/UTC"
