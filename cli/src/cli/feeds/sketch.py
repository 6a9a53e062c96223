"""A mapping proposed from a file, with the reason of each guess: something to correct, and never to be used unread."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.failures import Failure
from cli.feeds.sketch_columns import Guess, guess, role_of

LOOKED_AT: Final = 200_000
"""Bytes from the file's beginning."""
ROWS: Final = 200
_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8"}
_DELIMITERS: Final = {";": "a semicolon", ",": "a comma", "\t": "a tab", "|": "a bar"}
_NUMBER = re.compile(r"[<>≤≥~]?\s*[+-]?[0-9][0-9.,' ]*%?").fullmatch


@dataclass(frozen=True, slots=True)
class Table:
    """What of a file looks like a table."""

    encoding: str
    why_encoding: str
    delimiter: str
    line: int
    """That of the header, from 1."""
    header: list[str]
    rows: list[list[str]]


def propose(file: Path) -> str:
    """The document of a mapping for files like this one. Raises Failure where nothing looks like a table."""
    table = read(file)
    guesses = [
        guess(name, [row[place].strip() for row in table.rows if place < len(row)])
        for place, name in enumerate(table.header)
        if name
    ]
    return "\n".join([*_head(file, table), *_columns(guesses), *_records(guesses), ""])


def read(file: Path) -> Table:
    """The first table of a file. Raises Failure where there is none."""
    with file.open("rb") as stream:
        content = stream.read(LOOKED_AT)
    encoding, why = _encoding(content)
    lines = content.decode(encoding, "replace").removeprefix("\ufeff").splitlines()
    delimiter, width = _form(lines)
    rows = [(number, cells) for number, cells in _cells(lines, delimiter) if len(cells) >= width - 1]
    # The line that names most; among equals the first.
    header = max((each for each in rows if _is_header(each[1], width)), key=lambda each: _named(each[1]), default=None)
    if header is None:
        raise Failure(f"nothing in {file.name} looks like the header of a table", "See docs/guides/write-a-mapping.md.")
    line, names = header
    below = [cells for number, cells in rows if number > line][:ROWS]
    return Table(encoding, why, delimiter, line, [name.strip() for name in names], below)


def _encoding(content: bytes) -> tuple[str, str]:
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            return name, "the file begins with its mark"
    try:
        content[: content.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252", "the file is not UTF-8; ask whether it is windows-1250, of central Europe"
    return "utf-8", "every byte is valid UTF-8"


def _form(lines: Sequence[str]) -> tuple[str, int]:
    """The sign between cells, and of how many cells most rows are: what gives the most cells in rows of one width."""
    found = {}
    for delimiter in _DELIMITERS:
        widths = Counter(len(cells) for _, cells in _cells(lines, delimiter) if len(cells) > 1)
        if widths:
            width, count = max(widths.items(), key=lambda each: (each[1] * each[0], each[0]))
            found[delimiter] = (width * count, width)
    if not found:
        raise Failure("no line has a comma, a semicolon, a tab or a bar between cells", "Is it a table at all?")
    delimiter = max(found, key=lambda each: found[each][0])
    return delimiter, found[delimiter][1]


def _cells(lines: Sequence[str], delimiter: str) -> Iterable[tuple[int, list[str]]]:
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lower().startswith("sep="):
            yield number, next(csv.reader([line], delimiter=delimiter))


def _named(cells: Sequence[str]) -> int:
    return sum(bool(role_of(cell.strip())) for cell in cells)


def _is_header(cells: Sequence[str], width: int) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) >= max(2, width - 1) and not any(_NUMBER(cell) for cell in filled)


def _head(file: Path, table: Table) -> list[str]:
    code = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "files"
    return [
        f"# Proposed from {file.name}. Each line says why; ask the laboratory what # ASK stands behind.",
        f"code: {code}",
        "version: 1",
        f'delimiter: "{table.delimiter}"'.replace("\t", "\\t"),
        f"encoding: {table.encoding}  # {table.why_encoding}",
        *([f"# The header is line {table.line}: it is found by its columns."] if table.line > 1 else []),
        "",
    ]


def _columns(guesses: Sequence[Guess]) -> list[str]:
    taken = ["columns:"]
    unit = next((f"unit_column: {_quoted(each.name)}" for each in guesses if each.role == "unit"), 'unit: "1"')
    left_out = _left_out(guesses)
    for each in guesses:
        holds = f"{each.holds}, {unit}" if each.role == "value" else each.holds
        if each not in left_out:
            taken += [f"  {_quoted(each.name)}: {{{holds}}}  # {each.why}"]
    unknown = [f"  {_quoted(each.name)}: ASK whether somebody needs it" for each in left_out]
    return [*taken, *(["", "ignored:", *unknown] if unknown else []), ""]


def _left_out(guesses: Sequence[Guess]) -> list[Guess]:
    """What no record of the proposal uses: beside a result per row, further numbers; of two dates, the second."""
    used: dict[str, Guess] = {}
    a_row = {"test", "value"} <= {each.role for each in guesses}
    for each in guesses:
        if each.role != "unknown" and not (each.role == "result" and a_row) and not (each.role == "unit" and not a_row):
            used.setdefault(each.name if each.role == "result" else each.role, each)
    return [each for each in guesses if each not in used.values()]


def _records(guesses: Sequence[Guess]) -> list[str]:
    by_role = {each.role: each.name for each in reversed(guesses)}  # of two, the first
    lot, date = by_role.get("lot"), by_role.get("date")
    product = by_role.get("product")
    asked = [] if lot and date else ["# ASK: which column names the lot, and which says when it was tested?"]
    number, material = f"{{{lot or 'LOT'}}}", f"{{{product}}}" if product else "PRODUCT"
    lines = [
        *asked,
        "lots:",
        f'  batch: {{material: "{material}", number: "{number}"}}'
        + ("" if product else "  # ASK: the file names no product; write its code here"),
        "",
        "records:",
        "  - record: TestResult",
    ]
    test = "{" + by_role["test"] + "}" if "test" in by_role and "value" in by_role else "{test}"
    lines += [f'    id: "{material}/{number}/{test}"  # ASK: the same whenever it comes again, and else different']
    lines += [f"    revision: {_quoted(by_role['revision'])}"] if "revision" in by_role else []
    lines += [f"    occurred_at: {_quoted(date or 'DATE')}", "    lot: batch", "    stage: release  # ASK"]
    if test != "{test}":
        return [*lines, f'    test: "{test}"', f"    value: {_quoted(by_role['value'])}"]
    names = [_quoted(each.name) for each in guesses if each.role == "result"]
    return [*lines, f"    tests: [{', '.join(names)}]"]


def _quoted(name: str) -> str:
    plain = re.fullmatch(r"[^\W\d][\w ./-]*", name) and name.lower() not in ("yes", "no", "true", "false", "null", "on")
    return name if plain else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
