"""The tokens of date formats: what each reads, and what a format in another notation is in ours."""

import re
from datetime import datetime
from typing import Final, NamedTuple

from partner_feeds.values.texts import CannotRead

READS: Final = {
    "YYYY": ("year", "[0-9]{4}"),
    "YY": ("short_year", "[0-9]{2}"),
    "MMM": ("month_name", r"[^\W\d_]+\.?"),
    "MM": ("month", "[0-9]{2}"),
    "M": ("month", "[0-9]{1,2}"),
    "DD": ("day", "[0-9]{2}"),
    "D": ("day", "[0-9]{1,2}"),
    "hh": ("hour", "[0-9]{2}"),
    "h": ("hour", "[0-9]{1,2}"),
    "mm": ("minute", "[0-9]{2}"),
    "ss": ("second", "[0-9]{2}"),
    "SSS": ("fraction", "[0-9]{1,9}"),
    "a": ("half", r"[AaPp]\.?[Mm]\.?|[上下]午|午[前後]|오[전후]"),
    "Z": ("offset", r"Z|[+-][0-9]{2}:?[0-9]{2}"),
}
"""What a token reads: the part of a date, and its regular expression."""

_PIECE = re.compile("'([^']*)'|(" + "|".join(READS) + ")|(.)", re.DOTALL)
_NEEDS = {"minute": "hour", "second": "minute", "fraction": "second", "half": "hour", "offset": "hour", "hour": "day"}
_STRFTIME = {"Y": "YYYY", "y": "YY", "m": "MM", "b": "MMM", "B": "MMM", "d": "DD", "H": "hh", "I": "hh", "M": "mm",
             "S": "ss", "f": "SSS", "p": "a", "z": "Z"}  # fmt: skip


class Piece(NamedTuple):
    """A token, or text that stands in the date as it is."""

    token: str | None
    text: str


def pieces_of(format_: str) -> list[Piece]:
    """The pieces of a format. Raises CannotRead for one that can read nothing: with ours for another notation."""
    pieces = _cut(format_)
    if reason := _why_not(format_, pieces):
        ours = _in_our_notation(format_)
        is_better = ours != format_ and _why_not(ours, _cut(ours)) is None
        raise CannotRead(f"{reason}; write {ours}" if is_better else reason)
    return pieces


def shown(pieces: list[Piece], moment: datetime, month_name: str) -> str:
    """A moment as the format writes it."""
    texts = {
        "YYYY": f"{moment:%Y}", "YY": f"{moment:%y}", "MMM": month_name, "MM": f"{moment:%m}", "M": str(moment.month),
        "DD": f"{moment:%d}", "D": str(moment.day), "hh": f"{moment:%H}", "h": str(moment.hour), "mm": f"{moment:%M}",
        "ss": f"{moment:%S}", "SSS": "000", "a": "AM", "Z": "+02:00",
    }  # fmt: skip
    return "".join(texts[piece.token] if piece.token else piece.text for piece in pieces)


def _cut(format_: str) -> list[Piece]:
    """In quotes every letter stands for itself."""
    return [
        Piece(found[2], found[2]) if found[2] else Piece(None, found[3] if found[1] is None else found[1])
        for found in _PIECE.finditer(format_)
    ]


def _why_not(format_: str, pieces: list[Piece]) -> str | None:
    named = [READS[piece.token][0] for piece in pieces if piece.token]
    parts = set(named)
    if letter := _letter_without_meaning(format_):
        known = " ".join(READS)
        return f"the letter {letter!r} of the date format {format_!r} is none of {known}: a letter of the date is in ''"
    if len(parts) != len(named) or not parts & {"year", "short_year"} or not parts & {"month", "month_name"}:
        return f"the date format {format_!r} needs a year (YYYY or YY) and a month (MM, M or MMM), once"
    if {"year", "short_year"} <= parts or {"month", "month_name"} <= parts:
        return f"the date format {format_!r} names the year or the month twice"
    for part, needed in _NEEDS.items():
        if part in parts and needed not in parts:
            return f"the date format {format_!r} names the {part} and no {needed}"
    return None


def _letter_without_meaning(format_: str) -> str | None:
    """T stands between a day and its hour in ISO 8601."""
    found = [each for each in _PIECE.finditer(format_) if each[3]]
    for each in found:
        between = (
            each[3] == "T" and re.match("hh?", format_[each.end() :]) and format_[: each.start()][-1:] in tuple("DMY")
        )
        if each[3].isalpha() and not between:
            return each[3]
    return None


def _in_our_notation(format_: str) -> str:
    """A format of a spreadsheet, of strftime or of another language, as well as it can be told."""
    if "%" in format_:
        return re.sub("%-?([A-Za-z])", lambda found: _STRFTIME.get(found[1], found[0]), format_)
    ours, last = "", ""
    for found in re.finditer(r"'[^']*'|AM/PM|am/pm|([A-Za-z])\1*|.", format_, re.DOTALL):
        token = _token_for(found[0], last)
        ours += token
        last = token if token in READS else last
    return ours


def _token_for(run: str, last: str) -> str:
    """Our token for a run of one letter; ``last`` is the token before it, for m is a minute behind an hour alone."""
    letter, length = run[0].lower(), len(run)
    in_time = last in ("hh", "h", "mm", "ss", "SSS")
    if run in ("T", "Z") or not letter.isalpha():
        return run
    if letter in "yjal" and length >= 3:
        return "YYYY"
    if letter == "y":
        return "YY"
    if in_time and (run.lower() == "am/pm" or letter in "atp"):
        return "a"
    if letter in "dtgj":
        return "D" * min(length, 2)
    if letter in "hku":
        return "h" * min(length, 2)
    if letter in "mn":
        return "mm" if in_time else "M" * min(length, 3)
    if letter in "sf":
        return "SSS" if letter == "f" or last == "ss" else "ss"
    return "Z" if letter in "zx" else run
