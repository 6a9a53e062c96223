"""An investigation of an out-of-specification result, in two phases (FDA OOS guidance, 2022)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from contracts import Fact, Grant, Role, Side
from contracts.quality_events import (
    OosConcluded,
    OosConclusion,
    OosInvalidationProposed,
    OosLinked,
    OosNotified,
    OosOpened,
    OosReopened,
    QualityEventsBallHeld,
)
from contracts.sample_tracking import OosDetected
from quality_events import clocks, moments
from quality_events.metadata import INSTANT, Table
from quality_events.oos_investigations.fields import OPEN, TAKEN_OVER, OosState
from quality_events.oos_investigations.planning import Planned
from quality_events.oos_investigations.retests import ExplainTest, Repeated, RetestPlan
from runtime.deadlines import Deadline
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

LABORATORY: frozenset[Role | Grant] = frozenset(map(Side.laboratory, (Role.partner_lab, Role.partner_quality)))
QUALITY_UNITS: frozenset[Role | Grant] = frozenset({Side.maker(Role.partner_quality), Role.quality})
"""The quality units of the manufacturer and of the sponsor (21 CFR 211.22(a), 211.192)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an investigation found, and by what that is shown."""

    conclusion: OosConclusion
    cause: str | None = None
    evidence: str | None = None


class OosInvestigation(Planned, Deadline, Waiting, Versioned, Table, table=True):
    """The investigation of one result. Passing retests beside the result do not undo it."""

    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id", Side.laboratory: "laboratory_partner_id"}
    signed_as: ClassVar[Mapping[str, str]] = {
        "lot": "lot_number",
        "material": "material",
        "test": "test",
        "value": "value",
        "text": "text",
        "unit": "unit",
        "found in its units": "found",
        "made at": "site",
        "by": "partner",
        "tested by": "laboratory",
        "laboratory's cause": "cause",
        "evidence": "evidence",
        "retests planned": "planned_retests",
        "resamples planned": "planned_resamples",
        "why none": "no_retests_reason",
        "not reported of the plan": "retests_missing",
        "tested again": "further_tests",
        "amended to": "amended_to",
        "retest plan": "retest_plan",
        "reopened on": "reopening_evidence",
    }
    # That the lot is a batch is no finding, nor that the sponsor is told of the result late.
    signed_later: ClassVar[Collection[str]] = ("batch_id", "product_id", "notified_at")
    signed_former: ClassVar[Mapping[str, str]] = {"former_conclusion": "investigation_id"}
    __tablename__ = "oos_investigation"
    due: ClassVar[Mapping[StrEnum, str]] = dict.fromkeys(OPEN, "due_at")
    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        OosState.phase_1: {Side.laboratory},
        OosState.awaiting_approval: {Side.maker, Side.sponsor},
        OosState.phase_2: {Side.maker},
    }

    stage: str
    role: str
    limit: dict[str, Any] = Field(sa_type=JSONB)
    found: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    detected_at: str
    """When the result was found, as given: an instant, a day or a month."""
    due_at: datetime = Field(sa_type=INSTANT)
    first_due_at: datetime = Field(sa_type=INSTANT)
    """Kept however often it is reopened: what is measured (FDA OOS 2022, "timely")."""
    due_zone: str | None = None
    """By whose local days it was counted; None: by UTC, for the site was not known yet."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def open(
        cls,
        detected: OosDetected,
        *,
        number: str,
        batches: Mapping[UUID, UUID],
        zone: str | None,
        country: str | None,
        recorded_at: datetime,
    ) -> tuple[Self, OosOpened]:
        """Open the investigation of a result.

        The clocks start when the laboratory found it, or, where only a day or a month is given, when it was recorded.
        Where nobody could judge it, they start when the sponsor's quality read it, who knows of it by that.
        """
        lot, found = detected.lot, detected.read_at or detected.occurred_at
        aware_at = min(found, recorded_at) if isinstance(found, datetime) else recorded_at
        due_at = clocks.due_at(aware_at, clocks.OOS_DUE_DAYS, zone)
        investigation = cls(
            number=number,
            batch_id=batches.get(lot.id),
            lot_id=lot.id,
            lot_number=lot.number,
            detected_at=moments.written(found),
            notified_at=detected.read_at,
            aware_at=aware_at,
            opened_at=recorded_at,
            due_at=due_at,
            first_due_at=due_at,
            due_zone=zone,
            phase_1_until=_phase_1_until(recorded_at, zone, country),
            limit=detected.limit.model_dump(mode="json"),
            found=detected.found.model_dump(mode="json", exclude_none=True) if detected.found else None,
            parties=sorted({lot.partner_id, detected.laboratory_partner_id}),
            **lot.model_dump(include={"material", "product_id", "site_id", "partner_id"}),
            **detected.model_dump(include=TAKEN_OVER),
        )
        return investigation, OosOpened.of(investigation, recorded_at)

    @transition(source=set(OosState), target=None, by=LABORATORY | QUALITY_UNITS | {Role.lab}, when="unnotified")
    def notify(self, now: datetime) -> Sequence[OosNotified]:
        """The sponsor is told of the result; late is better than never, also of what is concluded."""
        if self.notified_at is not None:
            raise RuleViolated(f"the sponsor was told of {self.number} at {self.notified_at.isoformat()}")
        return self.heard(True, now)

    @transition(source={OosState.phase_1}, target=None, by={Side.laboratory(Role.partner_lab)}, when="unplanned")
    def plan_retests(self, plan: RetestPlan, by: str, now: datetime) -> None:
        """How many tests are made again and by whom is fixed before the first: nobody tests until it passes."""
        self.fix(plan, by, now)

    @transition(
        source={OosState.phase_1},
        target=None,
        by=QUALITY_UNITS,
        independent_of={"retests_planned_by"},
        when="retests_planned_at",
    )
    def return_plan(self, reason: str, tested: Repeated, now: datetime, sponsor: bool = False) -> Sequence[OosNotified]:
        """A plan that is wrong is made anew, unless something was tested since: then it stands."""
        self.drop_plan(reason, tested)
        return self.heard(sponsor, now)

    @transition(source={OosState.phase_1}, target=OosState.awaiting_approval, by=LABORATORY, when="retests_planned_at")
    def propose_invalidation(
        self,
        cause: str,
        evidence: str,
        retest_plan: str | None,
        explained: Sequence[ExplainTest],
        tested: Repeated,
        by: str,
        now: datetime,
        evidence_digest: str | None = None,
    ) -> OosInvalidationProposed:
        """The laboratory found an assignable cause of its own and shows it, when what it planned is tested.

        Of what it tested outside of its plan, or withdrew, it says why.
        """
        self.must_be_planned()
        self.must_be_carried_out(tested)
        self.explain(explained, tested)
        self.cause, self.evidence, self.retest_plan, self.return_reason = cause, evidence, retest_plan, None
        self.evidence_digest = evidence_digest
        self.invalidation_proposed_by, self.invalidation_proposed_at = by, now
        return OosInvalidationProposed.of(self, now)

    @transition(
        source={OosState.awaiting_approval},
        target=OosState.concluded,
        by=QUALITY_UNITS,
        independent_of={"invalidation_proposed_by", "retests_planned_by"},
        signed="the result is invalid, for an assignable laboratory cause",
    )
    def approve_invalidation(self, tested: Repeated, now: datetime, sponsor: bool = False) -> Sequence[Fact]:
        """A quality unit agrees that the laboratory erred: the result is invalid, and stays to be seen.

        What was tested or withdrawn since the proposal the laboratory explains first.
        """
        self.must_be_carried_out(tested)
        self.must_be_explained(tested)
        return self._concluded(OosConclusion.invalidated, now, sponsor)

    @transition(
        source={OosState.awaiting_approval},
        target=OosState.phase_1,
        by=QUALITY_UNITS,
        independent_of={"invalidation_proposed_by"},
    )
    def return_invalidation(self, reason: str, now: datetime, sponsor: bool = False) -> Sequence[OosNotified]:
        """The cause or its evidence does not convince; the laboratory goes on."""
        self.return_reason, self.without_plan = reason, False
        self.cause = self.evidence = self.evidence_digest = self.retest_plan = self.explained_tests = None
        self.invalidation_proposed_by = self.invalidation_proposed_at = None
        return self.heard(sponsor, now)

    @transition(source={OosState.phase_1}, target=OosState.phase_2, by=QUALITY_UNITS)
    def open_phase_2(self, reason: str, by: str, now: datetime, sponsor: bool = False) -> Sequence[OosNotified]:
        """The laboratory found no error of its own: the manufacturer's quality unit investigates the process."""
        self.phase_2_reason, self.phase_2_by, self.phase_2_at = reason, by, now
        return self.heard(sponsor, now)

    @transition(source={OosState.phase_1}, target=OosState.phase_2, by=())
    def outlast_phase_1(self, now: datetime) -> None:
        """The laboratory proposed nothing in time: the result stands, and the process is looked at."""
        if self.phase_1_until is None or self.phase_1_until > now:
            raise RuleViolated(f"{self.number}: the time of phase 1 has not passed")
        days = clocks.OOS_PHASE_1_WORKING_DAYS
        self.phase_2_reason, self.phase_2_at = f"no error of the laboratory was shown within {days} working days", now

    @transition(
        source={OosState.phase_2},
        target=OosState.concluded,
        by=QUALITY_UNITS,
        independent_of={"phase_2_by"},
        signed="the investigation is concluded",
    )
    def conclude(self, finding: Finding, tested: Repeated, now: datetime, sponsor: bool = False) -> Sequence[Fact]:
        """Confirm the result, or leave it open: inconclusive, it stands and weighs in the disposition.

        It is invalidated for an assignable laboratory cause and for nothing else, which is the laboratory's to propose.
        """
        self.must_be_read(tested)
        if finding.conclusion is OosConclusion.invalidated:
            raise RuleViolated(
                "a result is invalidated only on the laboratory's proposal, with its assignable cause and the evidence "
                "of it, and a quality unit's approval: POST .../invalidation-proposal in phase 1"
            )
        if finding.conclusion is OosConclusion.confirmed:
            given = {"cause": finding.cause, "evidence": finding.evidence}
            if lacks := [name for name, value in given.items() if not value]:
                why = f"confirm it with its cause, or that none was found, and the evidence: {', '.join(lacks)}"
                raise RuleViolated(f"{self.number}: {why}", fields=lacks)
        self.cause, self.evidence = finding.cause, finding.evidence
        return self._concluded(finding.conclusion, now, sponsor)

    @transition(source={OosState.concluded}, target=OosState.phase_2, by={Role.quality})
    def reopen(self, reason: str, evidence: str, by: str, now: datetime) -> Sequence[Fact]:
        """New evidence: the conclusion does not stand. Somebody else concludes anew, in as many days as at first."""
        before, self.conclusion, self.concluded_at = self.conclusion, None, None
        self.cause = self.evidence = self.evidence_digest = self.retest_plan = None
        self.invalidation_proposed_by = self.invalidation_proposed_at = None
        self.phase_2_reason, self.phase_2_by, self.phase_2_at = reason, by, now
        self.reopening_evidence = evidence
        self.reopened_at, self.due_at = now, clocks.due_at(now, clocks.OOS_DUE_DAYS, self.due_zone)
        return [*self.heard(True, now), OosReopened.of(self, now, before=before, reason=reason, evidence=evidence)]

    @transition(source=set(OosState), target=None, by=())
    def link(self, batch_id: UUID | None, product_id: UUID | None, now: datetime) -> OosLinked:
        """The lot turned out to be a batch, or of a product. Nothing else of it changes."""
        self.batch_id, self.product_id = batch_id, product_id
        return self._linked(now)

    @transition(source=set(OosState) - {OosState.concluded}, target=None, by=())
    def count_days_in(self, zone: str, country: str, now: datetime) -> OosLinked:
        """The site's time zone became known: what is due was counted by UTC."""
        self.due_zone, self.first_due_at = zone, clocks.due_at(self.aware_at, clocks.OOS_DUE_DAYS, zone)
        started = max(self.aware_at, self.reopened_at or self.aware_at)
        self.due_at = clocks.due_at(started, clocks.OOS_DUE_DAYS, zone)
        self.phase_1_until = _phase_1_until(self.opened_at, zone, country)
        return self._linked(now)

    def _linked(self, now: datetime) -> OosLinked:
        return OosLinked.of(self, now)

    def _concluded(self, conclusion: OosConclusion, now: datetime, sponsor: bool) -> Sequence[Fact]:
        self.conclusion, self.concluded_at = conclusion, now
        return [*self.heard(sponsor, now), OosConcluded.of(self, now)]


def _phase_1_until(opened_at: datetime, zone: str | None, country: str | None) -> datetime | None:
    return clocks.working_days_after(opened_at, clocks.OOS_PHASE_1_WORKING_DAYS, zone, country)
