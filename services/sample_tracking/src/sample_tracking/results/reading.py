"""A result as quality reads it, where it could not be judged as it was reported."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, Protocol

from contracts.partner_feeds import Qualifier, TestStage
from contracts.sample_tracking import MarketEvaluation
from gxp.evaluation import InForce, Verdict, WhyUndecided
from gxp.in_units import is_in_no_unit_of_stages
from runtime.problems import RuleViolated
from sample_tracking.results.markets import contradicted


class Reported(Protocol):
    """What was reported."""

    test: str
    stage: TestStage
    value: Decimal | None
    text: str | None
    qualifier: Qualifier | None
    unit: str
    determinations: list[Decimal] | None
    inspected: int | None


WAITS: Final = (
    "{} asks for the units of a further stage: until they are tested and reported, with those before, it is neither "
    "met nor missed; return it"
)
"""Why a result is not final."""


def must_be_judged(verdict: Verdict, stage: str, in_force: Sequence[InForce]) -> None:
    """Raise RuleViolated for a reading by which nobody can judge it either; a stage may ask for more."""
    if verdict.is_open and not verdict.is_pending:
        why = why_open(verdict, stage, in_force)
        raise RuleViolated(
            f"read in this way it cannot be judged either: {why}; where no limit is to apply, exempt it",
            reason=verdict.reason,
        )


def why_open(verdict: Verdict, stage: str, in_force: Sequence[InForce]) -> str:
    """What of a reading is in the way, with what would be possible."""
    if verdict.reason is WhyUndecided.no_limit:
        tests = sorted({test for each in in_force for test, of_stage in each.limits if of_stage == stage})
        return f"the specification has no test of this name at the stage {stage}: it has {', '.join(tests) or 'none'}"
    limit = verdict.limit
    if limit and is_in_no_unit_of_stages(limit):
        return f"the limit is in {limit.unit}, and stages are judged in per cent of the label claim"
    unit, words = (limit.unit, limit.text) if limit else (None, None)
    of_reason = {
        WhyUndecided.unit_not_comparable: f"the limit is in {unit}, to which this unit cannot be converted",
        WhyUndecided.kind_not_comparable: f"the limit is {words or 'a number'}, and the result is none",
        WhyUndecided.unknown_word: f"the limit is the word {words}, and nobody said whether this one meets it",
        WhyUndecided.no_value: "the number is missing that it is said of",
        WhyUndecided.units_missing: "the limit is for as many units as a stage has, and they are not told",
    }
    return of_reason.get(verdict.reason, "the limit lies where the value may be") if verdict.reason else ""


def must_be_of_its_units(value: Decimal | None, evaluations: Iterable[MarketEvaluation]) -> None:
    """Raise RuleViolated for a value that its units do not give by the limits by which they are judged."""
    if found := contradicted(evaluations):
        statistic = "mean" if found.acceptance_value is None else "acceptance value"
        given = found.mean if found.acceptance_value is None else found.acceptance_value
        raise RuleViolated(
            f"value {value} is not what its determinations give: the {statistic} of the {found.units} is {given}; give "
            "that, rounded to the decimals of the limit or more, or the determinations as they were found",
            fields=["value", "determinations"],
        )


def dropped(before: Sequence[Decimal], after: Sequence[Decimal] | None) -> list[Decimal]:
    """The units of a stage that a later report of it lacks: further ones are tested beside them, and never instead."""
    return sorted((Counter(before) - Counter(after or ())).elements())


class AsRead:
    """A result as quality reads it."""

    def __init__(
        self, result: Reported, test: str | None = None, text: str | None = None, unit: str | None = None
    ) -> None:
        self.test, self.unit = test or result.test, unit or result.unit
        self.stage, self.qualifier, self.value = TestStage(result.stage), result.qualifier, result.value
        self.text = text or result.text
        self.determinations, self.inspected = result.determinations, result.inspected
        if text:
            self.value = None
