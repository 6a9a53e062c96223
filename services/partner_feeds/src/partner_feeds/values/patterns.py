"""Regular expressions of mappings, matched by RE2: its time grows with the text and the pattern, and no further."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Protocol

import re2

LONGEST_PATTERN: Final = 1_000
"""Characters: those of real mappings have a tenth of it."""

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False  # They are raised, and need not stand in the log too.
_OPTIONS.max_mem = 2**20  # Of a pattern that is larger, a long cell would take seconds.

_NOT_TAKEN: Final = (
    "what looks ahead or behind, (?=a) or (?<!a), refers back, \\1, or gives nothing back, a++ or (?>a), is not taken, "
    "and no repetition of more than 1000: a cell could hold up the others without end"
)
_OF_ENGLISH = re.compile(r"(?<!\\)(?:\\\\)*\\([wWbB])").search
"""What knows no Ž. Where it stops before one, another text would be taken in silence."""


class Found(Protocol):
    """Where a pattern matched a text."""

    def __getitem__(self, group: int, /) -> str | None: ...
    def start(self, group: int, /) -> int:
        """Where a group begins."""

    def end(self, group: int, /) -> int:
        """Where a group ends."""


Match = Callable[[str], Found | None]


def checked_pattern(pattern: str) -> str:
    """The regular expression. Raises ValueError for one that is none, or cannot be matched in a time that is known."""
    _compiled(pattern)
    return pattern


def pattern_of_one_group(pattern: str) -> str:
    """The same with one group in it. Raises ValueError for any other."""
    if _compiled(pattern).groups != 1:
        raise ValueError("write one group around what is wanted, such as 'results_([0-9-]+)'")
    return pattern


def whole(pattern: str) -> Match:
    """Matches a whole text."""
    return _of_text(_compiled(pattern).fullmatch)


def within(pattern: str) -> Match:
    """Finds the first place in a text that matches."""
    return _of_text(_compiled(pattern).search)


def _of_text(match: Match) -> Match:
    def find(text: str) -> Found | None:
        try:
            return match(text)
        except UnicodeEncodeError:  # Half of a character of two, which no pattern can name.
            return None

    return find


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> "re2._Regexp":
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"a regular expression has at most {LONGEST_PATTERN} characters")
    if found := _OF_ENGLISH(pattern):
        raise ValueError(f"\\{found[1]} knows the letters of English alone: write which are meant, such as [\\pL0-9_]")
    try:
        return re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        raise ValueError(f"no regular expression: {error.args[0].decode()}; {_NOT_TAKEN}") from error
    except UnicodeEncodeError as error:
        raise ValueError("no regular expression: it holds half of a character") from error
