"""The disposition of a batch for one market, and the register of decisions (EU GMP Annex 16; 21 CFR 211.22)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self, TypeVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Grant, Lot, Role, Side
from contracts import dispositions as facts
from contracts.dispositions import Decision
from contracts.quality_events import QualityEventsBallHeld
from quality_events.batches.model import Batch
from quality_events.dispositions.schemas import DecisionFields, DispositionFields
from quality_events.dispositions.schemas import DispositionState as State
from quality_events.metadata import Table
from quality_events.regimes import CERTIFIED, regime_of
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

F = TypeVar("F", bound=facts.DecisionFact)
DECIDERS: Final = frozenset({Role.quality, Role.qp})
CONFIRMERS: Final[frozenset[Role | Grant]] = frozenset({Side.maker(Role.partner_quality), Side.maker(Role.partner_qp)})
UNDECIDED: Final = frozenset({State.open, State.confirmed})
DECIDED: Final = frozenset(State) - UNDECIDED - {State.not_intended}
REJECTABLE: Final = UNDECIDED | {State.released_for_processing, State.stopped}
PREPARED: Final = frozenset({"prepared_by"})
SPONSORS: Final[Mapping[str, None]] = dict.fromkeys(("register_number", "readiness_digest"))
"""What no fact of the maker's tells: gaps in the numbers would tell it how many are decided for others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a decision carries beyond who takes it: what is told of the batch, and what stands against it."""

    lot: Lot
    right_first_time: bool | None = None
    manufactured_at: Any = None
    due_on: date | None = None
    blocking: Mapping[str, Collection[str]] = field(default_factory=dict)
    """What stands against a release: each condition with the numbers of the records that prove it."""
    held: Sequence[str] = ()
    """What of that keeps it where it is, also under quarantine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmable:
    """What is known of the maker's part of a batch when the maker answers for it."""

    lot: Lot
    stages: Sequence[str]
    deviations: Collection[str]
    record_version: str | None
    """That the maker's quality unit reviewed; None where it has not."""


def following(state: State) -> Decision | None:
    """What becomes of a batch in one market when it is rejected for every one; None where nothing does.

    What is stopped already stays so, for a recall to withdraw: rejecting it there is a decision of its own.
    """
    if state in REJECTABLE - {State.stopped}:
        return Decision.rejected
    return Decision.stopped if state == State.released else None


