"""Every column of a file under a key of its own: of two with one name each says its place."""

import re
from collections import Counter
from typing import Final

from cli.feeds.sketch.columns import Column, guess
from cli.feeds.sketch.found import Found
from cli.feeds.sketch.numbers import decimal_sign_in
from cli.feeds.sketch.yaml_text import quoted
from partner_feeds.values.texts import as_compared

_LONGEST: Final = 100


def columns_of(found: Found) -> list[Column]:
    """The columns of a table or of records, each with what it probably holds."""
    cells = [[row[place].strip() and row[place] for row in found.rows] for place in range(len(found.names))]
    elsewhere = decimal_sign_in(cell for column in cells for cell in column)
    times = Counter(as_compared(name) for name in found.names)
    taken = set(times)
    columns = []
    for place, name in enumerate(found.names):
        if not name and not (found.by_position and any(cells[place])):
            continue
        key = _key(name, place, found)
        if key != name or times[as_compared(name)] > 1:
            key = next(each for each in (f"{key} #{place + n}" for n in range(1, 2**31)) if each not in taken)
            taken.add(key)
        where = ", ".join(_where(name, key, place, found, is_twice=times[as_compared(name)] > 1))
        filled = [cell for cell in cells[place] if cell]
        unit = found.units[place].strip("[]() ") if found.units else ""
        columns.append(Column(name, key, where, place, cells[place], guess(name, filled, elsewhere, unit)))
    return columns


def _key(name: str, place: int, found: Found) -> str:
    """The name, if records can refer to it and it is no place."""
    key = re.sub("[{}]", "", name)[:_LONGEST].strip()
    return key if key and not (found.by_position and key.isdecimal()) else f"column {key}".strip()


def _where(name: str, key: str, place: int, found: Found, *, is_twice: bool) -> list[str]:
    if found.members:
        member = found.members[place]
        if member.is_plain and key == name:
            return []
        return [f"{'around' if member.is_around else 'path'}: {quoted(member.path)}"]
    if found.by_position:
        return [f"position: {place + 1}"]
    position = [f"position: {place + 1}"] if is_twice else []
    return position + ([f"aliases: [{quoted(name)}]"] if key != name else [])
