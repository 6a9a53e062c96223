"""What a section of a closure report is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tech_transfer.gates.dossier import Dossier

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report, in the order of its rows."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Callable[[Dossier], Rows]
    otherwise: str
    """What is said where there are no rows."""

    def written(self, dossier: Dossier) -> Mapping[str, Any]:
        """The section as it is kept."""
        rows = [[*row] for row in self.rows(dossier)]
        note = "" if rows else self.otherwise
        return {"name": self.name, "title": self.title, "columns": [*self.columns], "rows": rows, "note": note}


def day(given: date | None) -> str:
    """A day as reports have it; nothing where there is none."""
    return given.isoformat() if given else ""
