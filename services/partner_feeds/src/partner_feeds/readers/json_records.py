"""JSON and JSON Lines into rows of cells, one row for each record, its columns by their paths."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import ijson

from partner_feeds.readers.form import FileFormat
from partner_feeds.readers.json_paths import Steps, at, steps_of
from partner_feeds.readers.json_text import Repeated, Unreadable, whole
from partner_feeds.readers.lines import split_lines, windows
from partner_feeds.readers.rows import BrokenRow, Row
from partner_feeds.readers.stored import Stored

DEEPEST = 64
"""Levels of a file: the records of no laboratory have more than a few."""

_BEGIN, _END = ("start_map", "start_array"), ("end_map", "end_array")
_MARK = b"\xef\xbb\xbf"


class JsonRows:
    """The records of a file. The first row has the columns' names, as a header has."""

    def __init__(self, chunks: Iterable[bytes], form: FileFormat, paths: Mapping[str, str], known: set[str]) -> None:
        self._chunks, self._form = chunks, form
        self._paths = {name: steps_of(path) for name, path in paths.items()}
        self._known = known | {str(steps[0]) for steps in self._paths.values() if steps}
        self.width: int | None = None
        self.told: list[str] = []

    def __iter__(self) -> Iterator[Row | BrokenRow]:
        """A record that cannot be read is a broken row; behind what is no JSON nothing is read."""
        yield Row(0, list(self._paths))
        records = self._lines() if self._form.format == "jsonl" else self._elements()
        for number, record in enumerate(records, start=1):
            yield self._row(number, record)

    def _row(self, number: int, record: Any) -> Row | BrokenRow:
        if isinstance(record, Unreadable):
            return BrokenRow(number, None, record.value, record.reason)
        if not isinstance(record, dict):
            return BrokenRow(number, None, str(record)[:100], "a record is an object: {...}")
        unknown = [name for name in record if name not in self._known]
        if unknown:
            return BrokenRow(number, None, unknown[0], f"the mapping does not know the member {unknown[0][:80]!r}")
        cells = [_cell(at(record, steps)) for steps in self._paths.values()]
        longest = self._form.limits.cell_characters
        place = next((place for place, cell in enumerate(cells) if len(cell) > longest), None)
        if place is not None:
            return BrokenRow(number, place, cells[place], f"the cell is longer than {longest} characters")
        return Row(number, cells)

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
            return Stored("", "none", "the record has this key twice: which one is meant?")
        case _:
            return Stored("...", "none", "an object or a list: the path must lead to a text or a number in it")
