"""Facts of other services about one lot, as they are kept, for tests of the rules."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts import Fact, Lot, Recorded, contract_of
from contracts.dispositions import BatchReleased, Decision
from contracts.partner_feeds import TestStage
from contracts.quality_events import (
    BatchStarted,
    DeviationRaised,
    OosConcluded,
    OosConclusion,
    OosOpened,
    OosReopened,
)
from contracts.sample_tracking import EvaluatedResult, Evaluation, ResultApproved, ResultsReported
from tech_transfer.transfer_batches.evidence import LotFact, is_kept, row_of
from tech_transfer.transfer_batches.known import Told

DAY = datetime(2026, 3, 1, tzinfo=UTC)


class Telling:
    """Tells facts of a lot, each one later than those before it."""

    def __init__(self, number: str = "L1", day: int = 0) -> None:
        site = uuid4()
        id = Lot.identify(site, "TAB", number)
        self.lot = Lot(id=id, number=number, material="TAB", site_id=site, partner_id=uuid4())
        self.told: list[Told] = []
        self._began = DAY + timedelta(days=day)
        self._test = {"laboratory_site_id": uuid4(), "laboratory_partner_id": uuid4()}
        self._deviation, self._oos = uuid4(), uuid4()

    def tell(self, fact: Fact) -> Fact:
        """Keep a fact as the consumer does."""
        contract, number = contract_of(type(fact)), len(self.told) + 1
        recorded = Recorded(
            id=uuid4(),
            type=contract.type,
            source="/test",
            time=self._began + timedelta(minutes=number),
            key=contract.key_of(fact),
            sequence=number,
            correlation_id="",
            causation_id=None,
            traceparent=None,
            parties=(),
            fact=fact,
        )
        if is_kept(fact):
            row = row_of(recorded)
            self.told.append(LotFact(**row).told)
        return fact

    def started(self) -> None:
        """Its making began."""
        self.tell(BatchStarted(batch_id=self.lot.id, lot=self.lot, occurred_at=self._began.isoformat()))

    def released(self, market: str = "AT", **decided: Any) -> None:
        """It was released, or what else ``decided`` says."""
        given = {"model": BatchReleased, "decision": Decision.released, "id": uuid4()} | decided
        fact = given["model"](
            disposition_id=given["id"],
            number="DSP-1",
            batch_id=self.lot.id,
            lot=self.lot,
            market=market,
            regime="eu_eea",
            decision=given["decision"],
            decided_at=self._began,
            register_number=None,
            readiness_digest=None,
            occurred_at=self._began,
        )
        self.tell(fact)

    def result(self, value: str, test: str = "Assay", **more: Any) -> UUID:
        """A result, approved unless it is said not to be."""
        given = {"id": uuid4(), "approved": True, "reportable": True, "evaluation": Evaluation.passed, "unit": "%"} | more
        rest = {name: given[name] for name in given.keys() - {"id", "approved"}}
        result = EvaluatedResult(result_id=given["id"], test=test, value=Decimal(value), **rest)
        about = {"lot": self.lot, "occurred_at": self._began}
        self.tell(ResultsReported(stage=TestStage.release, results=(result,), **self._test, **about))
        if given["approved"]:
            self.tell(ResultApproved(result_id=given["id"], test=test, **about))
        return UUID(str(given["id"]))

    def oos(self, result_id: UUID, *steps: OosConclusion | None) -> None:
        """An investigation opens; each step is a conclusion, or with None that it is opened once more."""
        about = {
            **{"investigation_id": self._oos, "number": "OOS-1", "result_id": result_id, "batch_id": self.lot.id},
            **{"lot": self.lot, "test": "Assay", "opened_at": self._began, "occurred_at": self._began, **self._test},
        }
        self.tell(OosOpened(due_at=self._began, **about))
        for step in steps:
            again = {"before": OosConclusion.confirmed, "reason": "r", "evidence": "e", "due_at": self._began}
            self.tell(OosConcluded(conclusion=step, **about) if step else OosReopened(**again, **about))

    def deviation(self, then: type[Fact] | None = None, **more: Any) -> None:
        """A deviation of the lot is raised, or what ``then`` says happens to it."""
        about = {
            **{"deviation_id": self._deviation, "number": "DEV-1", "site_id": self.lot.site_id},
            **{"partner_id": self.lot.partner_id, "batch_ids": (self.lot.id,), "partner_aware_at": self._began},
            **{"occurred_at": self._began},
        }
        raised = {"title": "t", "category": "c", "lots": (self.lot,), "sponsor_aware_at": self._began}
        raised |= {"due_at": self._began}
        self.tell((then or DeviationRaised)(**about, **(raised if then is None else {}), **more))
