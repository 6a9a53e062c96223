"""Numbers of lots: two that look alike are one, and one that a spreadsheet spoiled is refused, never another lot."""

import re
from typing import Final

from contracts import check_code
from partner_feeds.values.texts import CannotRead, in_ascii

_HYPHENS: Final = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63], "-")
"""What looks like a hyphen and is another character."""

_MONTHS = (
    "jan|feb|fev|fév|mar|mär|mrz|mars|apr|avr|abr|may|mai|maj|mag|jun|juin|giu|jul|juil|lug|aug|avg|août|aou|ago|"
    "sep|sept|set|okt|oct|ott|nov|dec|dez|déc|dic"
)
_SPOILED: Final = (
    (
        re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?E[+-][0-9]{2,3}", re.IGNORECASE).fullmatch,
        "is a number that a spreadsheet rounded to its first digits",
    ),
    (
        re.compile(rf"[0-9]{{1,4}}[-. /]{{1,2}}(?:{_MONTHS})\.?|(?:{_MONTHS})[-. /]{{1,2}}[0-9]{{1,4}}", re.IGNORECASE)
        .fullmatch,
        "is a date that a spreadsheet made of something else",
    ),
    (
        re.compile(
            r"(?:[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T][0-9]{1,2}:[0-9]{2}.*)?"
        ).fullmatch,
        "is a date, perhaps one that a spreadsheet made of something else",
    ),
    (re.compile(r"[0-9]+[.,]0+").fullmatch, "is a number with decimals, and may have lost zeros in front"),
    (re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+").fullmatch, "is a number with thousands separators"),
    (re.compile(r"#+|\*+|#[A-Z][A-Z/0]*[!?]?").fullmatch, "is what a spreadsheet shows in place of a value"),
    (re.compile(r"'.*").fullmatch, "begins with an apostrophe, by which a spreadsheet marks text"),
)  # fmt: skip


def lot_number(text: str, *, as_it_is: bool = False) -> str:
    """The number with plain hyphens, letters and digits. Raises CannotRead for one that is spoiled.

    ``as_it_is``: a pattern says that it may look so.
    """
    if text.isascii() and text.isalnum():
        return text
    plain = in_ascii(text).translate(_HYPHENS)
    try:
        check_code(plain)
    except ValueError as error:
        raise CannotRead(str(error)) from error
    for is_so, what in () if as_it_is else _SPOILED:
        if is_so(plain):
            raise CannotRead(
                f"{what}: write the lot's number as its label has it, in a cell formatted as text; or give the column "
                "the pattern of its numbers, if they look so"
            )
    return plain
