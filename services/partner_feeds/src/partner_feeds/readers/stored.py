"""Cells of a workbook or of JSON that are no text: what they are is stored with them, and no format reads them."""

from typing import Literal

Kind = Literal["number", "percent", "month", "day", "instant", "truth", "none"]


class Stored(str):
    """A cell as text, with what it is stored as: a number with a point, or a month, day or local time in ISO 8601.

    ``none`` is a cell that cannot be taken, and ``truth`` a true or false that can only where the mapping says what it
    means; ``reason`` then says why. Of another kind it says why the cell is no text, ``no_number`` how a number is
    shown as something else, and ``unit`` is what is shown behind it.
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
    def has_no_text(self) -> bool:
        """Whether it has no text of which a part could be taken, or another text be put together."""
        return self.kind in ("none", "truth")
