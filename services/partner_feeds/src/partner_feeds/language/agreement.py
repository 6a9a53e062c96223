"""Whether the columns of a mapping agree with each other, and with what the records use them for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal

from contracts.partner_feeds import NEED_A_VALUE, Qualifier
from gxp.unit_names import contradicts, is_another, is_surely_a_unit, meant_by, why_no_unit
from gxp.units import converted
from partner_feeds.language.columns import Column, DateColumn, NumberColumn, TextColumn
from partner_feeds.values.numbers import DECIMAL_SIGNS, THOUSANDS_SIGNS, DecimalSign, Thousands
from partner_feeds.values.qualified import meaning_of, signed
from partner_feeds.values.texts import CannotRead, nearest

_IN_BRACKETS = re.compile(r".*[\[(]\s*(?![A-Za-z]?[0-9]+%?\s*[\])])([^\[\]()]{2,}|%)\s*[\])]\s*").fullmatch
"""A name with its unit behind it, such as ``Water (mg/g)``. One letter may be anything: absorbance, or a footnote; and
so may a number: the absorbance at a wavelength is ``Background (A280)``, and UCUM reads a power of the ampere."""
_AT_THE_END = re.compile(r".*[^0-9\s.,][,\s]\s*(%|°[CF]|[A-Za-zµμ]+/[A-Za-zµμ]+)\s*").fullmatch
"""Without brackets: ``Water, %`` or ``Assay in mg/mL``. Behind a number it is of the product: ``Assay 50 mg/mL``."""
NONE = "none"
"""A code of a qualifier column that says that the number is the value itself."""
MISSING = "missing"
"""What a listed word may mean: nothing was found, because nothing was tested."""
VOID = "void"
"""What a listed word may mean: what was reported before is taken back."""


_MEANINGS = [*Qualifier, MISSING, VOID]
_OF_ALL = ("complies", "does not comply")
"""What a laboratory says of a result as a whole: it was tested."""
_VERDICTS = (*_OF_ALL, "absent", "present")
_NEARLY = 0.85
"""As alike as a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Roles:
    """What the columns are used for, by their names."""

    results: frozenset[str]
    """Of tests: what they hold is never lost, and never made up."""
    plain: frozenset[str]
    """A number that is the value itself."""
    lots: frozenset[str]
    """What a lot is named by."""
    numbers: frozenset[str]
    """Each of them the whole number of a lot."""
    tests: frozenset[str]
    """Each of them the whole name of a test."""


def unit_in(name: str) -> str | None:
    """What stands in brackets at a name's end and may be its unit, or without them and surely is one."""
    if found := _IN_BRACKETS(name):
        return found[1].strip()
    return found[1] if (found := _AT_THE_END(name)) and is_surely_a_unit(found[1]) else None


def what_disagrees(
    columns: Mapping[str, Column], decimal: DecimalSign, thousands: Thousands, missing: tuple[str, ...], roles: Roles
) -> Iterator[str]:
    """Every fault, by its place."""
    for name, column in columns.items():
        where = f"columns.{name}"
        if name in roles.results:
            yield from _of_a_result(where, column, missing)
            if column.fill_down or (column.parts and all(_is_filled_down(part, columns) for part in column.parts)):
                yield f"{where}.fill_down: a blank result is none: filled from above, results would be made up"
        if name in roles.lots and isinstance(column, NumberColumn):
            yield f"{where}: names a lot, and as a number 0012 would become 12: hold it as text"
        if isinstance(column, NumberColumn):
            yield from _of_a_number(where, column, decimal, thousands)
            yield from _of_words(where, column, is_result=name in roles.results - roles.plain)
            yield from _of_named(where, column, columns)
        yield from _of_given(where, column, decimal, thousands)


def _is_filled_down(name: str, columns: Mapping[str, Column]) -> bool:
    return name in columns and columns[name].fill_down


def _of_a_result(where: str, column: Column, missing: tuple[str, ...]) -> Iterator[str]:
    if column.default is not None or column.constant is not None:
        yield f"{where}: a result is reported by the laboratory: it has no default, and is no constant"
    for word in dict.fromkeys((*column.missing, *missing)):
        means = meaning_of(word) or (sign[0] if (sign := signed(word)) else None)
        listed = isinstance(column, NumberColumn) and word in column.words
        if means and not listed:
            if not isinstance(column, NumberColumn):
                yield f"{where}.missing: {word!r} seems to say what the test found: text is taken as it is, without it"
                continue
            untested = "" if means in _OF_ALL else f", or {{{word!r}: {MISSING}}} if nothing was tested"
            yield (
                f"{where}.missing: {word!r} seems to say what the test found, and the result would be lost: write "
                f"words: {{{word!r}: {means}}}{untested}"
            )


