"""Format codes of a workbook's cells: what a number is by its format, and what is shown beside its digits."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Form = Literal["number", "percent", "month", "day", "instant", "time", "part", "mixed"]
"""``time`` is one of no day, or a duration; ``part`` is a date that is not shown down to its year and month;
``mixed`` is one or the other, as a condition in the format has it."""

LONGEST = 255
"""Characters that programs allow a format code. Of a longer one nothing is known."""

_PIECES = re.compile(
    r'"[^"]*"|[\\_*].|\[[^\]]*\]|General|AM/PM|A/P|E[+-]|/ *[0-9#?]+|([ymdhse])\1*|.', re.IGNORECASE | re.DOTALL
)
_OF_NUMBERS = re.compile(r"general|e[+-]|/ *[0-9#?]+|[0#?.,%@]", re.IGNORECASE).fullmatch
_OF_DATES = re.compile(r"[ymdhse]+", re.IGNORECASE).fullmatch
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE).fullmatch
_CONDITION = re.compile(r"\[[<>=]").match
_PLACEHOLDER = re.compile(r"[0#?@]|general", re.IGNORECASE).search
_SCALED = re.compile(r"[0#?],+(?![0#?,])").search
_SIGNS = "+-\u2212()"
"""What a section for negative numbers shows of their sign."""
_MINUS = "-\u2010\u2011\u2012\u2013\u2212("
_PLAIN = re.compile(r"general|@|#*(0*)(?:\.(0+))?", re.IGNORECASE).fullmatch


@dataclass(frozen=True, slots=True)
class Section:
    """One of the parts into which ``;`` divides a format code, such as that for negative numbers."""

    form: Form
    unit: str
    """What stands behind the number."""
    shows_otherwise: str
    """How what is shown is another number than what is stored, or none; empty where it is the same."""
    plain: re.Match[str] | None
    """Its digits, where nothing else is shown."""

    @classmethod
    def of(cls, pieces: list[str], *, negative: bool) -> "Section":
        """The section that is made of these pieces."""
        places = [at for at, piece in enumerate(pieces) if _OF_NUMBERS(piece)]
        first, last = (places[0], places[-1]) if places else (len(pieces), len(pieces))
        parts = pieces[:first], pieces[first:last], pieces[last + 1 :]
        literals = ["".join(map(_literal, part)) for part in parts]
        before, inside, behind = (_said(text, _SIGNS if negative else "+") for text in literals)
        digits = "".join(pieces[at] for at in places)
        plain = None if negative or not digits or "".join(literals) else _PLAIN(digits)
        otherwise = _how_otherwise(digits, before or inside)
        if negative and not otherwise and not _shows_its_sign(pieces, literals):
            otherwise = "shows it without its minus sign"
        return cls(_form(pieces), behind, otherwise, plain)

    @classmethod
    def any_of(cls, sections: list["Section"]) -> "Section":
        """What is known of a number that one of them shows."""
        form = sections[0].form if len({each.form for each in sections}) == 1 else "mixed"
        unit = next((each.unit for each in sections if each.unit), "")
        otherwise = next((each.shows_otherwise for each in sections if each.shows_otherwise), "")
        return cls(form, unit, otherwise, None)

    def written(self, number: Decimal) -> str | None:
        """The text that is shown, where it is made of digits alone."""
        if self.plain is None:
            return None
        zeros, decimals = self.plain[1], len(self.plain[2] or "")
        if zeros is None:
            return f"{number:f}"
        width = len(zeros) + (decimals + 1 if decimals else 0) + (number < 0)
        return f"{number:.{decimals}f}".zfill(width)


class FormatCode:
    """A format code, taken apart."""

    def __init__(self, code: str) -> None:
        self.code = code if len(code) <= LONGEST else f"{code[:40]}..."
        parts: list[list[str]] = [[]]
        for found in _PIECES.finditer(code if len(code) <= LONGEST else ""):
            if found[0] == ";":
                parts.append([])
            else:
                parts[-1].append(found[0])
        self.is_duration = any(map(_ELAPSED, (piece for part in parts for piece in part)))
        """Whether it shows hours, minutes or seconds that go on beyond a day."""
        of_numbers = [part for part in parts if "@" not in part][:3] or parts[:1]
        if any(_CONDITION(piece) for part in parts for piece in part):
            self._sections = [Section.any_of([Section.of(part, negative=False) for part in of_numbers])]
        else:
            self._sections = [Section.of(part, negative=at == 1) for at, part in enumerate(of_numbers)]

    def section_of(self, number: Decimal) -> Section:
        """The section that shows the number: of several the second shows negative ones, and the third 0."""
        if len(self._sections) == 1 or number > 0:
            return self._sections[0]
        return self._sections[1 if number < 0 else 2 if len(self._sections) > 2 else 0]


format_code = lru_cache(maxsize=1000)(FormatCode)
"""A format code, taken apart once."""


def _literal(piece: str) -> str:
    """What a piece shows as it stands: nothing for a colour, a condition, a padding and the digits themselves."""
    if piece[0] == '"':
        return piece[1:-1]
    if piece[0] in "\\*":
        return piece[1:]
    if piece.startswith("[$"):
        return piece[2:-1].partition("-")[0]
    return "" if piece[0] in "_[" or _OF_NUMBERS(piece) else piece


def _said(text: str, signs: str) -> str:
    """A text without what changes no number: white space, signs of currencies and those that are given."""
    plain = (" " if each in signs or unicodedata.category(each) == "Sc" else each for each in text)
    return " ".join("".join(plain).split())


def _how_otherwise(digits: str, beside: str) -> str:
    if not _PLACEHOLDER(digits):
        return f"shows {beside!r} in its place" if beside else "does not show it"
    if _SCALED(digits):
        return "shows it divided by a thousand or more"
    return f"shows {beside!r} with it" if beside else ""


def _shows_its_sign(pieces: list[str], literals: list[str]) -> bool:
    """Whether a section for negative numbers shows that they are: by a sign, brackets, or in red as accountants do."""
    return any(each in text for text in literals for each in _MINUS) or "[red]" in map(str.lower, pieces)


def _form(pieces: list[str]) -> Form:
    """What a number is by the letters of dates and times among the pieces."""
    if any(map(_ELAPSED, pieces)):
        return "time"
    runs = [piece.lower() for piece in pieces if _OF_DATES(piece)]
    if not runs:
        return "percent" if "%" in pieces else "number"
    parts = {_part(run, before, after) for before, run, after in zip(["", *runs], runs, [*runs[1:], ""], strict=False)}
    shown = parts - {"time", "weekday"}
    if shown == {"year", "month", "day"}:
        return "instant" if "time" in parts else "day"
    if shown == {"year", "month"} and "time" not in parts:
        return "month"
    return "time" if parts == {"time"} else "part"


def _part(run: str, before: str, after: str) -> str:
    """What a run of one letter shows: m is a minute behind an hour and before a second, and ddd a day of the week."""
    if run[0] in "hs" or (run in ("m", "mm") and (before.startswith("h") or after.startswith("s"))):
        return "time"
    if run[0] == "d":
        return "day" if len(run) <= 2 else "weekday"
    return "month" if run[0] == "m" else "year"
