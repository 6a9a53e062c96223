"""A column's date formats as one: of our tokens, ISO 8601, a spreadsheet's number of the day, or several of these."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Final, Protocol

from contracts import Moment
from partner_feeds.values.dates import DateFormat, DayAndMonth, NotOfThisForm, in_zone
from partner_feeds.values.moments import CENTURY, not_too_early, read_instant, read_moment
from partner_feeds.values.texts import CannotRead

_PRECISIONS: Final = ("month", "day", "instant")
_ISO_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?").fullmatch
_ISO_DAY = re.compile(r"[0-9]{4}-([0-9]{2})-([0-9]{2})(?:[T ].*)?").fullmatch
_DIFFERENT = datetime(2004, 5, 6, 7, 8, 9)
"""Of which no two parts are alike, and each may be a year, a month or a day."""

_SAMPLE_DAY: Final = date(2019, 5, 17)
_MOST_DAYS: Final = 100_000
_FROM, _UNTIL = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (CENTURY, CENTURY + 100))
_DIGITS = re.compile("[0-9]{1,14}").fullmatch
_SERIAL = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,17}))?").fullmatch


class Format(Protocol):
    """How a text is read as a moment. ``precision`` is what it gives at least: ``month``, ``day`` or ``instant``."""

    precision: str
    has_offset: bool
    has_order: bool
    example: str

    def read(self, text: str, zone: tzinfo | None = None) -> Moment:
        """The moment; a time without offset is read in ``zone``. Raises CannotRead with what would be right."""


@lru_cache(maxsize=256)
def compiled_formats(formats: tuple[str, ...], months: tuple[str, ...] | None = None) -> Format:
    """One format, or several as one. Raises CannotRead for one that can read nothing, and for two that disagree."""
    own: list[Format] = [_STANDARDS[each]() if each in _STANDARDS else DateFormat(each, months) for each in formats]
    return own[0] if len(own) == 1 else AnyOf(own)


def letters_of(format_: Format) -> Iterator[str]:
    """The letters of zones that stand in the dates of a format, or of several."""
    for each in format_.formats if isinstance(format_, AnyOf) else (format_,):
        if isinstance(each, DateFormat) and each.zone_letters:
            yield each.zone_letters


class AnyOf:
    """Several formats, of which the first that reads a text counts."""

    def __init__(self, formats: Sequence[Format]) -> None:
        self.formats = formats
        self.precision = min((each.precision for each in formats), key=_PRECISIONS.index)
        self.has_offset = any(each.has_offset for each in formats)
        self.has_order = any(each.has_order for each in formats)
        self.example = " or ".join(each.example for each in formats)
        for each in formats:
            if isinstance(each, DateFormat):
                self._must_agree(each.written(_DIFFERENT))

    def read(self, text: str, zone: tzinfo | None = None) -> Moment:
        """The moment, by the first format that has this form."""
        for each in self.formats:
            try:
                return each.read(text, zone)
            except NotOfThisForm:
                continue
        raise NotOfThisForm(f"not a date of any form of the mapping: write it such as {self.example}")

    def _must_agree(self, text: str) -> None:
        readings = set()
        for each in self.formats:
            try:
                readings.add(each.read(text, UTC))
            except CannotRead:
                continue
        if len(readings) > 1:
            raise CannotRead(f"two of the date formats read {text} as different dates: which one is meant?")


class IsoFormat:
    """ISO 8601: a month, a day, or a time with or without fractions and offset."""

    text, has_order, day_first, year_first = "iso", True, False, True
    precision, has_offset, example = "month", True, "2019-05-17T10:30:00+02:00"

    def read(self, text: str, zone: tzinfo | None = None) -> Moment:
        """The moment, as precise as it is written."""
        if not re.match("[0-9]{4}-[0-9]{2}", text):
            raise NotOfThisForm(f"not an ISO 8601 date: write it such as {self.example}, or 2019-05-17")
        not_too_early(text)
        if not _ISO_LOCAL(text):
            return read_instant(text.replace(",", ".")) if ":" in text else read_moment(text)
        try:
            local = datetime.fromisoformat(text.replace(",", "."))
        except ValueError as error:
            raise CannotRead(f"there is no such time ({error}): write it such as {self.example}") from error
        return in_zone(local, zone)

    def order_of(self, text: str) -> DayAndMonth | None:
        """What the text shows of the order of its day and month; None where it is no day of this form."""
        found = _ISO_DAY(text)
        return DayAndMonth.shown_by(int(found[2]), int(found[1])) if found else None


Ordered = DateFormat | IsoFormat
"""The formats whose days and months could be taken for one another."""


class SerialFormat:
    """A spreadsheet's number of the day, with the time as its fraction; counted from 1900, or from 1904 on."""

    has_order = False
    precision, has_offset = "day", False

    def __init__(self, first: date = date(1899, 12, 30)) -> None:
        # That of 1900 is right from 1 March on: before it a spreadsheet counts a day that never was.
        self._first = first
        self.example = str((_SAMPLE_DAY - first).days)

    def read(self, text: str, zone: tzinfo | None = None) -> Moment:
        """The day, or with a fraction the instant, to the second."""
        found = _SERIAL(text)
        if found is None:
            raise NotOfThisForm(
                f"not the number of a day, as a spreadsheet keeps dates: write it such as {self.example}"
            )
        days = int(found[1])
        day = self._first + timedelta(days=min(days, _MOST_DAYS))
        if not CENTURY <= day.year < CENTURY + 100:
            raise CannotRead(
                f"as a spreadsheet's number of a day it is none since {CENTURY}: write it such as {self.example}"
            )
        if found[2] is None:
            return day
        seconds = round(Decimal(f"0.{found[2]}") * 86400)
        return in_zone(datetime(day.year, day.month, day.day) + timedelta(seconds=seconds), zone)


class UnixFormat:
    """Seconds since 1970 in UTC, or as many thousandths."""

    has_order, precision, has_offset = False, "instant", True

    def __init__(self, a_second: int) -> None:
        self._a_second = a_second
        self.example = str(1_558_089_000 * a_second)

    def read(self, text: str, zone: tzinfo | None = None) -> Moment:
        """The instant."""
        if not _DIGITS(text):
            raise NotOfThisForm(f"not a number of seconds or thousandths since 1970: write it such as {self.example}")
        seconds, rest = divmod(int(text), self._a_second)
        if not _FROM <= seconds < _UNTIL:
            raise NotOfThisForm(
                f"is none since {CENTURY}: seconds are unix, thousandths unix-ms; such as {self.example}"
            )
        return datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=rest)


_STANDARDS: Final[dict[str, Callable[[], Format]]] = {
    "iso": IsoFormat,
    "excel": SerialFormat,
    "excel-1904": lambda: SerialFormat(date(1904, 1, 1)),
    "unix": lambda: UnixFormat(1),
    "unix-ms": lambda: UnixFormat(1000),
}
