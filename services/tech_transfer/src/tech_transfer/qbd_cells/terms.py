"""Words of the matrix's cells."""

from enum import StrEnum


class CellState(StrEnum):
    """Where a cell stands. One that nobody assessed is not there, and is unknown."""

    assessed = "assessed"
