"""An authority's inspection of a site and its lifecycle (Directive 2001/83/EC article 111; 21 USC 374)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from contracts import Grant, Role, Side
from contracts import partner_registry as facts
from contracts.partner_registry import InspectionOutcome, LetterKind
from contracts.partner_registry import InspectionState as State
from gxp import calendars
from gxp.clocks import ONE_DAY, Unit, due_at, first_instant
from partner_registry.days import not_ahead
from partner_registry.inspections.covering import FAVOURABLE, Covered, covered_on, last_decision, reading_of_last
from partner_registry.inspections.schemas import InspectionFields, Observation
from partner_registry.metadata import INSTANT, Table
from runtime.deadlines import Deadline
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

FORM_483_WORKING_DAYS: Final = 15
"""Within which FDA considers an answer before it decides on a warning letter (74 FR 40211, 2009); US federal days."""

ENDED: Final = frozenset({State.observed, State.answered, State.classified})
OWNERS: Final[frozenset[Role | Grant]] = frozenset({Role.quality, Role.regulatory, Side.owner(Role.partner_quality)})


class Inspection(InspectionFields, Deadline, Waiting, Versioned, Table, table=True):
    """What an authority looked at, found and decided. Either side tells of it."""

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    due: ClassVar[Mapping[StrEnum, str]] = {State.observed: "answer_due_at"}
    ball = facts.PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.announced: {Side.owner},
        State.running: {Side.owner},
        State.observed: {Side.owner},
        State.classified: {Side.sponsor},
    }
    first_open_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """When the first of the promises is due that were not kept."""
    report_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """Likewise, of those of which it was not reported that they are overdue."""
    decisions: list[Any] | None = Field(default=None, sa_type=JSONB)
    """All that the authority decided and wrote, in the order in which it was told."""
    readings: list[Any] | None = Field(default=None, sa_type=JSONB)
    """What somebody of the sponsor has read that a decision covers: by it one that is recognised counts."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def announce(
        cls, *, partner_id: UUID, now: datetime, **said: Any
    ) -> tuple[Self, facts.RegulatoryInspectionAnnounced]:
        """Somebody tells of it. Raises RuleViolated where the sponsor was told before anybody knew."""
        inspection = cls(partner_id=partner_id, parties=[partner_id], **said)
        if inspection.told_sponsor_at < inspection.announced_at:
            raise RuleViolated("told_sponsor_at lies before announced_at: nobody tells what was not announced")
        return inspection, facts.RegulatoryInspectionAnnounced.of(inspection, now)

    @transition(source={State.announced}, target=State.running, by=OWNERS)
    def begin(self, began_on: date, zone: str, now: datetime) -> None:
        """The inspectors are there."""
        not_ahead(began_on, zone, now, "began_on")
        self.began_on = began_on

    @transition(source={State.announced, State.running}, target=State.observed, by=OWNERS)
    def observe(
        self, ended_on: date, observations: Sequence[Observation], form_483: bool, zone: str, now: datetime
    ) -> facts.RegulatoryInspectionRecorded:
        """The inspectors left, and what they noted, which may be nothing."""
        not_ahead(ended_on, zone, now, "ended_on")
        if ended_on < (self.began_on or ended_on):
            raise RuleViolated(f"ended_on {ended_on} lies before {self.began_on}, on which it began")
        if form_483 and not observations:
            raise RuleViolated("a Form 483 lists observations: write them down, or leave form_483 out")
        self.ended_on, self.form_483 = ended_on, form_483
        self.observations = [each.model_dump() for each in observations]
        if form_483:
            received, us = first_instant(ended_on, ZoneInfo(zone)), calendars.named("US")
            days = FORM_483_WORKING_DAYS
            self.answer_due_at = due_at(received, days, Unit.working_days, zone=ZoneInfo(zone), calendar=us)
        return facts.RegulatoryInspectionRecorded.of(self, now)

    @transition(source={State.observed}, target=State.answered, by=OWNERS)
    def answer(self, answered_on: date, digest: str, zone: str, now: datetime) -> None:
        """The site answered the authority."""
        not_ahead(answered_on, zone, now, "answered_on")
        self.answered_on, self.answer_digest = answered_on, digest

    @transition(source=ENDED, target=None, by=OWNERS)
    def promise(self, text: str, due_on: date, zone: str) -> None:
        """The site promised something to the authority."""
        due = first_instant(due_on + ONE_DAY, ZoneInfo(zone))
        added = {"text": text, "due_on": due_on.isoformat(), "due_at": due.isoformat()}
        nothing = {"done_at": None, "done_by": None, "evidence": None, "reported": False}
        self._promised([*self.commitments, added | nothing])

    @transition(source=ENDED, target=None, by=OWNERS, when="open_commitments")
    def keep(self, commitment: int, evidence: str, by: str, now: datetime) -> None:
        """One promise was kept; by the digest of its evidence it is seen later if that was exchanged."""
        if commitment not in self.open_commitments:
            raise RuleViolated(f"{self.number} has no commitment {commitment} that is not kept yet")
        kept = {"done_at": now.isoformat(), "done_by": by, "evidence": evidence}
        self._promised([each | kept if nth == commitment else each for nth, each in enumerate(self.commitments, 1)])

    @transition(source=ENDED | {State.closed}, target=None, by=OWNERS)
    def receive_letter(
        self, letter: LetterKind, issued_on: date, reference: str, zone: str, now: datetime
    ) -> facts.RegulatoryInspectionClassified:
        """The authority wrote. A letter weighs as much as a decision, and is told as one."""
        not_ahead(issued_on, zone, now, "issued_on")
        self.letters = [*self.letters, {"letter": letter, "issued_on": issued_on.isoformat(), "reference": reference}]
        self._says("letter", letter, issued_on, now)
        return self._classified(now)

    @transition(source={State.observed, State.answered, State.classified}, target=State.classified, by=OWNERS)
    def classify(
        self, outcome: InspectionOutcome, classified_on: date, zone: str, now: datetime
    ) -> facts.RegulatoryInspectionClassified:
        """The authority decided; it may decide anew, and what that covers somebody has to read then."""
        not_ahead(classified_on, zone, now, "classified_on")
        self.outcome, self.classified_on = outcome, classified_on
        self._says("outcome", outcome, classified_on, now)
        return self._classified(now)

    @transition(
        source={State.classified, State.closed}, target=None, by={Role.quality, Role.regulatory}, when="favourable"
    )
    def cover(
        self, country: str, product_kind: str, activities: list[Any], dosage_forms: list[str], by: str, now: datetime
    ) -> None:
        """Somebody of the sponsor has read what the last decision covers; what was read before stays known.

        Raises RuleViolated where that was against the site.
        """
        if not self.favourable:
            raise RuleViolated(f"{self.number} was classified {self.outcome}: by that nothing is covered")
        scope = {"activities": activities, "dosage_forms": dosage_forms, "country": country}
        read = scope | {"product_kind": product_kind, "by": by, "at": now.isoformat()}
        self.readings = [*(self.readings or ()), read | {"decision": last_decision(self.decisions or ())}]

    @transition(source={State.classified}, target=State.closed, by={Role.quality, Role.regulatory}, when="kept")
    def close(self) -> None:
        """Nothing is open. Raises RuleViolated while a promise is."""
        if missing := self.open_commitments:
            raise RuleViolated(f"{self.number}: commitments are not kept yet: {missing}", missing=missing)

    @transition(source=ENDED, target=None, by=())
    def fall_overdue(self, now: datetime) -> list[facts.CommitmentOverdue]:
        """Each promise whose last day is over and of which that was not reported."""
        late = [nth for nth in self.open_commitments if self._due(nth) <= now and not self._of(nth)["reported"]]
        if not late:
            raise RuleViolated(f"no commitment of {self.number} is overdue, or that was reported")
        told = [each | {"reported": True} if nth in late else each for nth, each in enumerate(self.commitments, 1)]
        self._promised(told)
        return [
            facts.CommitmentOverdue.of(self, self._due(nth), commitment=nth, text=self._of(nth)["text"]) for nth in late
        ]

    @property
    def favourable(self) -> bool:
        """Whether the authority decided for the site."""
        return self.outcome in FAVOURABLE

    @property
    def covered(self) -> Mapping[str, Any] | None:
        """What was read of the last decision; None where nobody has read that one."""
        return reading_of_last(self.decisions or (), self.readings or ())

    def covers_on(self, day: date, as_of: datetime) -> Covered | None:
        """What it covers on a local day, by what was known at an instant; see ``covered_on``."""
        ended = self.ended_on
        return covered_on(self.decisions or (), self.readings or (), ended, day, as_of) if ended else None

    def turn(self) -> Collection[Side]:
        """The site's while it has promises to keep, and quality's once there is none."""
        promised = self.state in (State.answered, State.classified) and self.open_commitments
        return {Side.owner} if promised else super().turn()

    @property
    def open_commitments(self) -> list[int]:
        """The promises that are not kept yet, counted from 1."""
        return [nth for nth, each in enumerate(self.commitments, 1) if not each["done_at"]]

    @property
    def kept(self) -> bool:
        """Whether every promise is."""
        return not self.open_commitments

    def is_late(self, now: datetime) -> bool:
        """Whether the answer or a promise is beyond its last day."""
        promised = self.state in ENDED and self.first_open_at is not None and self.first_open_at <= now
        return promised or self.is_overdue(now)

    def commitments_at(self, now: datetime) -> list[Mapping[str, Any]]:
        """The promises, each with whether it is beyond its last day."""
        late = {nth for nth in self.open_commitments if self._due(nth) <= now}
        return [each | {"overdue": nth in late} for nth, each in enumerate(self.commitments, 1)]

    def _says(self, what: str, said: StrEnum, on: date, now: datetime) -> None:
        told = {what: said, "effective_on": on.isoformat(), "at": now.isoformat()}
        self.decisions = [*(self.decisions or ()), told]

    def _promised(self, commitments: list[Any]) -> None:
        self.commitments = commitments
        self.first_open_at = min(map(self._due, self.open_commitments), default=None)
        untold = (nth for nth in self.open_commitments if not self._of(nth)["reported"])
        self.report_at = min(map(self._due, untold), default=None)

    def _of(self, nth: int) -> Any:
        return self.commitments[nth - 1]

    def _due(self, nth: int) -> datetime:
        return datetime.fromisoformat(self._of(nth)["due_at"])

    def _classified(self, now: datetime) -> facts.RegulatoryInspectionClassified:
        return facts.RegulatoryInspectionClassified.of(self, now)
