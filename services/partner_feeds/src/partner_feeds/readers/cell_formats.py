"""What a number in a workbook is, by the format of its cell: a number, a share in percent, a day or an instant."""

from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from partner_feeds.readers.form import FileFormat
from partner_feeds.readers.format_codes import FormatCode, Section, format_code
from partner_feeds.readers.stored import Stored
from partner_feeds.readers.workbook import Style

_DAY = 24 * 3600
"""Seconds."""
PRECISION = 15
"""Significant digits of a stored number: those that the programs show. 99.40000000000001 is 99.4."""

_NO_NUMBER = "neither a number nor a date"
_PERCENT = "the cell stores {} and shows it in percent: which one is meant? say percent_cells: as_shown or as_stored"
_NO_TIME = "a time without a day, or a duration, is not taken: write the day too, or a number"
_ITS_DAY = "a time without a day is only taken with its day: put them together by of, such as '{Date} {Time}'"
_PART = "the format {} of the cell shows a part of its date alone: let it show day, month and year, or write it as text"
_MIXED = "the format {} of the cell shows some numbers as others or as dates: give it a plain one, such as 0.0"
_LOST = f"a number of more than {PRECISION} digits, of which the last are lost: write it into a cell of text"


class CellFormats:
    """Reads the numbers of one workbook."""

    def __init__(self, styles: list[Style], form: FileFormat, *, from_1904: bool) -> None:
        self._codes = [style.format for style in styles]
        self._epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
        self._percent = form.percent_cells

    def read(self, text: str, style: int) -> Stored:
        """The number of a cell with this style."""
        code = format_code(self._codes[style] if 0 <= style < len(self._codes) else "General")
        try:
            number = Decimal(format(float(text), f".{PRECISION}g"))
        except (ArithmeticError, ValueError):
            return Stored(text, "none", _NO_NUMBER)
        if not number.is_finite():
            return Stored(text, "none", "not a number")
        section = code.section_of(number)
        match section.form:
            case "number" | "percent":
                return self._number(number, code, section)
            case "mixed":
                return Stored(text, "none", _MIXED.format(code.code))
            case "time" if 0 <= number < 1 and not code.is_duration:
                return _time(number)
            case "time":
                return Stored(text, "none", _NO_TIME)
            case "part":
                return Stored(text, "none", _PART.format(code.code))
            case form:
                return self._moment(text, form)

    def _number(self, number: Decimal, code: FormatCode, section: Section) -> Stored:
        stored, how = f"{number:f}", section.shows_otherwise
        if section.form == "percent" and self._percent is None:
            return Stored(stored, "none", _PERCENT.format(stored))
        no_number = f"the cell stores {stored} and its format {code.code} {how}" if how else ""
        reasons = _why_no_text(number, stored, code, section), no_number, section.unit
        if section.form == "percent" and self._percent == "as_shown":
            return Stored(f"{(number * 100).normalize():f}", "percent", *reasons)
        return Stored(stored, "number", *reasons)

    def _moment(self, text: str, form: Literal["month", "day", "instant"]) -> Stored:
        try:
            moment = from_excel(float(text), self._epoch)
            if not isinstance(moment, datetime):
                return Stored(text, "none", _NO_TIME)
            if form == "instant":
                nearest = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
                return Stored(nearest.isoformat(" "), form)
        except (ArithmeticError, ValueError):
            return Stored(text, "none", _NO_NUMBER)
        return Stored(moment.strftime("%Y-%m" if form == "month" else "%Y-%m-%d"), form)


def _time(number: Decimal) -> Stored:
    """The time of a day that is stored as its share, as a source of texts would write it."""
    seconds = int((number * _DAY).to_integral_value(ROUND_HALF_UP))
    if seconds == _DAY:
        return Stored(f"{number:f}", "none", _NO_TIME)
    shown = time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    return Stored(shown.isoformat("seconds" if shown.second else "minutes"), "time", _ITS_DAY)


def _why_no_text(number: Decimal, stored: str, code: FormatCode, section: Section) -> str:
    """Why a number is not the text that it shows, such as that of a lot."""
    if len(stored) > PRECISION and abs(number) >= 10**PRECISION:
        return _LOST
    shown = section.written(number)
    if shown is None:
        return f"the cell stores {stored} and its format {code.code} shows it otherwise: store it as text"
    return "" if shown == stored else f"the cell stores {stored} and shows {shown}: write it into a cell of text"
