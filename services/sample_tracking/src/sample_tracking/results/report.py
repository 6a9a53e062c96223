"""A result as somebody reports it, and what becomes of it before it is a record."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from contracts import Fact, Lot, Moment, Recorded, SourceRecord
from contracts.partner_feeds import ResultRole, TestResultReported, TestStage
from contracts.sample_tracking import Evaluation, OosDetected, ResultReported
from sample_tracking.results.evaluation import Verdict


def moment_text(moment: Moment) -> str:
    """A moment in ISO 8601, no more precise than it was given; instants in UTC."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return moment if isinstance(moment, str) else moment.isoformat()


@dataclass(frozen=True, slots=True)
class Report:
    """What a laboratory's system or person says."""

    lot: Lot
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    test: str
    stage: TestStage
    role: ResultRole
    value: Decimal | None
    text: str | None
    below_quantitation: bool
    unit: str
    occurred_at: Moment
    submitted_by: str
    source: SourceRecord | None = None
    historic: bool = False
    """Its feed was loading its past."""
    cause: Recorded[TestResultReported] | None = None

    @classmethod
    def of(cls, recorded: Recorded[TestResultReported]) -> "Report":
        """The report that a feed's fact makes."""
        fact = recorded.fact
        return cls(
            lot=fact.lot,
            laboratory_site_id=fact.laboratory_site_id,
            laboratory_partner_id=fact.laboratory_partner_id,
            test=fact.test,
            stage=fact.stage,
            role=fact.role,
            value=fact.value,
            text=fact.text,
            below_quantitation=fact.below_quantitation,
            unit=fact.unit,
            occurred_at=fact.occurred_at,
            submitted_by=fact.sent_by or f"feed:{fact.source.feed_id}",
            source=fact.source,
            historic=fact.historic,
            cause=recorded,
        )

    @property
    def parties(self) -> tuple[UUID, ...]:
        """Who may see the result: the lot's maker and the laboratory. Who reports it becomes no party by that."""
        return tuple({self.lot.partner_id, self.laboratory_partner_id})

    @property
    def record(self) -> tuple[UUID, str] | None:
        """The source's record that this is a revision of; None for what a person entered."""
        return (self.source.feed_id, self.source.id) if self.source else None

    @property
    def revision(self) -> int:
        """The source's revision of its record."""
        return self.source.revision if self.source else 1


@dataclass(slots=True)
class Draft:
    """A record to be: a report with its verdict and its place among its source's revisions."""

    report: Report
    verdict: Verdict
    lot: Lot
    id: UUID = field(default_factory=uuid7)
    superseded_by: UUID | None = None
    came_late: bool = False
    """A newer revision was recorded before this one arrived."""
    supersedes: UUID | None = None

    version = 1

    @property
    def parties(self) -> tuple[UUID, ...]:
        """Who may see the record."""
        return self.report.parties

    def facts(self) -> Iterable[Fact]:
        """What others must know: that there is a result, and at once when it is out of specification."""
        report, verdict = self.report, self.verdict
        common: dict[str, Any] = {
            "result_id": self.id,
            "lot": self.lot,
            "test": report.test,
            "stage": report.stage,
            "role": report.role,
            "value": report.value,
            "text": report.text,
            "below_quantitation": report.below_quantitation,
            "unit": report.unit,
            "laboratory_site_id": report.laboratory_site_id,
            "laboratory_partner_id": report.laboratory_partner_id,
            "occurred_at": report.occurred_at,
            "specification_id": verdict.specification_id,
        }
        yield ResultReported(
            evaluation=verdict.evaluation,
            supersedes=self.supersedes,
            superseded_by=self.superseded_by if self.came_late else None,
            **common,
        )
        if verdict.evaluation is Evaluation.out_of_specification and verdict.limit is not None:
            yield OosDetected(limit=verdict.limit, historic=report.historic, **common)
