"""JSON and JSON Lines into rows of cells, one row for each record, its columns by their paths."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from partner_feeds.readers.form import FileFormat
from partner_feeds.readers.json_document import MOST_PATHS, Document, some_of
from partner_feeds.readers.json_events import MARK
from partner_feeds.readers.json_known import known_of, unknown_in
from partner_feeds.readers.json_paths import Steps, at, in_each, steps_of, written
from partner_feeds.readers.json_text import Repeated, Unreadable, whole
from partner_feeds.readers.lines import split_lines
from partner_feeds.readers.rows import BrokenRow, Row
from partner_feeds.readers.stored import Stored

_NO_RECORD = "a record is an object, {...}, or a list, whose columns have paths such as $[0]"
_ARRAY = "the file is an array of records, and not one in each line: say format: json. What follows was not read"


class Wanted(NamedTuple):
    """What a mapping says of the places in a record."""

    columns: Mapping[str, Steps]
    ignored: Collection[Steps]
    passes_unknown: bool
    """What it does not know is passed over and told, and the record taken."""


class JsonRows:
    """The records of a file. The first row has the columns' names, as a header has."""

    def __init__(self, chunks: Iterable[bytes], form: FileFormat, wanted: Wanted) -> None:
        self._chunks, self._form, self._wanted = chunks, form, wanted
        self._known = known_of({*wanted.columns.values(), *wanted.ignored})
        self._forms = (dict, list) if any(isinstance(steps[0], int) for steps in wanted.columns.values()) else dict
        self._passed_over: dict[str, None] = {}
        self.width: int | None = None
        self.told: list[str] = []

    def __iter__(self) -> Iterator[Row | BrokenRow]:
        """A record that cannot be read is a broken row; behind what is no JSON nothing is read."""
        yield Row(0, list(self._wanted.columns))
        records = self._lines() if self._form.format == "jsonl" else self._elements()
        for number, record in enumerate(records, start=1):
            yield self._row(number, record)
        if self._passed_over:
            self.told.append(f"the mapping does not know {some_of(self._passed_over)}: passed over")

    def _row(self, number: int, record: Any) -> Row | BrokenRow:
        if isinstance(record, Unreadable):
            return BrokenRow(number, None, record.value, record.reason)
        if not isinstance(record, self._forms):
            return BrokenRow(number, None, str(record)[:100], _NO_RECORD)
        unknown = list(unknown_in(record, self._known))
        if refused := [each for each in unknown if not self._passes(each[0])]:
            return BrokenRow(number, None, written(refused[0][0]), _why_unknown(refused))
        if unknown and len(self._passed_over) <= MOST_PATHS:
            self._passed_over |= dict.fromkeys(written(in_each(way)) for way, _ in unknown[: MOST_PATHS + 1])
        cells = [_cell(at(record, steps)) for steps in self._wanted.columns.values()]
        longest = self._form.limits.cell_characters
        place = next((place for place, cell in enumerate(cells) if len(cell) > longest), None)
        if place is not None:
            return BrokenRow(number, place, cells[place], f"the cell is longer than {longest} characters")
        return Row(number, cells)

    def _passes(self, way: Steps) -> bool:
        """Whether it may be passed over. What stands in the way to a column is no other column."""
        wanted = self._wanted
        return wanted.passes_unknown and all(steps[: len(way)] != way for steps in wanted.columns.values())

    def _lines(self) -> Iterator[Any]:
        first = True
        for number, content in split_lines(self._chunks, self._form.limits.line_bytes):
            if content is None:
                yield Unreadable("", f"the line is longer than {self._form.limits.line_bytes} bytes", False)
            elif text := content.removeprefix(MARK if number == 1 else b"").strip():
                # Bytes that are not UTF-8 become lone surrogates, which no column takes.
                record = whole(text.decode("utf-8", "surrogateescape"))
                if first and text[:1] == b"[" and isinstance(record, Unreadable) and record.rest_lost:
                    yield Unreadable(record.value, _ARRAY, True)
                    return
                yield record
            else:
                continue
            first = False

    def _elements(self) -> Iterator[Any]:
        document = Document(self._chunks, steps_of(self._form.records_at), self._form.limits.line_bytes)
        yield from document
        self.told += document.told()


def _why_unknown(unknown: Sequence[tuple[Steps, Any]]) -> str:
    """What is wrong with a record, of which something would be lost."""
    twice = next((way for way, value in unknown if isinstance(value, Repeated)), None)
    if twice:
        return f"{written(twice)} is there twice: which one is meant?"
    named = some_of([written(way) for way, _ in unknown[: MOST_PATHS + 1]])
    return f"the mapping does not know {named}: take it as a column, or ignore it with the reason"


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return Stored(str(value).lower(), "none", "true or false is not taken: write the word that is meant")
        case int() | Decimal():
            number = Decimal(value)
            if not number.is_finite() or abs(number.adjusted()) > 30:
                return Stored(str(value)[:100], "none", "not a number of a size that is measured")
            return Stored(f"{number:f}", "number")
        case Repeated():
            return Stored("", "none", "the key is there twice: which one is meant?")
        case _:
            return Stored("...", "none", "an object or a list: the path must lead to a text or a number in it")
