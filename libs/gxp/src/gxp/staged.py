"""What several units of a sample say together: tests by stages, and of each unit besides the mean. Pure rules.

A statistic is calculated from values as they were found and rounded once, as it is held against its limit (USP General
Notices 7.20). In which order the units were tested is no matter.
"""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from contracts.unit_limits import DissolutionLimit, EachLimit, UniformityLimit
from gxp.rounding import Number, rounded_half_up

DISSOLUTION_STAGES: Final = {6: "S1", 12: "S2", 24: "S3"}
"""The stages by how many units were tested by then (USP <711>)."""
ABOVE_Q: Final = 5
"""By how much each unit of S1 exceeds Q at least."""
BELOW_Q: Final = 15
FAR_BELOW_Q: Final = 25
"""By how much a unit may lie below Q: none by more than 15 in S2; in S3 at most two, and none by more than 25."""
FEW_BELOW: Final = 2
UNIFORMITY_STAGES: Final = {10: ("L1", Decimal("2.4")), 30: ("L2", Decimal("2.0"))}
"""The stages by how many units were tested by then, each with its acceptability constant k (USP <905>)."""
LEAST_REFERENCE: Final = Decimal("98.5")
MOST_REFERENCE: Final = Decimal("101.5")
"""Between these the mean is its own reference value M, in per cent of the label claim."""


class Outcome(StrEnum):
    """What a stage says."""

    met = "met"
    missed = "missed"
    """No further stage could be met."""
    pending = "pending"
    """It asks for further units: neither met nor missed."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What the units of a stage say."""

    stage: str
    outcome: Outcome
    mean: Fraction
    worst: Number
    """Of the units the one that stands worst."""
    acceptance_value: Decimal | None = None


def mean_of(units: Sequence[Number]) -> Fraction:
    """Their mean, exactly."""
    return statistics.mean(Fraction(each) for each in units)


def dissolution(units: Sequence[Number], limit: DissolutionLimit, decimals: int) -> Staged | None:
    """By what so many units dissolved (USP <711>, acceptance table 1); None where that is no stage.

    A unit so far below Q that S3 cannot be met, or a third one below Q - 15, misses it whatever is tested further.
    """
    stage = DISSOLUTION_STAGES.get(len(units))
    if stage is None:
        return None
    found, mean, q = [rounded_half_up(each, decimals) for each in units], mean_of(units), limit.q
    enough = rounded_half_up(mean, decimals) >= q
    below = sum(each < q - BELOW_Q for each in found)
    lost = below > FEW_BELOW or min(found) < q - FAR_BELOW_Q
    is_met = {"S1": min(found) >= q + ABOVE_Q, "S2": enough and not below, "S3": enough and not lost}[stage]
    return Staged(stage, _outcome(is_met, lost or stage == "S3"), mean, min(units))


def uniformity(units: Sequence[Number], limit: UniformityLimit, decimals: int) -> Staged | None:
    """How uniform so many units are, in per cent of the label claim (USP <905>, Ph. Eur. 2.9.40); None where that is no
    stage.

    The acceptance value is |M - mean| + k s. Of thirty units none may deviate from M by more than L2 per cent of it, as
    found. A unit that does so from every M that there can be misses it whatever is tested further.
    """
    if len(units) not in UNIFORMITY_STAGES:
        return None
    stage, k = UNIFORMITY_STAGES[len(units)]
    mean, highest = mean_of(units), max(MOST_REFERENCE, limit.target)
    # As Decimal: the root is rounded correctly to the context's precision, and is exact where it is a number.
    deviation = statistics.stdev(map(_decimal, units))
    reference = min(max(mean, Fraction(LEAST_REFERENCE)), Fraction(highest))
    acceptance = _decimal(abs(reference - mean)) + k * deviation
    uniform = rounded_half_up(acceptance, decimals) <= limit.l1
    share = Fraction(limit.l2) / 100
    worst = max(units, key=lambda each: (abs(Fraction(each) - reference), each))
    within = abs(Fraction(worst) - reference) <= share * reference
    lost = min(units) < (1 - share) * Fraction(LEAST_REFERENCE) or max(units) > (1 + share) * Fraction(highest)
    is_met = uniform and (stage == "L1" or within)
    return Staged(stage, _outcome(is_met and not lost, lost or stage == "L2"), mean, worst, acceptance)


def outside(units: Iterable[Number], limit: EachLimit, decimals: int) -> list[Number]:
    """Those that lie outside bounds for each, when each is rounded to the bounds' decimals; the farthest first."""
    by_distance = sorted(((_beyond(each, limit, decimals), each) for each in units), reverse=True)
    return [each for distance, each in by_distance if distance > 0]


def worst_of(units: Sequence[Number], limit: EachLimit, decimals: int) -> Number:
    """The one that lies outside farthest or, where all are inside, is the closest to a bound."""
    return max(units, key=lambda each: (_beyond(each, limit, decimals), each))


def _beyond(value: Number, limit: EachLimit, decimals: int) -> Decimal:
    """By how much it lies outside; negative inside."""
    found = rounded_half_up(value, decimals)
    below = [limit.lower - found] if limit.lower is not None else []
    return max([*below, *([found - limit.upper] if limit.upper is not None else [])])


def _outcome(is_met: bool, is_last: bool) -> Outcome:
    return Outcome.met if is_met else Outcome.missed if is_last else Outcome.pending


def _decimal(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value.numerator) / Decimal(value.denominator)
