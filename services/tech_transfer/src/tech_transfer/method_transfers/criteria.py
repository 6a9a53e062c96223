"""What a protocol asks of each attribute, the usual limits, and whether a later protocol asks for less: pure rules.

The usual limits are those of USP <1224> and <1010>; dissolution as for comparisons of profiles; recovery as in USP
<1227>. A protocol states others where it has a reason to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from contracts.method_transfers import CriterionKind as Kind
from tech_transfer.statistics.equivalence import LEAST, LEAST_OF_A_LOT, Bounds, Design
from tech_transfer.statistics.precision import Feasibility, feasible

SAME_VERDICT: Final = frozenset({Kind.identification, Kind.limit_test})
RATIOS: Final[Mapping[Kind, tuple[Decimal, Decimal]]] = {
    Kind.bioassay: (Decimal("0.80"), Decimal("1.25")),
    Kind.microbiology: (Decimal("0.50"), Decimal("2.00")),
}
PRECISION_LIMIT: Final = Decimal("2.0")


@dataclass(frozen=True, slots=True)
class Band:
    """How far the difference may go from a mean of the sending laboratory on: the wider of the two that are stated."""

    mean_from: Decimal = Decimal(0)
    absolute: Decimal | None = None
    relative_percent: Decimal | None = None
    """In per cent of that mean."""

    def at(self, mean: float) -> float:
        """The limit at a mean."""
        return max(float(self.absolute or 0), float(self.relative_percent or 0) / 100 * abs(mean))


UNIT_OF_BANDS: Final = "%"
"""Of the label claim, of the drug substance, dissolved of the claim: in no other unit are they the same."""
BANDS: Final[Mapping[Kind, tuple[Band, ...]]] = {
    Kind.assay: (Band(absolute=Decimal("2.0")),),
    Kind.impurity: (
        Band(absolute=Decimal("0.05"), relative_percent=Decimal(25)),
        Band(mean_from=Decimal("0.15"), absolute=Decimal("0.05"), relative_percent=Decimal(10)),
    ),
    Kind.dissolution: (Band(absolute=Decimal(10)), Band(mean_from=Decimal(85), absolute=Decimal(5))),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What is asked of one attribute, with nothing left to a default."""

    attribute: str
    kind: Kind
    unit: str | None = None
    design: Design = Design.welch
    bands: tuple[Band, ...] = ()
    ratio: tuple[Decimal, Decimal] | None = None
    precision_limit: Decimal | None = None
    reporting_threshold: Decimal | None = None

    @classmethod
    def usual(cls, attribute: str, kind: Kind, unit: str | None = None) -> "Criterion":
        """With the usual limits."""
        precision = None if kind in SAME_VERDICT else PRECISION_LIMIT
        of_kind = {"bands": BANDS.get(kind, ()), "ratio": RATIOS.get(kind), "precision_limit": precision}
        return cls(attribute=attribute, kind=kind, unit=unit, **of_kind)  # type: ignore[arg-type]

    def limits_at(self, mean_sending: float) -> Bounds:
        """Between which bounds the interval must lie, where the sending laboratory found this mean."""
        if self.ratio:
            return Bounds(*map(float, self.ratio))
        return Bounds.around_zero(self.distance_at(mean_sending))

    def distance_at(self, mean: float) -> float:
        """How far the difference may go at a mean of the sending laboratory; below the first band as in it."""
        within = [band for band in self.bands if float(band.mean_from) <= mean]
        return (within[-1] if within else self.bands[0]).at(mean)

    def feasibility(self, lots: int, results_of_each: int) -> Feasibility | None:
        """What the planned results can show of precision. Where none is asked for: None, or that they are too few for
        any interval; and None where verdicts are compared."""
        if self.precision_limit is not None:
            planned = [results_of_each] * lots
            return feasible(planned, planned, self.precision_limit)
        few = results_of_each < (LEAST_OF_A_LOT if lots > 1 else LEAST) and self.kind not in SAME_VERDICT
        return Feasibility(None, equal_spread_passes=False, needed=LEAST) if few else None


def widened(before: Sequence[Criterion], after: Iterable[Criterion]) -> list[str]:
    """In what a later protocol asks for less than the one before: each in words."""
    new = {each.attribute: each for each in after}
    return [why for old in before for why in _weaker(old, new.get(old.attribute))]


def _weaker(old: Criterion, new: Criterion | None) -> list[str]:
    if new is None:
        return [f"{old.attribute} is not asked for any more"]
    if new.kind != old.kind:
        return [f"{old.attribute} is judged as {new.kind} and not as {old.kind}"]
    if new.unit != old.unit:
        return [f"{old.attribute} is judged in {new.unit} and not in {old.unit}: the limits cannot be compared"]
    found = []
    if old.ratio and new.ratio and (new.ratio[0] < old.ratio[0] or new.ratio[1] > old.ratio[1]):
        found.append(f"{old.attribute}: the limits of the ratio are wider")
    if old.bands and _goes_further(new, old):
        found.append(f"{old.attribute}: the difference may go further")
    if _is_looser(old.precision_limit, new.precision_limit):
        found.append(f"{old.attribute}: less precision is asked for")
    if new.reporting_threshold is not None and new.reporting_threshold > (old.reporting_threshold or 0):
        found.append(f"{old.attribute}: the reporting threshold is higher")
    return found


def _is_looser(old: Decimal | None, new: Decimal | None) -> bool:
    return old is not None and (new is None or new > old)


def _goes_further(new: Criterion, old: Criterion) -> bool:
    """Whether at any mean the new limit is beyond the old one: both are straight between these means and after them."""
    corners = {float(band.mean_from) for each in (new, old) for band in each.bands}
    corners |= {
        float(band.absolute) / float(band.relative_percent) * 100
        for each in (new, old)
        for band in each.bands
        if band.absolute and band.relative_percent
    }
    corners |= {each * (1 - 1e-9) for each in corners} | {2 * max(corners) + 1, 1e6 * (max(corners) + 1)}
    return any(new.distance_at(mean) > old.distance_at(mean) * (1 + 1e-12) for mean in corners)
