"""Each value of what was taken beside where it stands, for a person who checks a mapping or a sender."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from partner_feeds.language import mapping as language
from partner_feeds.language.columns import Column, NumberColumn
from partner_feeds.readers.xml_text import Element
from partner_feeds.records.answers import Cell, short
from partner_feeds.records.model import Record
from partner_feeds.translation.cells import ReadRow
from partner_feeds.translation.header import Header
from partner_feeds.translation.stored_cells import Value
from partner_feeds.translation.validation import ADAPTERS
from partner_feeds.values.qualified import Qualified, Withdrawn


def as_json(record: Record) -> dict[str, Any]:
    """A record as an event's data would say it, what goes without saying left away."""
    found: dict[str, Any] = ADAPTERS[type(record)].dump_python(record, mode="json", exclude_defaults=True)
    return found


def records_of(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Each record with its kind."""
    return [{"record": type(record).__name__, **as_json(record)} for record in records]


def of_row(read: ReadRow, mapping: language.Mapping, header: Header) -> tuple[Cell, ...]:
    """The values of a table's row, in the order of the mapping's columns; blank ones that mean nothing left away."""
    cells = []
    for name, column in mapping.columns.items():
        place, value = header.positions.get(name), read.values[name]
        written = "" if place is None else read.row.cells[place].strip()
        if written or value is not None:
            cells.append(Cell(_source(name, column, header, place), short(written), _read(value, column, read)))
    return tuple(cells)


def _source(name: str, column: Column, header: Header, place: int | None) -> str:
    """Where a column's text comes from."""
    if column.of is not None:
        return column.of
    if place is not None:
        return header.name_at(place) or name
    if column.above is not None:
        return f"above the table: {column.above}"
    return f"{name}: {(column.sources or ('default',))[0].replace('_', ' ')}"


def _read(value: Value, column: Column, read: ReadRow) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Withdrawn):
        return f"withdrawn: {value.text}"
    unit = _unit(column, read)
    if isinstance(value, Qualified):
        number = "" if value.value is None else f" {value.value:f} {unit}"
        return f"{value.qualifier.replace('_', ' ')}{number}".rstrip()
    if isinstance(value, str):
        return short(value)
    return value.isoformat() if isinstance(value, date) else f"{value:f} {unit}".rstrip()


def _unit(column: Column, read: ReadRow) -> str:
    if not isinstance(column, NumberColumn):
        return ""
    unit = column.unit if column.unit_column is None else read.values[column.unit_column]
    return str(unit or "")


def of_data(data: Any, record: Record) -> tuple[Cell, ...]:
    """The values of an event's data by their paths."""
    known = as_json(record)
    return tuple(
        Cell(f"data{path}", short(str(value)), short(_at(known, steps))) for path, steps, value in _leaves(data)
    )


def _leaves(data: Any, path: str = "", steps: tuple[Any, ...] = ()) -> Iterator[tuple[str, tuple[Any, ...], Any]]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _leaves(value, f"{path}.{name}", (*steps, name))
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from _leaves(value, f"{path}[{at}]", (*steps, at))
    else:
        yield path, steps, data


def _at(known: Any, steps: tuple[Any, ...]) -> str:
    for step in steps:
        known = known.get(step) if isinstance(known, dict) else known[step]
    return "nothing" if known is None else str(known)


def of_element(element: Element, where: str) -> tuple[Cell, ...]:
    """The texts of an element by their paths."""
    own = (Cell(where, short(element.text), None),) if element.text else ()
    return own + tuple(cell for child in element.children for cell in of_element(child, f"{where}/{child.name}"))


def of_fields(fields: Mapping[str, Sequence[str]], where: str) -> tuple[Cell, ...]:
    """The texts of a record's own fields."""
    return tuple(Cell(f"{where}/{name}", short(text), None) for name, texts in fields.items() for text in texts if text)
