"""A batch by which a transfer is shown: it names one of quality_events, and never owns it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Final

from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracts import Lot, Role, Side
from contracts.transfer_batches import TransferBatchCompleted
from contracts.transfer_batches import TransferBatchVerdict as Verdict
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from tech_transfer.metadata import Table
from tech_transfer.transfer_batches.known import Known
from tech_transfer.transfer_batches.naming import Naming
from tech_transfer.transfer_batches.results import bounds_of, decimal, results_of
from tech_transfer.transfer_batches.schemas import ProcessParameter, TransferBatchFields
from tech_transfer.transfer_batches.verdicts import Bound, Exclusion, FailureCause, Judgement, Reading, Setting, judge
from tech_transfer.transfers.part import WaitingPart

ANY: Final = frozenset(Verdict)
SETTLED: Final = frozenset({Verdict.conforming, Verdict.failed, Verdict.excluded, Verdict.cancelled})
FAILED: Final = frozenset({Verdict.failed, Verdict.excluded})


class TransferBatch(TransferBatchFields, WaitingPart, Table, table=True):
    """One batch. Its results are the receiving unit's: the sending one is no party to it."""

    __tablename__ = "transfer_batch"

    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        **{each: {Side.receiver} for each in (Verdict.planned, Verdict.in_progress, Verdict.undecided)},
        Verdict.failed: {Side.sponsor},
    }
    failures: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """The keys of what failed: by them it is known later what quality looked at."""
    cause_covers: list[str] = Field(default_factory=list, sa_type=ARRAY(String))

    @transition(source=ANY - {Verdict.cancelled}, target=None, by={Role.msat})
    def state_parameters(self, parameters: Sequence[ProcessParameter], evidence: str, by: str) -> None:
        """What its critical process parameters were. What was stated once stays as it was: quality restates it."""
        given = [each.model_dump(mode="json") for each in parameters]
        if changed := [each["parameter"] for each in self.parameters if each not in given]:
            why = "stated already, otherwise: quality restates what is wrong, in somebody who stated none of it"
            raise RuleViolated(f"parameters: {', '.join(changed)}: {why}", fields=["parameters"])
        if len(given) > len(self.parameters):
            self._have_parameters(given, evidence, by)

    @transition(
        source=ANY - {Verdict.cancelled},
        target=None,
        by={Role.quality},
        independent_of={"parameters_stated_by"},
        when="has_parameters",
    )
    def restate_parameters(self, parameters: Sequence[ProcessParameter], evidence: str, by: str) -> None:
        """What its critical process parameters were, in the place of what was stated wrongly. It takes a reason."""
        if not self.has_parameters:
            raise RuleViolated(f"{self.number}: none of its parameters is stated yet: state them")
        self._have_parameters([each.model_dump(mode="json") for each in parameters], evidence, by)

    @transition(source=FAILED, target=None, by={Role.quality})
    def assign_cause(self, cause: FailureCause, reason: str, evidence: str) -> None:
        """Quality says why it failed. A cause outside of the process excludes what failed so far, and no more."""
        self.cause, self.cause_reason, self.cause_evidence = cause, reason, evidence
        self.cause_covers = [*self.failures]

    @transition(source=ANY, target=None, by={Role.quality}, independent_of={"chosen_by"}, when="was_chosen_afterwards")
    def justify_choice(self, justification: str, by: str) -> None:
        """Quality says why it counts although its results were known as it was named."""
        if not self.was_chosen_afterwards:
            raise RuleViolated(f"{self.number}: no result of it was known as it was named, or it is justified already")
        self.choice_justification, self.choice_justified_by = justification, by

    @transition(source={Verdict.planned}, target=None, by={Role.msat}, when="goes_on")
    def give_up(self, reason: str) -> None:
        """It will not be made. It stays among the attempts; should it begin all the same, it is judged."""
        if not self.goes_on:
            raise RuleViolated(f"{self.number} was given up already")
        self.given_up = True

    @transition(source=ANY - {Verdict.planned, Verdict.cancelled}, target=None, by={Role.msat})
    def start_stability(self, study: str, started_on: date) -> None:
        """It is stored in a study."""
        self.stability_study, self.stability_started_on = study, started_on

    @transition(source=ANY, target=ANY, by=())
    def take(self, known: Known, now: datetime, readings: Sequence[Reading] = ()) -> list[TransferBatchCompleted]:
        """Judge it by all that is known of its lot, and tell what is settled, or is so no longer."""
        before, told_why = self.state, self.why
        found = self._judged(known, readings)
        self.state, self.why, self.failures = found.verdict, [*found.why], [*found.failures]
        self.bulk_id, self.started_at, self.on_stability = known.bulk, known.started_at, known.on_stability
        self.named_after_results = self._naming.after_results(known)
        self.results = results_of(self.bounds, known)
        changed = before != self.state or (self.state in FAILED and told_why != self.why)
        return [self._completed(now)] if changed and SETTLED & {before, self.state} else []

    @property
    def begun_early(self) -> str | None:
        """Why its making is known to have begun too early to show anything; None where it is not."""
        return self._naming.begun_early(self.started_at)

    @property
    def was_chosen_afterwards(self) -> bool:
        """Whether its results were known as it was named, and quality did not say why it counts all the same."""
        return self.named_after_results and self.choice_justification is None

    @property
    def has_parameters(self) -> bool:
        """Whether somebody stated its process parameters."""
        return bool(self.parameters)

    @property
    def goes_on(self) -> bool:
        """Whether nobody gave it up."""
        return not self.given_up

    @property
    def bounds(self) -> list[Bound]:
        """What its protocol asks, for the rules."""
        return bounds_of(self.limits)

    @property
    def stability_started(self) -> bool:
        """Whether it is known to be stored in a study."""
        return self.on_stability or self.stability_study is not None

    def _judged(self, known: Known, readings: Sequence[Reading]) -> Judgement:
        settings = [_setting(each) for each in self.parameters]
        excluded = Exclusion(FailureCause(self.cause), self.cause_covers) if self.cause else None
        return judge(known, self.bounds, settings, excluded, self.given_up, readings, self._naming)

    @property
    def _naming(self) -> Naming:
        """Of a batch that no series asks for nothing is held against when it was named."""
        justified = self.choice_justification is not None
        return Naming(
            self.protocol_approved_at, self.run_began_at, self.named_at if self.series_id else None, justified
        )

    def _have_parameters(self, given: list[dict[str, Any]], evidence: str, by: str) -> None:
        self.parameters, self.parameters_evidence = given, evidence
        self.parameters_stated_by = [*{*self.parameters_stated_by, by}]

    def _completed(self, now: datetime) -> TransferBatchCompleted:
        conforming = self.state == Verdict.conforming
        return self.tell(TransferBatchCompleted, now, lot=self.lot, verdict=self.state, conforming=conforming)

    @property
    def lot(self) -> Lot:
        """The lot as facts name it."""
        return Lot(
            id=self.lot_id,
            number=self.lot_number,
            material=self.material,
            product_id=self.product_id,
            site_id=self.receiving_site_id,
            partner_id=self.receiving_partner_id,
        )


def _setting(row: Mapping[str, Any]) -> Setting:
    lower, upper = decimal(row["lower"]), decimal(row["upper"])
    return Setting(row["parameter"], row["unit"], Decimal(row["value"]), lower, upper)
