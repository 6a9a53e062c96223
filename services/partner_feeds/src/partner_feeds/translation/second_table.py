"""A second table below the first: read by the header, or the labels, of the first its rows would be other results."""

from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import Row
from partner_feeds.translation.header import Header, names_in
from partner_feeds.values.texts import as_compared

_LEAST_SHARED = 2


class SecondTable:
    """Knows the header, and the labels above it, when they come again."""

    def __init__(self, header: Header, mapping: Mapping) -> None:
        self._header = header if mapping.header is not None and not mapping.format.startswith("json") else None
        self._has_a_name = False
        self._names = {name for name in header.names if name}
        above = (column.above for column in mapping.columns.values())
        self._labels = {as_compared(label).rstrip(":= ").casefold() for label in above if label}

    def begins(self, row: Row) -> str | None:
        """Why the row is none of this table's; None where nothing says so."""
        if self._header is None:
            return None
        if self._labels and (label := self._label(row)):
            return f"{label!r} stands here again: what follows is of another table, and was not read"
        # Most rows are data, and none of their first cells is a column's name.
        self._has_a_name = any(map(self._is_a_name, row.cells[:2]))
        if not self._has_a_name or self.repeats(row):
            return None
        filled = [name for name in names_in(row) if name]
        shared = sum(name in self._names for name in filled)
        if shared < _LEAST_SHARED or shared * 2 < len(filled):
            return None
        return "another header stands here: what follows is of another table, and was not read"

    def repeats(self, row: Row) -> bool:
        """Whether the row is the header once more; asked for the row that was looked at last."""
        return self._header is not None and self._has_a_name and names_in(row) == self._header.names

    def _is_a_name(self, cell: str) -> bool:
        plain = cell.isascii() and " " not in cell
        return (cell if plain else as_compared(cell)) in self._names

    @property
    def has_labels(self) -> bool:
        """Whether what stands above the table is said of its rows: below the header once more it may be of others."""
        return bool(self._labels)

    def _label(self, row: Row) -> str:
        cells = [text for cell in row.cells if (text := as_compared(cell))]
        is_full = len(cells) >= len(self._names)  # as rows of the table are, in which it may be a word: Sample
        for at, cell in enumerate(cells):
            name, behind = parted(cell)
            if name.casefold() in self._labels and (behind or (at + 1 < len(cells) and not is_full)):
                return name
        return ""


def parted(cell: str) -> tuple[str, str]:
    """A label, and what stands behind its colon or equals sign in the same cell."""
    at = min((at for sign in ":=" if (at := cell.find(sign)) >= 0), default=len(cell))
    return cell[:at].strip(), cell[at + 1 :].strip()
