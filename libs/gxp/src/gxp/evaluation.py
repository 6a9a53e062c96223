"""A laboratory's result held against the limits in force: pure rules, the same wherever a result is looked at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from contracts.partner_feeds import Qualifier, TestStage
from contracts.sample_tracking import Evaluation, Limit
from contracts.unit_limits import FoundInUnits
from gxp.in_units import InUnits, beside_the_value, hold, is_for_units
from gxp.rounding import rounded_half_up
from gxp.units import converted


class WhyUndecided(StrEnum):
    """Why a result was not evaluated."""

    no_specification = "no_specification"
    """No specification of this product is in force, or the lot is of no product."""
    report_only = "report_only"
    """The specification asks for the test and sets no limit."""
    no_limit = "no_limit"
    """The specification says nothing about this test at this stage."""
    unit_not_comparable = "unit_not_comparable"
    """UCUM knows no exact way from the result's unit to the limit's; or the limit's stages are not in per cent."""
    kind_not_comparable = "kind_not_comparable"
    """Words against a number, or a number against words."""
    unknown_word = "unknown_word"
    """A word that is neither among those that meet the limit nor among those that do not."""
    undecided_below_quantitation = "undecided_below_quantitation"
    """Below the limit of quantitation, and the bound lies there too: it may be met or not."""
    undecided = "undecided"
    """Above, at most, or not detected: the bound lies where the value may be."""
    exempt = "exempt"
    """Quality decided, with a reason, that no limit applies to it."""
    voided = "voided"
    """The laboratory withdrew it."""
    no_value = "no_value"
    """Not detected, or too many to count, without the number that this is said of."""
    units_missing = "units_missing"
    """The limit is for several units: none were told, fewer than it asks for, or not as many as one of its stages."""
    next_stage = "next_stage"
    """The stage asks for further units: it is neither met nor missed until they are tested."""


NOTHING_TO_JUDGE: Final = frozenset(
    {WhyUndecided.no_specification, WhyUndecided.report_only, WhyUndecided.exempt, WhyUndecided.voided}
)
"""Nothing was to be judged. Whatever else is undecided is open: the product has a specification, and nobody knows
whether the result meets it."""


class Finding(InUnits, Protocol):
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
    def qualifier(self) -> Qualifier | None: ...
    @property
    def unit(self) -> str: ...


@dataclass(frozen=True, slots=True)
class InForce:
    """A specification in force, its limits by test and stage."""

    specification_id: UUID
    limits: Mapping[tuple[str, str], Limit]
    market: str | None = None
    """ISO 3166-1 alpha-2, or None for every market."""

    @classmethod
    def of(cls, specification_id: UUID, limits: Iterable[Limit], market: str | None = None) -> "InForce":
        """The specification with its limits ready to be looked up."""
        return cls(specification_id, {(limit.test, limit.stage): limit for limit in limits}, market)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a result stands to a limit; ``rounded`` is in the limit's unit."""

    evaluation: Evaluation
    reason: WhyUndecided | None = None
    rounded: Decimal | None = None
    specification_id: UUID | None = None
    limit: Limit | None = None
    market: str | None = None
    """Whose limit it is; None of one for every market, and where there is none."""
    found: FoundInUnits | None = None
    """What it rests on, where the result is made of several units."""

    @property
    def is_pending(self) -> bool:
        """Whether it waits for a further stage of its test."""
        return self.reason is WhyUndecided.next_stage

    @property
    def is_open(self) -> bool:
        """Whether it should have been judged, and could not be."""
        return self.evaluation is Evaluation.not_evaluated and self.reason not in NOTHING_TO_JUDGE


GRAVITY = (Evaluation.out_of_specification, Evaluation.not_evaluated, Evaluation.passed)
"""The verdicts, the gravest first."""


def evaluate_each(finding: Finding, specifications: Iterable[InForce]) -> list[Verdict]:
    """Hold a finding against every specification in force for its product: a verdict by each that limits its test."""
    key = (finding.test, finding.stage)
    return [
        _against(limit, finding, specification)
        for specification in specifications
        if (limit := specification.limits.get(key))
    ]


def gravest(verdicts: Sequence[Verdict], specifications: Sequence[InForce]) -> Verdict:
    """The verdict that stands for all.

    A lot's market is not known when it is tested, so it must meet the limits of all of them: the gravest verdict
    counts, and among equals that of the first, but what is open before what was to be reported only.
    """
    if not verdicts:
        why = WhyUndecided.no_limit if specifications else WhyUndecided.no_specification
        return Verdict(Evaluation.not_evaluated, why)
    return min(verdicts, key=lambda verdict: (GRAVITY.index(verdict.evaluation), not verdict.is_open))


