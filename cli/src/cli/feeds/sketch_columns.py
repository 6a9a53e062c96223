"""What a column of a file probably is: by its name, and by what stands in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gxp.units import is_unit

ROLES: Final = {
    "lot": "batch batchno batchnumber lot lotno lotnumber charge chargennummer ch.-b. los lote lotto serie sarza",
    "product": "product productcode material materialcode artikel article item itemcode sku produkt proizvod code",
    "test": "test testname parameter analysis analyse prüfung merkmal characteristic determination",
    "value": "result value ergebnis wert messwert resultat reportedvalue",
    "unit": "unit units einheit uom enota",
    "revision": "rev revision version stand",
    "date": "date datum day tested testdate analysisdate freigabe released completed",
}
"""Words that name a column's role, in the languages of the first partners."""

_NUMBER = re.compile(
    r"[<>≤≥]?\s*[+-]?(?:[0-9]+(?:[.,][0-9]+)*|[0-9]{1,3}(?:[ '\u00a0][0-9]{3})+(?:[.,][0-9]+)?)\s*%?"
).fullmatch
_COMMA, _POINT = re.compile(r"[0-9],[0-9]{1,2}(?![0-9])").search, re.compile(r"[0-9]\.[0-9]").search
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$").search
_DATES: Final = (
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})").match, "YYYY-MM-DD"),
    (re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})").match, "D.M.YYYY"),
    (re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})").match, "D/M/YYYY"),
)
_TIME = re.compile(r"[T ](\d{2}):(\d{2})(:\d{2})?").search


@dataclass(frozen=True, slots=True)
class Guess:
    """A column: its part in a result, what the mapping says that it holds, and why."""

    name: str
    role: str
    holds: str
    why: str


def guess(name: str, cells: Sequence[str]) -> Guess:
    """What a column of this name with these cells probably is."""
    filled = [cell for cell in cells if cell]
    named = role_of(name)
    if not filled:
        return Guess(name, "unknown", "", "every cell is blank")
    if date := _date(filled):
        return Guess(name, "date", *date)
    numbers = [cell for cell in filled if _NUMBER(cell)]
    if named in ("lot", "product", "test", "unit"):
        return Guess(name, named, "holds: text" + (", required: true" if named != "unit" else ""), f"called {name}")
    if named == "revision" and len(numbers) == len(filled):
        return Guess(name, named, "holds: number", f"called {name}")
    if named == "value":
        return Guess(name, named, f"holds: number{_decimal(filled)}", f"called {name}")
    if len(numbers) * 2 > len(filled):
        return _result(name, filled, [cell for cell in filled if not _NUMBER(cell)])
    return Guess(name, "unknown", "", "texts under a name that says nothing")


def role_of(name: str) -> str:
    """The role that a column's name tells; blank for one that tells none."""
    plain = re.sub(r"[\s_#-]+|nr\.?$|no\.?$", "", name.lower())
    return next((role for role, words in ROLES.items() if plain in words.split() or name.lower() in words.split()), "")


def _result(name: str, filled: Sequence[str], words: Sequence[str]) -> Guess:
    bracket = _IN_BRACKETS(name)
    unit = bracket[1].strip() if bracket else "%" if any("%" in cell for cell in filled) else ""
    known = is_unit(unit)
    holds = f'holds: number, unit: "{unit if known else 1}"{_decimal(filled)}'
    why = f"numbers such as {filled[0]}; "
    why += f"the unit {unit}" if known else f"ASK for the unit, UCUM has no {unit}" if unit else "ASK for the unit"
    if words:
        why += f"; ASK what {', '.join(sorted(set(words))[:3])} means (words: {{...}})"
    return Guess(name, "result", holds, why)


def _decimal(filled: Sequence[str]) -> str:
    comma, point = sum(bool(_COMMA(cell)) for cell in filled), sum(bool(_POINT(cell)) for cell in filled)
    return ", decimal: comma" if comma > point else ""


def _date(filled: Sequence[str]) -> tuple[str, str] | None:
    for read, format_ in _DATES:
        found = [match for cell in filled if (match := read(cell))]
        if len(found) < len(filled):
            continue
        why = f"dates such as {filled[0]}"
        if "/" in format_:
            first, second = max(int(each[1]) for each in found), max(int(each[2]) for each in found)
            if second > 12:
                format_ = format_.replace("D", "?").replace("M", "D").replace("?", "M")
            elif first <= 12:
                why += "; ASK whether the day or the month comes first: no date shows it"
        time = _TIME(filled[0])
        behind = (f"{time[0][0]}hh:mm" + (":ss" if time[3] else "")) if time else ""
        return f'holds: date, format: "{format_}{behind}", required: true', why
    return None
