"""A cell into its value, compiled once per column: this runs for every cell of every file."""

import re
from collections.abc import Callable
from datetime import tzinfo
from decimal import Decimal
from functools import lru_cache, partial

from contracts import Moment
from contracts.partner_feeds import Qualifier
from partner_feeds.language.agreement import MISSING, VOID, Roles
from partner_feeds.language.columns import Column, DateColumn, NumberColumn, TextColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.records.model import LONGEST_CODE
from partner_feeds.translation.composed import is_of_a_date
from partner_feeds.translation.part import of_a_part
from partner_feeds.translation.stored_cells import Converter, Value, of_no_fraction, stored_or
from partner_feeds.values.lots import lot_number
from partner_feeds.values.number_reasons import NO_DETERMINATION
from partner_feeds.values.patterns import whole
from partner_feeds.values.qualified import Qualified, Withdrawn, signed
from partner_feeds.values.statistics import test_name
from partner_feeds.values.texts import (
    CannotRead,
    Coded,
    as_word,
    has_control_characters,
    is_formula,
    nearest,
    some_of,
    within_formula,
)

_FORMULA = "a formula is not taken: write its result"
_CONTROL = (
    "holds a control character (a line break, a tab or the like): write it without, or say in the mapping what it "
    "means, under codes"
)
_SURELY_PLAIN = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?").fullmatch
_SURELY_WHOLE = re.compile(r"-?[0-9]{1,18}").fullmatch
_MARKED = ("\t", "\r")


def converter(name: str, mapping: Mapping, roles: Roles, zone: tzinfo | None) -> Converter:
    """Reads a cell of this column: None when it is missing. Raises CannotRead with what would be right."""
    column = mapping.columns[name]
    missing = frozenset(as_word(token) for token in (*mapping.missing, *column.missing))
    read = _reader(name, column, mapping, missing, roles, zone)
    if mapping.format != "csv" or column.of:
        read = stored_or(read, column, missing, zone, is_of_a_date=is_of_a_date(name, mapping))
    if column.part is not None:
        words = map(as_word, column.words) if isinstance(column, NumberColumn) else ()
        read = of_a_part(column, read, {*missing, *words}, is_result=name in roles.results)
    fallback = given(column, column.default, mapping, zone)
    if fallback is None:
        return read
    return lambda cell: fallback if (value := read(cell)) is None else value


def given(column: Column, text: str | None, mapping: Mapping, zone: tzinfo | None) -> Value:
    """What a mapping gives in place of a cell: a text is in our words already."""
    if text is None or isinstance(column, TextColumn):
        return text
    if isinstance(column, DateColumn):
        return column.compiled.read(text, zone)
    return column.form(mapping.decimal, mapping.thousands).read(text)


def _reader(
    name: str, column: Column, mapping: Mapping, missing: frozenset[str], roles: Roles, zone: tzinfo | None
) -> Converter:
    if isinstance(column, NumberColumn):
        return _number(column, mapping, missing, is_result=name in roles.results, is_plain=name in roles.plain)
    if isinstance(column, DateColumn):
        return _date(column, missing, zone)
    as_it_is = column.pattern is not None
    checked: Callable[[str], str] | None = None
    if name in roles.lots:
        checked = partial(lot_number, as_it_is=as_it_is, of_a_lot=name in roles.numbers)
    elif name in roles.tests and not as_it_is:
        checked = partial(test_name, column=name)
    read = _text(column, missing, checked)
    is_typed = name in roles.lots and mapping.format == "xlsx" and not as_it_is
    return of_no_fraction(read) if is_typed else read


