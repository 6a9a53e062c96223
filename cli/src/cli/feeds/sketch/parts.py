"""Which of a file's columns becomes which part of a result. What has no part is left out, and said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cli.feeds.sketch.columns import Column
from cli.feeds.sketch.roles import says_when

ONLY_ONCE: Final = ("lot", "product", "test", "revision")
"""Parts of which a result has one."""


@dataclass(frozen=True)
class Parts:
    """The columns of a file by what they are for."""

    columns: Sequence[Column]

    def the(self, role: str) -> Column | None:
        """The first column of a role."""
        return next((each for each in self.columns if each.guess.role == role), None)

    @cached_property
    def test(self) -> Column | None:
        """What names the test, where each row has one result."""
        return self.the("test") if self._value else None

    @property
    def value(self) -> Column | None:
        """The one result of each row."""
        return self._value if self.test else None

    @cached_property
    def _value(self) -> Column | None:
        return self.the("value") or self.the("words")

    @cached_property
    def results(self) -> list[Column]:
        """The results of a row, where it has several."""
        return [] if self.test else [each for each in self.columns if each.guess.role in ("result", "value")]

    @cached_property
    def dates(self) -> list[Column]:
        """The likeliest date of the test first."""
        found = [each for each in self.columns if each.guess.role == "date"]
        return sorted(found, key=lambda each: -says_when(each.name))

    @cached_property
    def units(self) -> dict[str, Column]:
        """The column of a number's unit, by the number's key: the one to its right, or the only one there is."""
        return self._beside("unit", (-1,))

    @cached_property
    def signs(self) -> dict[str, Column]:
        """The column of a number's sign, by the number's key: the one to its left or right, or the only one."""
        return self._beside("sign", (1, -1))

    def _beside(self, role: str, steps: Sequence[int]) -> dict[str, Column]:
        """The columns of a role by the keys of the numbers that stand so many columns from them."""
        found = [each for each in self.columns if each.guess.role == role]
        numbers = [*self.results, *([self.value] if self.value else [])]
        pairs = dict[str, Column]()
        for each in found:
            near = (self._at(self.columns.index(each) + step) for step in steps)
            if number := next((column for column in near if column in numbers), None):
                pairs[number.key] = each
        if len(numbers) == 1 and found and not pairs:
            pairs = {numbers[0].key: found[0]}
        return pairs

    def _at(self, place: int) -> Column | None:
        return self.columns[place] if 0 <= place < len(self.columns) else None

    @cached_property
    def taken(self) -> list[Column]:
        """Every column that a record or another column uses, or by which rows are left out, in the file's order."""
        used = set(map(id, self._used()))
        return [each for each in self.columns if id(each) in used]

    @property
    def left_out(self) -> list[Column]:
        """Every other column."""
        return [each for each in self.columns if each not in self.taken]

    def instead_of(self, column: Column) -> Column | None:
        """The column that is taken where this one could be: of the same part, or of the same name further in."""
        of_role = self.the(column.guess.role) if column.guess.role in ONLY_ONCE else None
        of_name = (each for each in self.taken if column.name.startswith(f"{each.name} at $"))
        found = of_role if of_role and of_role in self.taken else next(of_name, None)
        return None if found is column else found

    def _used(self) -> Iterator[Column]:
        named = (self.the("lot"), self.the("product"), self.the("revision"), self.test, self.value)
        yield from (each for each in named if each)
        yield from (*self.dates[:1], *self.results, *self.units.values(), *self.signs.values())
        choosing = [each for each in reversed(self.columns) if each.guess.left_out or each.guess.only]
        by_cells = {tuple(each.cells): each for each in choosing}
        yield from by_cells.values()
