"""Numbers as partners write them: what the mapping declares is taken, any other form is refused with what is right."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, Literal

from partner_feeds.values.number_reasons import OUT_OF_RANGE, why_no_number
from partner_feeds.values.texts import CannotRead, in_ascii

LARGEST_EXPONENT = 30
MOST_DIGITS = 38
"""Beyond these no measurement lies; a number such as 1E+999999 would only burst what reads it later."""

DecimalSign = Literal["point", "comma"]
Thousands = Literal["none", "comma", "point", "space", "apostrophe"]
DECIMAL_SIGNS: Final[dict[DecimalSign, str]] = {"point": ".", "comma": ","}
THOUSANDS_SIGNS: Final[dict[Thousands, str]] = {
    "none": "",
    "comma": ",",
    "point": ".",
    "space": " \u00a0\u2009\u202f",
    "apostrophe": "'\u2019",
}

_PLAIN = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{1,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?").fullmatch


def bounded(value: Decimal) -> Decimal:
    """The same number. Raises CannotRead when it is not finite, or of no size that is measured."""
    if not value.is_finite():
        raise CannotRead(f"{value} is not a number: leave the value out when there is none")
    if len(value.as_tuple().digits) > MOST_DIGITS or abs(value.adjusted()) > LARGEST_EXPONENT:
        raise CannotRead(OUT_OF_RANGE)
    return value


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How a source writes its numbers. ``suffix`` may stand behind each; of a percentage it is the percent sign."""

    decimal: str = "."
    thousands: Thousands = "none"
    unit: str | None = None
    suffix: str | None = None
    mapped: bool = True
    """Whether a mapping could declare another form."""

    def read(self, text: str) -> Decimal:
        """A number from stripped text, with the decimals that are written. Raises CannotRead with what is right."""
        given = in_ascii(text)
        plain = self._with_point(self._without_thousands(self._without_suffix(given)))
        if plain is None or not _PLAIN(plain):
            raise CannotRead(why_no_number(given, self.decimal, self.unit, mapped=self.mapped))
        try:
            return bounded(Decimal(plain))
        except InvalidOperation as error:
            raise CannotRead(OUT_OF_RANGE) from error

    def _without_suffix(self, text: str) -> str:
        suffix = self.suffix or ("%" if self.unit == "%" else None)
        return text.removesuffix(suffix).rstrip() if suffix else text

    def _without_thousands(self, text: str) -> str:
        """Only where every group has three digits: 1,23 with thousands of commas is a mistake, and no 123.

        In India those before the last have two: 1,23,456.
        """
        signs = THOUSANDS_SIGNS[self.thousands]
        if not signs or not _grouped(signs, self.decimal)(text):
            return text
        return "".join(character for character in text if character not in signs)

    def _with_point(self, text: str) -> str | None:
        """None for a number with a point where the mapping says comma: 1.234 could mean either."""
        if self.decimal == ".":
            return text
        return None if "." in text else text.replace(",", ".", 1)


@lru_cache(maxsize=32)
def _grouped(signs: str, decimal: str) -> Callable[[str], object]:
    groups = rf"[1-9][0-9]{{0,2}}(?:[{signs}][0-9]{{3}})+"
    if signs == ",":
        groups = rf"(?:{groups}|[1-9][0-9]?(?:,[0-9]{{2}})+,[0-9]{{3}})"
    return re.compile(rf"[+-]?{groups}(?:{re.escape(decimal)}[0-9]+)?").fullmatch


read_number = NumberForm(mapped=False).read
"""A number in the plain form, as JSON has it."""
