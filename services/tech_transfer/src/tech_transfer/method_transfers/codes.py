"""Whether two ways of writing a method's code are the same code: a failed method is not begun anew by a hyphen."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from tech_transfer.process_readings.rules import plain

_DASH_LIKE: Final = frozenset("\u2043\u2212\u02d7_")
"""Hyphen bullet, minus and their like, which Unicode does not count among dashes."""
_APART: Final = re.compile(r"(?<=[^\W\d])-(?=\d)|(?<=\d)-(?=[^\W\d])")


def same_code(one: str, other: str) -> bool:
    """Whether they differ in nothing but the size of letters, forms of a character, and hyphens or spaces."""
    return one == other or folded(one) == folded(other)


def written_otherwise(code: str, used: Iterable[str]) -> str | None:
    """The code as it is used already; None where none is the same, or it is used as it is written."""
    there = {*used}
    return None if code in there else min((each for each in there if same_code(code, each)), default=None)


def folded(code: str) -> str:
    """The code as it is compared: of one size, compatible characters as one (NFKC), any dashes and spaces one hyphen,
    and none between a letter and a digit."""
    parts = "".join("-" if _separates(each) else each for each in plain(code) if unicodedata.category(each) != "Cf")
    return _APART.sub("", re.sub("-+", "-", parts).strip("-"))


def _separates(character: str) -> bool:
    return character.isspace() or character in _DASH_LIKE or unicodedata.category(character) == "Pd"
