"""Cells of a workbook or of JSON that are no text: what they are is stored with them, and no format reads them."""

from typing import Literal

Kind = Literal["number", "percent", "month", "day", "instant", "time", "truth", "none"]

MERGED_ABOVE = "merged with the cell above: write the value into each row"
"""The reason of a cell that is blank because the one above reaches over it."""


class Stored(str):
    """A cell as text, with what it is stored as: a number with a point, or a month, day or local time in ISO 8601.

    ``none`` is a cell that cannot be taken, ``truth`` a true or false that can only where the mapping says what it
    means, and ``time`` a time that can only be put together with its day; ``reason`` then says why. Of another kind it
    says why the cell is no text, ``no_number`` how a number is shown as something else, and ``unit`` is what is shown
    behind it.
    """

    __slots__ = ("kind", "no_number", "reason", "unit")

    kind: Kind
    reason: str
    no_number: str
    unit: str

    def __new__(cls, text: str, kind: Kind, reason: str = "", no_number: str = "", unit: str = "") -> "Stored":
        """A stored cell."""
        cell = super().__new__(cls, text)
        cell.kind, cell.reason, cell.no_number, cell.unit = kind, reason, no_number, unit
        return cell

    @property
    def why_no_text(self) -> str:
        """Why no part of it can be taken, and no text be put together of it; blank for a number shown as it is."""
        if self.kind in ("none", "truth", "time"):
            return self.reason
        shown_otherwise = self.kind != "number" or self.reason or self.no_number or self.unit
        return "the cell is no text, and may show something else: write it as text" if shown_otherwise else ""
