"""How a partner is segmented: weighted criteria, edges that do not flap, and what goes before the score.

Criteria, weights and edges are the sponsor's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from contracts.oversight import Segment, SegmentCriterion

WEIGHTS: Final[Mapping[SegmentCriterion, Decimal]] = {
    SegmentCriterion.product_complexity: Decimal(20),
    SegmentCriterion.regulatory_demand: Decimal(15),
    SegmentCriterion.market_criticality: Decimal(20),
    SegmentCriterion.competitive_sensitivity: Decimal(10),
    SegmentCriterion.spend: Decimal(10),
    SegmentCriterion.technology_uniqueness: Decimal(15),
    SegmentCriterion.mutual_dependence: Decimal(10),
}
TOTAL: Final = Decimal(100)
EDGES: Final = {Segment.strategic: Decimal(70), Segment.preferred: Decimal(45)}
"""The lowest score of each segment, the highest first; below them all is transactional."""
BESIDE: Final = {
    Segment.strategic: (Segment.preferred, Segment.strategic),
    Segment.preferred: (Segment.transactional, Segment.preferred),
}
"""Between which two segments each edge lies."""
HYSTERESIS: Final = Decimal(3)
"""Within so many points of an edge the earlier of its segments stays."""
COMMERCIAL_MONTHS: Final = 12
"""Before so many have passed since the first commercial batch, a partner is developing."""

QUALIFICATION: Final = "commercial qualification in force"
FIRST_BATCH: Final = "first commercial batch"
"""What goes before the score, and what it is called where nobody knows it."""


NO_QUALIFICATION: Final = "no commercial qualification in force"
NO_YEAR: Final = "no commercial year yet"
"""Why a partner is developing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What facts tell of a partner's commercial supply. It goes before what somebody says."""

    qualified: bool | None = None
    """Whether a commercial qualification is in force; None where none was ever decided here."""
    first_on: date | None = None
    """When the first batch that was released to a market was made, or its test was completed; None where there was
    none."""
    complete: bool = False
    """Whether all facts are read that tell of such a batch: of one that is qualified by facts none is none."""

    def commerce(self, qualified: bool | None, supplied: bool | None, first_on: date | None, today: date) -> "Commerce":
        """With what somebody said: of what was before the registry's time facts tell nothing.

        One that is nowhere recorded or stated to be qualified is not.
        """
        first = min((each for each in (self.first_on, first_on) if each), default=None)
        months = None
        if first:
            months = (today.year - first.year) * 12 + today.month - first.month - (today.day < first.day)
        if supplied is None and self.qualified and self.complete:
            supplied = False
        by_facts = bool(qualified) if self.qualified is None else self.qualified
        return Commerce(qualified=by_facts, supplied=True if first else supplied, months=months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commerce:
    """How far commercial supply is. What nobody knows is None, and decides nothing."""

    qualified: bool | None = None
    """Whether a commercial qualification is in force."""
    supplied: bool | None = None
    """Whether there was a commercial batch."""
    months: int | None = None
    """Whole months since the first one."""

    @property
    def unknown(self) -> list[str]:
        """What nobody knows."""
        first_batch = self.supplied is None or (self.supplied and self.months is None)
        return [QUALIFICATION] * (self.qualified is None) + [FIRST_BATCH] * first_batch

    @property
    def developing(self) -> str:
        """Why the partner is developing; nothing where it is not, or nobody knows."""
        if self.qualified is False:
            return NO_QUALIFICATION
        young = self.months is not None and self.months < COMMERCIAL_MONTHS
        return NO_YEAR if self.supplied is False or young else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmented:
    """What came out."""

    segment: Segment | None
    """None where the partner never was segmented."""
    why: str
    score: Decimal | None = None
    by_score: Segment | None = None
    stale: bool = False
    missing: tuple[SegmentCriterion, ...] = ()
    unknown: tuple[str, ...] = ()


def segmented(
    weights: Mapping[SegmentCriterion, Decimal],
    points: Mapping[SegmentCriterion, int],
    commerce: Commerce,
    *,
    before: Segment | None,
    regardless: bool = False,
) -> Segmented:
    """The segment of a partner. ``regardless``: two people decided that an edge's hysteresis is not to hold.

    Raises ValueError for weights that do not total 100: no score would compare with another.
    """
    if (total := sum(weights.values(), Decimal())) != TOTAL:
        raise ValueError(f"weights must total {TOTAL}, and these total {total}")
    if missing := tuple(each for each in SegmentCriterion if each not in points):
        return Segmented(segment=before, why="a criterion is missing", stale=True, missing=missing)
    score = sum((weights.get(each, Decimal()) * given for each, given in points.items()), Decimal()) / 10
    by_score = next((segment for segment, edge in EDGES.items() if score >= edge), Segment.transactional)
    segment, why = by_score, "score"
    if commerce.developing:
        segment, why = Segment.developing, commerce.developing
    elif before and before != by_score and not regardless and _at_an_edge(score, before, by_score):
        segment, why = before, f"within {HYSTERESIS} points of an edge"
    return Segmented(segment=segment, why=why, score=score, by_score=by_score, unknown=tuple(commerce.unknown))


def _at_an_edge(score: Decimal, before: Segment, by_score: Segment) -> bool:
    return any(
        abs(score - edge) <= HYSTERESIS and {before, by_score} == set(BESIDE[segment])
        for segment, edge in EDGES.items()
    )
