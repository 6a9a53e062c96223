"""Numbers as partners write them: one plain form is taken, any other is refused with what would be right."""

import re
from decimal import Decimal, InvalidOperation

from partner_feeds.values.texts import CannotRead, is_formula

LARGEST_EXPONENT = 30
MOST_DIGITS = 38
"""Beyond these no measurement lies; a number such as 1E+999999 would only burst what reads it later."""

_PLAIN = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?").fullmatch
_LONGER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch
_WITH_COMMA = re.compile(r"-?[0-9]+,[0-9]+").fullmatch
_THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:[ ,.'’\u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?").fullmatch
_WITH_UNIT = re.compile(
    r"(-?[0-9]+(?:[.,][0-9]+)?)\s*(?![eE][+-]?[0-9]|[xX][0-9a-fA-F])([^\W\d_][\w./^*-]*|°C)"
).fullmatch
_NOT_FINITE = re.compile(r"[+-]?(?:s?nan|inf|infinity|#n/a|#div/0!|#num!|#value!|#ref!)", re.IGNORECASE).fullmatch

_OUT_OF_RANGE = f"the number is out of range: at most {MOST_DIGITS} digits, between 1E-30 and 1E+30"


def bounded(value: Decimal) -> Decimal:
    """The same number. Raises CannotRead when it is not finite, or of no size that is measured."""
    if not value.is_finite():
        raise CannotRead(f"{value} is not a number: leave the value out when there is none")
    if len(value.as_tuple().digits) > MOST_DIGITS or abs(value.adjusted()) > LARGEST_EXPONENT:
        raise CannotRead(_OUT_OF_RANGE)
    return value


def read_number(text: str, decimal: str = ".", unit: str | None = None) -> Decimal:
    """A number from stripped text. Raises CannotRead with what would be right."""
    plain = text if decimal == "." else _with_point(text)
    if plain is None or not _PLAIN(plain):
        raise CannotRead(why_no_number(text, decimal, unit))
    try:
        return bounded(Decimal(plain))
    except InvalidOperation as error:
        raise CannotRead(_OUT_OF_RANGE) from error


def _with_point(text: str) -> str | None:
    """None for a number with a point where the mapping says comma: 1.234 could mean either."""
    return None if "." in text else text.replace(",", ".", 1)


def why_no_number(text: str, decimal: str = ".", unit: str | None = None) -> str:
    """What would be right in place of a text that is no plain number."""
    if _NOT_FINITE(text):
        return f"{text} is not a number: leave the cell blank when there is no value"
    if is_formula(text):
        return f"a formula is not taken: write its result as a plain number such as {_example(decimal)}"
    if text.startswith(("<", ">")):
        return "a limit is not a value here: write the number alone, or leave the cell blank"
    if "%" in text:
        return _why_no_percent_sign(text, unit)
    if _THOUSANDS(text):
        return _why_no_thousands(text, decimal)
    if decimal == "." and _WITH_COMMA(text):
        return f"use a decimal point: {text.replace(',', '.')}"
    if decimal == "," and "." in text and _PLAIN(text):
        return f"use a decimal comma: {text.replace('.', ',')}"
    if _LONGER(text):
        return _OUT_OF_RANGE
    with_unit = _WITH_UNIT(text)
    if with_unit:
        given = f"the unit {unit} is in the mapping" if unit else "the unit has a place of its own"
        return f"write the number alone: {with_unit[1].replace(',', '.') if decimal == '.' else with_unit[1]}; {given}"
    return f"not a number: write it such as {_example(decimal)}"


def _example(decimal: str) -> str:
    return f"95{decimal}1"


def _why_no_percent_sign(text: str, unit: str | None) -> str:
    number = text.replace("%", "").strip()
    if unit in (None, "%"):
        return f"write the number without the percent sign: {number}"
    return f"a percentage where the unit is {unit}: write the value in {unit}, without a percent sign"


def _why_no_thousands(text: str, decimal: str) -> str:
    """``95,123`` may be either, so both are proposed."""
    digits = re.sub(r"[ ,.'’\u00a0\u202f]", "", text)
    if _WITH_COMMA(text) and decimal == ".":
        return f"use a decimal point and no thousands separators: {text.replace(',', '.')} or {digits}"
    whole, mark, fraction = max(text.rpartition("."), text.rpartition(","), key=lambda parts: len(parts[0]))
    if (mark and len(fraction) != 3) or (mark and text.count(mark) == 1 and mark == decimal):
        digits = re.sub(r"[^0-9-]", "", whole) + decimal + fraction
    return f"no thousands separators: {digits}"
