"""The records of a JSON file: where their array stands, the paths of their members, and what stands around them."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from cli.failures import Failure
from cli.feeds.sketch.cells import Look, look_of, shown
from cli.feeds.sketch.found import Found, Member
from cli.feeds.sketch.roles import role_of
from cli.feeds.sketch.table_rows import ROWS
from cli.feeds.sketch.yaml_text import quoted
from partner_feeds.readers.encodings import in_utf_8
from partner_feeds.readers.form import JSON_LINES, FileFormat
from partner_feeds.readers.json_paths import ANY, DEEPEST, Steps, all_at, steps_of, written
from partner_feeds.readers.json_records import JsonRows, Wanted
from partner_feeds.readers.json_text import Unreadable, whole
from partner_feeds.readers.rows import Row

LARGEST: Final = 20_000_000
"""Bytes: an array is looked for in the whole file."""
_ITEMS: Final = 3
"""A list of so many texts or numbers has a column for each; a longer one is left out."""


class _Array(NamedTuple):
    place: Steps
    records: list[dict[str, Any]]
    elsewise: int = 0
    """How often something else than an array stands at the place."""

    @property
    def score(self) -> float:
        """How much of it looks like results."""
        paths = {way for record in self.records[:ROWS] for way, value in _leaves(record, ()) if not _is_list(value)}
        roles = {role for way in paths if (role := role_of(_name(way)))}
        values = [value for way, value in _leaves(self.records[0], ()) if not _is_list(value)]
        numbers = sum(look_of(str(value)) is Look.number for value in values)
        return (len(roles) + numbers) * math.log2(1 + len(self.records))


def records_in(file: Path, type_: str) -> Found:
    """The records of a file, one column for each member. Raises Failure where there are none."""
    if file.stat().st_size > LARGEST:
        raise Failure(f"{file.name} is larger than {LARGEST} bytes", "Propose from a file with its first records.")
    content = file.read_bytes()
    text = in_utf_8(content).decode("utf-8", "surrogateescape")
    if type_ == JSON_LINES:
        lines = [whole(line) for line in text.splitlines()[:ROWS] if line.strip()]
        return _found(_Array((), [line for line in lines if isinstance(line, dict)]), [], ["format: jsonl"], content)
    root = whole(text)
    if isinstance(root, Unreadable):
        raise Failure(f"{file.name} is no JSON that can be read: {root.reason}")
    arrays = sorted(_arrays(root), key=lambda each: -each.score)
    if not arrays:
        raise Failure(f"{file.name} has no array of records", "A mapping reads [{...}, {...}], wherever it stands.")
    best, *others = arrays
    says = ["format: json"]
    if others:
        named = shown(", ".join(written(each.place) for each in others))
        says.append(f"# ASK: are the records those at {shown(written(best.place))}? There are others at {named}")
    says += [f"records_at: {quoted(written(best.place))}"] if best.place else []
    if best.elsewise:
        said = f"{best.elsewise} of the places {shown(written(best.place))}"
        says.append(f"# ASK: {said} hold no array, and will be refused: let each be one, of a single record too")
    return _found(best, list(_around(root, best.place)), says, content)


def _arrays(root: Any) -> list[_Array]:
    """Every array of objects, and as one those that lie in the elements of another."""
    places = dict.fromkeys(_places(root, ()))
    found = [_array(root, place) for place in places]
    return [array for array in found if array.records and all(isinstance(each, dict) for each in array.records)]


def _array(root: Any, place: Steps) -> _Array:
    values = [value for _, value in all_at(root, place) if value is not None]
    lists = [value for value in values if isinstance(value, list)]
    return _Array(place, [each for list_ in lists for each in list_], len(values) - len(lists))


def _places(value: Any, way: Steps) -> Iterator[Steps]:
    if len(way) >= DEEPEST:
        return
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        yield way
        for each in value[:ROWS]:
            yield from _places(each, (*way, ANY))
    elif isinstance(value, dict):
        for name, each in value.items():
            if _is_path((*way, name)):
                yield from _places(each, (*way, name))


def _is_path(way: Steps) -> bool:
    """Whether a mapping can write it: no path names a member with a backslash."""
    try:
        return steps_of(written(way), many=True) == way
    except ValueError:
        return False


def _around(root: Any, place: Steps) -> Iterator[Steps]:
    """The texts and numbers that stand beside the records, or beside what the records lie in; the nearest first."""
    for length in reversed(range(len(place))):
        _, beside = next(all_at(root, place[:length]), ((), None))
        for name, value in beside.items() if isinstance(beside, dict) else ():
            if not isinstance(value, dict | list) and value is not None and _is_path((*place[:length], name)):
                yield *place[:length], name


def _leaves(value: Any, way: Steps) -> Iterator[tuple[Steps, Any]]:
    """The texts and numbers in a record, and lists that are a table of their own."""
    if isinstance(value, dict) and len(way) < DEEPEST:
        for name, each in value.items():
            yield from _leaves(each, (*way, name))
    elif isinstance(value, list) and len(value) <= _ITEMS and not any(map(_is_list, value)):
        for place, each in enumerate(value):
            yield (*way, place), each
    else:
        yield way, value


def _is_list(value: Any) -> bool:
    return isinstance(value, dict | list)


def _found(array: _Array, around: Sequence[Steps], says: list[str], content: bytes) -> Found:
    """The records as rows, those around them behind their own members."""
    leaves = {way: value for record in array.records[:ROWS] for way, value in _leaves(record, ())}
    lists = {way for record in array.records[:ROWS] for way, value in _leaves(record, ()) if _is_list(value) and value}
    columns = [way for way in leaves if way not in lists and _is_path(way)]
    form = FileFormat.model_validate({"format": says[0].removeprefix("format: "), "records_at": written(array.place)})
    wanted = Wanted({written(way): way for way in columns}, {written(way): way for way in around}, [], [], True)
    read = (row.cells for row in JsonRows([content], form, wanted) if isinstance(row, Row))
    rows = [cells for cells, _ in zip(read, range(ROWS + 1), strict=False)][1:]
    members = [Member(written(way), is_around=False, is_plain=len(way) == 1) for way in columns]
    members += [Member(written(way), is_around=True, is_plain=False) for way in around]
    passed_over = {written(way): "ASK: it holds a list of its own" for way in lists if way and _is_path(way)}
    names = [_name(way) for way in columns]
    for way in around:
        near = str(way[-1])
        names.append(near if near not in names else f"{near} at {written(way)}")
    return Found(says, names, rows, members=members, passed_over=passed_over)


def _name(way: Steps) -> str:
    return ".".join(str(step) for step in way if step != ANY)
