"""A PPQ series and its lifecycle (FDA process validation 2011, stage 2; EU GMP annex 15, 5)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from contracts import Role, Side
from contracts.transfer_batches import CapabilityAssessed, PpqSeriesCompleted, PpqSeriesFailed
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from tech_transfer.cqas.model import Cqa
from tech_transfer.metadata import Table
from tech_transfer.ppq_series.rules import Count
from tech_transfer.ppq_series.schemas import CapabilityRead, PpqSeriesFields, Protocol
from tech_transfer.ppq_series.schemas import SeriesState as State
from tech_transfer.transfer_batches.attributes import departing
from tech_transfer.transfer_batches.schemas import KeptLimits
from tech_transfer.transfers.part import WaitingPart

LEADERS: Final = frozenset({Role.quality, Role.msat})
ENDED: Final = frozenset({State.failed, State.reported})
ANY: Final = frozenset(State)
COUNTED: Final = {
    **dict.fromkeys(ANY - {State.planned}, ANY - {State.planned}),
    State.planned: frozenset({State.planned}),
}
"""Where counting leads: what was begun may turn out to fail or to conform, and what was not begun stays so."""


class PpqSeries(PpqSeriesFields, WaitingPart, Table, table=True):
    """Whether enough batches in a row conform. The sending unit is no party to it: it sees what the gate says."""

    __tablename__ = "ppq_series"

    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        **{each: {Side.sponsor} for each in (State.planned, State.conforming, State.failed)},
        State.running: {Side.receiver},
    }

    @transition(
        source={State.planned}, target=None, by={Role.quality}, independent_of={"planned_by"}, when="is_to_be_approved"
    )
    def approve_protocol(self, by: str, now: datetime) -> None:
        """Quality approves the protocol, its limits and its number of batches, whose making begins after that."""
        if not self.is_to_be_approved:
            raise RuleViolated(f"{self.number}: the protocol is approved already")
        self._refuse_lacking()
        self.protocol_approved_by, self.protocol_approved_at = by, now

    @transition(source={State.planned}, target=State.running, by={Role.msat}, when="may_start")
    def start(self, engineering: bool) -> None:
        """Batches may be named. It takes an approved protocol, and an engineering batch that conforms at scale."""
        if not self.is_approved:
            raise RuleViolated(f"{self.number}: quality is to approve the protocol first")
        self._refuse_lacking()
        if self.fails:
            why = (
                f"{', '.join(self.ended_by)} of an earlier design failed: redesign it, with the CAPA against that cause"
            )
            raise RuleViolated(f"{self.number}: {why}", missing=[*self.ended_by])
        if not engineering:
            raise RuleViolated(f"{self.number}: no engineering batch of {self.transfer_number} conforms at scale yet")

    @transition(source=ANY, target=COUNTED, by=())
    def take(
        self, found: Count, lots: Mapping[UUID, str], justified: Sequence[str], now: datetime
    ) -> list[PpqSeriesFailed]:
        """Count it by what is known of its batches. What was reported stays so, beside what is known now.

        One that was redesigned and is not begun anew fails by what is told only then of the batches of earlier designs.
        """
        failed_before = self.attempt if self.fails else None
        self.attempt, self.count, self.by_strength = found.attempt, found.count, found.by_strength
        self.conforms, self.fails = found.conforming, found.failed
        self.undecided = [lots[each] for each in found.undecided]
        self.ended_by = [lots[each] for each in found.ended_by]
        self.chosen_afterwards = [*justified]
        if self.state not in (State.planned, State.reported):
            self.state = State.failed if self.fails else State.conforming if self.conforms else State.running
        told = not self.fails or failed_before == self.attempt
        return [] if told else [self.tell(PpqSeriesFailed, now, series_number=self.number)]

    @transition(source=ANY, target=None, by=())
    def follow_attributes(self, attributes: Iterable[Cqa]) -> None:
        """An attribute of the transfer was stated, revised or withdrawn: the protocol may ask less than they do now."""
        limits = [KeptLimits.model_validate(each) for each in self.limits]
        self.lacking = [*departing(limits, attributes).values()]

    @transition(source=ENDED, target=State.running, by=LEADERS, when="fails")
    def restart(self, root_cause: str, capa_id: UUID, against: str | None, now: datetime) -> None:
        """Begin the next run by the same protocol. It takes a root cause, and a CAPA that nothing speaks ``against``.

        That is so as well where a batch turned out to fail after the series was reported. What is made for the next run
        begins after it.
        """
        if not self.fails:
            raise RuleViolated(f"{self.number}: no failure ended its last run, so that none is begun anew")
        self._refuse_lacking()
        self._end_run(root_cause, capa_id, against, redesigned=False)
        self.run, self.run_began_at = self.run + 1, now

    @transition(source=ANY, target=State.planned, by=LEADERS, when="may_be_redesigned")
    def redesign(
        self,
        protocol: Protocol,
        required: int,
        root_cause: str,
        capa_id: UUID | None,
        against: str | None,
        open_lots: Collection[str],
        by: str,
    ) -> None:
        """Begin anew by another protocol, which is approved again. Batches made before stay, and count no more.

        After a failure it takes a CAPA that nothing speaks ``against``; none where the protocol asks less than the
        transfer's attributes do by now, or where nobody began. A design whose batch may still fail is not left.
        """
        if not self.may_be_redesigned:
            raise RuleViolated(f"{self.number}: nothing failed, and its protocol asks what the attributes ask")
        if open_lots:
            why = f"{', '.join(open_lots)}: an investigation or a deviation is open: end it first, it may be a failure"
            raise RuleViolated(f"{self.number}: {why}", missing=[*open_lots])
        if self.state != State.planned or self.fails:
            self._end_run(root_cause, capa_id, against, redesigned=True)
        self.describe(protocol, required)
        self.planned_by, self.protocol_approved_by, self.protocol_approved_at = by, None, None
        self.design, self.run, self.run_began_at, self.attempt = self.design + 1, 1, None, 1
        self.count, self.by_strength, self.undecided, self.ended_by, self.chosen_afterwards = 0, {}, [], [], []
        self.conforms, self.fails, self.lacking = False, False, []

    @transition(source={State.conforming}, target=State.reported, by=LEADERS)
    def report(
        self,
        capability: Sequence[CapabilityRead],
        missing: Sequence[str],
        justification: str | None,
        now: datetime,
        *,
        by_quality: bool,
    ) -> list[PpqSeriesCompleted | CapabilityAssessed]:
        """The series showed what it should. It takes capability, comparability, and batches stored for stability.

        Where capability is not shown, or could not be assessed, it is quality that reports, and says why all the same.
        """
        if missing:
            raise RuleViolated(f"{self.number}: {'; '.join(missing)}", missing=[*missing])
        unshown = [each for each in capability if each.verdict != "capable"]
        low = [f"{each.attribute} ({each.verdict.replace('_', ' ')})" for each in unshown]
        if low and (justification is None or not by_quality):
            why = f"capability is not shown for {', '.join(low)}: quality says why it is reported all the same"
            raise RuleViolated(f"justification: {why}", fields=["justification"])
        self.capability = [each.model_dump(mode="json") for each in capability]
        self.report_justification = justification
        return [
            *(self.tell(CapabilityAssessed, now, **_of(each)) for each in capability),
            self.tell(PpqSeriesCompleted, now, series_number=self.number),
        ]

    def describe(self, protocol: Protocol, required: int) -> None:
        """Have what a protocol says."""
        said = protocol.model_dump(mode="json", include=set(Protocol.model_fields) - {"required", "limits"})
        for name, value in said.items():
            setattr(self, name, value)
        self.limits = [each.model_dump(mode="json") for each in protocol.limits]
        self.required = required

    @property
    def is_approved(self) -> bool:
        """Whether quality approved the protocol."""
        return self.protocol_approved_by is not None

    @property
    def is_to_be_approved(self) -> bool:
        """Whether quality has not approved the protocol."""
        return not self.is_approved

    @property
    def may_start(self) -> bool:
        """Whether the protocol is approved, and no failure waits for its answer."""
        return self.is_approved and not self.fails

    @property
    def may_be_redesigned(self) -> bool:
        """Whether a failure, or what its attributes ask by now, calls for another protocol, or nobody began by it."""
        return self.fails or bool(self.lacking) or self.state == State.planned

    def turn(self) -> Collection[Side]:
        """Whose turn it is; one that was reported and fails now, or asks too little, is the sponsor's to begin anew."""
        anew = self.lacking or (self.state == State.reported and self.fails)
        return {Side.sponsor} if anew else super().turn()

    def _refuse_lacking(self) -> None:
        if self.lacking:
            raise RuleViolated(f"{self.number}: redesign it: {'; '.join(self.lacking)}", missing=[*self.lacking])

    def _end_run(self, root_cause: str, capa_id: UUID | None, against: str | None, *, redesigned: bool) -> None:
        if against:
            raise RuleViolated(f"capa_id: {against}; news of it takes a moment", fields=["capa_id"])
        if taken := [each for each in self.runs_ended if each["capa_id"] and each["capa_id"] == str(capa_id)]:
            run = f"run {taken[0]['run']} of design {taken[0]['design']}"
            why = f"it was taken for {run} already, and another failure shows that it did not work: name another one"
            raise RuleViolated(f"capa_id: {why}", fields=["capa_id"])
        ended: dict[str, Any] = {"design": self.design, "run": self.run, "lots": [*self.ended_by]}
        ended |= {"root_cause": root_cause, "capa_id": str(capa_id) if capa_id else None, "redesigned": redesigned}
        self.runs_ended = [*self.runs_ended, ended]


def _of(found: CapabilityRead) -> dict[str, Any]:
    names = ("attribute", "n", "ppk", "lower95", "verdict", "not_assessed")
    return {name: getattr(found, name) for name in names}
