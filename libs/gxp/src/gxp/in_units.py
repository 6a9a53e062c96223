"""A result of several units or determinations, held against a limit for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Protocol

from contracts.sample_tracking import Evaluation, Limit
from contracts.unit_limits import AttributeLimit, EachLimit, FoundInUnits
from gxp.rounding import Number, rounded_half_up
from gxp.staged import Outcome, Staged, dissolution, mean_of, outside, uniformity, worst_of
from gxp.units import converted

_TOLD_DECIMALS: Final = 6
"""How many more decimals than the limit has a statistic is told with. It is held as it is."""
_VERDICTS: Final = {
    Outcome.met: Evaluation.passed,
    Outcome.missed: Evaluation.out_of_specification,
    Outcome.pending: Evaluation.not_evaluated,
}


class InUnits(Protocol):
    """What a laboratory found in several units."""

    @property
    def value(self) -> Decimal | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def determinations(self) -> Sequence[Decimal] | None: ...
    @property
    def inspected(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Held:
    """How units stand to a limit for them; not evaluated where they are too few, or of no stage, or it is pending."""

    evaluation: Evaluation
    rounded: Decimal | None = None
    found: FoundInUnits | None = None


PERCENT: Final = "%"
"""In which unit stages are judged: their norms' margins, such as Q + 5, are in per cent of the label claim."""
NOT_HELD: Final = Held(Evaluation.not_evaluated)


def is_for_units(limit: Limit) -> bool:
    """Whether a limit is not for the value alone."""
    return any((limit.attribute, limit.dissolution, limit.uniformity, limit.each))


def is_in_no_unit_of_stages(limit: Limit) -> bool:
    """Whether a limit by stages is in another unit than per cent: nobody can judge by it."""
    return bool(limit.dissolution or limit.uniformity) and limit.unit != PERCENT


def hold(limit: Limit, finding: InUnits) -> Held | None:
    """Hold a finding against a limit for units; None where its unit cannot be converted, or where by the limit's own
    unit nothing can be judged."""
    if limit.attribute:
        return _attribute(limit.attribute, finding)
    if is_in_no_unit_of_stages(limit):
        return None
    units = units_of(limit, finding)
    if units is None:
        return None
    if limit.each:
        return _beside(_each_and_mean(limit, limit.each, units), limit, finding) if units else NOT_HELD
    stage = _staged(limit, units)
    if stage is None:
        return Held(Evaluation.not_evaluated, found=_counted(units))
    return _beside(_of_a_stage(limit, stage, len(units)), limit, finding)


def units_of(limit: Limit, finding: InUnits) -> list[Number] | None:
    """The determinations in the limit's unit; None where they cannot be converted."""
    found: list[Number] = []
    for each in finding.determinations or ():
        if (value := converted(each, finding.unit, limit.unit)) is None:
            return None
        found.append(value)
    return found


def beside_the_value(limit: Limit, finding: InUnits) -> FoundInUnits | None:
    """Of what a value was made that is held against bounds: how many determinations lie outside of them."""
    units = units_of(limit, finding)
    bounds = EachLimit(lower=limit.lower, upper=limit.upper)
    return _determined(units, bounds, limit.decimals) if units else None


def _beside(held: Held, limit: Limit, finding: InUnits) -> Held:
    """With the value that was reported, where it is not what the units give: the mean, or the acceptance value.

    Both are rounded once, to the limit's decimals (USP General Notices 7.20). A value that was rounded before, to more
    decimals than those, is what the statistic is when it is rounded to as many.
    """
    value = None if finding.value is None else converted(finding.value, finding.unit, limit.unit)
    if value is None or held.found is None or rounded_half_up(value, limit.decimals) == held.rounded:
        return held
    given = held.found.mean if held.found.acceptance_value is None else held.found.acceptance_value
    places = _places(value) if isinstance(value, Decimal) else 0
    if given is not None and places > limit.decimals and rounded_half_up(given, places) == value:
        return held
    told = held.found.model_copy(update={"contradicted": _told(value, limit.decimals)})
    return replace(held, found=told)


def _attribute(limit: AttributeLimit, finding: InUnits) -> Held:
    defects, inspected = finding.value, finding.inspected
    whole = defects is not None and finding.unit == "1" and defects >= 0 and defects == defects.to_integral_value()
    if defects is None or inspected is None or not whole or defects > inspected:
        return NOT_HELD
    found = FoundInUnits(units=inspected, defects=int(defects))
    if inspected < limit.inspected:
        return Held(Evaluation.not_evaluated, found=found)
    verdict = Evaluation.passed if defects <= limit.accept else Evaluation.out_of_specification
    return Held(verdict, Decimal(int(defects)), found)


def _staged(limit: Limit, units: Sequence[Number]) -> Staged | None:
    if limit.dissolution:
        return dissolution(units, limit.dissolution, limit.decimals)
    return uniformity(units, limit.uniformity, limit.decimals) if limit.uniformity else None


def _of_a_stage(limit: Limit, stage: Staged, units: int) -> Held:
    acceptance = stage.acceptance_value
    found = FoundInUnits(
        stage=stage.stage,
        units=units,
        pending=stage.outcome is Outcome.pending,
        mean=_told(stage.mean, limit.decimals),
        acceptance_value=None if acceptance is None else _told(acceptance, limit.decimals),
        worst=_told(stage.worst, limit.decimals),
    )
    held = stage.mean if acceptance is None else acceptance
    return Held(_VERDICTS[stage.outcome], rounded_half_up(held, limit.decimals), found)


def _each_and_mean(limit: Limit, each: EachLimit, units: Sequence[Number]) -> Held:
    found = _determined(units, each, limit.decimals)
    mean = rounded_half_up(mean_of(units), limit.decimals)
    inside = (limit.lower is None or mean >= limit.lower) and (limit.upper is None or mean <= limit.upper)
    met = inside and not found.outside
    return Held(Evaluation.passed if met else Evaluation.out_of_specification, mean, found)


def _determined(units: Sequence[Number], bounds: EachLimit, decimals: int) -> FoundInUnits:
    return FoundInUnits(
        units=len(units),
        mean=_told(mean_of(units), decimals),
        worst=_told(worst_of(units, bounds, decimals), decimals),
        outside=len(outside(units, bounds, decimals)),
    )


def _counted(units: Sequence[Number]) -> FoundInUnits | None:
    return FoundInUnits(units=len(units)) if units else None


def _told(value: Number, decimals: int) -> Decimal:
    """As it is, or with so many decimals more than the limit that nobody misses one."""
    if isinstance(value, Decimal) and _places(value) <= decimals + _TOLD_DECIMALS:
        return value
    return rounded_half_up(value, decimals + _TOLD_DECIMALS)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
