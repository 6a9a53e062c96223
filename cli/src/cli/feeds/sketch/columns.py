"""What a column of a file probably is: by its name, and by what stands in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cli.feeds.sketch.cells import Look, look_of, shown
from cli.feeds.sketch.dates import dates_of
from cli.feeds.sketch.numbers import numbers_of
from cli.feeds.sketch.roles import counts_or_places, role_of, says_type, why_beside_results
from cli.feeds.sketch.signs import signs_in
from cli.feeds.sketch.states import is_finished, states_of
from cli.feeds.sketch.table_rows import is_summary
from cli.feeds.sketch.units import Unit, unit_of
from cli.feeds.sketch.yaml_text import in_pairs
from contracts.partner_feeds import NEED_A_VALUE
from gxp.unit_names import meant_by, why_no_unit
from partner_feeds.values.numbers import DecimalSign
from partner_feeds.values.qualified import meaning_of
from partner_feeds.values.texts import some_of

_AMONG_SAMPLES: Final = ("blank", "qc", "standard", "std", "control", "ctrl", "ntc", "calibrat", "cal ", "leerwert")


@dataclass(frozen=True, slots=True)
class Guess:
    """A column's part in a result, what the mapping says that it holds, and why."""

    role: str
    """One of ROLES, or ``result``; ``words`` for values that are mostly words; blank for a column without a part."""
    holds: str
    why: str
    unit: Unit | None = None
    """Of numbers."""
    decimal: DecimalSign | None = None
    nothing: tuple[str, ...] = ()
    """Cells of it that say that there is no value."""
    left_out: tuple[str, ...] = ()
    """Cells of rows that are perhaps of no sample: a blank, a standard, a mean."""
    only: tuple[str, ...] = ()
    """Cells of the rows that are to be taken: those of a finished state, beside others."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file."""

    name: str
    key: str
    """By which the mapping knows it."""
    where: str
    """Words of the mapping that say where it stands; blank where its key does."""
    place: int
    cells: list[str]
    """Of each row."""
    guess: Guess


def guess(name: str, cells: Sequence[str], elsewhere: DecimalSign | None = None, stated: str = "") -> Guess:
    """What a column of this name with these filled cells probably is; ``stated`` is its unit in a row of units."""
    nothing = tuple(dict.fromkeys(cell for cell in cells if look_of(cell) is Look.nothing))
    filled = [cell for cell in cells if look_of(cell) is not Look.nothing]
    if signs := signs_in(name, filled):
        return Guess("sign", signs, "ASK: are these the signs of the numbers beside them?", nothing=nothing)
    if not filled:
        return Guess("", "", f"every cell is {shown(nothing[0])}" if nothing else "every cell is blank")
    found = _guess(name, filled, elsewhere)
    if stated and found.unit:
        found = replace(found, unit=unit_of(f"{name} [{stated}]"))
    left_out = _no_samples(name, filled) if found.role in ("", "lot") and not found.only else ()
    holds = found.holds or ("holds: text" if left_out else "")
    return replace(found, nothing=nothing, left_out=left_out, holds=holds)


def _guess(name: str, filled: Sequence[str], elsewhere: DecimalSign | None) -> Guess:
    named = role_of(name)
    if named in ("lot", "product", "test"):
        return Guess(named, "holds: text, required: true", f"called {shown(name)}")
    if named != "value" and (states := states_of(name, filled)):
        only = states.finished if states.others else ()
        return Guess("", "holds: text" if only else "", states.why, only=only)
    numbers = [cell for cell in filled if look_of(cell) is Look.number]
    if named == "unit" and not numbers:
        return _unit_column(name, filled)
    if named == "revision" and len(numbers) == len(filled):
        return Guess(named, "holds: number", f"called {shown(name)}; ASK whether it counts corrections")
    if found := _date(name, filled):
        return found
    if counts_or_places(name):
        return Guess("", "", "an id, a number or a place by its name, and no result")
    if numbers and not named and (why := why_beside_results(name)):
        return Guess("", "", why)
    if named != "value" and _is_running(numbers):
        return Guess("", "", "it counts the rows")
    says = [cell for cell in filled if meaning_of(cell)]
    if named == "value" or (numbers and (len(numbers) + len(says)) * 2 > len(filled)):
        return _number(name, filled, numbers, elsewhere)
    if {look_of(cell) for cell in filled} == {Look.time}:
        return Guess("", "", "times of the day; of: puts them behind a date")
    if len(says) == len(filled):
        return Guess("", "", f"ASK whether words such as {shown(filled[0])} are a result")
    return Guess("", "", "texts under a name that says nothing")


