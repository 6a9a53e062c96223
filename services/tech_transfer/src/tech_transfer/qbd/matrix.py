"""The matrix of quality attributes and process parameters: pure rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final
from uuid import UUID

from contracts.tech_transfer import TransferKind
from tech_transfer.cpps.model import Cpp
from tech_transfer.cqas.model import Cqa
from tech_transfer.qbd.terms import DesignState
from tech_transfer.qbd_cells.model import QbdCell

ASKED_OF: Final = frozenset({TransferKind.process, TransferKind.process_and_analytical, TransferKind.packaging})
"""Kinds of transfers of which the matrix is asked. Packaging is a process: by its parameters a pack is tight or not. A
method alone has none; how it has to perform is asked by its own transfer."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Attributes and parameters that are in force, and what was said of each pair of them."""

    cqas: Sequence[Cqa]
    cpps: Sequence[Cpp]
    cells: Mapping[tuple[UUID, UUID], QbdCell]

    @classmethod
    def of(cls, cqas: Iterable[Cqa], cpps: Iterable[Cpp], cells: Iterable[QbdCell]) -> "Matrix":
        """The matrix of a transfer's records, in the order of their codes; what was withdrawn is not in it."""
        rows = sorted((each for each in cqas if each.state == DesignState.in_force), key=lambda each: each.code)
        columns = sorted((each for each in cpps if each.state == DesignState.in_force), key=lambda each: each.code)
        there = {*product((each.id for each in rows), (each.id for each in columns))}
        known = {(each.cqa_id, each.cpp_id): each for each in cells}
        return cls(rows, columns, {pair: known[pair] for pair in known if pair in there})

    @property
    def unknown(self) -> list[tuple[Cqa, Cpp]]:
        """The pairs of which nobody said anything."""
        return [(cqa, cpp) for cqa, cpp in product(self.cqas, self.cpps) if (cqa.id, cpp.id) not in self.cells]

    @property
    def uncontrolled(self) -> list[tuple[Cqa, Cpp, QbdCell]]:
        """The pairs with a high effect and no control."""
        pairs = [(cqa, cpp, self.cells.get((cqa.id, cpp.id))) for cqa, cpp in product(self.cqas, self.cpps)]
        return [(cqa, cpp, cell) for cqa, cpp, cell in pairs if cell and cell.uncontrolled]

    @property
    def complete(self) -> bool:
        """Whether there is something in it, all of it is known, and what has a high effect is controlled."""
        return bool(self.cqas and self.cpps) and not self.unknown and not self.uncontrolled
