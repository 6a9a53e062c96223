"""What both laboratories' results say by the criteria: pure rules. Judged unrounded, written to twelve digits.

Why something did not pass may be read by both laboratories: it names no result, and not which of them has it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from typing import Any, Final

from contracts.method_transfers import AttributeOutcome as Outcome
from contracts.method_transfers import AttributeVerdict
from contracts.partner_feeds import Qualifier
from tech_transfer.method_transfers.criteria import SAME_VERDICT, Criterion
from tech_transfer.process_readings.rules import plain
from tech_transfer.statistics import equivalence, precision
from tech_transfer.statistics.equivalence import Design, Difference, Equivalence, LotValues, NotAssessed, mean_of

_DIGITS: Final = Context(prec=12)
BELOW: Final = frozenset({Qualifier.below_quantitation, Qualifier.not_detected})
"""Of these the word alone is a verdict. Any other qualifier says of a number that the value is not known."""


class TransferSide(StrEnum):
    """Whose result it is."""

    sending = "sending"
    receiving = "receiving"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A result of one of the laboratories that counts; exactly one of ``value`` and ``text`` is there, or a qualifier
    stands alone."""

    side: TransferSide
    attribute: str
    lot: str
    run: int | None = None
    replicate: int | None = None
    value: Decimal | None = None
    qualifier: Qualifier | None = None
    text: str | None = None

    @property
    def verdict(self) -> str:
        """What it says, where verdicts are compared: words however they are spaced and encoded and whatever their case,
        or that it is no number."""
        if self.text is not None:
            return plain(self.text)
        return str(self.qualifier) if self.qualifier else "a number"

    @property
    def is_a_verdict(self) -> bool:
        """Whether it says by itself what a laboratory concluded: in words, or that nothing was detected."""
        return self.text is not None or (self.qualifier is Qualifier.not_detected and self.value is None)


@dataclass(frozen=True, slots=True)
class Judged:
    """One attribute: what is told of it, and each of several lots for its reader."""

    told: AttributeVerdict
    lots: tuple[Mapping[str, Any], ...] = ()

    def row(self) -> dict[str, Any]:
        """As it is kept."""
        return self.told.model_dump(mode="json") | {"lots": [*self.lots]}

    @property
    def alone(self) -> "Judged":
        """Without its numbers."""
        return Judged(AttributeVerdict.model_validate(verdict_alone(dict(self.told))))


def verdict_alone(row: Mapping[str, Any]) -> dict[str, Any]:
    """An attribute as it is kept, without its numbers: of few results, written to few decimals, any of them leaves one
    set or a few of the other laboratory's to whoever has its own, the limit too where it follows from a mean."""
    return {name: row[name] for name in ("attribute", "criterion", "verdict", "why")}


def judge(criterion: Criterion, results: Iterable[Found]) -> Judged:
    """One attribute by all its results that count."""
    of_it = [each for each in results if each.attribute == criterion.attribute]
    sides = {side: [each for each in of_it if each.side is side] for side in TransferSide}
    sending, receiving = sides[TransferSide.sending], sides[TransferSide.receiving]
    if not sending or not receiving:
        return _verdict(criterion, Outcome.not_assessed, "one of the laboratories has no result")
    if criterion.kind in SAME_VERDICT:
        if not all(each.is_a_verdict for each in of_it):
            return _verdict(criterion, Outcome.not_assessed, "a result is a number, where verdicts are to be compared")
        return _by_words(criterion, sending, receiving, "the laboratories did not come to one verdict")
    if any(each.value is None and each.qualifier is None for each in of_it):
        return _verdict(criterion, Outcome.not_assessed, "a result is in words, where a number is to be compared")
    if any(each.qualifier and each.qualifier not in BELOW for each in of_it):
        why = "a result says only at most, above or too many to count: how far apart they are cannot be known"
        return _verdict(criterion, Outcome.not_assessed, why)
    if below := {each.lot for each in of_it if each.qualifier}:
        return _of_some_below(criterion, of_it, below)
    if _below(criterion, of_it):
        return _verdict(criterion, Outcome.passed, None)
    return _by_numbers(criterion, sending, receiving)


def outcome(verdicts: Sequence[Judged]) -> bool:
    """Whether it passed: each attribute inside. What could not be assessed is not."""
    return bool(verdicts) and all(each.told.verdict is Outcome.passed for each in verdicts)


def _of_some_below(criterion: Criterion, results: Sequence[Found], below: Collection[str]) -> Judged:
    """Where in some lots less was found than can be quantified: both say so of these, and the others are compared."""
    theirs = [each for each in results if each.lot in below]
    sending, receiving = ([each for each in theirs if each.side is side] for side in TransferSide)
    words = _by_words(
        criterion, sending, receiving, "some results are numbers, and some below what can be quantified or detected"
    )
    if words.told.verdict is not Outcome.passed:
        return words
    if _sees_less(criterion, sending, receiving):
        why = "the laboratories do not quantify or detect from the same level on: that both found less shows nothing"
        return _verdict(criterion, Outcome.not_assessed, why)
    numbers = [each for each in results if each.lot not in below]
    return judge(criterion, numbers) if numbers else words


