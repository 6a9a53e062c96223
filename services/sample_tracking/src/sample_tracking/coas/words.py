"""What a certificate says of one test, in words: what is to be met, and what was found."""

from decimal import Decimal
from typing import Final

from contracts.partner_feeds import Qualifier
from contracts.unit_limits import FoundInUnits
from sample_tracking.coas.schemas import CoaCriterion, CoaResult

_QUALIFIED: Final = {
    Qualifier.below_quantitation: "below the limit of quantitation, {}",
    Qualifier.not_detected: "not detected; limit of detection {}",
    Qualifier.at_most: "at most {}",
    Qualifier.above: "above {}",
    Qualifier.too_numerous: "too numerous to count; countable {}",
}


def criterion(limit: CoaCriterion) -> str:
    """What is to be met, in words, its bounds with the decimals to which results are rounded."""
    if limit.kind == "report_only":
        return "report only"
    if limit.kind == "words":
        return " or ".join(limit.accepted)
    if limit.attribute:
        by = (_named("code letter", limit.attribute.code_letter), _named("AQL", limit.attribute.aql))
        plan = "; ".join(filter(None, (*by, limit.attribute.plan)))
        counted = f"{limit.attribute.accept} {limit.attribute.defect_class} defects among {limit.attribute.inspected}"
        return f"at most {counted} units" + (f" ({plan})" if plan else "")
    if limit.dissolution:
        return f"Q = {limit.dissolution.q:.{limit.decimals}f}{_unit(limit.unit)} (stages S1, S2, S3)"
    if limit.uniformity:
        least, of_a_unit = limit.uniformity.l1, limit.uniformity.l2
        return f"acceptance value at most {least:.{limit.decimals}f} (L1); of 30, none beyond {of_a_unit:f} % (L2)"
    between = _between(limit.lower, limit.upper, limit)
    return f"mean {between}; each {_between(limit.each.lower, limit.each.upper, limit)}" if limit.each else between


def found(result: CoaResult) -> str:
    """The result as it was evaluated, and as it was reported where that differs; a qualified one as reported."""
    if result.value is None:
        return result.text or (result.qualifier or "").replace("_", " ")
    reported = f"{result.value:f}{_unit(result.unit)}"
    if result.qualifier:
        return _QUALIFIED[result.qualifier].format(reported)
    if result.rounded is None or not result.criterion:
        return reported
    if result.found and result.criterion.kind != "bounds":
        return _of_units(result.found, result.rounded, result.criterion)
    evaluated = f"{result.rounded:f}{_unit(result.criterion.unit)}"
    told = evaluated if evaluated == reported else f"{evaluated} (reported {reported})"
    return told + (_beside(result.found, result.criterion) if result.found else "")


def _of_units(told: FoundInUnits, rounded: Decimal, limit: CoaCriterion) -> str:
    """What was found in several units; ``rounded`` is what was held against the limit."""
    unit = _unit(limit.unit)
    if limit.attribute:
        return f"{told.defects} defective of {told.units} units"
    held = f"acceptance value {rounded:f}" if limit.uniformity else f"mean {rounded:f}{unit}"
    held += "" if told.contradicted is None else f" (reported {told.contradicted:f})"
    said = f"{held}, worst {told.worst:f}{unit}" if told.worst is not None else held
    if limit.each:
        return f"{said} of {told.units} determinations" + (f", {told.outside} outside" if told.outside else "")
    return f"{told.stage} of {told.units} units, {said}"


def _beside(told: FoundInUnits, limit: CoaCriterion) -> str:
    """That a determination lies outside although the value is inside: it is not hidden behind the mean."""
    if not told.outside or told.worst is None:
        return ""
    return f"; {told.outside} of {told.units} determinations outside, worst {told.worst:f}{_unit(limit.unit)}"


def _between(lower: Decimal | None, upper: Decimal | None, limit: CoaCriterion) -> str:
    least, most = (None if each is None else f"{each:.{limit.decimals}f}" for each in (lower, upper))
    between = f"{least} to {most}" if least and most else f"at least {least}" if least else f"at most {most}"
    return between + _unit(limit.unit)


def _named(what: str, said: object) -> str | None:
    return f"{what} {said}" if said is not None else None


def _unit(unit: str) -> str:
    return "" if unit == "1" else f" {unit}"
