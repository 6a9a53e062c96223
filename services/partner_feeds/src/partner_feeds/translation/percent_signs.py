"""Whether a column has numbers with a percent sign and plain ones that may be shares: looked for before a row is taken.

98.2 % and 0.981 in one column of percentages are most likely two batches of nearly the same content. Taken as it stands
the second would be 0.981 %, and nobody would see it.
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import chain, pairwise
from typing import Final

from partner_feeds.language.columns import NumberColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.encodings import unmarked
from partner_feeds.readers.rows import Row
from partner_feeds.readers.stored import Stored
from partner_feeds.records.answers import Refused, refused
from partner_feeds.translation.cells import read_texts_of
from partner_feeds.translation.header import Header
from partner_feeds.values.numbers import NumberForm
from partner_feeds.values.qualified import signed
from partner_feeds.values.texts import CannotRead, as_read, as_word, in_ascii

LARGEST_SHARE: Final = Decimal("1.5")
"""Above it a plain number is a percentage. A share of more than 150 % is of nothing that is measured here."""

_SIGNED = re.compile(rb"[0-9](?:[ ]|\xc2?\xa0)?(?:%|\xef\xbc\x85)").search


class _Column:
    """Of one column, by the unit of its rows: the first number with a sign, and the first that may be a share."""

    def __init__(self, name: str, form: NumberForm, known: frozenset[str], text_of: Callable[[list[str]], str]) -> None:
        self._name, self._form, self._known, self._text_of = name, form, known, text_of
        self._seen: dict[bool, tuple[int, str]] = {}

    def look(self, row: Row) -> Refused | None:
        """The refusal of the file, where it has both."""
        cell = self._text_of(row.cells)
        if not cell or as_word(cell) in self._known or (isinstance(cell, Stored) and cell.kind != "number"):
            return None
        text = as_read(cell)
        if limit := signed(text):
            text = limit[1]
        has_sign, is_share = in_ascii(text).endswith("%"), self._is_share(text)
        # A share with a sign is a small percentage, beside which another small one is in no more doubt.
        if has_sign in self._seen or is_share is None or is_share == has_sign:
            return None
        self._seen[has_sign] = row.number, str(cell).strip()
        return _mixed(self._name, self._seen[True], self._seen[False]) if len(self._seen) == 2 else None

    def _is_share(self, text: str) -> bool | None:
        """Whether a number is so small that it may be a share; None for what is no number, or nothing."""
        try:
            number = self._form.read(text)
        except CannotRead:
            return None
        return None if number == 0 else abs(number) <= LARGEST_SHARE


class PercentSigns:
    """Looks at a file's percentages, where some are written with their sign."""

    def __init__(self, mapping: Mapping, header: Header, shared: dict[str, str], chunks: Iterable[bytes]) -> None:
        self._columns = [
            _Column(
                name,
                column.form(mapping.decimal, mapping.thousands),
                frozenset(map(as_word, (*mapping.missing, *column.missing, *column.words))),
                read_texts_of(name, column, header, shared),
            )
            for name, column in mapping.columns.items()
            if name in header.positions and isinstance(column, NumberColumn) and column.unit == "%"
        ]
        self.is_settled = not self._columns or (mapping.format != "xlsx" and not _has_signs(mapping, chunks))

    def look(self, row: Row) -> Refused | None:
        """The refusal of the file, where this row and one before are of both kinds."""
        return next((doubt for column in self._columns if (doubt := column.look(row))), None)

    def verdict(self) -> None:
        """Nothing is open when all rows were seen."""


def _has_signs(mapping: Mapping, chunks: Iterable[bytes]) -> bool:
    """Whether a sign stands behind a digit: looked for in the bytes, which takes a fraction of reading the rows."""
    _, lines = unmarked(chunks, mapping.encoding)
    return any(_SIGNED(before[-4:] + chunk) for before, chunk in pairwise(chain([b""], lines)))


def _mixed(name: str, percent: tuple[int, str], plain: tuple[int, str]) -> Refused:
    reason = (
        f"has no percent sign, and row {percent[0]} has {percent[1]}: whether this is a share or a percentage nothing "
        "shows, and no row of the file was taken: write all of the column with the sign, or all without"
    )
    return refused(plain[0], name, plain[1], reason)
