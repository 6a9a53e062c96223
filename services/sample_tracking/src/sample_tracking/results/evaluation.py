"""A result held against the limits in force: pure rules, no database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Protocol
from uuid import UUID

from contracts.partner_feeds import TestStage
from contracts.sample_tracking import Evaluation, Limit
from gxp.units import converted


class WhyUndecided(StrEnum):
    """Why a result was not evaluated."""

    no_specification = "no_specification"
    """No specification of this product is in force, or the lot is of no product."""
    no_limit = "no_limit"
    """The specification says nothing about this test at this stage."""
    unit_not_comparable = "unit_not_comparable"
    """UCUM knows no exact way from the result's unit to the limit's."""
    kind_not_comparable = "kind_not_comparable"
    """Words against a number, or a number against words."""
    undecided_below_quantitation = "undecided_below_quantitation"
    """Below the limit of quantitation, and the bound lies there too: it may be met or not."""


class Finding(Protocol):
    """What a laboratory found. Exactly one of ``value`` and ``text`` is given."""

    @property
    def test(self) -> str: ...
    @property
    def stage(self) -> TestStage: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def text(self) -> str | None: ...
    @property
    def below_quantitation(self) -> bool: ...
    @property
    def unit(self) -> str: ...


@dataclass(frozen=True, slots=True)
class InForce:
    """A specification in force, its limits by test and stage."""

    specification_id: UUID
    limits: Mapping[tuple[str, str], Limit]

    @classmethod
    def of(cls, specification_id: UUID, limits: Iterable[Limit]) -> "InForce":
        """The specification with its limits ready to be looked up."""
        return cls(specification_id, {(limit.test, limit.stage): limit for limit in limits})


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a result stands to a limit; ``rounded`` is in the limit's unit."""

    evaluation: Evaluation
    reason: WhyUndecided | None = None
    rounded: Decimal | None = None
    specification_id: UUID | None = None
    limit: Limit | None = None


_GRAVITY = (Evaluation.out_of_specification, Evaluation.not_evaluated, Evaluation.passed)


def rounded_half_up(value: Decimal | Fraction, decimals: int) -> Decimal:
    """The value with so many decimals; a half goes away from zero (USP General Notices 7.20)."""
    numerator, denominator = value.as_integer_ratio()
    whole = (2 * abs(numerator) * 10**decimals + denominator) // (2 * denominator)
    # From text, for arithmetic on a Decimal would round once more, to the context's precision.
    return Decimal(f"{'-' if numerator < 0 and whole else ''}{whole}E-{decimals}")


def evaluate(finding: Finding, specifications: Sequence[InForce]) -> Verdict:
    """Hold a finding against every specification in force for its product.

    A lot's market is not known when it is tested, so it must meet the limits of all of them: the gravest verdict
    counts, and among equals that of the first.
    """
    if not specifications:
        return Verdict(Evaluation.not_evaluated, WhyUndecided.no_specification)
    key = (finding.test, finding.stage)
    verdicts = [
        _against(limit, finding, specification.specification_id)
        for specification in specifications
        if (limit := specification.limits.get(key))
    ]
    if not verdicts:
        return Verdict(Evaluation.not_evaluated, WhyUndecided.no_limit)
    return min(verdicts, key=lambda verdict: _GRAVITY.index(verdict.evaluation))


def _against(limit: Limit, finding: Finding, specification_id: UUID) -> Verdict:
    def verdict(evaluation: Evaluation, reason: WhyUndecided | None = None, rounded: Decimal | None = None) -> Verdict:
        return Verdict(evaluation, reason, rounded, specification_id, limit)

    if limit.text is not None and finding.text is not None:
        met = finding.text.strip().casefold() == limit.text.strip().casefold()
        return verdict(Evaluation.passed if met else Evaluation.out_of_specification)
    if limit.text is not None or finding.value is None:
        return verdict(Evaluation.not_evaluated, WhyUndecided.kind_not_comparable)
    value = converted(finding.value, finding.unit, limit.unit)
    if value is None:
        return verdict(Evaluation.not_evaluated, WhyUndecided.unit_not_comparable)
    rounded = rounded_half_up(value, limit.decimals)
    decided = _below_quantitation(limit, rounded) if finding.below_quantitation else _within(limit, rounded)
    if decided is None:
        return verdict(Evaluation.not_evaluated, WhyUndecided.undecided_below_quantitation, rounded)
    return verdict(decided, rounded=rounded)


def _within(limit: Limit, rounded: Decimal) -> Evaluation:
    low = limit.lower is not None and rounded < limit.lower
    high = limit.upper is not None and rounded > limit.upper
    return Evaluation.out_of_specification if low or high else Evaluation.passed


def _below_quantitation(limit: Limit, quantitation: Decimal) -> Evaluation | None:
    """Where a result stands that lies somewhere between zero and the limit of quantitation; None when it may be either.

    It is an amount, so a lower bound of zero or less is met.
    """
    lower = Decimal(0) if limit.lower is None else limit.lower
    if lower > quantitation:
        return Evaluation.out_of_specification
    if lower > 0 or (limit.upper is not None and limit.upper < quantitation):
        return None
    return Evaluation.passed