def evaluate(finding: Finding, specifications: Sequence[InForce]) -> Verdict:
    """The gravest of the verdicts by every specification in force for a finding's product."""
    return gravest(evaluate_each(finding, specifications), specifications)


def _against(limit: Limit, finding: Finding, specification: InForce) -> Verdict:
    def verdict(
        evaluation: Evaluation,
        reason: WhyUndecided | None = None,
        rounded: Decimal | None = None,
        found: FoundInUnits | None = None,
    ) -> Verdict:
        return Verdict(evaluation, reason, rounded, specification.specification_id, limit, specification.market, found)

    if limit.report_only:
        return verdict(Evaluation.not_evaluated, WhyUndecided.report_only)
    if limit.text is not None and finding.text is not None:
        in_words = meets_words(finding.text, limit)
        return verdict(in_words or Evaluation.not_evaluated, None if in_words else WhyUndecided.unknown_word)
    if finding.qualifier is not None and finding.value is None:
        return verdict(Evaluation.not_evaluated, WhyUndecided.no_value)
    if limit.text is not None or finding.value is None:
        return verdict(Evaluation.not_evaluated, WhyUndecided.kind_not_comparable)
    if is_for_units(limit):
        return verdict(*_in_units(limit, finding))
    value = converted(finding.value, finding.unit, limit.unit)
    if value is None:
        return verdict(Evaluation.not_evaluated, WhyUndecided.unit_not_comparable)
    rounded = rounded_half_up(value, limit.decimals)
    decided = _within(limit, *_range(finding.qualifier, rounded, limit))
    if decided is None:
        below = finding.qualifier is Qualifier.below_quantitation
        reason = WhyUndecided.undecided_below_quantitation if below else WhyUndecided.undecided
        return verdict(Evaluation.not_evaluated, reason, rounded)
    return verdict(decided, rounded=rounded, found=beside_the_value(limit, finding))


def _in_units(
    limit: Limit, finding: Finding
) -> tuple[Evaluation, WhyUndecided | None, Decimal | None, FoundInUnits | None]:
    if finding.qualifier is not None:
        return Evaluation.not_evaluated, WhyUndecided.undecided, None, None
    held = hold(limit, finding)
    if held is None:
        return Evaluation.not_evaluated, WhyUndecided.unit_not_comparable, None, None
    pending = held.found is not None and held.found.pending
    open_ = WhyUndecided.next_stage if pending else WhyUndecided.units_missing
    return held.evaluation, open_ if held.evaluation is Evaluation.not_evaluated else None, held.rounded, held.found


OPPOSITES: Final = {
    "complies": "does not comply",
    "conforms": "does not conform",
    "pass": "fail",
    "passes": "fails",
    "absent": "present",
    "negative": "positive",
    "not detected": "detected",
}
"""What each word excludes. Of any other word a specification says itself what does not meet it."""


def meets_words(text: str, limit: Limit) -> Evaluation | None:
    """How a result in words stands to a limit in words; None for a word of which the limit says nothing.

    Such a word may mean the same ("conforms" beside "complies") or the opposite: nobody guesses.
    """
    word = _plain(text)
    met, missed = words_of(limit.text or "", limit.accepted, limit.rejected)
    if word in met:
        return Evaluation.passed
    return Evaluation.out_of_specification if word in missed else None


def words_of(text: str, accepted: Iterable[str], rejected: Iterable[str]) -> tuple[set[str], set[str]]:
    """The words that meet a limit in words, and those that do not: the rejected and the opposites of the accepted."""
    met = {_plain(each) for each in (text, *accepted)}
    opposite = OPPOSITES | {no: yes for yes, no in OPPOSITES.items()}
    return met, {_plain(each) for each in rejected} | {opposite[each] for each in met if each in opposite}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _range(qualifier: Qualifier | None, value: Decimal, limit: Limit) -> tuple[Decimal | None, Decimal | None]:
    """Between which values the result lies; None is unbounded.

    An amount is never below zero; where a limit is, or the number itself, it is no amount that is measured.
    """
    match qualifier:
        case None:
            return value, value
        case Qualifier.above | Qualifier.too_numerous:
            return value, None
        case _:
            negative = value < 0 or any(bound is not None and bound < 0 for bound in (limit.lower, limit.upper))
            return None if negative else Decimal(0), value


def _within(limit: Limit, least: Decimal | None, most: Decimal | None) -> Evaluation | None:
    """Whether all of a range meets the limit, or none of it; None when it may be either."""
    if (limit.lower is not None and most is not None and most < limit.lower) or (
        limit.upper is not None and least is not None and least > limit.upper
    ):
        return Evaluation.out_of_specification
    low = limit.lower is None or (least is not None and least >= limit.lower)
    high = limit.upper is None or (most is not None and most <= limit.upper)
    return Evaluation.passed if low and high else None
