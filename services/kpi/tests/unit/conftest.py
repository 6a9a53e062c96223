"""The ledger as tests keep it: in memory, by the rules alone."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from kpi.arithmetic import EXACT
from kpi.batches.model import Judged, Judgement
from kpi.facts.ledger import BucketKey, Entry, Source, Statement, Thing, enter, sums
from kpi.measures import Code
from kpi.once.of_lots import Goods
from kpi.once.of_results import Tests
from kpi.results.model import statements


class Books:
    """The ledger in memory, with sums kept as the service keeps them: by what each batch of facts adds."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.kept: dict[BucketKey, tuple[int, Decimal]] = {}
        self.judged = Judged()
        self.superseded: dict[UUID, Source] = {}
        self.tests, self.goods = Tests(), Goods()

    @property
    def counting(self) -> dict[Thing, Entry]:
        """What counts now; at most one entry of a thing."""
        found = [entry for entry in self.entries if entry.reversed_by is None and entry.reverses is None]
        counting = {(entry.measured.measure, entry.subject_id): entry for entry in found}
        assert len(counting) == len(found)
        return counting

    def state(self, stated: Sequence[Statement]) -> None:
        """Enter one transaction's statements."""
        proven = [(entry.measured.source.event_id, entry.measured.measure, entry.subject_id) for entry in self.entries]
        new, _ = enter(stated, self.counting, proven)
        self.entries += new
        for key, (count, total) in sums(new).items():
            before = self.kept.get(key, (0, Decimal(0)))
            # PostgreSQL adds exactly.
            self.kept[key] = (before[0] + count, EXACT.add(before[1], total))

    def results(self, *recorded: Any) -> None:
        """Results in one batch."""
        self.state(statements(recorded, self.superseded)[0])
        self.state([statement for fact in recorded for statement in self.tests.report(fact)])

    def batches(self, *recorded: Any) -> None:
        """Batches that are made, in one batch of facts."""
        self._load()
        self.state([statement for fact in recorded for statement in self.judged.make(fact)])
        self.state([statement for fact in recorded for statement in self.goods.make(fact, self.judged.flawed)])

    def judge(self, *judgements: Judgement) -> None:
        """Judgements in one batch."""
        self._load()
        for judgement in judgements:
            self.state(self.judged.judge(judgement))
            self.state(self.goods.judge([*self.goods.made.said], judgement.source, self.judged.flawed))

    def conclude(self, recorded: Any) -> None:
        """What an investigation found, or that it does not stand."""
        self.state(self.tests.conclude(recorded))

    def _load(self) -> None:
        self.judged.counted = {
            subject: entry.measured
            for (measure, subject), entry in self.counting.items()
            if measure == Code.right_first_time
        }

    def nonzero(self) -> dict[BucketKey, tuple[int, Decimal]]:
        """What is kept, without buckets in which everything was reversed."""
        return {key: kept for key, kept in self.kept.items() if any(kept)}

    def rebuilt(self) -> dict[BucketKey, tuple[int, Decimal]]:
        """The same from all entries at once."""
        return {key: kept for key, kept in sums(self.entries).items() if any(kept)}

    def total(self, measure: Code) -> Decimal:
        """All of a measure."""
        return sum((entry.measured.value for entry in self.entries if entry.measured.measure == measure), Decimal(0))

    def uniquely_proven(self) -> bool:
        """Whether the table's constraint would hold: an event enters a thing once, and reverses it once."""
        proofs = [
            (entry.measured.source.event_id, entry.measured.measure, entry.subject_id, entry.count)
            for entry in self.entries
        ]
        return len(proofs) == len(set(proofs))


@pytest.fixture(scope="session")
def ledger() -> type[Books]:
    """Where an empty ledger comes from: ``books = ledger()``."""
    return Books
