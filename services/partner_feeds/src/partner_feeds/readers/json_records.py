"""JSON and JSON Lines into rows of cells, one row for each record, its columns by their paths."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

import ijson

from partner_feeds.readers.form import FileFormat
from partner_feeds.readers.json_known import known_of, unknown_in
from partner_feeds.readers.json_paths import DEEPEST, Steps, at, in_each, steps_of, written
from partner_feeds.readers.json_text import Repeated, Unreadable, whole
from partner_feeds.readers.lines import split_lines, windows
from partner_feeds.readers.rows import BrokenRow, Row
from partner_feeds.readers.stored import Stored

MOST_PATHS: Final = 20
"""Paths that are named to the sender: where each record has other ones, the first show what they are."""
_NO_RECORD = "a record is an object, {...}, or a list, whose columns have paths such as $[0]"

_BEGIN, _END = ("start_map", "start_array"), ("end_map", "end_array")
_MARK = b"\xef\xbb\xbf"


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
            self.told.append(f"the mapping does not know {_some(self._passed_over)}: passed over")

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
        for number, content in split_lines(self._chunks, self._form.limits.line_bytes):
            if content is None:
                yield Unreadable("", f"the line is longer than {self._form.limits.line_bytes} bytes", False)
            elif text := content.removeprefix(_MARK if number == 1 else b"").strip():
                # Bytes that are not UTF-8 become lone surrogates, which no column takes.
                yield whole(text.decode("utf-8", "surrogateescape"))

    def _elements(self) -> Iterator[Any]:
        place = steps_of(self._form.records_at)
        found = False
        try:
            for record in _records(ijson.basic_parse(_File(self._chunks)), place, self._form.limits.line_bytes):
                found = True
                yield record
        except (ijson.JSONError, ValueError) as error:
            yield Unreadable("", f"not JSON, and what follows could not be read either: {str(error)[:200]}", True)
            return
        if not found:
            self.told.append(f"no records are at {self._form.records_at}")


class _File:
    """Chunks as a file that is read to its end."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._pieces = windows(chunks)
        self._marked = True

    def read(self, size: int = -1) -> bytes:
        """The next piece, whatever its size."""
        if size == 0:
            return b""
        piece = next(self._pieces, b"")
        self._marked, marked = False, self._marked
        return piece.removeprefix(_MARK) if marked else piece


def _records(events: Iterator[tuple[str, Any]], place: Steps, largest: int) -> Iterator[Any]:
    """The elements of the array at a place, each built by itself."""
    way: list[str | int] = []
    for event, value in events:
        if event in _BEGIN and tuple(way) == (*place, _index(way)) and len(way) == len(place) + 1:
            yield _built(events, event, largest)
            _next(way)
            continue
        if event in _BEGIN:
            if len(way) >= DEEPEST:
                yield Unreadable("", f"nested more than {DEEPEST} levels deep", True)
                return
            way.append(0 if event == "start_array" else "")
        elif event in _END:
            way.pop()
            _next(way)
        elif event == "map_key":
            way[-1] = value
        else:
            if len(way) == len(place) + 1 and tuple(way[:-1]) == place and isinstance(way[-1], int):
                yield value
            _next(way)


def _index(way: list[str | int]) -> int:
    return way[-1] if way and isinstance(way[-1], int) else -1


def _next(way: list[str | int]) -> None:
    if way and isinstance(way[-1], int):
        way[-1] += 1


def _built(events: Iterator[tuple[str, Any]], begun: str, largest: int) -> Any:
    """One element, of which all events are taken. What has a key twice, or is too large or deep, is told so."""
    root: dict[str, Any] | list[Any] = {} if begun == "start_map" else []
    open_: list[dict[str, Any] | list[Any]] = [root]
    keys: list[str] = [""]
    size, deepest = 0, 1
    for event, value in events:
        size += 8 + (len(value) if isinstance(value, str) else 0)
        if event == "map_key":
            keys[-1] = value
        elif event in _END:
            open_.pop()
            keys.pop()
            if not open_:
                break
        else:
            taken = ({} if event == "start_map" else []) if event in _BEGIN else value
            if size <= largest and len(open_) <= DEEPEST:
                _put(open_[-1], keys[-1], taken)
            if event in _BEGIN:
                open_.append(taken)
                keys.append("")
                deepest = max(deepest, len(open_))
    if deepest > DEEPEST:
        return Unreadable("", f"nested more than {DEEPEST} levels deep", False)
    return root if size <= largest else Unreadable("", f"the record is larger than {largest} bytes", False)


def _put(inside: dict[str, Any] | list[Any], key: str, value: Any) -> None:
    if isinstance(inside, list):
        inside.append(value)
    else:
        inside[key] = Repeated(key) if key in inside else value


def _why_unknown(unknown: Sequence[tuple[Steps, Any]]) -> str:
    """What is wrong with a record, of which something would be lost."""
    twice = next((way for way, value in unknown if isinstance(value, Repeated)), None)
    if twice:
        return f"{written(twice)} is there twice: which one is meant?"
    named = _some([written(way) for way, _ in unknown[: MOST_PATHS + 1]])
    return f"the mapping does not know {named}: take it as a column, or ignore it with the reason"


def _some(paths: Collection[str]) -> str:
    return ", ".join(list(paths)[:MOST_PATHS]) + (" and others" if len(paths) > MOST_PATHS else "")


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
