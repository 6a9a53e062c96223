"""What a cell of a file looks like, before anybody knows what its column holds."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

SHOWN: Final = 40
"""Characters of a cell that a comment shows."""

_SIGN = r"(?:(?:<=|>=|[<>≤≥≦≧~])\s*)?[+\-\u2212]?"
_PLAIN = r"[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+"
_GROUPED = r"[0-9]{1,3}(?P<mark>[ ,.'’\u00a0\u2009\u202f])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?:[.,][0-9]+)?"
_NUMBER = re.compile(rf"{_SIGN}(?:{_PLAIN}|{_GROUPED})(?:[eE][+-]?[0-9]{{1,2}})?\s*%?").fullmatch
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?\s*(?:[AaPp]\.?[Mm]\.?)?"
_TIME = re.compile(_CLOCK).fullmatch
_DATE = re.compile(
    r"(?:[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}"
    r"|[0-9]{1,2}([-/.]|\. )[0-9]{1,2}\2(?:[0-9]{4}|[0-9]{2})"
    r"|[0-9]{1,2}([-/ .])[A-Za-z]{3}\3(?:[0-9]{4}|[0-9]{2}))"
    rf"(?:(?:T|:|,? +){_CLOCK}\s*\(?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?\)?)?"
).fullmatch
_NOTHING: Final = frozenset(
    ["nan", "n/a", "na", "n.a.", "#n/a", "#na", "-", "--", "---", "–", "—", "none", "null", "nil", "./."]
)


class Look(StrEnum):
    """What a cell looks like."""

    blank = "blank"
    nothing = "nothing"
    """A word for no value: NaN, N/A, a dash."""
    number = "number"
    date = "date"
    time = "time"
    text = "text"


@lru_cache(maxsize=50_000)
def look_of(cell: str) -> Look:
    """By the whole cell: what only begins as a date, such as the name of a run, is a text."""
    text = cell.strip()
    if not text:
        return Look.blank
    if text.casefold() in _NOTHING:
        return Look.nothing
    if _NUMBER(text):
        return Look.number
    if _DATE(text):
        return Look.date
    return Look.time if _TIME(text) else Look.text


def shown(cell: str) -> str:
    """A cell as a comment can show it: in one line, and not too long."""
    line = "".join(character for character in " ".join(cell.split()) if character.isprintable())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
