"""JSON and JSON Lines into rows of cells, one row for each record, its columns by their paths."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

from partner_feeds.readers.form import FileFormat
from partner_feeds.readers.json_around import Around
from partner_feeds.readers.json_document import AROUND, MOST_PATHS, Document, some_of
from partner_feeds.readers.json_events import MARK
from partner_feeds.readers.json_known import known_of, unknown_in
from partner_feeds.readers.json_numbers import TOO_LONG
from partner_feeds.readers.json_paths import Steps, all_at, at, in_each, leads, steps_of, written
from partner_feeds.readers.json_text import Repeated, Unreadable, whole
from partner_feeds.readers.lines import split_lines, windows, without_end_mark
from partner_feeds.readers.other_files import FIRST_BYTES, why_no_json
from partner_feeds.readers.rows import BrokenRow, Row
from partner_feeds.readers.stored import Stored

_NO_RECORD = "a record is an object, {...}, or a list, whose columns have paths such as $[0]"
_ARRAY = "the file is an array of records, and not one in each line: say format: json. What follows was not read"
_INSIDE = "take it as a column, or ignore it with the reason"
_TRUTH = "true or false is not taken as it is: say under codes, or words of a number, what each means"
_EXPONENT = "a number with an exponent is no text, and may have lost its last digits: write all of them, as text"
Unknown = tuple[Steps, Any]


class Wanted(NamedTuple):
    """What a mapping says of the places in a file."""

    columns: Mapping[str, Steps]
    """In a record."""
    around: Mapping[str, Steps]
    """Around the records, from the root of the file."""
    ignored: Collection[Steps]
    ignored_around: Collection[Steps]
    passes_unknown: bool
    """What it does not know is passed over and told, and the record taken."""


class JsonRows:
    """The records of a file. The first row has the columns' names, as a header has."""

    def __init__(self, chunks: Iterable[bytes], form: FileFormat, wanted: Wanted) -> None:
        self._chunks, self._form, self._wanted = chunks, form, wanted
        self._known = known_of({*wanted.columns.values(), *wanted.ignored})
        in_lists = any(isinstance(steps[0], int) for steps in wanted.columns.values())
        self._forms = (dict, list) if in_lists else dict
        records_at = steps_of(form.records_at, many=True)
        self._around = Around(records_at, list(wanted.around.values()), wanted.ignored_around)
        self._passed_over: dict[str, None] = {}
        self._without_records = 0
        self.width: int | None = None
        self.told: list[str] = []

    def __iter__(self) -> Iterator[Row | BrokenRow]:
        """A record that cannot be read is a broken row; behind what is no JSON nothing is read."""
        yield Row(0, [*self._wanted.columns, *self._wanted.around])
        if reason := why_no_json(self._beginning()):
            yield BrokenRow(1, None, "", reason, rest_unread=True)
            return
        if fault := self._around.read(self._chunks):
            yield BrokenRow(1, None, fault.value, fault.reason, rest_unread=True)
            return
        numbers = count(1)
        for element in self._lines() if self._form.format == "jsonl" else self._elements():
            if isinstance(element, Unreadable):
                yield BrokenRow(next(numbers), None, *element)
            elif self._around.to_records:
                yield from self._rows_in(element, numbers)
            else:
                yield self._row(next(numbers), element, (), element)
        if self._without_records:
            elements = f"{self._without_records} elements of {written(self._around.place)}"
            self.told.append(f"{elements} hold no records at {self._form.records_at}")
        if self._passed_over:
            self.told.append(f"the mapping does not know {some_of(self._passed_over)}: passed over")

    def _beginning(self) -> bytes:
        beginning = b""
        for window in windows(self._chunks):
            beginning += window
            if len(beginning) >= FIRST_BYTES:
                break
        return beginning

    def _rows_in(self, element: Any, numbers: Iterator[int]) -> Iterator[Row | BrokenRow]:
        """The rows of an element that holds records. One that holds none has a place too, and all keep theirs."""
        unknown = self._refused(list(self._around.unknown_in(element)), self._around.needs)
        fault = (written(unknown[0][0]), _why_unknown(unknown, AROUND)) if unknown else None
        number = 0
        for way, record in all_at(element, self._around.to_records):
            number = next(numbers)
            yield BrokenRow(number, None, *fault) if fault else self._row(number, record, way, element)
        if number == 0:
            number = next(numbers)
            if fault:
                yield BrokenRow(number, None, *fault)
            else:
                self._without_records += 1

    def _row(self, number: int, record: Any, way: Steps, element: Any) -> Row | BrokenRow:
        if not isinstance(record, self._forms):
            return BrokenRow(number, None, str(record)[:100], _NO_RECORD)
        unknown = list(unknown_in(record, self._known))
        if unknown and (refused := self._refused(unknown, self._needs)):
            remedy = _INSIDE + self._if_they_hold_records(refused)
            return BrokenRow(number, None, written(refused[0][0]), _why_unknown(refused, remedy))
        cells = [_cell(at(record, steps)) for steps in self._wanted.columns.values()]
        if self._wanted.around:
            cells += map(_cell, self._around.values(element, way))
        longest = self._form.limits.cell_characters
        if max(map(len, cells), default=0) > longest:
            place = next(place for place, cell in enumerate(cells) if len(cell) > longest)
            return BrokenRow(number, place, cells[place], f"the cell is longer than {longest} characters")
        return Row(number, cells)

    def _if_they_hold_records(self, unknown: Sequence[Unknown]) -> str:
        """What would be right where a line is no record, and is a document that has records in a list."""
        lists = (way for way, value in unknown if isinstance(value, list) and value and isinstance(value[0], dict))
        found = next(lists, None) if self._form.format == "jsonl" else None
        return f"; if the records are in it, say format: json and records_at: {written(found)}" if found else ""

    def _refused(self, unknown: Sequence[Unknown], needs: Callable[[Steps], bool]) -> Sequence[Unknown]:
        """What of the unknown refuses a record: all that may not be passed over, or stands where a column should."""
        if not unknown or not self._wanted.passes_unknown:
            return unknown
        if len(self._passed_over) <= MOST_PATHS:
            self._passed_over |= dict.fromkeys(written(in_each(way)) for way, _ in unknown[: MOST_PATHS + 1])
        return [each for each in unknown if needs(each[0])]

    def _needs(self, way: Steps) -> bool:
        return any(leads(steps, way) for steps in self._wanted.columns.values())

    def _lines(self) -> Iterator[Any]:
        first = True
        for number, content in split_lines(without_end_mark(self._chunks), self._form.limits.line_bytes):
            if content is None:
                yield Unreadable("", f"the line is longer than {self._form.limits.line_bytes} bytes", False)
            elif text := content.removeprefix(MARK if number == 1 else b"").strip():
                # Bytes that are not UTF-8 become lone surrogates, which no column takes.
                record = whole(text.decode("utf-8", "surrogateescape"))
                breaks_off = isinstance(record, Unreadable) and record.rest_lost
                if first and text[:1] == b"[" and breaks_off and self._forms is dict:
                    yield Unreadable("[", _ARRAY, True)
                    return
                yield record._replace(rest_lost=False) if isinstance(record, Unreadable) else record
            else:
                continue
            first = False

    def _elements(self) -> Iterator[Any]:
        document = Document(self._chunks, self._around, self._form.limits.line_bytes)
        yield from document
        self.told += document.told()


def _why_unknown(unknown: Sequence[Unknown], remedy: str) -> str:
    """What is wrong with a record of which, or around which, something would be lost."""
    twice = next((way for way, value in unknown if isinstance(value, Repeated)), None)
    if twice:
        return f"{written(twice)} is there twice: which one is meant?"
    named = some_of([written(way) for way, _ in unknown[: MOST_PATHS + 1]])
    return f"the mapping does not know {named}: {remedy}"


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return Stored(str(value).lower(), "truth", _TRUTH)
        case int() | Decimal():
            number = Decimal(value)
            if not number.is_finite() or abs(number.adjusted()) > 30:
                shown = "..." if number == Decimal(TOO_LONG) else str(value)[:100]
                return Stored(shown, "none", "not a number of a size that is measured")
            text = f"{number:f}"
            # A whole number is an int, and one with decimals has its point, unless it is written with an exponent.
            has_exponent = isinstance(value, Decimal) and "." not in text
            return Stored(text, "number", _EXPONENT if has_exponent else "")
        case Repeated():
            return Stored("", "none", "the key is there twice: which one is meant?")
        case _:
            return Stored("...", "none", "an object or a list: the path must lead to a text or a number in it")
