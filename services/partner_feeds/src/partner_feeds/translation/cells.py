"""A row's cells into values."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, tzinfo
from operator import itemgetter

from partner_feeds.language.any_column import PLACEHOLDER
from partner_feeds.language.columns import Column, DateColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import BrokenRow, Row
from partner_feeds.records.answers import Refused, RowError, refused
from partner_feeds.translation.composed import TextOf, composed
from partner_feeds.translation.converters import converter, given
from partner_feeds.translation.header import Header
from partner_feeds.translation.stored_cells import Value
from partner_feeds.values.dates import Unclear
from partner_feeds.values.moments import Horizon
from partner_feeds.values.patterns import whole
from partner_feeds.values.texts import CannotRead

Values = dict[str, Value]
"""A row's values, by the columns of the mapping."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What each row of a file has, by column: the values, and the texts that they are read from."""

    values: Values = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ReadRow:
    """A row whose cells were read. ``unclear`` are the local times that exist twice, by their columns."""

    row: Row
    values: Values
    errors: list[RowError]
    unclear: dict[str, Unclear] = field(default_factory=dict)


class Cells:
    """Reads the cells of one file's rows."""

    def __init__(self, mapping: Mapping, header: Header, horizon: Horizon, zone: tzinfo | None, shared: Shared) -> None:
        self._header, self._horizon = header, horizon
        self._blank: Values = {
            name: given(column, column.constant or column.default, mapping, zone)
            for name, column in mapping.columns.items()
        } | shared.values
        found = {name: column for name, column in mapping.columns.items() if name in header.positions}
        roles = mapping.roles
        self._converters = [(name, header.positions[name], converter(name, mapping, roles, zone)) for name in found]
        self._composed = [texts_of(name, column, header, shared.texts) for name, column in found.items() if column.of]
        dates = {name: column for name, column in mapping.columns.items() if isinstance(column, DateColumn)}
        self._dates, self._ordered = list(dates), {name for name, column in dates.items() if column.is_ordered}
        self._required = [name for name, column in mapping.columns.items() if column.required]

    def read(self, row: Row | BrokenRow) -> ReadRow | Refused:
        """The row's values, with what was wrong in its cells; or the refusal of a row that has no readable cells."""
        if isinstance(row, BrokenRow):
            field = self._header.name_at(row.column)
            return refused(row.number, field, row.value, row.reason, rest_unread=row.rest_unread)
        if self._composed:
            row = Row(row.number, row.cells + [compose(row.cells) for compose in self._composed])
        cells, values = row.cells, self._blank.copy()
        read = ReadRow(row, values, [])
        for name, position, convert in self._converters:
            try:
                values[name] = convert(cells[position])
            except CannotRead as error:
                if isinstance(error, Unclear) and name in self._ordered:
                    read.unclear[name] = error
                else:
                    read.errors.append(RowError.of(row.number, name, cells[position], str(error)))
        return read

    def check(self, read: ReadRow) -> Iterator[RowError]:
        """What is wrong with values that are each readable: what must be given is blank, or a date has not come yet."""
        for name in self._required:
            if read.values[name] is None:
                yield RowError.of(read.row.number, name, "", "is blank, and must be given")
        for name in self._dates:
            moment = read.values[name]
            if isinstance(moment, str | date) and (reason := self._horizon.why_not(moment)):
                place = self._header.positions.get(name)
                shown = str(moment) if place is None else read.row.cells[place]
                yield RowError.of(read.row.number, name, shown, reason)


def texts_of(name: str, column: Column, header: Header, shared: dict[str, str]) -> TextOf:
    """Gives a column's text of a row's cells, put together where the mapping says so, also of what all rows share."""
    first, *pieces = PLACEHOLDER.split(column.of or "")
    if not pieces:
        return itemgetter(header.positions[name])
    parts: list[tuple[TextOf, str]] = [
        (_always(shared[part]) if part in shared else itemgetter(header.positions[part]), behind)
        for part, behind in zip(pieces[::2], pieces[1::2], strict=True)
    ]
    return composed(column, first, parts)


def read_texts_of(name: str, column: Column, header: Header, shared: dict[str, str]) -> TextOf:
    """Gives the text that is read as the column's value: the part of it that the mapping takes, or blank."""
    text_of = texts_of(name, column, header, shared)
    if column.part is None:
        return text_of
    match = whole(column.part)
    return lambda cells: (found[1] or "") if (found := match(text_of(cells).strip())) else ""


def _always(text: str) -> TextOf:
    return lambda cells: text
