"""Goods that are made, each once with all its lot numbers."""

from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass, field
from uuid import UUID

from contracts import Lot, Recorded
from contracts.quality_events import BatchManufactured
from kpi.facts import reading
from kpi.facts.ledger import Measured, Source, Statement
from kpi.measures import Code
from kpi.once.model import Once, Said

FLAWED = 0


@dataclass
class Goods:
    """Batches by their lots, joined by the other numbers that each is said to have."""

    made: Once = field(default_factory=lambda: Once(reading.OF_A_LOT))
    """A number that two lots claim as their other one is neither's, as the batches' owner has it."""

    def make(self, recorded: Recorded[BatchManufactured], flawed: Collection[UUID]) -> list[Statement]:
        """A batch is made, or what was said of it is corrected: also which other numbers it has."""
        fact, said = recorded.fact, reading.lot(recorded)
        before = self.made.near([said.name])  # with those whose number it no longer is
        for standing in self.made.names.values():
            standing.discard(said.name)
        for alias in alias_lots(fact):
            self.made.names[alias].add(said.name)
        self.made.say(said)
        return self._settle({said.name, *before}, [said.subject_id], Source.of(recorded), flawed)

    def judge(self, batch_ids: Iterable[UUID], source: Source, flawed: Collection[UUID]) -> list[Statement]:
        """What flaws batches changed."""
        names = {self.made.said[id].name for id in batch_ids if id in self.made.said}
        return self._settle(names, (), source, flawed)

    def _settle(
        self, names: Iterable[UUID], subjects: Collection[UUID], source: Source, flawed: Collection[UUID]
    ) -> list[Statement]:
        def judged(stands: Said, same: Set[UUID]) -> Iterable[Measured]:
            for each in stands.measured:
                is_flawed = each.measure == Code.lot_right_first_time and not same.isdisjoint(flawed)
                yield each._replace(value=each.value * FLAWED) if is_flawed else each

        return self.made.settle(names, subjects, source, judged)


def alias_lots(fact: BatchManufactured) -> set[UUID]:
    """The lots that the batch's other numbers would be."""
    lot = fact.lot
    return {Lot.identify(lot.site_id, lot.material, alias) for alias in fact.aliases} - {lot.id}


def names_of(facts: Sequence[Recorded[BatchManufactured]]) -> set[UUID]:
    """All lots that these facts name."""
    return {id for each in facts for id in (each.fact.lot.id, *alias_lots(each.fact))}
