"""How a column writes its dates: formats that read each of its cells, and whether others would read them too."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from cli.feeds.sketch.yaml_text import in_list, quoted
from partner_feeds.values.date_formats import compiled_formats
from partner_feeds.values.texts import CannotRead

MOST_FORMATS: Final = 3
"""A column of more forms holds something else."""

_DAY = re.compile(
    r"(?P<first>[0-9]{1,4})(?P<sign>[-/. ]|\. )(?P<second>[0-9]{1,2}|[A-Za-z]{3})(?P=sign)(?P<third>[0-9]{1,4})"
    r"(?:(?P<gap>T|:|,? +)(?P<time>[0-9].*))?"
).fullmatch
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2}):[0-9]{2}(?P<second>:[0-9]{2}(?:(?P<mark>[.,])[0-9]{1,9})?)?"
    r"(?:(?P<before>\s*)(?P<half>[AaPp]\.?[Mm]\.?))?(?:(?P<open>\s*\(?)(?:Z|[+-][0-9]{2}:?[0-9]{2})(?P<close>\)?))?"
).fullmatch
_ENOUGH = 3
"""Dates of which one alone does not show the order of all."""
_ORDERS: Final = ("YMD", "DMY", "MDY")


@dataclass(frozen=True, slots=True)
class Dates:
    """What a mapping says of a column's dates, and what must be asked."""

    formats: tuple[str, ...]
    doubt: str

    @property
    def proposed(self) -> str:
        """What the mapping says of them; of an order that no date shows a word that keeps it from being loaded."""
        if self.doubt:
            return "ASK"
        return quoted(self.formats[0]) if len(self.formats) == 1 else in_list(self.formats)


def dates_of(cells: Sequence[str]) -> Dates | str | None:
    """The formats that read every cell; why none does where they look like dates; None for what is no dates."""
    read: list[tuple[str, tuple[str, ...]]] = []
    unread: list[tuple[tuple[str, ...], dict[str, str]]] = []
    for order in _ORDERS:
        formats = _formats(cells, order)
        if formats is None:
            continue
        if reasons := _unread(cells, formats):
            unread.append((formats, reasons))
        else:
            read.append((order, formats))
    if not read:
        return next((reason for _, reasons in unread for reason in reasons.values()), None)
    order, formats = read[0] if len(read) == 1 else max(read, key=lambda each: _usual(each[0], cells[0]))
    others = " or ".join(" ".join(found) for other, found in read if other != order)
    doubt = f"{' '.join(formats)} or {others}? no date shows which" if others else _of_one_cell(cells, formats, unread)
    return Dates(formats, doubt)


def _of_one_cell(
    cells: Sequence[str], formats: tuple[str, ...], unread: Sequence[tuple[tuple[str, ...], dict[str, str]]]
) -> str:
    """Whether an order is shown by one cell alone, which may be a slip of the pen; blank where more show it."""
    for other, reasons in unread:
        if len(reasons) == 1 and len(set(cells)) >= _ENOUGH:
            (cell,) = reasons
            return f"{' '.join(formats)} or {' '.join(other)}, which reads all but {cell}? one cell alone shows which"
    return ""


def _usual(order: str, cell: str) -> bool:
    """Where no date shows it: the month first with AM and PM, else the day."""
    return order == ("MDY" if cell[-1:] in "Mm" and "/" in cell else "DMY")


def _unread(cells: Sequence[str], formats: tuple[str, ...]) -> dict[str, str]:
    """The cells that cannot be read by them, each with why."""
    reasons: dict[str, str] = {}
    for cell in dict.fromkeys(cells):
        try:
            compiled_formats(formats).read(cell, UTC)
        except CannotRead as error:
            reasons[cell] = str(error)
    return reasons


def _formats(cells: Sequence[str], order: str) -> tuple[str, ...] | None:
    """The formats of all cells, the most frequent first; one that reads an hour of one digit reads two as well."""
    found = Counter(_format(cell, order) for cell in dict.fromkeys(cells))
    if None in found:
        return None
    short = {format_ for format_ in found if format_ and "hh" not in format_}
    known = [
        each for each, _ in found.most_common() if each and (each in short or each.replace("hh", "h") not in short)
    ]
    return tuple(known) if len(known) <= MOST_FORMATS else None


def _format(cell: str, order: str) -> str | None:
    """The format of one cell, of which year, month and day are in this order."""
    found = _DAY(cell)
    time = _TIME(found["time"]) if found and found["time"] else None
    if found is None or (found["time"] and time is None):
        return None
    parts = dict(zip(order, (found["first"], found["second"], found["third"]), strict=True))
    if not _may_be(parts):
        return None
    padded = order == "YMD" and len(parts["M"]) == len(parts["D"]) == 2
    written = {"Y": "Y" * len(parts["Y"]), "M": "MM" if padded else "M", "D": "DD" if padded else "D"}
    if parts["M"].isalpha():
        written["M"] = "MMM"
    day = found["sign"].join(written[part] for part in order)
    return day + "".join(_time_format(found["gap"], time) if time else ())


def _may_be(parts: dict[str, str]) -> bool:
    """Whether the parts have as many digits as a year, a month and a day."""
    year, month, day = (parts[part] for part in "YMD")
    return (
        len(year) in (2, 4)
        and year.isdigit()
        and len(day) <= 2
        and day.isdigit()
        and (len(month) <= 2 or month.isalpha())
    )


def _time_format(gap: str, time: re.Match[str]) -> Iterator[str]:
    yield gap
    yield "hh" if len(time["hour"]) == 2 else "h"
    yield ":mm"
    if time["second"]:
        yield ":ss"
    if time["mark"]:
        yield f"{time['mark']}SSS"
    if time["half"]:
        yield f"{time['before']}a"
    if time["open"] is not None:
        yield f"{time['open']}Z{time['close']}"
