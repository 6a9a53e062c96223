"""The outline of a batch record: what is known only at its end, and needed at its beginning."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from partner_feeds.translation.b2mml.reading import Fault
from partner_feeds.translation.b2mml.steps import Steps
from partner_feeds.translation.b2mml.words import RECORD

SEVERAL: Final = 50
"""Lots that are told apart as produced, and faults that are told: a record that produces more is of no one batch."""
MOST_ENTRIES: Final = 10_000
"""Of one record that are told apart by what they produced. No record has a tenth of it."""


@dataclass(slots=True)
class Outline:
    """A record as a whole."""

    name: str
    """Of its element."""
    own: dict[str, list[str]] = field(default_factory=dict)
    """Texts of its own fields, by name."""
    counted: Counter[str] = field(default_factory=Counter)
    """By the names of RecordCounts."""
    started: str | None = None
    ended: str | None = None
    produced_at: str | None = None
    produced: dict[tuple[str, str], dict[str, Decimal]] = field(default_factory=dict)
    """Quantities in each unit, by material, as it is known here, and lot."""
    unclear: bool = False
    """How much was produced cannot all be read: its entry is refused, and no quantity is the batch's."""
    said_otherwise: str = ""
    """The EntryID of an event that stands twice and did not produce the same: neither is the batch's quantity."""
    unnamed: bool = False
    """Which lots were produced cannot all be read: none of the others is known to be the only one."""
    entries: dict[str, Hashable] = field(default_factory=dict)
    """What events produced, by their EntryIDs."""
    digest: str = ""
    steps: Steps = field(default_factory=Steps)
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, fault: Fault) -> None:
        """Note what is wrong, as far as it will be shown."""
        self.faults += fault.all[: SEVERAL - len(self.faults)]

    def first(self, *names: str) -> str:
        """The first of its fields that is filled, in this order."""
        return next((text for name in names for text in self.own.get(name, ()) if text), "")

    def produce(self, lot: tuple[str, str], amount: dict[str, Any] | None) -> None:
        """Note what came out of it, and how much, if that is said."""
        if not all(lot):
            self.unnamed = True
        elif lot in self.produced or len(self.produced) < SEVERAL:
            so_far = self.produced.setdefault(lot, {})
            if amount:
                so_far[amount["unit"]] = so_far.get(amount["unit"], Decimal(0)) + amount["value"]

    def is_again(self, entry: str, said: Hashable) -> bool:
        """Whether an event that produced something was sent twice. What has no EntryID is none that was there."""
        if not entry:
            return False
        if known := self.entries.get(entry):
            self.said_otherwise = self.said_otherwise or ("" if known == said else entry)
            return True
        if len(self.entries) == MOST_ENTRIES:
            self.unclear = True
        else:
            self.entries[entry] = said
        return False

    @property
    def last(self) -> str | None:
        """When it ended, or at last produced something."""
        return self.ended or self.produced_at

    @property
    def state(self) -> str:
        """Its own word for how far it is."""
        return self.first("RecordStatus", "ResponseState")

    @property
    def lot(self) -> tuple[str, str] | None:
        """Material and number of the batch, as the maker writes them; None where that is not said, or not of one."""
        material = self.first("MaterialDefinitionID", "ProductID")
        number = self.first("LotID", "BatchID", "BatchID of the recipe")
        if material and number:
            return material, number
        alone = len(self.produced) == 1 and not self.unnamed and self.name != RECORD
        return next(iter(self.produced)) if alone else None
