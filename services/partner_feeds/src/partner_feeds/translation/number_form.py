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
from partner_feeds.readers.encodings import unmarked
from partner_feeds.readers.rows import Row
from partner_feeds.readers.stored import Stored
from partner_feeds.records.answers import Refused, refused
from partner_feeds.translation.cells import read_texts_of
from partner_feeds.translation.header import Header
from partner_feeds.values.numbers import DECIMAL_SIGNS, THOUSANDS_SIGNS, NumberForm
from partner_feeds.values.qualified import signed
from partner_feeds.values.texts import as_read

Test = Callable[[str], object]

_GROUPED = rb"[0-9][.,][0-9]{3}[.,][0-9]"
_OTHER_DECIMAL = {".": rb"(?<![0-9,])[0-9]+,[0-9]+(?![0-9,])", ",": rb"(?<![0-9.])[0-9]+\.[0-9]+(?![0-9.])"}
_IN_QUOTES = rb'"[^"\n]{0,40}[0-9],[0-9]'
"""Where commas stand between cells, one in a number stands in quotes."""
_OVERLAP = 48


@lru_cache(maxsize=32)
def _tests(sign: str, other: str, *, groups: bool) -> tuple[Test, Test]:
    """What may be of either form, and what is of the other one alone, where ``sign`` is said to be the decimal sign; or
    with ``groups``, to stand between thousands. No group of thousands begins with a zero."""
    either = re.compile(rf"[+-]?[1-9][0-9]{{0,2}}{re.escape(sign)}[0-9]{{3}}").fullmatch
    if groups:
        return either, re.compile(rf"[+-]?(?:0|[0-9]+(?![0-9]*.[0-9]{{3}}$)){re.escape(sign)}[0-9]+").fullmatch
    group, decimals = rf"[+-]?[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})", rf"{re.escape(other)}[0-9]+"
    alone = rf"[+-]?(?:0|[0-9]+(?![0-9]*.[0-9]{{3}}$)){re.escape(other)}[0-9]+"
    return either, re.compile(rf"{group}{{2,}}(?:{decimals})?|{group}+{decimals}|{alone}").fullmatch


def _tests_of(form: NumberForm) -> tuple[Test, Test]:
    other = "," if form.decimal == "." else "."
    if form.thousands in ("comma", "point"):
        return _tests(THOUSANDS_SIGNS[form.thousands], form.decimal, groups=True)
    return _tests(form.decimal, other, groups=False)


class NumberForms:
    """Looks at a file's numbers for what shows another form than the mapping's. Stored numbers have none."""

    def __init__(self, mapping: Mapping, header: Header, shared: dict[str, str], chunks: Iterable[bytes]) -> None:
        self._code = mapping.code
        self._columns = [
            _Column(name, column, read_texts_of(name, column, header, shared), mapping)
            for name, column in mapping.columns.items()
            if name in header.positions and isinstance(column, NumberColumn)
        ]
        self._seen: dict[tuple[str, int], tuple[str, int, str]] = {}
        self.is_settled = not self._columns or not _may_be(mapping, chunks)

    def look(self, row: Row) -> Refused | None:
        """The refusal of the file, where this row and one before show two forms."""
        for column in self._columns:
            text = column.text_of(row.cells)
            if isinstance(text, Stored) or not text:
                continue
            number = column.number_in(text)
            for which, test in enumerate(column.tests):
                if (column.form, which) not in self._seen and test(number):
                    self._seen[column.form, which] = column.name, row.number, text.strip()
                    if other := self._seen.get((column.form, 1 - which)):
                        mine = self._seen[column.form, which]
                        return _refused(self._code, *((other, mine) if which else (mine, other)))
        return None

    def verdict(self) -> None:
        """Nothing is open when all rows were seen."""


class _Column:
    """How the numbers of a column are written, and the number in a cell as its reader takes it."""

    def __init__(self, name: str, column: NumberColumn, text_of: Callable[[list[str]], str], mapping: Mapping) -> None:
        form = column.form(mapping.decimal, mapping.thousands)
        self.name, self.text_of, self.tests = name, text_of, _tests_of(form)
        self.form = f"{form.decimal} {form.thousands}"
        self._behind = tuple(filter(None, (column.suffix, "%")))

    def number_in(self, text: str) -> str:
        """Without its sign as a limit, and what may stand behind it."""
        found = as_read(text)
        if limit := signed(found):
            found = limit[1]
        for behind in self._behind:
            found = found.removesuffix(behind).rstrip()
        return found


def _may_be(mapping: Mapping, chunks: Iterable[bytes]) -> bool:
    """Whether a cell may show another form: looked for in the bytes, which takes a fraction of reading the rows."""
    if mapping.thousands != "none" or any(getattr(column, "thousands", None) for column in mapping.columns.values()):
        return True
    if mapping.format == "xlsx":
        return True
    own = {getattr(column, "decimal", None) or mapping.decimal for column in mapping.columns.values()}
    signs = {DECIMAL_SIGNS[each] for each in own}
    shows = [
        _GROUPED,
        *(_IN_QUOTES if (sign, mapping.delimiter) == (".", ",") else _OTHER_DECIMAL[sign] for sign in signs),
    ]
    search = re.compile(b"|".join(shows)).search
    _, lines = unmarked(chunks, mapping.encoding)
    return any(search(before[-_OVERLAP:] + chunk) for before, chunk in pairwise(chain([b""], lines)))


def _refused(code: str, ambiguous: tuple[str, int, str], other: tuple[str, int, str]) -> Refused:
    reason = (
        f"is not written as the mapping {code} says, and so row {ambiguous[1]} with {ambiguous[2]} may be a thousand "
        "times as much, or as little: no row of the file was taken; correct decimal or thousands in the mapping, or "
        "this cell"
    )
    return refused(other[1], other[0], other[2], reason)
