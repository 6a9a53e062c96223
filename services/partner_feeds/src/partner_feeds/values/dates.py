"""Date formats of mappings: ``MMM.YY`` with a list of months reads ``maj.19`` as 2019-05."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Final

from contracts import Moment
from gxp.local_times import NotOneInstant, instant_of
from partner_feeds.values.date_tokens import READS, Piece, pieces_of, shown
from partner_feeds.values.moments import CENTURY, not_too_early
from partner_feeds.values.texts import NEAR_FOR_SHORT, CannotRead, in_ascii, in_one_blank, nearest
from partner_feeds.values.zone_letters import example_of, letters_in, offsets_of

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HALF_OF_A_DAY = re.compile(r"[0-9]\s*[AaPp]\.?[Mm]\b|[上下]午|午[前後]|오[전후]").search
_AFTERNOON: Final = ("下午", "午後", "오후")
_SAMPLE = datetime(2019, 5, 17, 10, 30)


class Unclear(CannotRead):
    """A local time that exists twice, once with each of the readings: the order of the rows may show which is meant."""

    def __init__(self, reason: str, readings: tuple[datetime, datetime]) -> None:
        super().__init__(reason)
        self.readings = readings


class DayAndMonth(StrEnum):
    """What a text shows of the order of its day and month, in digits."""

    either = "either"
    """It is another date when they are exchanged."""
    exchanged = "exchanged"
    """It is a date only when they are."""
    clear = "clear"
    """It is a date only when they are not."""

    @classmethod
    def shown_by(cls, day: int, month: int) -> "DayAndMonth | None":
        """What two numbers show that stand where a day and a month are wanted; None where they are neither."""
        if month > 12:
            return cls.exchanged if month <= 31 and 1 <= day <= 12 else None
        if day > 12:
            return cls.clear
        return cls.either if day != month else None


class NotOfThisForm(CannotRead):
    """A text that another format may read."""


class DateFormat:
    """One compiled format. ``precision`` is ``month``, ``day`` or ``instant``."""

    def __init__(self, format_: str, months: Sequence[str] | None = None) -> None:
        self.text = format_ = in_one_blank(format_)
        self._pieces = pieces_of(format_)
        self.tokens = [piece.token for piece in self._pieces if piece.token]
        named = months or (_ENGLISH if "MMM" in self.tokens else ())
        self._months = {name.lower(): number for number, name in enumerate(named, start=1)}
        if ("MMM" in self.tokens) != (len(self._months) == 12):
            raise CannotRead("MMM goes with a list of twelve different months, January first")
        parts = {READS[token][0] for token in self.tokens}
        self.precision = "instant" if "hour" in parts else "day" if "day" in parts else "month"
        self.has_offset = "offset" in parts
        self.has_order = bool({"M", "MM"} & set(self.tokens)) and "day" in parts
        """Whether day and month could be taken for one another: behind a year hardly ever, and yet."""
        own = [piece.text for piece in self._pieces if not piece.token]
        self.zone_letters = letters_in(own) if self.precision == "instant" and not self.has_offset else None
        letters = [token[0] for token in self.tokens]
        self.year_first = letters[0] == "Y"
        self.day_first = self.has_order and letters.index("D") < letters.index("M")
        self._match = re.compile(_pattern(self._pieces)).fullmatch
        self.example = self.written(_SAMPLE)

    def written(self, moment: datetime) -> str:
        """A moment as the format writes it."""
        name = next((name for name, number in self._months.items() if number == moment.month), "")
        return shown(self._pieces, moment, name)

    def read(self, text: str, zone: tzinfo | None = None) -> Moment:
        """The moment; a time without offset is read in ``zone``. Raises CannotRead with what would be right.

        A local time that exists twice is Unclear, which is a CannotRead with both readings.
        """
        match = self._match(in_ascii(in_one_blank(text)))
        if match is None:
            raise NotOfThisForm(self._why_not(text))
        parts = match.groupdict()
        year = int(parts["year"]) if parts.get("year") else CENTURY + int(parts["short_year"])
        month = self._month(parts["month_name"]) if parts.get("month_name") else int(parts["month"])
        if not 1 <= month <= 12:
            raise CannotRead(f"there is no month {month}: write the date such as {self.example}")
        found = not_too_early(f"{year:04d}-{month:02d}")
        if self.precision == "month":
            return found
        try:
            return self._day_or_instant(year, month, parts, zone)
        except CannotRead:
            raise
        except ValueError as error:
            raise CannotRead(f"there is no such date ({error}): write it such as {self.example}") from error

    def order_of(self, text: str) -> DayAndMonth | None:
        """What the text shows of the order of its day and month; None where it is no date of this form."""
        match = self._match(in_ascii(in_one_blank(text))) if self.has_order else None
        return DayAndMonth.shown_by(int(match["day"]), int(match["month"])) if match else None

    def _why_not(self, text: str) -> str:
        reason = f"not a date of the form {self.text}: write it such as {self.example}"
        if _HALF_OF_A_DAY(text) and "a" not in self.tokens:
            return f"{reason}; or the mapping's format has a beside the hour, which reads AM and PM"
        if "hh" in self.tokens and re.search(r"(?<![0-9])[0-9]:[0-9]{2}", text):
            return f"{reason}; or the mapping's format has h, which reads an hour of one digit"
        return reason

    def _month(self, name: str) -> int:
        number = self._months.get(name.lower()) or self._months.get(name.lower().removesuffix("."))
        if number is None:
            known = ", ".join(self._months)
            hint = nearest(name, self._months, NEAR_FOR_SHORT)
            raise CannotRead(f"{name!r} is no month of this list: {known}{hint}")
        return number

    def _day_or_instant(self, year: int, month: int, parts: dict[str, str], zone: tzinfo | None) -> Moment:
        if self.precision == "day":
            return date(year, month, int(parts["day"]))
        time = (_hour(parts), int(parts.get("minute") or 0), int(parts.get("second") or 0))
        microsecond = int(f"{parts.get('fraction') or '':0<6}"[:6])
        local = datetime(year, month, int(parts["day"]), *time, microsecond)
        if parts.get("offset"):
            return local.replace(tzinfo=_offset(parts["offset"]))
        return self._as_its_letters_say(in_zone(local, zone))

    def _as_its_letters_say(self, instant: datetime) -> datetime:
        """The same instant. Raises CannotRead where the zone has another offset then than the letters behind it say."""
        letters, offset = self.zone_letters, instant.utcoffset()
        if letters and offset not in offsets_of(letters):
            raise CannotRead(
                f"the date says {letters}, and in {instant.tzinfo} the clocks show {instant.tzname()} then: which one "
                f"is meant? If {letters} is there all year and right, say time_zone: {example_of(letters)} in the "
                "mapping; if it means nothing, leave it out by part"
            )
        return instant


def in_zone(local: datetime, zone: tzinfo | None) -> datetime:
    """The instant of a local time. Raises CannotRead without a zone, and for a time that came never or twice there."""
    if zone is None:
        raise CannotRead(
            "the time has no offset from UTC, and no time zone is known: say time_zone in the mapping, or name the feed"
        )
    try:
        return instant_of(local, zone)
    except NotOneInstant as error:
        reason = f"{error}; write the time with its offset, in a column whose format ends in Z"
        raise (Unclear(reason, error.readings) if error.repeated else CannotRead(reason)) from error


def _hour(parts: dict[str, str]) -> int:
    """12 AM is midnight, and 12 PM is noon; in Japan noon is 午後0."""
    hour, half = int(parts["hour"]), parts.get("half")
    if not half:
        return hour
    if not (0 if half[0] == "午" else 1) <= hour <= 12:
        raise CannotRead(f"there is no hour {hour} {half}: with AM or PM it is 1 to 12")
    return hour % 12 + (12 if half[0] in "pP" or half in _AFTERNOON else 0)


def _pattern(pieces: list[Piece]) -> str:
    """The format as a regular expression: tokens become groups, everything else is taken as it is."""
    return "".join(
        "(?P<{}>{})".format(*READS[piece.token]) if piece.token else re.escape(piece.text) for piece in pieces
    )


def _offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)
