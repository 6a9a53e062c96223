"""Whether a batch of a transfer conforms to its protocol: pure rules (FDA process validation 2011; EU GMP annex 15).

Conforming is one that was chosen beforehand (``naming``), that is released, whose results for each attribute lie within
the protocol's own limits, whose process parameters lay in their ranges, and of which no serious deviation and no
investigation is open. What is not known never conforms; what is being investigated is undecided, and neither conforms
nor fails.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from contracts.transfer_batches import TransferBatchVerdict as Verdict
from contracts.transfer_design import ReadingVerdict
from gxp.rounding import Number
from gxp.units import converted
from tech_transfer.process_readings.rules import plain
from tech_transfer.transfer_batches.known import Known, Result
from tech_transfer.transfer_batches.naming import Naming


class FailureCause(StrEnum):
    """Why a batch failed, as quality found."""

    process = "process"
    unknown = "unknown"
    utilities = "utilities"
    """Such as a power failure."""
    laboratory_error = "laboratory_error"
    """It excludes nothing by itself: what its own investigation invalidates is no result, and fails nothing any more.
    What was confirmed, or is not the laboratory's, stays."""
    handling_error = "handling_error"


OUTSIDE_THE_PROCESS: Final = frozenset({FailureCause.utilities, FailureCause.handling_error})
RELEASED: Final = frozenset({"released", "released_for_processing", "resumed"})
GONE: Final = {"rejected": "rejected", "withdrawn": "taken back from the market"}
SERIOUS: Final = ("critical", "major")


@dataclass(frozen=True, slots=True)
class Bound:
    """What the protocol asks of one attribute: inclusive bounds, or a word."""

    test: str
    unit: str
    lower: Decimal | None = None
    upper: Decimal | None = None
    text: str | None = None
    also_called: Collection[str] = ()
    """What else the test of its results may be called, beside ``test``."""

    def is_of(self, test: str) -> bool:
        """Whether results of a test are judged by it."""
        return plain(test) in map(plain, (self.test, *self.also_called))


@dataclass(frozen=True, slots=True)
class Setting:
    """What a process parameter was, as somebody stated it, and in which range it was to be."""

    parameter: str
    unit: str
    value: Decimal
    lower: Decimal | None
    upper: Decimal | None

    @property
    def key(self) -> str:
        """By it a failure is known: another value is another failure, of which quality has found nothing yet."""
        return f"parameter:{self.parameter}={self.value} {self.unit}"


@dataclass(frozen=True, slots=True)
class Reading:
    """A critical process parameter of the transfer, its proven range, and how what the maker reported stands to it."""

    parameter: str
    """Its code."""
    verdict: ReadingVerdict
    unit: str
    lower: Decimal | None
    upper: Decimal | None

    def holds(self, stated: Setting) -> bool | None:
        """Whether a stated value lies in the proven range; None where its unit cannot be compared."""
        value = converted(stated.value, stated.unit, self.unit)
        return None if value is None else within(value, self.lower, self.upper)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What quality found to be the cause of failures, each by its key, with evidence."""

    cause: FailureCause
    covers: Collection[str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, why, and the keys of what failed."""

    verdict: Verdict
    why: tuple[str, ...]
    failures: tuple[str, ...] = ()


Reasons = dict[str, str]
_Asked = Mapping[str, Reading]
"""By code the critical process parameters that are in force."""
_NO_SERIES: Final = Naming()


def judge(
    known: Known,
    bounds: Sequence[Bound],
    settings: Sequence[Setting],
    exclusion: Exclusion | None = None,
    given_up: bool = False,
    readings: Sequence[Reading] = (),
    naming: Naming = _NO_SERIES,
) -> Judgement:
    """The verdict on a batch by all that is known of it.

    Each critical process parameter that is in force is known where its maker reported it, or it was stated by its code;
    it is held against its proven range, whatever range was stated with it. What was reported outside of that fails,
    whatever was stated. Of a transfer that has no such parameter any statement does, by the ranges that it gives.

    One that was chosen by what it shows, shows nothing, however good it is: its failure counts all the same.
    """
    begun = known.started_at is not None or bool(known.results)
    if not begun:
        ended = given_up or known.terminated
        return Judgement(Verdict.cancelled if ended else Verdict.planned, ("its making did not begin",))
    asked = {each.parameter: each for each in readings if each.verdict is not ReadingVerdict.not_asked}
    failed = _failures(known, bounds) | _outside(settings, asked)
    covered = _covered(failed, exclusion)
    left = {key: why for key, why in failed.items() if key not in covered}
    open_matters = _open(known)
    missing = [*_missing(known, bounds, settings, asked), *naming.not_known(known)]
    ends = (Verdict.failed, [*left.values()]), (Verdict.undecided, [*open_matters.values()])
    for verdict, reasons in (*ends, (Verdict.excluded, [*failed.values(), *naming.against(known)])):
        if reasons:
            return Judgement(verdict, tuple(reasons), tuple(failed))
    return Judgement(Verdict.in_progress, tuple(missing)) if missing else Judgement(Verdict.conforming, ())


def within(value: Number, lower: Decimal | None, upper: Decimal | None) -> bool:
    """Whether a value lies within bounds, which are inclusive."""
    return (lower is None or value >= lower) and (upper is None or value <= upper)


