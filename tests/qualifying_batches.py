"""What other services tell of the lots of a transfer, for tests of its batches and PPQ series."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from uuid_utils.compat import uuid7

from contracts import Fact, Lot, Recorded, contract_of
from contracts.dispositions import BatchReleased, Decision
from contracts.partner_feeds import TestStage
from contracts.quality_events import BatchStarted, CapaPlanned, OosConcluded, OosConclusion, OosOpened, OosReopened
from contracts.sample_tracking import EvaluatedResult, Evaluation, ResultApproved, ResultsReported

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
ASSAY = {"attribute": "Assay", "unit": "%", "lower": "97.0", "upper": "103.0"}
PARAMETERS = {
    "parameters": [{"parameter": "CPP-1", "unit": "kN", "value": "12", "lower": "10", "upper": "15"}],
    "evidence": "0b" * 32,
}
PROTOCOL = {**{"protocol": "PPQ-1 version 1", "protocol_digest": "0a" * 32, "strengths": ["10 mg"], "limits": [ASSAY]}}


def about(lot: Lot, place: int = 0) -> dict[str, Any]:
    """What each fact about a batch carries. Its id follows from the lot's.

    It happens some hours from now, by its place: after any protocol that a test approved, or with less than -1 before.
    """
    happened = datetime.now(UTC) + timedelta(hours=1 + place)
    return {"batch_id": uuid5(lot.id, "batch"), "lot": lot, "occurred_at": happened}


def result(lot: Lot, value: str = "100.0", test: str = "Assay", **more: Any) -> tuple[UUID, list[Fact]]:
    """A result, and its approval."""
    id = uuid4()
    given: dict[str, Any] = {"evaluation": Evaluation.passed, "reportable": True, "unit": "%"} | more
    found = EvaluatedResult(result_id=id, test=test, value=Decimal(value), **given)
    report = ResultsReported(
        lot=lot,
        stage=TestStage.release,
        results=(found,),
        occurred_at=BEGAN,
        laboratory_site_id=lot.site_id,
        laboratory_partner_id=lot.partner_id,
    )
    return id, [report, ResultApproved(result_id=id, lot=lot, test=test, occurred_at=BEGAN)]


def released(lot: Lot) -> Fact:
    """It was released to a market."""
    decided: dict[str, Any] = {
        "decision": Decision.released,
        "decided_at": BEGAN,
        "register_number": None,
        "readiness_digest": None,
    }
    of_it: dict[str, Any] = {
        "disposition_id": uuid5(lot.id, "AT"),
        "number": "DSP-1",
        "market": "AT",
        "regime": "eu_eea",
    }
    return BatchReleased(**about(lot), **of_it, **decided)


def started(lot: Lot, place: int = 0) -> Fact:
    """Its making began."""
    return BatchStarted(**about(lot, place))


def made(lot: Lot, place: int = 0, value: str = "100.0") -> list[Fact]:
    """All that is told of a batch that conforms, where its value does."""
    return [started(lot, place), *result(lot, value)[1], released(lot)]


def investigated(lot: Lot, result_id: UUID, *steps: OosConclusion | None, named: str = "OOS") -> list[Fact]:
    """An investigation opens; each step is a conclusion, or with None that it is opened once more."""
    of_it: dict[str, Any] = {
        **{"investigation_id": uuid5(lot.id, named), "number": f"{named}-{lot.number}", "result_id": result_id},
        **{"batch_id": None, "lot": lot, "test": "Assay", "laboratory_site_id": lot.site_id},
        **{"laboratory_partner_id": lot.partner_id, "opened_at": BEGAN, "occurred_at": BEGAN},
    }
    again: dict[str, Any] = {
        "before": OosConclusion.confirmed,
        "reason": "new evidence",
        "evidence": "e",
        "due_at": BEGAN,
    }
    return [
        OosOpened(due_at=BEGAN, **of_it),
        *(OosConcluded(conclusion=step, **of_it) if step else OosReopened(**again, **of_it) for step in steps),
    ]


def out_of_specification(lot: Lot, *steps: OosConclusion | None) -> list[Fact]:
    """A result out of specification, and what its investigation came to."""
    id, told = result(lot, "90.0", evaluation=Evaluation.out_of_specification)
    return [*told, *investigated(lot, id, *steps)]


def recorded(facts: Sequence[Fact]) -> list[Recorded[Any]]:
    """Facts in their envelopes, numbered by key and told one after another: so they may come in any order.

    They are told from now on: after any lot that a test named before it had them.
    """
    numbered, found, begins = Counter[str](), [], datetime.now(UTC) + timedelta(hours=1)
    for minute, fact in enumerate(facts):
        contract = contract_of(type(fact))
        key = contract.key_of(fact)
        numbered[key] += 1
        time, source = begins + timedelta(minutes=minute), f"/{contract.producer}"
        found.append(Recorded(uuid7(), contract.type, source, time, key, numbered[key], "", None, None, (), fact))
    return found


def capa_planned(capa_id: UUID, failed: Lot | None = None) -> Fact:
    """Quality approved the plan of a CAPA: against what the investigation of a lot found, or against something else."""
    of_it: dict[str, Any] = {
        "source_type": "oos" if failed else "manual",
        "source_id": uuid5(failed.id, "OOS") if failed else uuid4(),
        "generation": 1,
        "site_id": None,
        "partner_id": None,
    }
    return CapaPlanned(capa_id=capa_id, number="CAPA-1", occurred_at=BEGAN, **of_it)
