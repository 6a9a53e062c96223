"""Facts of other services as tests need them, and Kafka messages of them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Classification, Lot, Moment, Recorded, contract_of
from contracts.partner_feeds import TestStage
from contracts.quality_events import (
    BatchManufactured,
    DeviationAmended,
    DeviationCancelled,
    DeviationClassified,
    DeviationClosed,
    DeviationLinked,
    DeviationRaised,
    OosConcluded,
    OosConclusion,
    OosLinked,
    OosOpened,
    OosReopened,
)
from contracts.sample_tracking import EvaluatedResult, Evaluation, ResultsReported
from tests.world import World

AWARE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Outcomes(World):
    """The world with what other services publish of it, and the envelopes in which that comes."""

    def recorded(self, fact: Any, *, sequence: int = 1, time: datetime = AWARE) -> Recorded[Any]:
        """A fact in its envelope."""
        contract = contract_of(type(fact))
        return Recorded(
            id=uuid4(),
            type=contract.type,
            source="/test",
            time=time,
            key=contract.key_of(fact),
            sequence=sequence,
            correlation_id="",
            causation_id=None,
            traceparent=None,
            parties=(self.maker,),
            fact=fact,
        )

    def result(
        self,
        evaluation: str = "pass",
        *,
        at: Moment = date(2026, 3, 5),
        lot: Lot | None = None,
        result_id: UUID | None = None,
        supersedes: UUID | None = None,
    ) -> ResultsReported:
        """A set of one result."""
        result = EvaluatedResult(
            result_id=result_id or uuid4(),
            test="dissolution_min",
            value=Decimal(79),
            unit="%",
            evaluation=Evaluation(evaluation),
            supersedes=supersedes,
        )
        return self.together(result, at=at, lot=lot)

    def together(
        self, *results: EvaluatedResult, at: Moment = date(2026, 3, 5), lot: Lot | None = None
    ) -> ResultsReported:
        """A set of results of one lot."""
        return ResultsReported(
            occurred_at=at,
            lot=lot or self.lot(),
            stage=TestStage.release,
            laboratory_site_id=uuid4(),
            laboratory_partner_id=uuid4(),
            results=results,
        )

    def batch(
        self,
        *,
        batch_id: UUID | None = None,
        at: Moment = "2026-03",
        completed: Moment | None = None,
        percent: str | None = "95.5",
        lot: Lot | None = None,
        aliases: Sequence[str] = (),
    ) -> BatchManufactured:
        """A batch that is made."""
        return BatchManufactured(
            occurred_at=at,
            batch_id=batch_id or uuid4(),
            lot=lot or self.lot(),
            completed_at=completed,
            yield_percent=None if percent is None else Decimal(percent),
            aliases=tuple(aliases),
        )

    def _deviation(self, deviation_id: UUID, batches: Sequence[UUID], at: Moment) -> dict[str, Any]:
        return {
            "occurred_at": at,
            "deviation_id": deviation_id,
            "number": "DEV-2026-00001",
            "site_id": self.site,
            "partner_id": self.maker,
            "product_id": self.product,
            "batch_ids": tuple(batches),
            "partner_aware_at": AWARE,
        }

    def raised(
        self, deviation_id: UUID, *batches: UUID, hours: float = 5, at: datetime = AWARE, lots: int = 1
    ) -> DeviationRaised:
        """A deviation that the sponsor was told of so many hours after the partner knew."""
        return DeviationRaised(
            **self._deviation(deviation_id, batches, at),
            title="Deviation",
            category="equipment",
            lots=tuple(self.lot() for _ in range(lots)),
            sponsor_aware_at=AWARE + timedelta(hours=hours),
            due_at=AWARE + timedelta(days=30),
        )

    def amended(
        self, deviation_id: UUID, *batches: UUID, standing: str | None = "major", departure: Moment | None = None
    ) -> DeviationAmended:
        """What a deviation concerns now, as it is classified. Older facts do not tell when the ``departure`` occurred.

        The sponsor was told five hours after the partner knew, as by default in ``raised``.
        """
        return DeviationAmended(
            **self._deviation(deviation_id, batches, AWARE + timedelta(days=1)),
            title="Deviation on more",
            category="equipment",
            classification=Classification(standing) if standing else None,
            departure_occurred_at=departure,
            sponsor_aware_at=AWARE + timedelta(hours=5) if departure else None,
        )

    def classified(self, deviation_id: UUID, *batches: UUID, to: str = "major") -> DeviationClassified:
        """A deviation's classification."""
        return DeviationClassified(**self._deviation(deviation_id, batches, AWARE), classification=Classification(to))

    def closed(
        self, deviation_id: UUID, *batches: UUID, at: Moment = AWARE + timedelta(days=12), to: str = "minor"
    ) -> DeviationClosed:
        """A deviation's closure."""
        return DeviationClosed(
            **self._deviation(deviation_id, batches, at),
            classification=Classification(to),
            first_due_at=AWARE + timedelta(days=30),
        )

    def linked(
        self,
        deviation_id: UUID,
        *batches: UUID,
        to: str | None = None,
        closed_at: datetime | None = None,
        cancelled: bool = False,
    ) -> DeviationLinked:
        """It turned out to concern batches, as it stood at that moment. The sponsor was told after five hours."""
        return DeviationLinked(
            **self._deviation(deviation_id, batches, AWARE),
            lots=(self.lot(),),
            classification=Classification(to) if to else None,
            departure_occurred_at=AWARE,
            sponsor_aware_at=AWARE + timedelta(hours=5),
            due_at=AWARE + timedelta(days=30),
            closed_at=closed_at,
            cancelled=cancelled,
        )

    def cancelled(self, deviation_id: UUID, *batches: UUID) -> DeviationCancelled:
        """It was no deviation."""
        return DeviationCancelled(**self._deviation(deviation_id, batches, AWARE), reason="not a departure")

    def _oos(self, investigation_id: UUID, batch_id: UUID | None, result_id: UUID | None = None) -> dict[str, Any]:
        return {
            "investigation_id": investigation_id,
            "number": "OOS-2026-00001",
            "result_id": result_id or uuid4(),
            "batch_id": batch_id,
            "lot": self.lot(),
            "test": "dissolution_min",
            "laboratory_site_id": uuid4(),
            "laboratory_partner_id": uuid4(),
            "opened_at": AWARE,
        }

    def oos_opened(self, investigation_id: UUID, batch_id: UUID | None = None) -> OosOpened:
        """An investigation."""
        return OosOpened(**self._oos(investigation_id, batch_id), occurred_at=AWARE, due_at=AWARE + timedelta(days=30))

    def oos_linked(
        self, investigation_id: UUID, batch_id: UUID | None = None, *, conclusion: str | None = None, days: int = 9
    ) -> OosLinked:
        """Its lot turned out to be a batch."""
        return OosLinked(
            **self._oos(investigation_id, batch_id),
            occurred_at=AWARE + timedelta(days=20),
            due_at=AWARE + timedelta(days=30),
            conclusion=OosConclusion(conclusion) if conclusion else None,
            concluded_at=AWARE + timedelta(days=days) if conclusion else None,
        )

    def oos_concluded(
        self,
        investigation_id: UUID,
        batch_id: UUID | None = None,
        *,
        conclusion: str = "confirmed",
        days: int = 9,
        result_id: UUID | None = None,
    ) -> OosConcluded:
        """Its conclusion."""
        return OosConcluded(
            **self._oos(investigation_id, batch_id, result_id),
            occurred_at=AWARE + timedelta(days=days),
            conclusion=OosConclusion(conclusion),
        )

    def oos_reopened(
        self, investigation_id: UUID, batch_id: UUID | None = None, *, result_id: UUID | None = None
    ) -> OosReopened:
        """What was concluded does not stand."""
        return OosReopened(
            **self._oos(investigation_id, batch_id, result_id),
            occurred_at=AWARE + timedelta(days=12),
            before=OosConclusion.confirmed,
            reason="x",
            evidence="x",
            due_at=AWARE + timedelta(days=42),
        )


@pytest.fixture(scope="session")
def new_world() -> type[World]:
    """The world as this service hears of it."""
    return Outcomes