def _failures(known: Known, bounds: Sequence[Bound]) -> Reasons:
    reasons = {"terminated": "its making was given up"} if known.terminated else {}
    for market, decision in known.decisions:
        if decision in GONE:
            reasons[f"{decision}:{market}"] = f"it was {GONE[decision]} ({market})"
    for oos in known.investigations:
        if oos.conclusion in ("confirmed", "inconclusive"):
            reasons[f"oos:{oos.number}"] = f"{oos.number} ({oos.test}) was concluded as {oos.conclusion}"
    for bound in bounds:
        for result in _judged(known, bound):
            if _meets(bound, result) is False:
                reasons[f"result:{result.id}"] = f"{bound.test} lies outside of the protocol's limits"
    return reasons


def _outside(settings: Sequence[Setting], asked: _Asked) -> Reasons:
    reasons = {
        each.key: f"{each.parameter} lay outside of its proven acceptable range"
        for each in settings
        if _in_range(each, asked) is False
    }
    return reasons | {
        f"reading:{each.parameter}": f"{each.parameter} was reported outside of its proven acceptable range"
        for each in asked.values()
        if each.verdict is ReadingVerdict.outside
    }


def _in_range(stated: Setting, asked: _Asked) -> bool | None:
    """By the proven range of the parameter of that code, or by the stated one where the transfer has none such."""
    critical = asked.get(stated.parameter)
    return critical.holds(stated) if critical else within(stated.value, stated.lower, stated.upper)


def _covered(failed: Reasons, exclusion: Exclusion | None) -> set[str]:
    """The failures that quality excluded."""
    if exclusion is None or exclusion.cause not in OUTSIDE_THE_PROCESS:
        return set()
    return failed.keys() & set(exclusion.covers)


def _open(known: Known) -> Reasons:
    reasons = {oos.number: f"{oos.number} ({oos.test}) is open" for oos in known.investigations if not oos.conclusion}
    for each in known.deviations:
        if not each.ended and each.classification in (*SERIOUS, None):
            how = each.classification or "not classified"
            reasons[each.number] = f"{each.number} ({how}) is open, and its cause is not known"
    investigated = {oos.result_id for oos in known.investigations}
    for result in known.results:
        if result.out_of_specification and result.id not in investigated:
            reasons[result.id] = f"{result.test} is out of specification, and no investigation is known of it"
    return reasons


def _missing(known: Known, bounds: Sequence[Bound], settings: Sequence[Setting], asked: _Asked) -> list[str]:
    decided = {decision for _, decision in known.decisions}
    missing = [] if decided & RELEASED else ["it is not released"]
    missing += [] if "stopped" not in decided else ["its distribution is stopped"]
    missing += _unstated(settings, asked)
    missing += [] if bounds else ["the protocol names no attribute"]
    return [*missing, *(why for bound in bounds for why in _lacks(known, bound))]


def _unstated(settings: Sequence[Setting], asked: _Asked) -> list[str]:
    """The critical process parameters of which it is not known whether they lay in their proven ranges."""
    if not settings and all(each.verdict is ReadingVerdict.not_reported for each in asked.values()):
        return ["nobody stated its process parameters"]
    stated = {each.parameter: each for each in settings}
    unknown = {code: each for code, each in asked.items() if each.verdict is not ReadingVerdict.inside}
    return [why for code, each in unknown.items() if (why := _why_unknown(each, stated.get(code)))]


def _why_unknown(critical: Reading, stated: Setting | None) -> str:
    if stated is None:
        return f"{critical.parameter}: nobody stated it, and nothing that can be judged was reported"
    comparable = critical.holds(stated) is not None
    return "" if comparable else f"{critical.parameter}: {stated.unit} cannot be compared with {critical.unit}"


def _lacks(known: Known, bound: Bound) -> Iterable[str]:
    judged = _judged(known, bound)
    if not judged:
        waiting = any(bound.is_of(result.test) for result in known.results)
        yield f"{bound.test}: " + ("no result is approved and reportable" if waiting else "there is no result")
    elif any(_meets(bound, result) is None for result in judged):
        yield f"{bound.test}: a result cannot be held against the protocol's limits"


def _judged(known: Known, bound: Bound) -> list[Result]:
    return [result for result in known.results if bound.is_of(result.test) and counts(known, result)]


def counts(known: Known, result: Result) -> bool:
    """Whether a result is approved and reportable, and no open or invalidating investigation is about it.

    One out of specification counts once its investigation has confirmed it.
    """
    about = [oos.conclusion for oos in known.investigations if oos.result_id == result.id]
    doubted = (result.out_of_specification and not about) or any(each in (None, "invalidated") for each in about)
    return result.approved and result.reportable and not doubted


def _meets(bound: Bound, result: Result) -> bool | None:
    """Whether a result meets what the protocol asks; None where nobody can say."""
    if bound.text is not None:
        return None if result.text is None else result.text.strip().casefold() == bound.text.strip().casefold()
    value = None if result.value is None else converted(result.value, result.unit, bound.unit)
    if value is None:
        return None
    if result.qualifier in ("below_quantitation", "not_detected", "at_most"):
        # It is this or less: that is enough for an upper limit alone.
        return True if bound.lower is None and bound.upper is not None and value <= bound.upper else None
    return None if result.qualifier else within(value, bound.lower, bound.upper)
