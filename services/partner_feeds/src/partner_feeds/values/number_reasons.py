"""What would be right in place of a text that is no number of the declared form."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from contracts import check_code
from gxp.unit_names import is_surely_a_unit, meant_by, why_no_unit
from partner_feeds.values.qualified import meaning_of, signed
from partner_feeds.values.texts import is_formula

NO_DETERMINATION: Final = (
    "is a limit, and of such determinations nobody can say the result: write the reportable one into another column"
)
OUT_OF_RANGE: Final = "the number is out of range: at most 38 digits, between 1E-30 and 1E+30"

_OR: Final = "; or say in the mapping "

_N = r"[+-]?[0-9]+(?:[.,][0-9]+)?"
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch
_WITH_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+").fullmatch
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[ ,.'’\u00a0\u2009\u202f][0-9]{3})+(?:[.,][0-9]+)?").fullmatch
_WITH_UNIT = re.compile(
    rf"({_N})\s*(?![eE][+-]?[0-9]|[xX][0-9a-fA-F]|[xX]\s*10)([^\W\d_][\w./^*-]*|°C)", re.UNICODE
).fullmatch
_MARKUP = re.compile(r"&#?[a-zA-Z0-9]+;|</?[a-z]+>").search
_LIMIT_IN_WORDS = re.compile(r"[<≤]?\s*(?:l?lo[dq]|dl|ql|nwg|bg)\s*[(\[:=].*[0-9].*", re.IGNORECASE).fullmatch
_NOT_FINITE = re.compile(r"[+-]?(?:s?nan|inf|infinity|#n/a|#div/0!|#num!|#value!|#ref!)", re.IGNORECASE).fullmatch
_KNOWN_FORMS: Final[tuple[tuple[Callable[[str], Any], str], ...]] = (
    (re.compile(r"[-\u2010-\u2015]+").fullmatch, f"a dash is no number{_OR}missing: ['-'], if it means no value"),
    (
        re.compile(rf"[\u2010-\u2015]\s*({_N})").fullmatch,
        "begins with a dash that is no minus sign: write -{0} if it is below zero",
    ),
    (re.compile(rf"=\s*([<>])\s*({_N})").fullmatch, "the sign of a limit is written {0}=: write {0}={1}"),
    (re.compile(rf"'({_N})").fullmatch, "begins with an apostrophe, by which a spreadsheet marks text: write {0}"),
    (re.compile(rf"({_N})\s*-").fullmatch, "the minus sign stands behind: write -{0}"),
    (re.compile(rf"\(({_N})\)").fullmatch, "in brackets: write -{0} if it is below zero, or else {0}"),
    (
        re.compile(rf"({_N})\s*(?:\(.*\)|[*#\u2020\u2021\u00a7]+)").fullmatch,
        "has a remark behind it: write {0} alone, and the remark into a column of its own",
    ),
    (
        re.compile(rf"({_N})\s*(?:±|\+/-|\+-)\s*{_N}.*").fullmatch,
        "a mean with its spread: write the result alone, {0}; the spread has a place in an ignored column",
    ),
    (
        re.compile(rf"{_N}\s*(?:[-\u2010-\u2015]|\.\.\.?|…|to|bis|do)\s*{_N}").fullmatch,
        "a range is no result: write each result in a row or column of its own",
    ),
    (
        re.compile(r"(?:ca?\.?|circa|approx\.?|about|etwa|pribl\.?|[~≈])\s*[0-9].*", re.IGNORECASE).fullmatch,
        "about a number: write the number that was found",
    ),
    (
        re.compile(
            r"(?:.*[<>≤≥≦≧].*[0-9]|.*[0-9].*[<>≤≥≦≧]|(?:lt|gt|nmt|nlt|max|min|less|more|below|above|unter|über|kleiner|größer|"
            r"pod|nad)\b.*[0-9]).*",
            re.IGNORECASE,
        ).fullmatch,
        "a limit is written with its sign and the number alone, such as <5",
    ),
    (
        re.compile(rf"{_N}(?:\s*[;/|]\s*{_N})+").fullmatch,
        "several numbers in one cell: write each in a column of its own",
    ),
    (
        re.compile(
            rf"{_N}\s*[xX×*·]\s*10(?:\s*\^.*|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|\s*[+-]?[0-9]+)|10\s*(?:\^\s*[+-]?[0-9]+|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|[+-]?[0-9.,]+\s*\^.*"
        ).fullmatch,
        "a power of ten is written with an E, such as 1.2E3",
    ),
    (
        re.compile(r"(?=.*[0-9])[0-9.,OoIl]*[OoIl][0-9.,OoIl]*").fullmatch,
        "holds a letter that looks like a digit (O, I or l)",
    ),
)
"""Each form with what is right instead, given its first group."""


def why_no_number(text: str, decimal: str = ".", unit: str | None = None, *, mapped: bool = True) -> str:
    """What would be right in place of a text that is no number of this form; where ``mapped``, also by the mapping."""
    reason = next(_reasons(text, decimal, unit))
    return reason if mapped else reason.partition(_OR)[0]


def _reasons(text: str, decimal: str, unit: str | None) -> Iterator[str]:
    if _NOT_FINITE(text):
        yield f"{text} is not a number: leave the cell blank when there is no value"
    if invisible := _why_not_visible(text):
        yield invisible
    if sign := signed(text):
        yield (
            f"{sign[1]} with a sign is a limit, and the number alone would be another result: only a test's result "
            f"takes it, as {sign[0]}{_OR.rstrip()}, of a column of limits, part: '[<>≤≥]=? ?([0-9.,]+)'"
        )
    if _MARKUP(text):
        yield "holds the markup of a web page: write the sign itself, such as < for &lt;"
    if _LIMIT_IN_WORDS(text):
        yield "a word with its limit: write the limit with its sign, such as <0.01, or the word alone"
    if "%" in text and re.search("[0-9]", text):
        yield _why_no_percent_sign(text, unit)
    for form, reason in _KNOWN_FORMS:
        if found := form(text):
            yield reason.format(*(group or "" for group in found.groups()))
    if is_formula(text) and not re.match(r"\+[0-9.,]", text):
        yield f"a formula is not taken: write its result as a plain number such as {_example(decimal)}"
    if _THOUSANDS(text):
        yield _why_no_thousands(text, decimal)
    if decimal == "." and _WITH_COMMA(text):
        yield f"use a decimal point: {text.replace(',', '.')}{_OR}decimal: comma"
    if decimal == "," and "." in text and _PLAIN(text):
        yield f"use a decimal comma: {text.replace('.', ',')}{_OR}decimal: point"
    if _PLAIN(text):
        yield OUT_OF_RANGE
    if with_unit := _WITH_UNIT(text):
        yield _why_no_unit_behind(with_unit[1], with_unit[2], decimal, unit)
    if meaning := meaning_of(text):
        yield f"a result in words{_OR}words: {{{text!r}: {meaning}}}"
    if is_surely_a_unit(text) or (text != "1" and meant_by(text) == text):
        yield f"a unit and no number{_OR}units_row: true, if the row beneath the header states the units"
    yield f"not a number: write it such as {_example(decimal)}{_OR}what it means, under words"


def _example(decimal: str) -> str:
    return f"95{decimal}1"


def _why_not_visible(text: str) -> str | None:
    try:
        check_code(text)
    except ValueError as error:
        return str(error)
    return None


def _why_no_percent_sign(text: str, unit: str | None) -> str:
    alone = re.match(_N, text)
    number = alone[0] if alone else text.replace("%", "").strip()
    if unit in (None, "%"):
        return f"write the number without the percent sign: {number}"
    return f"a percentage where the unit is {unit}: write the value in {unit}, without a percent sign"


def _why_no_unit_behind(number: str, behind: str, decimal: str, unit: str | None) -> str:
    if meant_by(behind) is None:
        return f"{behind} stands behind, and is no unit: write {number} alone, and the rest into a column of its own"
    if unit and behind != unit and f"write {unit}" not in (why_no_unit(behind) or ""):
        return f"{behind} stands behind where the unit is {unit}: write the value in {unit}, and the number alone"
    given = f"the unit {unit} is in the mapping" if unit else "the unit has a place of its own"
    plain = number.replace(",", ".") if decimal == "." else number
    return f"write the number alone: {plain}; {given}{_OR}suffix: {behind!r}"


def _why_no_thousands(text: str, decimal: str) -> str:
    """``95,123`` may be either, so both are proposed."""
    digits = re.sub(r"[ ,.'’\u00a0\u2009\u202f]", "", text)
    other = "," if decimal == "." else "."
    name = {",": "comma", ".": "point", "'": "apostrophe", "’": "apostrophe"}
    says = f"{_OR}thousands: {name.get(_first_mark(text), 'space')}"
    if text.count(other) == 1 and re.fullmatch(rf"[+-]?[0-9]+\{other}[0-9]+", text):
        called = "point" if decimal == "." else "comma"
        written = text.replace(other, decimal)
        return f"use a decimal {called} and no thousands separators: {written} or {digits}{says}"
    whole, mark, fraction = max(text.rpartition("."), text.rpartition(","), key=lambda parts: len(parts[0]))
    if (mark and len(fraction) != 3) or (mark and text.count(mark) == 1 and mark == decimal):
        digits = re.sub(r"[^0-9-]", "", whole) + decimal + fraction
    return f"no thousands separators: {digits}{says}"


def _first_mark(text: str) -> str:
    return next(character for character in text if character in " ,.'’\u00a0\u2009\u202f")
