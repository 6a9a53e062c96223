"""Right first time: a batch without a major or critical deviation or a confirmed OOS.

Judged at manufacture (formula version 1): what disposition decides about a batch is not known here yet. A flaw may be
known before its batch is made, after it, or be taken back: the ledger's sums are the same in every order.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field

from contracts import Recorded
from contracts.quality_events import BatchManufactured
from kpi.facts import reading
from kpi.facts.ledger import Measured, Source, Statement
from kpi.measures import Code
from kpi.metadata import Table

FLAWED, FLAWLESS = Decimal(0), Decimal(1)


class BatchFlaw(Table, table=True):
    """Why a batch is not right first time: a deviation or an OOS investigation, for as long as it ``holds``."""

    __tablename__ = "batch_flaw"

    batch_id: UUID = Field(primary_key=True)
    source_id: UUID = Field(primary_key=True, index=True)
    sequence: int
    """The version of the deviation or investigation that was read last: an older one says nothing new."""
    holds: bool
    event_id: UUID
    type: str
    topic: str
    key: str
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Flaw:
    """A flaw as the rules see it; ``source`` is the event that found it or, later, took it back."""

    batch_id: UUID
    source_id: UUID
    sequence: int
    holds: bool
    source: Source


class Judgement(NamedTuple):
    """What a fact about a deviation or an investigation says: which batches it concerns, and if it flaws them."""

    source_id: UUID
    sequence: int
    batch_ids: tuple[UUID, ...]
    flaws: bool
    source: Source


@dataclass
class Judged:
    """What is known of some batches: their flaws, and what counts now as right first time of those that are made."""

    flaws: dict[UUID, dict[UUID, Flaw]] = field(default_factory=lambda: defaultdict(dict))
    counted: dict[UUID, Measured] = field(default_factory=dict)

    @property
    def flawed(self) -> set[UUID]:
        """The batches against which something holds."""
        return {id for id, flaws in self.flaws.items() if any(flaw.holds for flaw in flaws.values())}

    def _holding(self, batch_id: UUID) -> list[Flaw]:
        return [flaw for flaw in self.flaws[batch_id].values() if flaw.holds]

    def make(self, recorded: Recorded[BatchManufactured]) -> list[Statement]:
        """A batch is made, or what was said of it is corrected."""
        batch_id = recorded.fact.batch_id
        holding = self._holding(batch_id)
        corrected = batch_id in self.counted
        statement = reading.batch(recorded, FLAWED if corrected and holding else FLAWLESS)
        found = [statement]
        measured = next(item for item in statement.measured if item.measure == Code.right_first_time)
        if holding and not corrected:
            # As if the flaw had come after the batch, so that the drill-down leads to the event of the flaw.
            measured = measured._replace(value=FLAWED, source=holding[0].source)
            found.append(_again(batch_id, measured, holding[0].source))
        self.counted[batch_id] = measured
        return found

    def judge(self, judgement: Judgement) -> list[Statement]:
        """A deviation or an investigation flaws its batches, or no longer does."""
        concerned = set(judgement.batch_ids)
        known = {batch_id for batch_id, flaws in self.flaws.items() if judgement.source_id in flaws}
        found = []
        for batch_id in sorted(concerned | known):
            found += self._judge_batch(batch_id, judgement, holds=judgement.flaws and batch_id in concerned)
        return found

    def _judge_batch(self, batch_id: UUID, judgement: Judgement, *, holds: bool) -> list[Statement]:
        before = self.flaws[batch_id].get(judgement.source_id)
        if (before is None and not holds) or (before is not None and judgement.sequence < before.sequence):
            return []
        if before is not None and before.holds == holds:
            self.flaws[batch_id][judgement.source_id] = replace(before, sequence=judgement.sequence)
            return []
        flaw = Flaw(batch_id, judgement.source_id, judgement.sequence, holds, judgement.source)
        self.flaws[batch_id][judgement.source_id] = flaw
        current = self.counted.get(batch_id)
        if current is None:
            return []
        holding = self._holding(batch_id)
        proven_otherwise = before is None or current.source.event_id != before.source.event_id
        if (current.value == FLAWED) == bool(holding) and proven_otherwise:
            return []
        value, proof = (FLAWED, holding[0].source) if holding else (FLAWLESS, judgement.source)
        self.counted[batch_id] = measured = current._replace(value=value, source=proof)
        return [_again(batch_id, measured, judgement.source)]


def _again(batch_id: UUID, measured: Measured, source: Source) -> Statement:
    return Statement(batch_id, (Code.right_first_time,), (measured,), source)


def changed(before: Iterable[Flaw], after: Judged) -> list[Flaw]:
    """The flaws that differ from what was loaded."""
    loaded = {(flaw.batch_id, flaw.source_id): flaw for flaw in before}
    now = (flaw for flaws in after.flaws.values() for flaw in flaws.values())
    return [flaw for flaw in now if loaded.get((flaw.batch_id, flaw.source_id)) != flaw]
