"""A batch by which a transfer is shown: it names one of quality_events, and never owns it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracts import Lot, Role, Side
from contracts.transfer_batches import TransferBatchCompleted, TransferBatchKind
from contracts.transfer_batches import TransferBatchVerdict as Verdict
from gxp.units import converted
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from tech_transfer.metadata import Table
from tech_transfer.transfer_batches.known import Known
from tech_transfer.transfer_batches.schemas import ProcessParameter, TransferBatchFields
from tech_transfer.transfer_batches.verdicts import (
    Bound,
    Exclusion,
    FailureCause,
    Judgement,
    Setting,
    counts,
    judge,
)
from tech_transfer.transfers.part import WaitingPart

ANY: Final = frozenset(Verdict)
SETTLED: Final = frozenset({Verdict.conforming, Verdict.failed, Verdict.excluded, Verdict.cancelled})
FAILED: Final = frozenset({Verdict.failed, Verdict.excluded})


class TransferBatch(TransferBatchFields, WaitingPart, Table, table=True):
    """One batch. Its results are the receiving unit's: the sending one is no party to it."""

    __tablename__ = "transfer_batch"

    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        **dict.fromkeys((Verdict.planned, Verdict.in_progress, Verdict.undecided), {Side.receiver}),
        Verdict.failed: {Side.sponsor},
    }
    failures: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """The keys of what failed: by them it is known later what quality looked at."""
    cause_covers: list[str] = Field(default_factory=list, sa_type=ARRAY(String))

    @transition(source=ANY - {Verdict.cancelled}, target=None, by={Role.msat})
    def state_parameters(self, parameters: Sequence[ProcessParameter], evidence: str) -> None:
        """What its critical process parameters were, in the place of what was stated before."""
        self.parameters = [each.model_dump(mode="json") for each in parameters]
        self.parameters_evidence = evidence

    @transition(source=FAILED, target=None, by={Role.quality})
    def assign_cause(self, cause: FailureCause, reason: str, evidence: str) -> None:
        """Quality says why it failed. What came from outside of the process excludes what failed so far, and no more."""
        self.cause, self.cause_reason, self.cause_evidence = cause, reason, evidence
        self.cause_covers = [*self.failures]

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
    def take(self, known: Known, now: datetime) -> list[TransferBatchCompleted]:
        """Judge it by all that is known of its lot, and tell what is settled, or is so no longer."""
        before, told_why = self.state, self.why
        found = self._judged(known)
        self.state, self.why, self.failures = found.verdict, [*found.why], [*found.failures]
        self.bulk_id, self.started_at, self.on_stability = known.bulk, known.started_at, known.on_stability
        self.results = self._results(known)
        changed = before != self.state or (self.state in FAILED and told_why != self.why)
        return [self._completed(now)] if changed and SETTLED & {before, self.state} else []

    @property
    def goes_on(self) -> bool:
        """Whether nobody gave it up."""
        return not self.given_up

    @property
    def bounds(self) -> list[Bound]:
        """What its protocol asks, for the rules."""
        return [_bound(each) for each in self.limits]

    @property
    def stability_started(self) -> bool:
        """Whether it is known to be stored in a study."""
        return self.on_stability or self.stability_study is not None

    def values_of(self, attribute: str) -> list[Mapping[str, Any]]:
        """Its results of an attribute that count."""
        name = attribute.casefold()
        return [each for each in self.results if each["attribute"].casefold() == name and each["counts"]]

    def unit_of(self, attribute: str) -> str | None:
        """The unit of an attribute's limits; None where its protocol does not name the attribute."""
        name = attribute.casefold()
        return next((each["unit"] for each in self.limits if each["attribute"].casefold() == name), None)

    def _judged(self, known: Known) -> Judgement:
        settings = [_setting(each) for each in self.parameters]
        excluded = Exclusion(FailureCause(self.cause), self.cause_covers) if self.cause else None
        return judge(known, self.bounds, settings, excluded, self.given_up)

    def _results(self, known: Known) -> list[Any]:
        """What was found of the attributes that its protocol names, each in the unit of the limit where it can be."""
        by_test = {bound.test.casefold(): bound for bound in self.bounds}
        return [
            {
                "result_id": result.id,
                "attribute": bound.test,
                "value": None if result.value is None else str(_in(bound, result.value, result.unit)),
                "text": result.text,
                "qualifier": result.qualifier,
                "unit": bound.unit if _comparable(bound, result.unit) else result.unit,
                "counts": counts(known, result),
                "determinations": [str(_in(bound, each, result.unit)) for each in result.determinations],
            }
            for result in known.results
            if (bound := by_test.get(result.test.casefold()))
        ]

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

    @property
    def is_ppq(self) -> bool:
        """Whether a series counts it."""
        return self.kind == TransferBatchKind.ppq


def _bound(row: Mapping[str, Any]) -> Bound:
    lower, upper = (_decimal(row[name]) for name in ("lower", "upper"))
    return Bound(row["attribute"], row["unit"], lower, upper, row["text"])


def _setting(row: Mapping[str, Any]) -> Setting:
    return Setting(row["parameter"], Decimal(row["value"]), _decimal(row["lower"]), _decimal(row["upper"]))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _comparable(bound: Bound, unit: str) -> bool:
    return converted(Decimal(1), unit, bound.unit) is not None


def _in(bound: Bound, value: Decimal, unit: str) -> Decimal:
    """The value in the limit's unit, as it is where the units cannot be compared."""
    given = converted(value, unit, bound.unit)
    if given is None or isinstance(given, Decimal):
        return value if given is None else given
    return Decimal(given.numerator) / Decimal(given.denominator)
