"""A recall, the batches in it, and each maker's part (21 CFR 7.40 to 7.59; EU GMP 8.20 to 8.30)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Numeric, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Lot, Quantity, Role, Side
from contracts.quality_events import QualityEventsBallHeld
from contracts.recalls import RecallClosed, RecallStarted
from quality_events import clocks
from quality_events.batches.fields import StatedColumns
from quality_events.genealogy.amounts import exactly
from quality_events.metadata import Table
from quality_events.quantities import together
from quality_events.recalls.schemas import RecallFields, RecallPartFields
from quality_events.recalls.schemas import RecallState as State
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Identified, Versioned

QUALITY: Final = frozenset({Role.quality})
REGULATORY: Final = frozenset({Role.regulatory})
PROPOSERS: Final = frozenset({Role.quality, Role.qp, Role.regulatory})
TRACERS: Final = frozenset({Role.quality, Role.supply})
"""Who knows where goods went."""
RUNNING: Final = frozenset({State.started, State.reconciled})
OPEN: Final = RUNNING | {State.proposed}


class RecallLine(Identified, Table, table=True):
    """A batch in a market. The sponsor's alone: where goods went is no maker's to know."""

    __tablename__ = "recall_line"

    recall_id: UUID = Field(foreign_key="recall.id")
    batch_id: UUID = Field(foreign_key="batch.id")
    market: str
    regime: str
    distributed_quantity: Decimal | None = Field(default=None, sa_type=Numeric)
    distributed_unit: str | None = None
    recovered_quantity: Decimal | None = Field(default=None, sa_type=Numeric)
    recovered_unit: str | None = None

    @property
    def distributed(self) -> Quantity | None:
        """How much went there; None while it is not known."""
        return together(self.distributed_quantity, self.distributed_unit)

    @property
    def recovered(self) -> Quantity | None:
        """How much came back; None while it is not known."""
        return together(self.recovered_quantity, self.recovered_unit)

    def account(
        self, distributed: Quantity, recovered: Quantity | None, made: Quantity | None, elsewhere: Sequence[Quantity]
    ) -> None:
        """Take both over. Raises RuleViolated for more than was made or went there, or what cannot be compared.

        ``made`` is what there is of the batch, as far as that is known, and ``elsewhere`` what went to other markets.
        """
        if made is not None:
            _refuse_more_than_made(distributed, made, elsewhere)
        if recovered is not None:
            back, given = exactly(recovered, distributed.unit), f"{distributed.value} {distributed.unit}"
            if back is None:
                detail = f"recovered is in {recovered.unit}, and distributed in {distributed.unit}: state both in one"
                raise RuleViolated(detail, fields=["recovered"])
            if back > Fraction(distributed.value):
                more = f"recovered {recovered.value} {recovered.unit} is more than the {given} that were distributed"
                raise RuleViolated(more, fields=["recovered"])
        self.distributed_quantity, self.distributed_unit = distributed.value, distributed.unit
        self.recovered_quantity = recovered.value if recovered else None
        self.recovered_unit = recovered.unit if recovered else None


def _refuse_more_than_made(distributed: Quantity, made: Quantity, elsewhere: Sequence[Quantity]) -> None:
    amounts = [exactly(each, made.unit) for each in (distributed, *elsewhere)]
    if amounts[0] is None:
        detail = f"distributed is in {distributed.unit}, and the batch was made in {made.unit}: state it in that"
        raise RuleViolated(detail, fields=["distributed"])
    there = sum((each for each in amounts if each is not None), Fraction(0))
    if there > Fraction(made.value):
        beside = " with what went to other markets" if any(each.value for each in elsewhere) else ""
        more = f"distributed {distributed.value} {distributed.unit}{beside} is more than the {made.value} {made.unit}"
        raise RuleViolated(f"{more} that were made", fields=["distributed"])


class Recall(RecallFields, Waiting, Versioned, Table, table=True):
    """Batches are brought back from markets, with all that they went into; or that is exercised."""

    signed_as: ClassVar[Mapping[str, str]] = {
        "product": "product",
        "lots": "batches",
        "markets": "markets",
        "class": "classification",
        "depth": "depth",
        "an exercise": "mock",
        "cause": "cause",
        "health hazard": "health_hazard",
    }
    signed_apart: ClassVar[Collection[str]] = ("state",)
    signed_later: ClassVar[Collection[str]] = (
        *("quality_approved_by", "quality_approved_at", "regulatory_approved_by", "regulatory_approved_at"),
        *("started_at", "trace_due_at", "traced_at", "effectiveness", "reconciled_by", "reconciled_at"),
        *("closed_by", "closed_at", "decline_reason"),
    )
    """What follows from both approvals, and how it was carried out, which changes nothing of what was approved."""

    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = dict.fromkeys(sorted(OPEN), frozenset({Side.sponsor}))
    """Each step is the sponsor's, while the clock of an exercise runs too; of its part a maker owes nothing."""

    @property
    def parties(self) -> tuple[()]:
        """A maker sees its part, and neither why it is recalled nor whose other lots are."""
        return ()

    @property
    def awaits_quality(self) -> bool:
        """Whether quality did not approve it yet."""
        return self.quality_approved_by is None

    @property
    def awaits_regulatory(self) -> bool:
        """Whether regulatory affairs did not approve it yet."""
        return self.regulatory_approved_by is None

    @transition(
        source={State.proposed},
        target={State.proposed, State.started},
        by=QUALITY,
        independent_of={"evaluated_by", "regulatory_approved_by"},
        when="awaits_quality",
        signed="this recall is necessary, as it is evaluated",
    )
    def approve_as_quality(self, by: str, now: datetime) -> None:
        """Quality agrees. With the second of both approvals it starts."""
        if not self.awaits_quality:
            raise RuleViolated(f"{self.number}: quality approved it already, and regulatory affairs did not")
        self.quality_approved_by, self.quality_approved_at = by, now
        self._start_with_both(now)

    @transition(
        source={State.proposed},
        target={State.proposed, State.started},
        by=REGULATORY,
        independent_of={"evaluated_by", "quality_approved_by"},
        when="awaits_regulatory",
        signed="this recall, its class and its depth are right for these markets",
    )
    def approve_as_regulatory(self, by: str, now: datetime) -> None:
        """Regulatory affairs agree. With the second of both approvals it starts."""
        if not self.awaits_regulatory:
            raise RuleViolated(f"{self.number}: regulatory affairs approved it already, and quality did not")
        self.regulatory_approved_by, self.regulatory_approved_at = by, now
        self._start_with_both(now)

    @transition(source={State.proposed}, target=State.declined, by=QUALITY | REGULATORY)
    def decline(self, reason: str) -> None:
        """It is not necessary, or not as it was proposed."""
        self.decline_reason = reason

    @transition(source=RUNNING, target=State.started, by=())
    def include(self, batches: Sequence[StatedColumns]) -> list[RecallLine]:
        """Batches that the recalled ones went into, each in every market; what was reconciled is so no more."""
        self._reopen()
        self.traced_at = None
        return [
            RecallLine(recall_id=self.id, batch_id=batch.id, market=each["market"], regime=each["regime"])
            for batch in batches
            for each in self.markets
        ]

    @transition(source=RUNNING, target=State.started, by=TRACERS)
    def account(
        self,
        lines: Sequence[RecallLine],
        place: tuple[UUID, str],
        distributed: Quantity,
        recovered: Quantity | None,
        made: Quantity | None,
        now: datetime,
    ) -> None:
        """It is known how much of a batch went to a market, which is the place, and perhaps what came back."""
        line = next((each for each in lines if (each.batch_id, each.market) == place), None)
        if line is None:
            raise RuleViolated(f"{self.number} has no batch {place[0]} in {place[1]}: its lines say what it has")
        others = (each.distributed for each in lines if each.batch_id == line.batch_id and each is not line)
        line.account(distributed, recovered, made, [each for each in others if each])
        self._reopen()
        if self.traced_at is None and all(each.distributed for each in lines):
            self.traced_at = now

    @transition(source={State.started}, target=State.reconciled, by=QUALITY)
    def reconcile(
        self, lines: Sequence[RecallLine], missing: Sequence[str], effectiveness: str, by: str, now: datetime
    ) -> None:
        """What came back was held against what was distributed, and the consignees were asked."""
        self._complete(missing)
        if unknown := sum(each.distributed is None for each in lines):
            raise RuleViolated(f"{self.number}: of {unknown} lines it is not known how much was distributed: state it")
        open_ = [each for each in lines if each.distributed_quantity and each.recovered is None]
        if open_ and not self.mock:
            raise RuleViolated(f"{self.number}: of {len(open_)} lines it is not known how much came back: state it")
        self.effectiveness, self.reconciled_by, self.reconciled_at = effectiveness, by, now

    @transition(source={State.reconciled}, target=State.closed, by=QUALITY)
    def close(self, missing: Sequence[str], by: str, now: datetime) -> None:
        """It is over."""
        self._complete(missing)
        self.closed_by, self.closed_at = by, now

    def traced_in_time(self, now: datetime) -> bool | None:
        """Whether an exercise found in time where all went; None while there is time, and of what is none."""
        if self.trace_due_at is None:
            return None
        done = (self.traced_at or now) <= self.trace_due_at
        return done if self.traced_at or not done else None

    def _start_with_both(self, now: datetime) -> None:
        if self.awaits_quality or self.awaits_regulatory:
            return
        self.state, self.started_at = State.started, now
        if self.mock:
            self.trace_due_at = now + timedelta(hours=clocks.MOCK_RECALL_HOURS)

    def _complete(self, missing: Sequence[str]) -> None:
        if missing:
            what = f"{', '.join(missing)} came of batches in {self.number} and are not in it yet"
            raise RuleViolated(f"{what}: that takes a moment; state then how much of them was distributed")

    def _reopen(self) -> None:
        self.effectiveness = self.reconciled_by = self.reconciled_at = None


