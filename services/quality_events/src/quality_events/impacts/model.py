"""A distribution impact and its lifecycle (EU GMP 8.15; 21 CFR 211.180(f)). The sponsor's alone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self, TypeAlias
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint

from contracts import Role, Side
from contracts.impacts import (
    DistributionImpactAssessed,
    DistributionImpactFact,
    DistributionImpactOpened,
    ImpactAssessed,
    ImpactCause,
    ImpactFact,
    ImpactOpened,
    ImpactOutcome,
)
from contracts.quality_events import QualityEventsBallHeld
from quality_events import clocks
from quality_events.batches.model import Batch
from quality_events.clocks import Sponsor
from quality_events.concerned import about
from quality_events.impacts.schemas import ImpactFields
from quality_events.impacts.schemas import ImpactState as State
from quality_events.metadata import Table
from quality_events.recalls.model import OPEN as RECALLS
from quality_events.recalls.model import Recall
from runtime.deadlines import Deadline
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

QUALITY: Final = frozenset({Role.quality})
Told: TypeAlias = ImpactFact | DistributionImpactFact


class DistributionImpact(ImpactFields, Deadline, Waiting, Versioned, Table, table=True):
    """What a cause means for a batch in one market: asked once, and again when the cause is confirmed or reopened.

    What becomes known of how it was made or tested is asked again whenever more of it does.
    """

    __tablename__ = "distribution_impact"
    __table_args__ = (
        ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        ForeignKeyConstraint(["recall_id"], ["recall.id"]),
    )

    signed_as: ClassVar[Mapping[str, str]] = {
        "lot": "batch",
        "market": "market",
        "cause": "cause",
        "became known": "news",
        "known since": "sponsor_aware_at",
    }
    due: ClassVar[Mapping[StrEnum, str]] = {State.open: "due_at"}
    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.open: {Side.sponsor}}

    @property
    def parties(self) -> tuple[()]:
        """No partner hears of it: what is weighed of the market is the sponsor's."""
        return ()

    @classmethod
    def open(
        cls, sponsor: Sponsor, released_at: datetime | None, now: datetime, batch: Batch | None = None, **given: Any
    ) -> tuple[Self, list[Told]]:
        """Its clock runs since the sponsor knew, and not before there was anything to distribute."""
        aware_at = given["sponsor_aware_at"]
        start = max(aware_at, released_at) if released_at else aware_at
        due_at = sponsor.working_days_after(start, clocks.IMPACT_WORKING_DAYS)
        impact = cls(due_at=due_at, **given)
        return impact, impact._told(ImpactOpened, DistributionImpactOpened, now, batch)

    def _told(
        self, of: type[ImpactFact], first: type[DistributionImpactFact], now: datetime, batch: Batch | None
    ) -> list[Told]:
        """The fact, and in its first version too where that has a word for the cause."""
        told: list[Told] = [of.of(self, now, **about(batch))]
        return [first.of(self, now, **about(batch)), *told] if self.cause_type in ImpactCause.__members__ else told

    def learn(self, news: Sequence[str]) -> bool:
        """More became known before anybody said what follows. Tells whether it was not known."""
        before, self.news = self.news, sorted({*self.news, *news})
        return self.news != before

    @transition(
        source={State.open},
        target=State.assessed,
        by=QUALITY,
        independent_of={"opened_by"},
        signed="distribution impact assessed",
    )
    def assess(
        self,
        outcome: ImpactOutcome,
        assessment: str,
        distributed: bool,
        by: str,
        now: datetime,
        recall: Recall | None = None,
        batch: Batch | None = None,
    ) -> list[Told]:
        """Quality says what follows. Nothing is called stopped that may still be distributed, and no recall proposed
        that is not. ``recall`` is that of the batch from the market, where one was named.
        """
        if outcome is ImpactOutcome.stopped and distributed:
            raise RuleViolated(f"outcome: the batch is released to {self.market} still: stop its disposition first")
        if outcome is ImpactOutcome.recall_proposed:
            self.recall_id = self._proposed(recall)
        self.outcome, self.assessment, self.assessed_by, self.assessed_at = outcome, assessment, by, now
        return self._told(ImpactAssessed, DistributionImpactAssessed, now, batch)

    def _proposed(self, recall: Recall | None) -> UUID:
        """The recall, for which somebody waits. Raises RuleViolated where none is named, or one that does nothing."""
        if recall is None:
            first = f"propose a recall of the batch from {self.market} (POST /v1/recalls), and name it as recall_id"
            raise RuleViolated(
                f"outcome: a recall that nobody proposed waits for nobody: {first}", fields=["recall_id"]
            )
        if recall.mock or recall.state not in RECALLS:
            what = "an exercise" if recall.mock else recall.state
            why = f"{recall.number} is {what}: name a recall that is proposed or runs"
            raise RuleViolated(f"recall_id: {why}", fields=["recall_id"])
        return recall.id

    def was_in_time(self, now: datetime) -> bool | None:
        """Whether it was assessed in time; None while there is time."""
        if self.assessed_at is not None:
            return self.assessed_at <= self.due_at
        return False if self.is_overdue(now) else None
