"""How a column writes its numbers: decimal sign, thousands, and words that stand among them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cli.feeds.sketch.cells import Look, look_of
from partner_feeds.readers.stored import Stored
from partner_feeds.values.numbers import DECIMAL_SIGNS, DecimalSign, NumberForm, Thousands
from partner_feeds.values.qualified import signed
from partner_feeds.values.texts import CannotRead

_FORMS: Final[tuple[tuple[DecimalSign, Thousands], ...]] = (
    ("point", "none"), ("comma", "none"), ("point", "comma"), ("comma", "point"), ("point", "space"),
    ("comma", "space"), ("point", "apostrophe"), ("comma", "apostrophe"),
)  # fmt: skip
"""Plain ones first: of two that read a column, the first counts."""
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}").fullmatch
"""1.234 and 1,234 are a number with decimals or one of thousands; with a zero or four digits before, it is clear."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a mapping says of a column's numbers, and what must be asked."""

    decimal: DecimalSign | None
    """None where no number has decimals."""
    thousands: Thousands
    doubt: str = ""


def decimal_sign_in(cells: Iterable[str]) -> DecimalSign | None:
    """The decimal sign that cells show beyond doubt; None where none does, or where they disagree."""
    found = {sign for cell in cells if not isinstance(cell, Stored) and (sign := _sure_sign(_bare(cell)))}
    return found.pop() if len(found) == 1 else None


def numbers_of(cells: Sequence[str], elsewhere: DecimalSign | None) -> Numbers | None:
    """How all of these numbers are written; ``elsewhere`` is the sign that the file's other cells show.

    None where no form reads them all.
    """
    bare = [_bare(cell) for cell in cells if not isinstance(cell, Stored)]
    marked = [cell for cell in bare if re.search("[.,]", cell)]
    reads = [form for form in _FORMS if all(_reads(cell, *form) for cell in bare)]
    if not reads:
        return None
    decimal, thousands = reads[0]
    if thousands == "none" and marked and all(map(_EITHER, marked)):
        return _either(marked[0], decimal, elsewhere)
    return Numbers(decimal if marked else None, thousands)


def _either(cell: str, as_decimal: DecimalSign, elsewhere: DecimalSign | None) -> Numbers:
    """Of numbers that may have decimals or thousands: by what the rest of the file shows."""
    other: DecimalSign = "comma" if as_decimal == "point" else "point"
    if elsewhere == as_decimal:
        return Numbers(as_decimal, "none")
    if elsewhere == other:
        return Numbers(
            other, as_decimal, f"is {cell} {re.sub('[.,]', '', cell)}, as other columns have decimals with a {other}?"
        )
    return Numbers(as_decimal, "none", f"has {cell} three decimals, or is it {re.sub('[.,]', '', cell)}?")


def _bare(cell: str) -> str:
    """A number without the sign of a limit before it, and without the percent sign behind."""
    text = cell.strip()
    sign = signed(text)
    return (sign[1] if sign else text).removesuffix("%").rstrip()


def _reads(cell: str, decimal: DecimalSign, thousands: Thousands) -> bool:
    try:
        NumberForm(DECIMAL_SIGNS[decimal], thousands).read(cell)
    except CannotRead:
        return False
    return True


def _sure_sign(cell: str) -> DecimalSign | None:
    if look_of(cell) is not Look.number or _EITHER(cell):
        return None
    last = max(cell.rfind("."), cell.rfind(","))
    if last < 0:
        return None
    sign: DecimalSign = "point" if cell[last] == "." else "comma"
    other: DecimalSign = "comma" if sign == "point" else "point"
    return sign if cell.count(cell[last]) == 1 else other