class RecallPart(RecallPartFields, Versioned, Table, table=True):
    """One maker's lots in a recall: all of it that the maker sees."""

    __tablename__ = "recall_part"

    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id"}
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def of(cls, recall: Recall, partner_id: UUID, now: datetime) -> Self:
        """The part of a maker whose first lot is recalled."""
        return cls(
            recall_id=recall.id,
            number=recall.number,
            partner_id=partner_id,
            mock=recall.mock,
            classification=recall.classification,
            depth=recall.depth,
            markets=[each["market"] for each in recall.markets],
            started_at=now,
            parties=[partner_id],
        )

    def include(self, lots: Sequence[Lot], now: datetime) -> RecallStarted:
        """Further lots of it are recalled."""
        self.lots = [*self.lots, *(lot.model_dump(mode="json") for lot in lots)]
        return RecallStarted.of(self, now)

    def close(self, lines: Sequence[RecallLine], now: datetime) -> RecallClosed:
        """The recall is over; ``lines`` are those of its lots."""
        self.closed_at, amounts = now, defaultdict[str, Decimal](Decimal)
        for each in lines:
            if each.recovered:
                amounts[each.recovered.unit] += each.recovered.value
        recovered = [Quantity(value=value, unit=unit) for unit, value in sorted(amounts.items())]
        return RecallClosed.of(self, now, recovered=recovered)
