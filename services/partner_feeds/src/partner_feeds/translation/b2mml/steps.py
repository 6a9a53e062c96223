"""The steps of a record. In which order a step's own fields and its entries stand makes no difference."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from partner_feeds.readers.xml_text import Element
from partner_feeds.records.model import LONGEST_CODE
from partner_feeds.translation.b2mml.reading import Fault, Reading
from partner_feeds.translation.b2mml.words import ENDS, MATERIALS, PARAMETERS, STEPS, order_of

_FIELDS: Final = {"ID", "ProcessSegmentID", "InstanceCount"} | ENDS
_ENTRIES: Final = {"Event", "Sample"} | MATERIALS | PARAMETERS
_MOST_LATE = 10_000
"""Steps of one record whose fields stand behind their entries: only these are kept until its end."""


@dataclass(slots=True)
class Step:
    """What a step says of itself."""

    number: int
    """Its place among the steps of the record."""
    own: dict[str, str] = field(default_factory=dict)
    entered: bool = False
    """Whether any entry of it was read."""

    @property
    def id(self) -> str:
        """What it is called; what ran more than once says how many times."""
        id_, count = self.own.get("ID") or self.own.get("ProcessSegmentID", ""), self.own.get("InstanceCount", "")
        return f"{id_}[{count}]" if count not in ("", "1") else id_

    def ended(self, reading: Reading) -> str:
        """When it ended at last; nothing where it does not say so. Raises Fault."""
        ends = [reading.moment(name, text) for name, text in self.own.items() if name in ENDS]
        return max(ends, key=order_of, default="")


class Steps:
    """The open steps of a record, for whoever goes through it."""

    def __init__(self, late: Mapping[int, Step] | None = None) -> None:
        self.late = dict(late or {})
        """Steps whose fields stand behind their entries: the first reader notes them for the second."""
        self._open: list[Step] = []
        self._opened = 0

    def open(self) -> None:
        """A step begins."""
        self._opened += 1
        self._open.append(self.late.get(self._opened) or Step(self._opened))

    def close(self) -> None:
        """The innermost one ends."""
        self._open.pop()

    @property
    def innermost(self) -> Step | None:
        """That to which an entry belongs."""
        return self._open[-1] if self._open else None

    def note(self, element: Element, around: str) -> bool:
        """Whether an element says something of the innermost step. Raises Fault."""
        if not self._open:
            return False
        step, name = self._open[-1], element.name
        if around in STEPS and name in _FIELDS and element.text:
            # Longer than a code none is taken, and none may fill the memory.
            step.own.setdefault(name, element.text[: LONGEST_CODE + 1])
            if step.entered and step.number not in self.late:
                if len(self.late) == _MOST_LATE:
                    raise Fault(f"{around}/{name}", element.text, "stands behind the step's entries: write it before")
                self.late[step.number] = step
            return True
        step.entered = step.entered or name in _ENTRIES
        return False