def _no_samples(name: str, filled: Sequence[str]) -> tuple[str, ...]:
    """Texts of a column by which rows of blanks, standards and means are perhaps told from those of samples."""
    texts = list(dict.fromkeys(" ".join(cell.split()) for cell in filled))
    is_type = says_type(name)
    texts = [each for each in texts if not is_finished(each)]
    beside = [each for each in texts if is_summary(each) or (is_type and each.casefold().startswith(_AMONG_SAMPLES))]
    return tuple(beside) if len(beside) < len(texts) else ()


def _date(name: str, filled: Sequence[str]) -> Guess | None:
    looks = {look_of(cell) for cell in filled}
    if looks == {Look.number} and role_of(name) == "date":
        return Guess("", "", f"ASK whether {shown(filled[0])} is a date: excel counts days, YYYYMMDD is digits alone")
    if looks != {Look.date} or counts_or_places(name):
        return None
    found = dates_of(filled)
    if isinstance(found, str) or found is None:
        return Guess("", "", f"dates such as {shown(filled[0])}; ASK which form: {shown(found or 'several forms')}")
    doubt = f"; ASK {found.doubt}" if found.doubt else ""
    holds = f"holds: date, format: {found.proposed}, required: true"
    return Guess("date", holds, f"dates such as {shown(filled[0])}{doubt}")


def _number(name: str, filled: Sequence[str], numbers: Sequence[str], elsewhere: DecimalSign | None) -> Guess:
    """What a column of results holds, most of which are numbers or words."""
    words = list(dict.fromkeys(cell for cell in filled if look_of(cell) is not Look.number))
    form, unit = numbers_of(numbers, elsewhere), unit_of(name)
    if unit.ucum == "1" and sum(cell.endswith("%") for cell in numbers) * 2 > len(numbers):
        unit = Unit("%", "")
    meanings = {word: means for word in words if (means := meaning_of(word)) and means not in NEED_A_VALUE}
    says = "holds: number"
    says += f", thousands: {form.thousands}" if form and form.thousands != "none" else ""
    says += f", words: {in_pairs(meanings)}" if meanings else ""
    why = [
        f"numbers such as {shown(numbers[0])}" if numbers else f"called {shown(name)}",
        "" if form else "ASK how they are written: no form reads them all",
        f"ASK: {form.doubt}" if form and form.doubt else "",
        *_asked_of(words, meanings),
    ]
    role = "result" if role_of(name) != "value" else "value" if len(numbers) * 2 > len(filled) else "words"
    return Guess(role, says, "; ".join(filter(None, why)), unit, form.decimal if form else None)


def _is_running(numbers: Sequence[str]) -> bool:
    return len(numbers) > 2 and [cell.strip() for cell in numbers] == [str(n) for n in range(1, len(numbers) + 1)]


def _asked_of(words: Sequence[str], meanings: Mapping[str, str]) -> Iterator[str]:
    """What must be asked of words among numbers: those with a meaning are to be confirmed, others to be said."""
    limits = [word for word in words if meaning_of(word) in NEED_A_VALUE]
    others = [word for word in words if word not in meanings and word not in limits]
    if meanings:
        yield f"ASK whether {some_of(map(shown, meanings), 3)} means that"
    if limits:
        yield f"ASK of which limit {some_of(map(shown, limits), 3)} is said: words, and quantitation"
    if others:
        yield f"ASK what {some_of(map(shown, others), 3)} means: words, or missing"


def _unit_column(name: str, filled: Sequence[str]) -> Guess:
    """A column of units. Those that are none of UCUM's need a list of codes, in which all stand."""
    units = list(dict.fromkeys(filled))
    if all(why_no_unit(unit) is None for unit in units):
        return Guess("unit", "holds: text", f"called {shown(name)}")
    codes = {unit: found for unit in units if (found := meant_by(unit))}
    unknown = [unit for unit in units if unit not in codes]
    asked = f"; UCUM has no {some_of(map(shown, unknown), 3)}" if unknown else ""
    says = f"holds: text, codes: {in_pairs(codes)}" if codes else "holds: text"
    return Guess("unit", says, f"called {shown(name)}; ASK whether these are meant{asked}")