def _number(
    column: NumberColumn, mapping: Mapping, missing: frozenset[str], *, is_result: bool, is_plain: bool
) -> Converter:
    form = column.form(mapping.decimal, mapping.thousands)
    words = {as_word(word): _meaning(word, means, column) for word, means in column.words.items()}
    surely_plain = _SURELY_PLAIN if form.decimal == "." else _SURELY_WHOLE
    if any(map(surely_plain, (*missing, *words))):
        surely_plain = re.compile("(?!)").fullmatch  # A number is a word here, such as 999 for none.

    def read(cell: str) -> Value:
        if not cell:
            return None
        if surely_plain(cell):
            return Decimal(cell)
        word = _word(cell, missing)
        if word is None:
            return None
        if words and (found := as_word(word)) in words:
            return words[found]
        if is_result and (sign := signed(word)):
            if is_plain:
                raise CannotRead(NO_DETERMINATION)
            return Qualified(sign[0], form.read(sign[1]), word)
        try:
            return form.read(word)
        except CannotRead as error:
            if not words:
                raise
            raise CannotRead(f"{error}; the mapping's words are {some_of(words)}{nearest(word, words)}") from error

    return read


def _meaning(word: str, means: str, column: NumberColumn) -> Value:
    """A listed word's value. A limit that is the same in each row is known here already."""
    if means == MISSING:
        return None
    if means == VOID:
        return Withdrawn(word)
    if means not in list(Qualifier):
        return means
    limits = {Qualifier.below_quantitation: column.quantitation, Qualifier.not_detected: column.detection}
    return Qualified(Qualifier(means), limits.get(Qualifier(means)), word)


def _date(column: DateColumn, missing: frozenset[str], zone: tzinfo | None) -> Converter:
    format_ = column.compiled

    @lru_cache(maxsize=1024)
    def read(cell: str) -> Moment | None:
        word = _word(cell, missing)
        if word is None:
            return None
        if is_formula(word):
            raise CannotRead(f"{_FORMULA}, a date such as {format_.example}")
        return format_.read(word, zone)

    return read


def _text(column: TextColumn, missing: frozenset[str], checked: Callable[[str], str] | None) -> Converter:
    longest = column.longest
    check_controls = _has_controls_beside_breaks if longest > LONGEST_CODE else has_control_characters
    translated = None if column.codes is None else _translation(column.meanings)
    of_pattern = whole(column.pattern) if column.pattern else None

    def read(cell: str) -> str | None:
        word = _word(cell, missing)
        if word is None:
            return None
        if translated is not None:
            return translated(word)
        if is_formula(word):
            raise CannotRead(f"{_FORMULA} as plain text")
        if len(word) > longest:
            raise CannotRead(f"longer than {longest} characters: shorten it")
        if check_controls(word):
            raise CannotRead(_CONTROL)
        if checked is not None:
            word = checked(word)
        if of_pattern is not None and not of_pattern(word):
            raise CannotRead(f"is not of the mapping's pattern {column.pattern}: write it as its label has it")
        return word

    return read


def _translation(codes: dict[str, str]) -> Callable[[str], str]:
    """A word by the list of codes: white space and compatible characters make no difference.

    Of several words that mean the same, the first that is listed names it in ids.
    """
    first = {means: code for code, means in reversed(codes.items())}
    known = {as_word(code): Coded(means, first[means]) for code, means in codes.items()}

    def translate(word: str) -> str:
        means = known.get(word, known.get(as_word(word)))
        if means is None:
            raise CannotRead(f"not in the mapping's list of codes: {some_of(codes)}{nearest(word, codes)}")
        return means

    return translate


def _word(cell: str, missing: frozenset[str]) -> str | None:
    """The cell without white space around it, or None when there is nothing in it."""
    word = cell.strip()
    if not word or word in missing or (not word.isascii() and as_word(word) in missing):
        return None
    if cell.startswith(_MARKED):
        raise CannotRead(f"begins with a tab or line break, as a formula may: {_FORMULA} without it")
    return within_formula(word) or None


def _has_controls_beside_breaks(text: str) -> bool:
    return has_control_characters(text.replace("\n", " ").replace("\t", " "))
