"""Whether a file's numbers are written as the mapping says: seen in all of it, before a row is taken.

950.000 is nine hundred and fifty, or a thousand times as much. Where another cell, such as 1.234.567, shows that points
stand between thousands, each such number of the file may be wrong, and nobody would see it.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain, pairwise

from partner_feeds.language.columns import NumberColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import Row
from partner_feeds.records.answers import Refused, refused
from partner_feeds.translation.cells import read_texts_of
from partner_feeds.translation.header import Header
from partner_feeds.values.numbers import THOUSANDS_SIGNS, NumberForm

Test = Callable[[str], object]

_GROUPED = re.compile(rb"[0-9]([.,])[0-9]{3}[.,][0-9]").search
"""Somewhere a number may have separators of thousands: else nothing can show that it has."""
_OVERLAP = 8
_TWO_BYTES = (b"\xff\xfe", b"\xfe\xff")


@lru_cache(maxsize=32)
def _tests(sign: str, other: str, *, groups: bool) -> tuple[Test, Test]:
    """What may be of either form, and what is of the other one alone, where ``sign`` is said to be the decimal sign; or
    with ``groups``, to stand between thousands."""
    either = re.compile(rf"[+-]?[0-9]{{1,3}}{re.escape(sign)}[0-9]{{3}}").fullmatch
    if groups:
        return either, re.compile(rf"[+-]?[0-9]+{re.escape(sign)}(?:[0-9]{{1,2}}|[0-9]{{4,}})").fullmatch
    group = rf"[+-]?[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})"
    return either, re.compile(rf"{group}{{2,}}(?:{re.escape(other)}[0-9]+)?|{group}+{re.escape(other)}[0-9]+").fullmatch


def _tests_of(form: NumberForm) -> tuple[Test, Test]:
    other = "," if form.decimal == "." else "."
    if form.thousands in ("comma", "point"):
        return _tests(THOUSANDS_SIGNS[form.thousands], form.decimal, groups=True)
    return _tests(form.decimal, other, groups=False)


def form_in_doubt(
    mapping: Mapping,
    header: Header,
    shared: dict[str, str],
    chunks: Iterable[bytes],
    read_again: Callable[[], Iterable[Row]],
) -> Refused | None:
    """The refusal of a whole file; None where no number is in doubt. Numbers of a workbook or of JSON are stored."""
    columns = [
        (name, read_texts_of(name, column, header, shared), _tests_of(column.form(mapping.decimal, mapping.thousands)))
        for name, column in mapping.columns.items()
        if name in header.positions and isinstance(column, NumberColumn)
    ]
    if mapping.format != "csv" or not columns or not _may_be(mapping, chunks):
        return None
    seen: dict[tuple[tuple[Test, Test], int], tuple[str, int, str]] = {}
    for row in read_again():
        for name, text_of, tests in columns:
            text = text_of(row.cells).strip().removesuffix("%").rstrip()
            for which, test in enumerate(tests):
                if (tests, which) not in seen and test(text):
                    seen[tests, which] = name, row.number, text
                    if (tests, 1 - which) in seen:
                        return _refused(mapping.code, seen[tests, 0], seen[tests, 1])
    return None


def _may_be(mapping: Mapping, chunks: Iterable[bytes]) -> bool:
    """Whether a cell may show another form: looked for in the bytes, which takes a fraction of reading the rows."""
    if mapping.thousands != "none" or any(getattr(column, "thousands", None) for column in mapping.columns.values()):
        return True
    if mapping.encoding == "utf-16":
        return True
    for before, chunk in pairwise(chain([b""], chunks)):
        if chunk.startswith(_TWO_BYTES) or _GROUPED(before[-_OVERLAP:] + chunk):
            return True
    return False


def _refused(code: str, ambiguous: tuple[str, int, str], other: tuple[str, int, str]) -> Refused:
    reason = (
        f"is not written as the mapping {code} says, and so row {ambiguous[1]} with {ambiguous[2]} may be a thousand "
        "times as much, or as little: no row of the file was taken; correct decimal or thousands in the mapping, or "
        "this cell"
    )
    return refused(other[1], other[0], other[2], reason)