def _of_a_number(where: str, column: NumberColumn, decimal: DecimalSign, thousands: Thousands) -> Iterator[str]:
    form = column.form(decimal, thousands)
    if form.decimal in THOUSANDS_SIGNS[form.thousands]:
        sign = next(name for name, sign in DECIMAL_SIGNS.items() if sign == form.decimal)
        yield f"{where}: the {sign} is the decimal sign, and also what stands between thousands"
    suffix, unit = column.suffix, column.unit
    if suffix and column.unit_column:
        yield f"{where}.suffix: beside unit_column it would hide that a cell says another unit: take it by part"
    meant = meant_by(suffix) if suffix and unit else None
    if meant and unit and converted(Decimal(1), meant, unit) != 1:
        yield f"{where}.suffix: {suffix!r} is another unit than {unit}"
    named = unit_in(where)
    if named and unit and contradicts(unit, named):
        advice = "if the name is wrong, give the column another one, and this one as an alias"
        yield f"{where}.unit: the column's name says {named}, and the unit is {unit}: which one is it? {advice}"


def _of_words(where: str, column: NumberColumn, *, is_result: bool) -> Iterator[str]:
    if not is_result and not column.is_plain:
        yield f"{where}: words and qualifiers are of a test's result, and the column is used for a plain number"
    for name in ("quantitation", "detection"):
        if column.unit_column is not None and getattr(column, name) is not None:
            reason = f"one number has no meaning in each of the units in {column.unit_column}"
            yield f"{where}.{name}: {reason}: give limit_column, or the column's one unit"
    for word, means in column.words.items():
        if not means.strip():
            yield f"{where}.words: {word!r} must mean something: a qualifier, {MISSING}, {VOID}, or a result in words"
        elif (seems := meaning_of(word)) in _VERDICTS and means in _VERDICTS and seems != means:
            yield f"{where}.words: {word!r} seems to mean {seems}, and not {means}"
        elif seems in _OF_ALL and means in (MISSING, VOID):
            yield f"{where}.words: {word!r} seems to mean {seems}, and as {means} the verdict would be lost"
        elif means not in _MEANINGS and (near := nearest(means, _MEANINGS, _NEARLY)):
            yield f"{where}.words: {means!r} would be a result in words, and is nearly one of ours{near}"
        limit = column.quantitation if means == Qualifier.below_quantitation else None
        if means in NEED_A_VALUE and column.limit_column is None and limit is None:
            says = "quantitation or " if means == Qualifier.below_quantitation else ""
            yield f"{where}.words: {word!r} is {means} of a limit that nobody states: give {says}limit_column"


def _of_named(where: str, column: NumberColumn, columns: Mapping[str, Column]) -> Iterator[str]:
    known = [*Qualifier, NONE]
    qualifiers = columns.get(column.qualifier_column or "")
    if isinstance(qualifiers, TextColumn):
        unknown = [code for code in (qualifiers.meanings or {"": ""}).values() if code not in known]
        if unknown:
            yield f"columns.{column.qualifier_column}.codes: each must mean one of {', '.join(known)}"
    units = columns.get(column.unit_column or "")
    if isinstance(units, TextColumn):
        stated = [*units.meanings.values(), *filter(None, (units.default, units.constant))]
        for unit in dict.fromkeys(stated):
            if reason := why_no_unit(unit):
                yield f"columns.{column.unit_column}: {reason}"
        for code, unit in units.meanings.items():
            if is_another(unit, code):
                yield f"columns.{column.unit_column}.codes: {code!r} is another unit than {unit}: values would change"


def _of_given(where: str, column: Column, decimal: DecimalSign, thousands: Thousands) -> Iterator[str]:
    """A default or constant is read when the mapping is loaded, and not at the first row."""
    for field in ("default", "constant"):
        text = getattr(column, field)
        try:
            if text is not None and isinstance(column, NumberColumn):
                column.form(decimal, thousands).read(text)
            elif text is not None and isinstance(column, DateColumn):
                column.compiled.read(text, UTC)
        except CannotRead as error:
            yield f"{where}.{field}: {error}"


_KINDS = {
    "text": "text",
    "number": "a number without unit",
    "quantity": "a number with its unit",
    "month": "a month",
    "day": "a day",
    "instant": "an instant",
}
_REMEDIES = {
    ("quantity", "number"): "leave out its unit",
    ("number", "quantity"): "state its unit, 1 for none",
    ("month", "instant"): "its format needs an hour (hh)",
    ("day", "instant"): "its format needs an hour (hh)",
}


def why_not_as(kind: str, wanted: frozenset[str]) -> str:
    """What a column of this kind holds, what is wanted there, and how to come from one to the other."""
    remedies = (_REMEDIES[kind, each] for each in sorted(wanted) if (kind, each) in _REMEDIES)
    reason = f"{_KINDS[kind]}, wanted is {' or '.join(sorted(_KINDS[each] for each in wanted))}"
    return "; ".join([reason, *remedies])
