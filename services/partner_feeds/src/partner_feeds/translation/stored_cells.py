"""Cells that are stored as a number, a date or a truth value: no format of the mapping reads them."""

from collections.abc import Callable
from datetime import date, tzinfo
from decimal import Decimal

from contracts import Moment
from gxp.unit_names import is_stated_as
from partner_feeds.language.columns import Column, DateColumn, NumberColumn, TextColumn
from partner_feeds.readers.stored import Stored
from partner_feeds.values.dates import DateFormat
from partner_feeds.values.moments import not_too_early
from partner_feeds.values.qualified import Qualified, Withdrawn
from partner_feeds.values.texts import CannotRead, as_compared, as_word

Value = Decimal | Moment | Qualified | Withdrawn | None
"""What a cell holds: a number, a text, a date (a month is a text), a result with its qualifier, the word that takes it
back, or nothing."""

Converter = Callable[[str], Value]

_DATES = ("month", "day", "instant")
_LOCAL = DateFormat("YYYY-MM-DD hh:mm:ss", None)


def stored_or(
    read_text: Converter, column: Column, missing: frozenset[str], zone: tzinfo | None, *, is_of_a_date: bool
) -> Converter:
    """Reads a stored cell by what it is, and any other as text.

    ``is_of_a_date``: a column of texts of which a date is put together, in a workbook of a day and a time.
    """
    named = _named(column)

    def read(cell: str) -> Value:
        if not isinstance(cell, Stored):
            return read_text(cell)
        if is_of_a_date and cell.kind in (*_DATES, "time"):
            return str(cell)
        if cell.kind in ("none", "time"):
            raise CannotRead(cell.reason)
        if cell in missing and not cell.no_number:
            return None
        if cell.kind == "truth":
            if cell not in named:
                raise CannotRead(cell.reason)
            return read_text(cell)
        if isinstance(column, NumberColumn):
            number = _number(cell, column)
            return read_text(cell) if cell in named else number
        if isinstance(column, DateColumn) and cell.kind in _DATES:
            return _date(cell, column, zone)
        if cell.kind in _DATES:
            raise CannotRead("the cell is a date, perhaps made of a text by the program: write it into a cell of text")
        if cell.reason and not (cell.kind == "number" and not cell.no_number and isinstance(column, DateColumn)):
            raise CannotRead(cell.reason)
        return read_text(cell)

    return read


def of_no_fraction(read: Converter) -> Converter:
    """For lots in a workbook: of 26.110, typed as a number, it keeps 26.11."""

    def checked(cell: str) -> Value:
        if isinstance(cell, Stored) and cell.kind == "number" and "." in cell and not cell.reason:
            raise CannotRead(
                "the cell is a number with decimals, and may have lost zeros behind it: write the lot's number as its "
                "label has it, into a cell of text; or give the column the pattern of its numbers, if they look so"
            )
        return read(cell)

    return checked


def _named(column: Column) -> frozenset[str]:
    """The words of which the mapping says what they mean."""
    words = (
        column.words if isinstance(column, NumberColumn) else column.meanings if isinstance(column, TextColumn) else ()
    )
    return frozenset(map(as_word, words))


def _number(cell: Stored, column: NumberColumn) -> Decimal:
    if cell.kind in _DATES:
        raise CannotRead("the cell is a date, and wanted is a number: write it into a cell of numbers")
    if cell.kind == "percent" and column.unit != "%" and column.unit_column is None:
        raise CannotRead(f"the cell shows {cell} %, and the column's unit is {column.unit or 1}: which one is meant?")
    if cell.no_number:
        raise CannotRead(f"{cell.no_number}: write what is meant as text, or give the cell a plain format such as 0.0")
    own = [as_compared(each) for each in (column.unit, column.suffix) if each]
    # A plain number's unit says nothing: x10^6 would be one of them.
    is_own = column.unit not in (None, "1") and is_stated_as(str(column.unit), as_compared(cell.unit))
    if cell.unit and not is_own and as_compared(cell.unit) not in own:
        unit = f"in {column.unit_column}" if column.unit_column else column.unit or 1
        raise CannotRead(
            f"the cell shows {cell} {cell.unit}, and the column's unit is {unit}: which one is meant? "
            f"let the format show the number alone, or say suffix: {cell.unit}"
        )
    return Decimal(cell)


def _date(cell: Stored, column: DateColumn, zone: tzinfo | None) -> Value:
    if cell.kind == "instant":
        return _LOCAL.read(cell, zone)
    if cell.kind == "month" and column.kind == "month":
        return not_too_early(str(cell))
    if cell.kind == "month":
        raise CannotRead("the cell shows a month, and wanted is a day: let it show the day")
    if column.kind == "instant":
        raise CannotRead("the cell is a day, and wanted is a time too: write it with hours and minutes")
    return not_too_early(date.fromisoformat(cell))
