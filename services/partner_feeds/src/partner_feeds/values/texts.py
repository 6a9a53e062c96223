"""Text before it is read as anything: what no value may hold, and which known word is near to an unknown one."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]").search
_FORMULA = re.compile(r"[=@\t\r]|\+(?!$)|-(?![0-9.,]|$)").match
_ASCII_OF = {0xFEE0 + code: code for code in range(0x21, 0x7F)} | {0x2212: "-", 0x3000: " "}
"""The full-width forms of ASCII, and the minus sign."""
_RAISED = re.compile("([\u2070\u00b9\u00b2\u00b3\u2074-\u208e]+)").split
"""Exponents and indices: 10⁶ is compatible with 106, and another number."""
_AS_TEXT = re.compile(r'="([^"]*)"').fullmatch
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")

NEAR, NEAR_FOR_SHORT = 0.75, 0.6
"""How alike two words must be (difflib's ratio), one to be proposed for the other. Of three letters two are enough."""


class CannotRead(ValueError):
    """A value that cannot be taken, with what would be right."""


class Coded(str):
    """A text of which the mapping says what it means, with how its source writes it: by that the source knows it."""

    __slots__ = ("written",)
    written: str

    def __new__(cls, means: str, written: str) -> "Coded":
        """What it means, which is its text."""
        made = super().__new__(cls, means)
        made.written = written
        return made


def as_read(cell: str) -> str:
    """The text of a cell without what a spreadsheet puts around it, and with a blank where there are several."""
    return in_one_blank(within_formula(cell.strip()))


def within_formula(text: str) -> str:
    """What a spreadsheet is told to keep as text, which is no formula: ``="0045"`` is 0045; else the text as it is."""
    return found[1].strip() if text.startswith("=") and (found := _AS_TEXT(text)) else text


def in_one_blank(text: str) -> str:
    """The text with a blank where there are several: nobody sees how many stand between a day and its hour."""
    return " ".join(text.split()) if "  " in text else text


def is_formula(text: str) -> bool:
    """True for text that a spreadsheet would run: it must not reach whoever opens an export."""
    return _FORMULA(text) is not None


def as_compared(text: str) -> str:
    """A name or word as it is compared: what only looks different, both signs for micro or wide blanks, is the same."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(_INVISIBLE.sub("", _compatible(text)).split())


def has_control_characters(text: str) -> bool:
    """True for text that no label, no database and no UTF-8 file can hold as it is."""
    return _CONTROL(text) is not None


def in_ascii(text: str) -> str:
    """The text with full-width letters, digits and signs, and the minus sign U+2212, as ASCII has them."""
    return text if text.isascii() else text.translate(_ASCII_OF)


def as_word(text: str) -> str:
    """The form in which words are compared: compatible characters are one (NFKC), and so is any white space."""
    return " ".join(_compatible(text).split())


def _compatible(text: str) -> str:
    """Each character in its plainest form, but for those that a plain form would make another number."""
    parts = _RAISED(text)
    return "".join(part if place % 2 else unicodedata.normalize("NFKC", part) for place, part in enumerate(parts))


def nearest(given: str, known: Iterable[str], cutoff: float = NEAR) -> str:
    """``; nearest: x`` or nothing: a misspelling is the most frequent cause of an unknown word."""
    by_lower_case = {word.lower(): word for word in known}
    found = difflib.get_close_matches(given.strip().lower()[:100], by_lower_case, n=1, cutoff=cutoff)
    return f"; nearest: {by_lower_case[found[0]]}" if found else ""


def some_of(known: Iterable[str], limit: int = 12) -> str:
    """The first few known words, for a reason that stays readable."""
    words = list(known)
    return ", ".join(words[:limit]) + (f" and {len(words) - limit} more" if len(words) > limit else "")
