"""What of a row nobody will be able to judge: told to its sender at once, in words and with what would be right."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from contracts.partner_feeds import Qualifier, TestStage
from gxp.evaluation import InForce, Verdict, WhyUndecided, evaluate
from partner_feeds.reporting.mismatches import Mismatch, mismatch_of
from partner_feeds.reporting.sets import Result
from partner_feeds.specifications import Specifications
from partner_feeds.values.texts import NEAR_FOR_SHORT, nearest


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A result that cannot be judged: what of it is in the way (test, unit or value), how it is written, and why."""

    part: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Finding:
    """A result as the rules read it."""

    test: str
    stage: TestStage
    value: Decimal | None
    text: str | None
    qualifier: Qualifier | None
    unit: str
    determinations: tuple[Decimal, ...] | None
    inspected: int | None


_PARTS: Final = {WhyUndecided.no_limit: "test", WhyUndecided.unit_not_comparable: "unit"}
"""What is in the way; where it is neither, the value."""


class Judge:
    """Holds a message's results against the specifications that are in force now."""

    def __init__(self, specifications: Specifications) -> None:
        self._specifications = specifications
        self._plain: dict[tuple[UUID, str, TestStage, str], Unjudged | None] = {}
        """Of a plain number it does not depend on the number."""

    def mismatch(self, result: Result) -> Mismatch | None:
        """How what the laboratory tests against differs from what is in force."""
        if result.reported.laboratory_limits is None or result.lot.product_id is None:
            return None
        return mismatch_of(result, self._specifications.get(result.lot.product_id, ()))

    def why_not(self, result: Result) -> Unjudged | None:
        """Why nobody will be able to judge it; None where somebody can, or where nothing is to be judged."""
        product_id, reported = result.lot.product_id, result.reported
        in_force = self._specifications.get(product_id) if product_id else None
        if product_id is None or not in_force or reported.voided:
            return None
        of_one = reported.determinations is None and reported.inspected is None
        if reported.value is None or reported.qualified is not None or not of_one:
            return _look(result, in_force)
        key = (product_id, reported.test, result.stage, reported.unit)
        if key not in self._plain:
            self._plain[key] = _look(result, in_force)
        return self._plain[key]


def _look(result: Result, in_force: list[InForce]) -> Unjudged | None:
    given = result.reported
    units = given.determinations, given.inspected
    finding = _Finding(given.test, result.stage, given.value, given.text, given.qualified, given.unit, *units)
    verdict = evaluate(finding, in_force)
    if not verdict.is_open or verdict.is_pending or verdict.reason is None:
        return None
    part = _PARTS.get(verdict.reason, "value")
    value = {"test": given.test, "unit": given.unit}.get(part, str(given.text if given.value is None else given.value))
    return Unjudged(part, value, f"taken, and cannot be judged: {_why(verdict, finding, in_force)}")


def _why(verdict: Verdict, finding: _Finding, in_force: list[InForce]) -> str:
    """In words. Limits are the sponsor's: a sender is told names and units, and no numbers."""
    limit = verdict.limit
    if verdict.reason is WhyUndecided.no_limit or limit is None:
        tests = {test for each in in_force for test, stage in each.limits if stage == finding.stage}
        near = nearest(finding.test, tests, NEAR_FOR_SHORT)
        return (
            f"the specification has no test of this name at the stage {finding.stage}{near}; translate the name in the "
            "mapping for what comes, or let the sponsor's quality add the test; this one quality reads"
        )
    match verdict.reason:
        case WhyUndecided.unit_not_comparable:
            return f"the limit of {finding.test} is in {limit.unit}, to which this unit cannot be converted"
        case WhyUndecided.unknown_word:
            near = nearest(finding.text or "", [limit.text or "", *limit.accepted], NEAR_FOR_SHORT)
            return (
                f"the specification of {finding.test} does not know this word{near}; translate it in the mapping for "
                "what comes; this one quality reads"
            )
        case WhyUndecided.no_value:
            return f"{finding.test} has a limit in numbers: state the limit of detection or quantitation"
        case WhyUndecided.units_missing:
            return (
                f"{finding.test} is judged by its units: map the columns of its determinations, as many as a stage of "
                "the test has"
            )
        case WhyUndecided.kind_not_comparable:
            wanted = "a word" if limit.text is not None else "a number"
            return f"the specification of {finding.test} asks for {wanted}"
        case _:
            return f"the limit of {finding.test} lies where the value may be: it may be met or not"
