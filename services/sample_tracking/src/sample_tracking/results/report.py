"""A result as somebody reports it, and what becomes of it before it is a record."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from uuid_utils.compat import uuid7

from contracts import Lot, Moment, Recorded, SourceRecord
from contracts.entitlements import ResultNotReportable
from contracts.partner_feeds import Provenance, Qualifier, ResultRole, StabilityPoint, TestResultsReported, TestStage
from contracts.sample_tracking import EvaluatedResult, Evaluation, OosDetected, ResultsReported
from gxp.evaluation import Verdict
from runtime.outbox import sets
from sample_tracking.entitlements.rule import NO_METHOD, Judgement, LaboratoryTest
from sample_tracking.results.markets import Evaluations, is_pending, markets_missed


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
    qualifier: Qualifier | None
    unit: str
    occurred_at: Moment
    submitted_by: str
    source: SourceRecord | None = None
    determinations: tuple[Decimal, ...] | None = None
    inspected: int | None = None
    voided: bool = False
    historic: bool = False
    """Its feed was loading its past."""
    stability: StabilityPoint | None = None
    provenance: Provenance | None = None
    method: str | None = None
    method_version: str | None = None
    amends: UUID | None = None
    """What a person entered before, and corrects by this."""
    amendment_reason: str | None = None
    keyed_by: str | None = None
    verified_by: str | None = None
    certificate_digest: str | None = None
    """Of the paper from which both typed it."""
    cause: Recorded[TestResultsReported] | None = None

    @classmethod
    def each_of(cls, recorded: Recorded[TestResultsReported]) -> list[Self]:
        """The reports that a feed's fact makes, one for each result of the set."""
        fact = recorded.fact
        return [
            cls(
                lot=fact.lot,
                laboratory_site_id=fact.laboratory_site_id,
                laboratory_partner_id=fact.laboratory_partner_id,
                test=result.test,
                stage=fact.stage,
                role=result.role,
                value=result.value,
                text=result.text,
                qualifier=result.qualified,
                determinations=result.determinations,
                inspected=result.inspected,
                stability=result.stability,
                provenance=result.provenance,
                voided=result.voided,
                unit=result.unit,
                occurred_at=fact.occurred_at,
                submitted_by=fact.sent_by or f"feed:{fact.feed_id}",
                source=SourceRecord(
                    id=result.id, revision=result.revision, feed_id=fact.feed_id, message_id=fact.message_id
                ),
                historic=fact.historic,
                cause=recorded,
            )
            for result in fact.results
        ]

    def made_by(self, maker_id: UUID | None) -> "Report":
        """The report, of the lot's maker where that is known: who reports may know of another owner of the site."""
        if maker_id in (None, self.lot.partner_id):
            return self
        return replace(self, lot=self.lot.model_copy(update={"partner_id": maker_id}))

    @property
    def parties(self) -> tuple[UUID, ...]:
        """Who may see the result: the lot's maker and the laboratory. Who reports it becomes no party by that."""
        return tuple({self.lot.partner_id, self.laboratory_partner_id})

    @property
    def below_quantitation(self) -> bool:
        """Whether the laboratory found less than it can measure."""
        return self.qualifier is Qualifier.below_quantitation

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
    evaluations: Evaluations = ()
    """By each specification: ``verdict`` is the gravest."""
    methods: Sequence[str] = ()
    """Those that the limits name by which it is judged."""
    judgement: Judgement = NO_METHOD
    """Whether it is reportable."""
    id: UUID = field(default_factory=uuid7)
    set_id: UUID | None = None
    superseded_by: UUID | None = None
    came_late: bool = False
    """A newer revision was recorded before this one arrived."""
    supersedes: UUID | None = None

    version = 1

    @property
    def parties(self) -> tuple[UUID, ...]:
        """Who may see the record."""
        return self.report.parties

    @property
    def counts(self) -> bool:
        """Whether no newer revision stands in its place, and it withdraws nothing."""
        return self.superseded_by is None and not self.report.voided

    @property
    def is_new(self) -> bool:
        """Whether it neither amends what is known nor came behind an amendment of it."""
        return self.supersedes is None and not self.came_late

    @property
    def tested(self) -> LaboratoryTest:
        """By what it is decided whether it is reportable."""
        report = self.report
        return LaboratoryTest(
            method=report.method,
            method_version=report.method_version,
            methods=self.methods,
            product_id=self.lot.product_id,
            laboratory_site_id=report.laboratory_site_id,
            occurred_at=moment_text(report.occurred_at),
        )

    @property
    def evaluated(self) -> EvaluatedResult:
        """What a set tells of it."""
        report, verdict = self.report, self.verdict
        return EvaluatedResult(
            result_id=self.id,
            test=report.test,
            role=report.role,
            value=report.value,
            text=report.text,
            qualifier=report.qualifier,
            below_quantitation=report.below_quantitation,
            determinations=report.determinations,
            inspected=report.inspected,
            stability=report.stability,
            voided=report.voided,
            unit=report.unit,
            method=report.method,
            method_version=report.method_version,
            reportable=self.judgement.reportable,
            not_reportable=self.judgement.why,
            evaluation=verdict.evaluation,
            evaluations=self.evaluations,
            unjudged=verdict.is_open,
            pending=is_pending(self.evaluations),
            specification_id=verdict.specification_id,
            supersedes=self.supersedes,
            superseded_by=self.superseded_by if self.came_late else None,
            amended_by=report.submitted_by if self.supersedes else None,
            amendment_reason=report.amendment_reason,
        )

    @property
    def not_reportable(self) -> ResultNotReportable | None:
        """What others must know at once, when its laboratory was not entitled."""
        report = self.report
        if self.judgement.reportable is not False or not self.counts:
            return None
        return ResultNotReportable(
            result_id=self.id,
            lot=self.lot,
            test=report.test,
            stage=report.stage,
            laboratory_site_id=report.laboratory_site_id,
            laboratory_partner_id=report.laboratory_partner_id,
            evaluation=self.verdict.evaluation,
            not_reportable=self.judgement.why or "",
            occurred_at=report.occurred_at,
        )

    @property
    def oos(self) -> OosDetected | None:
        """What others must know at once, when it is out of specification.

        Also when it is not reportable: a laboratory alone never takes a failure out of the evaluation (ICH Q7 11.15),
        such as by a method for which it is not entitled.
        """
        report, verdict = self.report, self.verdict
        if verdict.evaluation is not Evaluation.out_of_specification:
            return None
        # Nothing else can be out of specification.
        assert verdict.specification_id is not None  # noqa: S101
        assert verdict.limit is not None  # noqa: S101
        return OosDetected(
            result_id=self.id,
            lot=self.lot,
            test=report.test,
            stage=report.stage,
            role=report.role,
            value=report.value,
            text=report.text,
            qualifier=report.qualifier,
            below_quantitation=report.below_quantitation,
            unit=report.unit,
            laboratory_site_id=report.laboratory_site_id,
            laboratory_partner_id=report.laboratory_partner_id,
            occurred_at=report.occurred_at,
            specification_id=verdict.specification_id,
            limit=verdict.limit,
            markets=markets_missed(self.evaluations),
            found=verdict.found,
            historic=report.historic,
        )


def in_sets(drafts: Iterable[Draft]) -> Iterator[tuple[Draft, ResultsReported]]:
    """The facts that tell of drafts, each with the first draft of it: what is new of one report together, and each
    amendment alone."""
    groups: dict[UUID, list[Draft]] = {}
    for draft in drafts:
        together = draft.is_new and draft.report.cause
        groups.setdefault(together.id if together else draft.id, []).append(draft)
    for group in groups.values():
        first = group[0]
        for results in sets(draft.evaluated for draft in group):
            yield (
                first,
                ResultsReported(
                    occurred_at=first.report.occurred_at,
                    lot=first.lot,
                    stage=first.report.stage,
                    laboratory_site_id=first.report.laboratory_site_id,
                    laboratory_partner_id=first.report.laboratory_partner_id,
                    results=results,
                ),
            )