class Disposition(DispositionFields, Waiting, Versioned, Table, table=True):
    """Whether a batch goes to a market. Released in one and rejected in another is normal."""

    signed_as: ClassVar[Mapping[str, str]] = {
        "lot": "batch",
        "market": "market",
        "regime": "regime",
        "made at": "site",
        "by": "partner",
        "confirmed stages": "confirmed_stages",
        "confirmed deviations": "confirmed_deviations",
        "follow-up until": "follow_up_on",
    }
    signed_apart: ClassVar[Collection[str]] = ("state", "decided_by", "decided_at", "right_first_time", "prepared_by")
    """A later decision does not change what the maker, or who decided before, has signed: each has its own entry."""
    signed_later: ClassVar[Collection[str]] = ("follow_up_on", "follow_up_closed_at")
    signed_entries: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "disposition_decision": {"disposition_id": "id", "follows": "number"}
    }

    __table_args__ = (ForeignKeyConstraint(["batch_id"], ["batch.id"]),)

    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id"}
    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.open: {Side.maker},
        State.confirmed: {Side.sponsor},
        State.stopped: {Side.sponsor},
    }
    decided_by: str | None = None
    prepared_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Who stated what no fact tells: somebody else decides."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def open(cls, batch: Batch, market: str, number: str) -> Self:
        """Nothing is decided yet."""
        return cls(
            number=number,
            batch_id=batch.id,
            lot_id=batch.lot_id,
            site_id=batch.site_id,
            partner_id=batch.partner_id,
            market=market,
            regime=regime_of(market),
            parties=list(batch.parties),
        )

    @property
    def powerless(self) -> frozenset[str]:  # type: ignore[override]
        """Who does not decide for this regime: see authority."""
        return frozenset({Role.quality if self.regime in CERTIFIED else Role.qp})

    def prepare(self, by: str) -> None:
        """Somebody stated what the decision rests on, and does not take it."""
        self.prepared_by = sorted({*self.prepared_by, by})

    def turn(self) -> Collection[Side]:
        """The maker's where its certificate comes first, and then the sponsor's."""
        if self.state == State.open and self.regime not in CERTIFIED:
            return {Side.sponsor}
        if self.state == State.released_for_processing and self.follow_up_open:
            return {Side.sponsor}
        return super().turn()

    @property
    def follow_up_open(self) -> bool:
        """Whether what it was released for processing on still waits."""
        return self.follow_up_on is not None and self.follow_up_closed_at is None

    @transition(
        source=UNDECIDED,
        target=State.confirmed,
        by=CONFIRMERS,
        independent_of=PREPARED,
        signed="the stages were made and tested as agreed, with the deviations named",
    )
    def confirm(
        self, stages: Sequence[str], deviations: Sequence[str], known: Confirmable, by: str, now: datetime
    ) -> facts.BatchConfirmed:
        """The maker answers for its own stages; anew where a stage, a deviation or the record came after it did."""
        if known.record_version is None:
            raise RuleViolated("the maker's quality unit reviews the batch record first (record-review)")
        for name, said, own in (("stages", stages, known.stages), ("deviations", deviations, known.deviations)):
            lacks, wrong = sorted({*own} - {*said}), sorted({*said} - {*own})
            if lacks or wrong:
                found = [f"{', '.join(lacks)} is missing"] * bool(lacks) + [f"{', '.join(wrong)} is none"] * bool(wrong)
                why = f"the confirmation names each of your {name} on the batch, and no other"
                raise RuleViolated(f"{why}: {'; '.join(found)}", fields=[name], missing=lacks)
        self.confirmed_stages, self.confirmed_deviations = list(known.stages), sorted(deviations)
        self.confirmed_record_version = known.record_version
        self.confirmed_by, self.confirmed_at = by, now
        told = {"stages": tuple(known.stages), "by_site": self.site_id, "deviations": tuple(self.confirmed_deviations)}
        return facts.BatchConfirmed.of(self, now, lot=known.lot, **told)

    @transition(
        source=UNDECIDED,
        target=State.released,
        by=DECIDERS,
        independent_of=PREPARED,
        signed="the batch is released to the market",
    )
    def release(self, signed: Signed, by: str, now: datetime) -> facts.BatchReleased:
        """Every condition is met, and what is unknown is not (EU GMP Annex 16, 1.7; 21 CFR 211.22)."""
        self._must_be_ready(signed.blocking)
        return self._decided(facts.BatchReleased, Decision.released, signed, by, now)

    @transition(
        source=UNDECIDED,
        target=State.released_for_processing,
        by=DECIDERS,
        independent_of=PREPARED,
        signed="the batch may be worked on under quarantine",
    )
    def release_for_processing(
        self, signed: Signed, follow_up_on: date, by: str, now: datetime
    ) -> facts.BatchReleasedForProcessing:
        """It goes on under quarantine, and never to market as it is."""
        if signed.held:
            why = "an open hold or a recall stops the batch, or it is rejected for every market: see readiness"
            raise RuleViolated(f"{self.number}: {why}", missing=list(signed.held))
        self.follow_up_on = follow_up_on
        more = {"follow_up_on": follow_up_on}
        kind = Decision.released_for_processing
        return self._decided(facts.BatchReleasedForProcessing, kind, signed, by, now, **more)

    @transition(
        source={State.released_for_processing},
        target=None,
        by=DECIDERS,
        independent_of=PREPARED,
        when="follow_up_open",
        signed="what the batch waited for is done",
    )
    def close_follow_up(
        self, lot: Lot, blocking: Mapping[str, Collection[str]], now: datetime
    ) -> facts.BatchFollowUpClosed:
        """What it was released for processing on is done, every condition is met: what it went into may be released."""
        if not self.follow_up_open:
            raise RuleViolated(f"{self.number}: the follow-up was closed at {self.follow_up_closed_at}")
        self._must_be_ready(blocking)
        self.follow_up_closed_at = now
        return facts.BatchFollowUpClosed.of(self, now, lot=lot)

    @transition(
        source=REJECTABLE, target=State.rejected, by=DECIDERS, independent_of=PREPARED, signed="the batch is rejected"
    )
    def reject(self, signed: Signed, by: str, now: datetime) -> facts.BatchRejected:
        """It never goes to this market; of one that was stopped, what is there already is a recall's matter."""
        return self._decided(facts.BatchRejected, Decision.rejected, signed, by, now)

    @transition(
        source={State.released},
        target=State.stopped,
        by=DECIDERS,
        independent_of=PREPARED,
        signed="the batch is not distributed any further",
    )
    def stop(self, signed: Signed, by: str, now: datetime) -> facts.BatchStopped:
        """Its distribution stops while the impact of something is assessed."""
        return self._decided(facts.BatchStopped, Decision.stopped, signed, by, now)

    @transition(
        source={State.stopped},
        target=State.released,
        by=DECIDERS,
        independent_of=PREPARED,
        signed="the batch is released to the market again",
    )
    def resume(self, signed: Signed, by: str, now: datetime) -> facts.BatchReleased:
        """Every condition is met anew."""
        self._must_be_ready(signed.blocking)
        return self._decided(facts.BatchReleased, Decision.resumed, signed, by, now)

    @transition(source={State.open}, target=State.not_intended, by=())
    def leave(self) -> None:
        """The batch is not meant for the market any more: nothing is asked of anybody. What is confirmed stays."""

    @transition(source={State.not_intended}, target=State.open, by=())
    def open_anew(self) -> None:
        """The batch is meant for the market again."""

    @transition(source={State.released, State.stopped}, target=State.withdrawn, by=())
    def withdraw(self, lot: Lot, now: datetime) -> facts.BatchRecalled:
        """An approved recall takes it back from the market."""
        self.decided_at = now
        return facts.BatchRecalled.of(self, now, lot=lot, decision=Decision.withdrawn, **SPONSORS)

    def _must_be_ready(self, blocking: Mapping[str, Collection[str]]) -> None:
        if blocking:
            waits = ", ".join(f"{name} ({', '.join(of)})" if of else name for name, of in blocking.items())
            raise RuleViolated(f"{self.number} waits for {waits}: see readiness", missing=list(blocking))

    def _decided(self, fact: type[F], decision: Decision, signed: Signed, by: str, now: datetime, **more: Any) -> F:
        self.decided_by, self.decided_at, self.right_first_time = by, now, signed.right_first_time
        told = {name: getattr(signed, name) for name in ("lot", "manufactured_at", "due_on")}
        return fact.of(self, now, decision=decision, **told, **SPONSORS, **more)


class DispositionDecision(DecisionFields, Versioned, Table, table=True):
    """One entry of the register of a legal entity for a regime (Directive 2001/83/EC article 51(3)): it stays."""

    __tablename__ = "disposition_decision"
    __table_args__ = (ForeignKeyConstraint(["disposition_id"], ["disposition.id"]),)

    @property
    def parties(self) -> tuple[()]:
        """The sponsor's alone."""
        return ()


class RegisterFloor(Table, table=True):
    """Behind which a register goes on after a restore, for what it gave since the moment; under no name: any other."""

    __tablename__ = "register_floor"

    legal_entity: str = Field(primary_key=True)
    regime: str = Field(primary_key=True)
    floor: int
