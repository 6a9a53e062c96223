"""Where a column's text comes from: a column of the file, by name or position, or what is said of the whole file."""

from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from partner_feeds.language.columns import Column
from partner_feeds.language.rules import TestResultRule
from partner_feeds.readers.json_paths import ANY, Steps, steps_of
from partner_feeds.values.texts import as_compared

if TYPE_CHECKING:
    from partner_feeds.language.mapping import Mapping


def names_of(name: str, column: Column) -> set[str]:
    """What the column may be called in a file, as names are compared."""
    return {as_compared(each) for each in (name, *column.aliases)}


def ignored_steps(name: str) -> Steps:
    """Where in a record of JSON what is ignored stands, with all below it. Raises ValueError for what is no path."""
    if name == "$":
        raise ValueError("'$': is the whole record; ignore a part of it, such as $.comment")
    return steps_of(name, many=True) if name.startswith("$") else (name,)


def place_faults(mapping: "Mapping") -> Iterator[str]:
    """What keeps a column's place in a file from being known."""
    yield from _several_sources(mapping)
    yield from _of_another_format(mapping)
    yield from _one_place_for_two(mapping)
    if mapping.format == "json":
        yield from _around(mapping)
    if mapping.header is None:
        yield from _without_header(mapping)
    yield from _without_effect(mapping)
    yield from _choosing(mapping)


def _choosing(mapping: "Mapping") -> Iterator[str]:
    """Columns by which rows are chosen or taken back, and that a file may lack: then all its rows would be taken."""
    is_table = not mapping.format.startswith("json")  # a record of JSON may lack any place, which is blank then
    for word in ("skip", "take"):
        for name in getattr(mapping, word):
            column = mapping.of_the_file.get(name)
            if column is None:
                yield f"{word}: no column of the file is called {name!r}"
            elif column.optional and is_table:
                lost = "of a file without it every row would be taken"
                yield f"{word}: {name} is optional, and {lost}: leave optional away"
    for place, rule in enumerate(mapping.records):
        for name in rule.void if isinstance(rule, TestResultRule) else ():
            column = mapping.columns.get(name)
            in_rows = column is not None and is_table and (column.in_the_file or column.of is not None)
            if column and in_rows and column.optional and column.default is None:
                yield (
                    f"records[{place}].void: {name} is optional, and of a file without it nothing would be withdrawn: "
                    "leave optional away, or say by default what such a file means"
                )


def _several_sources(mapping: "Mapping") -> Iterator[str]:
    for name, column in mapping.columns.items():
        if len(column.sources) > 1:
            yield f"columns.{name}: {' and '.join(column.sources)} are different places: say one"


def _without_effect(mapping: "Mapping") -> Iterator[str]:
    """Words that would be passed over."""
    if mapping.first_row is not None and mapping.header is not None:
        yield "first_row: is of a file without a header; where one stands, it is found, or said by header: {row: ...}"
    for name, column in mapping.columns.items():
        if column.fill_down and not column.in_the_file:
            yield f"columns.{name}.fill_down: only a column of the file has a cell above: say it of the parts"


def _of_another_format(mapping: "Mapping") -> Iterator[str]:
    """Words that say nothing of a file of this format."""
    json = mapping.format.startswith("json")
    table = [word for word in ("units_row", "ends_at", "transposed", "first_row") if getattr(mapping, word)]
    for word in table if json else ():
        yield f"{word}: records of JSON are no table"
    only_json = {"records_at": mapping.records_at != "$", "ignored_around": bool(mapping.ignored_around)}
    for word, is_said in only_json.items() if mapping.format != "json" else ():
        if is_said:
            yield f"{word}: says nothing of a file of format {mapping.format}"
    for name in mapping.ignored if json else ():
        try:
            ignored_steps(name)
        except ValueError as error:
            yield f"ignored: {error}"
    for name, column in mapping.columns.items():
        for word in column.sources:
            if (
                (word == "path") > json
                or (word == "around" and mapping.format != "json")
                or (json and word in ("position", "above"))
            ):
                yield f"columns.{name}.{word}: says nothing of a file of format {mapping.format}"


def _around(mapping: "Mapping") -> Iterator[str]:
    """Paths around the records of JSON that lead into them, or to one of several elements."""
    records_at = steps_of(mapping.records_at, many=True)
    for name, column in mapping.columns.items():
        if column.around and (fault := _why_not_around(column.around, records_at, one=True)):
            yield f"columns.{name}.around: {fault}"
    for path in mapping.ignored_around:
        if fault := _why_not_around(path, records_at, one=False):
            yield f"ignored_around: {fault}"


def _why_not_around(path: str, records_at: Steps, *, one: bool) -> str | None:
    try:
        steps = steps_of(path, many=True)
    except ValueError as error:
        return str(error)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(steps, records_at, strict=False))))
    if shared == len(records_at):
        return f"{path} lies in the records, and not around them: say {'path' if one else 'ignored'}"
    if shared == len(steps):
        return f"the records lie in {path}: name what stands beside them"
    if one and (records_at[shared] == ANY or ANY in steps[shared:]):
        return f"{path} leads to several elements, or to another than the record lies in: begin as records_at does"
    return None


def _one_place_for_two(mapping: "Mapping") -> Iterator[str]:
    at: dict[int, str] = {}
    called: dict[str, str] = {as_compared(each): f"ignored {each}" for each in mapping.ignored}
    for name, column in mapping.of_the_file.items():
        if column.position is not None:
            if (other := at.setdefault(column.position, name)) != name:
                yield f"columns.{name}: position {column.position} is also that of {other}"
        else:
            for each in sorted(names_of(name, column)):
                if (other := called.setdefault(each, name)) != name and other != f"ignored {name}":
                    yield f"columns.{name}: {each!r} also means {other}: say the position of both"


def _without_header(mapping: "Mapping") -> Iterator[str]:
    if mapping.units_row:
        yield "units_row: the units stand beneath a header, and the file has none"
    for name, column in mapping.of_the_file.items():
        if column.position is None:
            yield f"columns.{name}: say its position, for the file has no header"
    for name, column in mapping.columns.items():
        if column.above:
            yield f"columns.{name}.above: nothing stands above a table without a header"
    for name in mapping.ignored:
        if not name.isdecimal():
            yield f"ignored.{name}: without a header a column is ignored by its position, such as 4"
