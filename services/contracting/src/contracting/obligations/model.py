"""An obligation: what a clause asks of one subject, and its verdicts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, NamedTuple, Self
from uuid import UUID

from sqlalchemy import UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracting.metadata import INSTANT, Table
from contracting.obligations.assessing import Outcome
from contracting.obligations.judging import Verdict
from contracting.obligations.schemas import JudgedFields, ObligationFields
from contracting.obligations.schemas import ObligationState as State
from contracting.obligations.subjects import Subject
from contracts import Fact, Grant, Recorded, Role, Side
from contracts import contracting_obligations as told
from contracts.contracting import Owes
from contracts.contracting_obligations import Duty
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Identified, Versioned

ALL: Final = frozenset(State)
OPENED: Final = frozenset({Duty.pending, Duty.met, Duty.breached})
WAIVERS: Final[frozenset[Role | Grant]] = frozenset(
    {*(Role.quality, Role.sourcing), *(Side.acceptor(Role.partner_quality), Side.acceptor(Role.partner_commercial))}
)
NOT_ASKED: Final = "no clause that is in force asks for it"


class Cause(NamedTuple):
    """What leads to a verdict."""

    name: str
    """The type of a fact, ``clock``, or ``agreement``."""
    id: UUID | None = None
    fact: Recorded[Any] | None = None


class Obligation(ObligationFields, Waiting, Versioned, Table, table=True):
    """What a clause asks of one subject. There is one for each, whatever becomes known later."""

    __tablename__ = "obligation"
    __table_args__ = (UniqueConstraint("subject_id", "clause"),)

    sides: ClassVar[Mapping[Side, str]] = {Side.acceptor: "partner_id"}
    signed_as: ClassVar[Mapping[str, str]] = {
        **{"obligation": "number", "clause": "clause", "owed by": "owes", "about": "subject_number"},
        **{"verdict": "verdict", "due at": "due_at", "done at": "done_at"},
    }
    prepared_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Nobody: verdicts are worked out from facts."""
    opened: bool = False
    """Whether others were told of it."""
    judgements: int = 0
    """How many verdicts there are."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def open(cls, number: str, subject: Subject, outcome: Outcome, parties: Sequence[UUID]) -> Self:
        """A subject became known of which a clause speaks. Its first verdict follows."""
        return cls(
            number=number,
            state=State(outcome.verdict.standing),
            verdict=outcome.verdict.standing,
            clause=outcome.code,
            kind=outcome.kind,
            owes=outcome.owes,
            gmp=outcome.gmp,
            partner_id=subject.partner_id,
            site_id=subject.site_id,
            subject_type=subject.type,
            subject_id=subject.id,
            parties=list(parties),
        )

    @transition(source=ALL, target=ALL, by=())
    def judge(
        self, subject: Subject, outcome: Outcome, parties: Sequence[UUID], cause: Cause, now: datetime
    ) -> list[Fact]:
        """Take a verdict that is worked out from all that is known; a waiver stays beside it."""
        before = {name: getattr(self, name) for name in _TOLD}
        terms = outcome.terms
        self.kind, self.owes, self.gmp = outcome.kind, outcome.owes, outcome.gmp
        self.statutory = bool(terms and terms.statutory)
        self.agreement_number = terms.agreement if terms else None
        self.partner_id, self.site_id, self.product_id = subject.partner_id, subject.site_id, subject.product_id
        self.subject_number, self.parties = subject.number, list(parties)
        self._take(columns_of(outcome))
        return self._telling(before, cause, now)

    @transition(source=ALL, target=ALL, by=())
    def lapse(self, cause: Cause, now: datetime) -> list[Fact]:
        """No clause asks for it: what it is about or when it started was corrected, or another agreement holds."""
        before = {name: getattr(self, name) for name in _TOLD}
        self.agreement_number = None
        self._take(JudgedFields(verdict=Duty.void, why=NOT_ASKED, proof=self.proof).model_dump())
        return self._telling(before, cause, now)

    @transition(source={State.pending, State.waived}, target={State.breached, State.waived}, by=())
    def fall_due(self, cause: Cause, now: datetime) -> list[Fact]:
        """The due instant has passed, and nothing tells that it is done. Raises RuleViolated where it has not."""
        if self.verdict != Duty.pending or self.due_at is None or self.due_at >= now:
            raise RuleViolated(f"{self.number} is not pending beyond its due instant")
        before = {name: getattr(self, name) for name in _TOLD}
        self._take({"verdict": Duty.breached})
        return self._telling(before, cause, now)

    @transition(
        source={State.pending, State.breached},
        target=State.waived,
        by=WAIVERS,
        independent_of={"prepared_by"},
        when="waivable",
        signed="it is not held against who owes it",
    )
    def waive(self, reason: str, by: str, now: datetime) -> told.ObligationWaived:
        """The side to which it is owed waives it, with a reason that both read; what the law asks for nobody does."""
        if not self.waivable:
            raise RuleViolated(f"{self.number}: the law asks for it, and nobody waives it")
        self.waiver_reason, self.waived_by, self.waived_at = reason, by, now
        return told.ObligationWaived.of(self, now, waived=True, reason=reason)

    @property
    def judgement(self) -> dict[str, Any]:
        """Its verdict, as it is kept."""
        return {name: getattr(self, name) for name in JudgedFields.model_fields}

    def turn(self) -> Collection[Side]:
        """Whoever owes it, while it is not done."""
        owed = self.state in (State.pending, State.breached) and self.done_at is None
        return {Side.acceptor if self.owes == Owes.partner else Side.sponsor} if owed else ()

    @property
    def waivable(self) -> bool:
        """Whether it may be waived at all."""
        return not self.statutory

    @property
    def waiver(self) -> Role:
        """Who waives it: quality what GMP asks, else who trades, of the side to which it is owed."""
        if self.owes == Owes.partner:
            return Role.quality if self.gmp else Role.sourcing
        return Role.partner_quality if self.gmp else Role.partner_commercial

    @property
    def powerless(self) -> frozenset[str]:  # type: ignore[override]
        """Who does not waive it."""
        return frozenset({*_WAIVING} - {self.waiver})

    @property
    def waived(self) -> bool:
        """Whether it was waived."""
        return self.waived_at is not None

    def _take(self, columns: Mapping[str, Any]) -> None:
        for name, value in columns.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
        self.state = State.waived if self.waived else State(self.verdict)

    def _telling(self, before: Mapping[str, Any], cause: Cause, now: datetime) -> list[Fact]:
        """The facts that follow, each when it says something new."""
        first, was = not self.opened, before["verdict"]
        if first and self.verdict not in OPENED:
            return []
        if not first and all(getattr(self, name) == value for name, value in before.items()):
            return []
        self.opened = True
        opened: list[Fact] = [told.ObligationOpened.of(self, now)] if first else []
        moved = not first and any(getattr(self, name) != before[name] for name in _FIXED)
        done_at_last = was == self.verdict == Duty.breached and before["done_at"] is None and not moved
        if self.verdict == Duty.met and (first or (was == Duty.pending and not moved)):
            return [*opened, told.ObligationMet.of(self, now)]
        if self.verdict == Duty.breached and (first or (was == Duty.pending and not moved) or done_at_last):
            return [*opened, told.ObligationBreached.of(self, now)]
        if first:
            return opened
        corrected = {"before": was, "cause": cause.name, "cause_id": cause.id}
        return [told.ObligationCorrected.of(self, now, **corrected)]


class ObligationVerdict(JudgedFields, Identified, Table, table=True):
    """A verdict as it was given. No row is ever changed."""

    __tablename__ = "obligation_verdict"
    __table_args__ = (UniqueConstraint("obligation_id", "place"),)

    obligation_id: UUID = Field(foreign_key="obligation.id")
    place: int
    cause: str
    cause_id: UUID | None = None
    judged_at: datetime = Field(sa_type=INSTANT)


def columns_of(outcome: Outcome) -> dict[str, Any]:
    """A verdict as it is kept. By how much something is late that is not done yet is nobody's to keep."""
    verdict: Verdict = outcome.verdict
    done_late = verdict.late_by if verdict.done_at else None
    return {
        "verdict": verdict.standing,
        "why": verdict.why,
        "agreement_id": outcome.terms.agreement_id if outcome.terms else None,
        "agreement_version": outcome.terms.version if outcome.terms else None,
        "start_at": verdict.start_at,
        "first_due_at": verdict.first_due_at,
        "due_at": verdict.due_at,
        "done_at": verdict.done_at,
        "judged_as": verdict.judged_as,
        "late_seconds": int(done_late.total_seconds()) if done_late else None,
        "remarks": list(verdict.remarks),
        "proof": list(verdict.proof),
    }


_WAIVING: Final = (Role.quality, Role.sourcing, Role.partner_quality, Role.partner_commercial)
_FIXED: Final = ("agreement_id", "agreement_version", "start_at", "due_at")
"""What changes by a correction only."""
_TOLD: Final = (*_FIXED, "verdict", "first_due_at", "done_at", "judged_as", "owes")
