"""What of a file holds its results: the likeliest of its tables."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from cli.failures import Failure
from cli.feeds.sketch.sources import Source, sources_of_text, sources_of_workbook
from cli.feeds.sketch.table_form import form_of, labels_above
from cli.feeds.sketch.table_rows import cell_of
from cli.feeds.sketch.tables import Table, tables_in
from partner_feeds.readers.form import XLSX

_GUIDE: Final = "See docs/guides/write-a-mapping.md."


class Member(NamedTuple):
    """Where in a JSON file a column stands."""

    path: str
    is_around: bool
    """Beside the records, from the root of the file."""
    is_plain: bool
    """A member of the record itself, which is known by its name."""


@dataclass(frozen=True, slots=True)
class Found:
    """A table, or the records of a JSON file."""

    says: list[str]
    """The lines of a mapping that read the file and find it, each with its reason."""
    names: list[str]
    """Of its columns, by their places; blank for one without a name."""
    rows: list[list[str]]
    """As wide as there are names."""
    labels: dict[str, str] = field(default_factory=dict)
    """What stands above the table, each label with what it says."""
    members: list[Member] | None = None
    """Of records: where each column stands."""
    passed_over: dict[str, str] = field(default_factory=dict)
    """Paths in records that can be no columns, each with the reason."""
    units: list[str] = field(default_factory=list)
    """What the row beneath the header states of each column; none where there is no such row."""
    by_position: bool = False
    """Whether its columns are known by their places alone: one in which something stands has no name."""


class _Candidate(NamedTuple):
    tables: list[Table]
    source: Source

    @property
    def rank(self) -> tuple[bool, float]:
        """What is beside the results comes last, however large it is."""
        return self.tables[0].is_likely, self.tables[0].score


def found_in(file: Path, type_: str) -> Found:
    """The likeliest table of a text or a workbook. Raises Failure where there is none."""
    sources = sources_of_workbook(file) if type_ == XLSX else sources_of_text(file)
    candidates = [_Candidate(tables, source) for source in sources if (tables := tables_in(source.rows))]
    best = max(candidates, key=lambda each: each.rank, default=None)
    if best is None:
        why = f"nothing in {file.name} looks like the header of a table above its rows"
        raise Failure(why, f"Of a table without a header say header: none, and the position of each column. {_GUIDE}")
    table, *others = best.tables
    if not table.is_likely:
        lines = ", ".join(str(number) for number in sorted(each.header.number for each in best.tables))
        why = f"{file.name} has a plate's grid, or what is no table of results, at line {lines}"
        raise Failure(why, f"Let the program export a list with a row for each well or sample. {_GUIDE}")
    rows = [[cell_of(row, place) for place in range(len(table.names))] for row in table.rows]
    labels = labels_above(table, best.source.rows)
    says = best.source.says + form_of(table, others, best.source)
    units = [cell_of(table.units, place) for place in range(len(table.names))] if table.units else []
    return Found(says, table.names, rows, labels, units=units, by_position=bool(table.unnamed))