def _sees_less(criterion: Criterion, sending: Sequence[Found], receiving: Sequence[Found]) -> bool:
    """Whether the receiving laboratory's limit is above the sending one's, and above what is to be reported at all."""
    known = [each.value for each in sending if each.value is not None]
    known += [criterion.reporting_threshold] if criterion.reporting_threshold is not None else []
    return bool(known) and any(each.value is not None and each.value > max(known) for each in receiving)


def _below(criterion: Criterion, results: Sequence[Found]) -> bool:
    """Whether all that both found is below the reporting threshold, where nothing is to be compared."""
    threshold = criterion.reporting_threshold
    return threshold is not None and all(each.value is not None and each.value < threshold for each in results)


def _by_words(criterion: Criterion, sending: Sequence[Found], receiving: Sequence[Found], why: str) -> Judged:
    lots = {each.lot for each in [*sending, *receiving]}
    same = all(len({each.verdict for each in [*sending, *receiving] if each.lot == lot}) == 1 for lot in lots)
    if {each.lot for each in sending} != {each.lot for each in receiving}:
        return _verdict(criterion, Outcome.not_assessed, "the laboratories did not test the same lots")
    return _verdict(criterion, Outcome.passed if same else Outcome.failed, None if same else why)


def _by_numbers(criterion: Criterion, sending: Sequence[Found], receiving: Sequence[Found]) -> Judged:
    ours, theirs = _of_lots(sending), _of_lots(receiving)
    if ours.keys() != theirs.keys():
        return _verdict(criterion, Outcome.not_assessed, "the laboratories did not test the same lots")
    if criterion.design is Design.paired and not _paired(sending, receiving):
        return _verdict(criterion, Outcome.not_assessed, "it is not said which results are of the same unit")
    lots = [LotValues(lot, ours[lot], theirs[lot]) for lot in sorted(ours)]
    limits = criterion.limits_at(mean_of(ours.values()))
    found = equivalence.compare(lots, limits, design=criterion.design, ratio=criterion.ratio is not None)
    if isinstance(found, NotAssessed):
        return _verdict(criterion, Outcome.not_assessed, "too few results, or none that vary: no interval can be given")
    limit = criterion.precision_limit
    spread = None if limit is None else precision.judge(_on_scale(criterion, ours), _on_scale(criterion, theirs), limit)
    why = [] if found.equivalent else ["the 90 % interval is not inside the limits"]
    if isinstance(spread, precision.Precision) and not spread.within:
        why.append("the receiving laboratory may be less precise than the limit lets it be")
    verdict = Outcome.failed if why else Outcome.passed
    if isinstance(spread, NotAssessed):
        verdict = Outcome.failed if why else Outcome.not_assessed
        why.append("the ratio of the laboratories' spreads cannot be judged")
    return _verdict(criterion, verdict, "; ".join(why) or None, found, spread)


def _of_lots(results: Sequence[Found]) -> dict[str, list[Decimal]]:
    """The values by lot; of units in their order, so that pairs meet."""
    lots: dict[str, list[Decimal]] = defaultdict(list)
    for each in sorted(results, key=lambda one: (one.lot, one.run or 0, one.replicate or 0)):
        if each.value is not None:
            lots[each.lot].append(each.value)
    return lots


def _on_scale(criterion: Criterion, lots: Mapping[str, Sequence[Decimal]]) -> list[Sequence[Decimal]]:
    """The scale on which means are compared: of a ratio the spread of its values grows with them, that of logarithms
    does not."""
    return [[value.ln() for value in lot] for lot in lots.values()] if criterion.ratio else [*lots.values()]


def _paired(sending: Sequence[Found], receiving: Sequence[Found]) -> bool:
    """Whether each unit, known by its run and replicate, was tested once by both."""
    ours, theirs = ([(each.lot, each.run, each.replicate) for each in side] for side in (sending, receiving))
    numbered = all(None not in unit for unit in [*ours, *theirs])
    return numbered and len({*ours}) == len(ours) and len({*theirs}) == len(theirs) and {*ours} == {*theirs}


def _verdict(
    criterion: Criterion,
    verdict: Outcome,
    why: str | None,
    found: Equivalence | None = None,
    spread: precision.Precision | NotAssessed | None = None,
) -> Judged:
    given: dict[str, Any] = {}
    if found:
        given = _interval(found.found) | {"limit": (written(found.limits.lower), written(found.limits.upper))}
    if isinstance(spread, precision.Precision):
        given |= {"precision_ratio": written(spread.ratio), "precision_upper95": written(spread.upper95)}
        given |= {"precision_limit": written(spread.limit)}
    told = AttributeVerdict(attribute=criterion.attribute, criterion=criterion.kind, verdict=verdict, why=why, **given)
    return Judged(told, _shown(found) if found else ())


def _shown(found: Equivalence) -> tuple[Mapping[str, Any], ...]:
    if len(found.lots) < 2:
        return ()
    told = ({"lot": each.lot, **(_interval(each.found) if each.found else {})} for each in found.lots)
    return tuple({name: _plain(value) for name, value in each.items()} for each in told)


def _interval(found: Difference) -> dict[str, Any]:
    low, high = found.ci90
    return {"difference": written(found.difference), "ci90": (written(low), written(high))}


def _plain(value: Any) -> Any:
    return [str(each) for each in value] if isinstance(value, tuple) else str(value)


def written(value: float) -> Decimal:
    """To twelve digits, as it is told."""
    return _DIGITS.create_decimal(repr(value))
