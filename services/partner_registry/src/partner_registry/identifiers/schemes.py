"""How a number is written in each scheme, and whether its check digits are right: pure functions."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from stdnum import lei
from stdnum.eu import vat as european
from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

from runtime.bodies import countries


class Scheme(StrEnum):
    """Who gives the number."""

    duns = "duns"
    """Dun & Bradstreet."""
    lei = "lei"
    """ISO 17442, given by local operating units."""
    fei = "fei"
    """FDA establishment identifier."""
    ema_organisation = "ema_organisation"
    """Organisation of EMA's management service (OMS)."""
    ema_location = "ema_location"
    """Location of EMA's management service (OMS)."""
    vat = "vat"
    """Value added tax, with the country before it."""


SEVERAL: Final = frozenset({Scheme.vat})
"""Of which one company has more than one: a number for each country in which it is liable."""
_UNITED_KINGDOM_IN_NORTHERN_IRELAND: Final = "XI"
_GREECE: Final = "EL"
_WRITTEN_ONCE: Final = (
    (re.compile("^GR"), _GREECE),
    (re.compile(f"^{_UNITED_KINGDOM_IN_NORTHERN_IRELAND}"), "GB"),
    (re.compile("^(CHE[0-9]{9})(TVA|IVA|TPV)$"), r"\1MWST"),
)
"""What is one number however it is written: Greece by both its codes, the United Kingdom's in Northern Ireland, and
Switzerland's in each of its languages."""


def written(scheme: Scheme, given: str) -> str:
    """The number as its scheme writes it, without what only parts it. Raises ValueError where it is none."""
    plain = re.sub(r"[\s.\-/]", "", given).upper()
    if not re.fullmatch("[0-9A-Z]+", plain):
        raise ValueError("a number is written in the letters A to Z and the digits 0 to 9")
    return _SCHEMES[scheme](plain)


def _digits(words: str, *lengths: int) -> Callable[[str], str]:
    def check(plain: str) -> str:
        if len(plain) not in lengths or not plain.isdigit():
            raise ValueError(f"a {words} has {' or '.join(map(str, lengths))} digits")
        return plain

    return check


def _of_ema(prefix: str) -> Callable[[str], str]:
    def check(plain: str) -> str:
        if not re.fullmatch(rf"{prefix}[0-9]{{9}}", plain):
            raise ValueError(f"EMA writes it as {prefix}-100012345: {prefix} and nine digits")
        return f"{prefix}-{plain.removeprefix(prefix)}"

    return check


def _lei(plain: str) -> str:
    """ISO 17442: 20 characters, the last two of which are check digits by ISO 7064, mod 97-10."""
    if not re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", plain):
        raise ValueError("an LEI has 18 letters or digits and two check digits")
    try:
        return str(lei.validate(plain))
    except ValidationError:
        raise ValueError("the check digits of this LEI are wrong: copy it from the register of GLEIF") from None


def _vat(plain: str) -> str:
    """Where the country's own check is known, it decides; else the number's form."""
    country = plain[:2]
    union = country.lower() in european.MEMBER_STATES or country == _GREECE
    if country not in countries() | {_GREECE, _UNITED_KINGDOM_IN_NORTHERN_IRELAND}:
        raise ValueError("a VAT number begins with its country, such as SI50223054")
    known = european if union else get_cc_module(country.lower(), "vat")
    if known is None:
        if not re.fullmatch(r"[A-Z]{2}[0-9A-Z]{2,15}", plain):
            raise ValueError(f"a VAT number of {country} has 2 to 15 letters or digits after the country")
        return plain
    try:
        number = re.sub(r"[^0-9A-Z]", "", str(known.validate(plain)))
    except ValidationError:
        raise ValueError(f"this is no VAT number of {country}: its form or its check digit is wrong") from None
    number = number if number.startswith(country) else country + number
    for other, kept in _WRITTEN_ONCE:
        number = other.sub(kept, number)
    return number


_SCHEMES: Final[Mapping[Scheme, Callable[[str], str]]] = {
    Scheme.duns: _digits("DUNS", 9),
    Scheme.lei: _lei,
    Scheme.fei: _digits("FEI", 7, 10),
    Scheme.ema_organisation: _of_ema("ORG"),
    Scheme.ema_location: _of_ema("LOC"),
    Scheme.vat: _vat,
}
