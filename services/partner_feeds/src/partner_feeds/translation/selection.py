"""Which rows a mapping takes, by the texts in their cells, and cells that stand for the one above them."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import BrokenRow, Row
from partner_feeds.readers.stored import MERGED_ABOVE, Stored
from partner_feeds.records.answers import LeftOut, Refused, refused, short
from partner_feeds.translation.header import Header
from partner_feeds.values.statistics import says_as_above
from partner_feeds.values.texts import as_compared

MOST_TEXTS = 20
"""Of the texts by which rows were left out, so many are told."""
MOST_COUNTED = 1000
"""So many of them are counted each by itself: a column that is taken by its text may hold another in every row."""


class _Rule(NamedTuple):
    """A column's texts that are taken, or that are left out."""

    name: str
    place: int
    texts: frozenset[str]
    in_any_case: frozenset[str]
    taken: bool

    @property
    def word(self) -> str:
        """The mapping's word for it."""
        return "take" if self.taken else "skip"


def selection(mapping: Mapping, header: Header) -> "Selection | None":
    """What chooses among a file's rows; None where the mapping takes every one."""
    rules = [
        _Rule(name, header.positions[name], texts, frozenset(map(str.casefold, texts)), taken)
        for rule, taken in ((mapping.take, True), (mapping.skip, False))
        for name, of_column in rule.items()
        if name in header.positions
        for texts in [frozenset(map(as_compared, of_column))]
    ]
    return Selection(rules) if rules else None


class Selection:
    """Takes rows, or leaves them out; what it left out by which text it tells at the end."""

    def __init__(self, rules: list[_Rule]) -> None:
        self._rules = rules
        self._listed: dict[str, set[str]] = {}
        for rule in rules:
            self._listed.setdefault(rule.name, set()).update(rule.texts)
        self._left: Counter[tuple[str, str, str]] = Counter()
        self._further = 0
        """Rows that were left out by further texts."""

    def __call__(self, row: Row) -> LeftOut | Refused | None:
        """None for a row that is taken. In other letters a word may be meant or not: such a row is refused."""
        for rule in self._rules:
            text = as_compared(row.cells[rule.place])
            if text not in self._listed[rule.name] and text.casefold() in rule.in_any_case:
                reason = (
                    f"is written otherwise under {rule.word} in the mapping: is it the same? then list it there too"
                )
                return refused(row.number, rule.name, text, reason)
            if (text in rule.texts) is not rule.taken:
                self._count((rule.word, rule.name, short(text)))
                return LeftOut(row.number)
        return None

    def _count(self, left: tuple[str, str, str]) -> None:
        if left not in self._left and len(self._left) == MOST_COUNTED:
            # What was there once makes room: a text that stands in many rows is to be told, wherever it begins.
            once = [text for text, count in self._left.items() if count == 1]
            self._further += len(once) or 1
            if not once:
                return
            for text in once:
                del self._left[text]
        self._left[left] += 1

    def told(self) -> str:
        """By which texts rows were left out, and how many; blank where none were."""
        if not self._left:
            return ""
        parts = [
            f"{word} of {name} {text!r}: {count}" for (word, name, text), count in self._left.most_common(MOST_TEXTS)
        ]
        if more := len(self._left) - len(parts):
            parts.append(f"and {more} texts more")
        if self._further:
            parts.append(f"and in {self._further} rows more by further texts")
        return f"left out by {'; '.join(parts)}"


def _says_why(cell: str) -> bool:
    """Whether a cell is blank for a reason of its own, other than that it is merged with the one above."""
    return isinstance(cell, Stored) and bool(cell.reason) and cell.reason != MERGED_ABOVE


def filled_down(mapping: Mapping, header: Header) -> Callable[[Row | BrokenRow], Row | BrokenRow] | None:
    """Puts what stands above into blank cells of columns that say so; None where no column does."""
    places = [
        header.positions[name]
        for name, column in mapping.columns.items()
        if column.fill_down and name in header.positions
    ]
    if not places:
        return None
    places.sort()
    above: dict[int, str] = {}

    def fill(row: Row | BrokenRow) -> Row | BrokenRow:
        if isinstance(row, BrokenRow):
            above.clear()  # it may have begun something else
            return row
        cells = row.cells.copy()
        for at, place in enumerate(places):
            if (cells[place].strip() and not says_as_above(cells[place])) or _says_why(cells[place]):
                above[place] = cells[place]
                for further in places[at + 1 :]:  # a new lot begins no row of the last one's date
                    above.pop(further, None)
            elif place not in above:
                return BrokenRow(row.number, place, "", "is blank, and nothing that could be read stands above it")
            else:
                cells[place] = above[place]
        return Row(row.number, cells)

    return fill


def first_filled(row: Row) -> str:
    """The text of the first cell that is not blank."""
    return next((text for cell in row.cells if (text := as_compared(cell))), "")


def beginning_with(texts: Iterable[str]) -> Callable[[Row], bool]:
    """Whether the first filled cell of a row is one of the texts; with an asterisk behind it any that begins so."""
    words = {as_compared(text) for text in texts}
    beginnings = tuple(word.removesuffix("*") for word in words if word.endswith("*"))

    def begins(row: Row) -> bool:
        first = first_filled(row)
        return first in words or first.startswith(beginnings)

    return begins
