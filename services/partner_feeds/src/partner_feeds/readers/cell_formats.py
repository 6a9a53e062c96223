"""What a number in a workbook is, by the format of its cell: a number, a share in percent, a day or an instant."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from partner_feeds.readers.form import FileFormat
from partner_feeds.readers.stored import Kind, Stored
from partner_feeds.readers.workbook import Style

PRECISION = 15
"""Significant digits of a stored number: those that the programs show. 99.40000000000001 is 99.4."""

_DATES = ("month", "day", "instant")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_PADDED = re.compile(r"0{2,}").fullmatch
_PERCENT = "the cell stores {} and shows it in percent: which one is meant? say percent_cells: as_shown or as_stored"
_NO_TIME = "a time without a day, or a duration, is not taken: write the day too, or a number"
_LOST = f"a number of more than {PRECISION} digits, of which the last are lost: write it into a cell of text"


class CellFormats:
    """Reads the numbers of one workbook."""

    def __init__(self, styles: list[Style], form: FileFormat, *, from_1904: bool) -> None:
        self._formats = [style.format for style in styles]
        self._epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
        self._percent = form.percent_cells
        self._kinds = [_kind(format_) for format_ in self._formats]

    def read(self, text: str, style: int) -> Stored:
        """The number of a cell with this style."""
        kind: Kind | None = self._kinds[style] if style < len(self._kinds) else "number"
        try:
            number = Decimal(format(float(text), f".{PRECISION}g"))
            if kind in _DATES:
                return self._moment(float(text), kind)
        except (ArithmeticError, ValueError, OverflowError):
            return Stored(text, "none", "neither a number nor a date")
        if not number.is_finite():
            return Stored(text, "none", "not a number")
        if kind is None:
            return Stored(text, "none", _NO_TIME)
        if kind == "percent" and self._percent is None:
            return Stored(f"{number:f}", "none", _PERCENT.format(f"{number:f}"))
        if kind == "percent" and self._percent == "as_shown":
            return Stored(f"{(number * 100).normalize():f}", "percent")
        return Stored(f"{number:f}", "number", self._why_no_text(number, style))

    def _moment(self, serial: float, kind: Kind) -> Stored:
        moment = from_excel(serial, self._epoch)
        if not isinstance(moment, datetime):
            return Stored(str(serial), "none", _NO_TIME)
        if kind != "instant":
            return Stored(moment.strftime("%Y-%m" if kind == "month" else "%Y-%m-%d"), kind)
        nearest = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
        return Stored(nearest.isoformat(" "), "instant")

    def _why_no_text(self, number: Decimal, style: int) -> str:
        """Why a number is not the text that it shows, such as that of a lot."""
        format_ = self._formats[style] if style < len(self._formats) else ""
        if abs(number) >= 10**PRECISION:
            return _LOST
        if _PADDED(format_) and len(f"{number:f}") < len(format_):
            shown = f"{number:f}".zfill(len(format_))
            return f"the cell stores {number:f} and shows {shown}: write it into a cell of text"
        return ""


def _kind(format_: str) -> Kind | None:
    """What a number with this format is; None for a time of no day."""
    letters = _LITERAL.sub("", format_.partition(";")[0]).lower()
    if is_timedelta_format(format_):
        return None
    if not is_date_format(format_):
        return "percent" if "%" in letters else "number"
    has_time = "h" in letters or "s" in letters
    if "d" in letters:
        return "instant" if has_time else "day"
    return None if has_time else "month"
