"""How a risk is scored (ICH Q9(R1)): severity times probability times detectability, bands, and where it goes.

The scale and its edges are the sponsor's own; another scale is another version, and is not compared with this one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.oversight import RiskBand as Band
from contracts.oversight import RiskDimension as Dimension
from contracts.oversight import RiskTrajectory as Trajectory

SCALE_VERSION: Final = "1"
EDGES: Final = {Band.critical: 80, Band.high: 45, Band.medium: 20}
"""The lowest score of each band, the highest band first."""
UNKNOWN_DETECTABILITY: Final = 5
"""What nobody can say is seen only at the patient."""
APART: Final = 1
"""How far two raters may be from each other on severity or probability."""
MOVED: Final = 10
"""By how many points the worst score rises or falls before that counts."""
FORMAL: Final = frozenset({Band.high, Band.critical})
"""The bands for which ICH Q9(R1) asks for more formality: a team, and a second signature."""
TEAM: Final = 3

_RANKS: Final = {band: rank for rank, band in enumerate(Band)}


def rank(band: Band) -> int:
    """How high a band is, beside another."""
    return _RANKS[Band(band)]


def worst(bands: Iterable[Band | None]) -> Band | None:
    """The highest of bands; None where none is known."""
    return max((Band(band) for band in bands if band is not None), key=rank, default=None)


@dataclass(frozen=True, slots=True)
class Score:
    """Severity, probability and detectability, each 1 to 5. Without detectability it is unknown, and counts 5."""

    severity: int
    probability: int
    detectability: int | None = None

    @property
    def value(self) -> int:
        """1 to 125."""
        return self.severity * self.probability * (self.detectability or UNKNOWN_DETECTABILITY)

    @property
    def by_value(self) -> Band:
        """The band by the product alone."""
        return next((band for band, edge in EDGES.items() if self.value >= edge), Band.low)

    @property
    def band(self) -> Band:
        """The band, which harm holds up whatever would detect it in time."""
        harm = self.severity * self.probability
        floor = Band.medium if self.severity == 5 else Band.low
        floor = Band.high if harm >= 15 else floor
        return max(self.by_value, Band.critical if harm == 25 else floor, key=rank)

    @property
    def floored(self) -> bool:
        """Whether harm holds the band above what the product says."""
        return self.band != self.by_value

    def disagrees(self, other: "Score") -> bool:
        """Whether two raters are too far apart for either to count alone (ICH Q9(R1): subjectivity)."""
        apart = max(abs(self.severity - other.severity), abs(self.probability - other.probability))
        return apart > APART or self.band != other.band


@dataclass(frozen=True, slots=True)
class Profile:
    """What was signed of a site: what trajectories compare."""

    scale_version: str
    band: Band
    worst_score: int
    bands: Mapping[Dimension, Band]
    """Of the dimensions that were assessed."""


def profile(scores: Mapping[Dimension, Score], band: Band | None = None, scale_version: str = SCALE_VERSION) -> Profile:
    """The profile of scores, under a band that may be above theirs. Raises ValueError where nothing is assessed."""
    bands = {dimension: score.band for dimension, score in scores.items()}
    computed = worst(bands.values())
    if computed is None:
        raise ValueError("nothing is assessed")
    return Profile(scale_version, band or computed, max(score.value for score in scores.values()), bands)


def trajectory(now: Profile, earlier: Sequence[Profile]) -> Trajectory:
    """Where a risk has gone since the last signed assessment of the same scale; ``earlier`` begins with the oldest."""
    if not earlier:
        return Trajectory.first
    before = next((each for each in reversed(earlier) if each.scale_version == now.scale_version), None)
    if before is None:
        return Trajectory.not_comparable
    in_both = now.bands.keys() & before.bands.keys()
    higher = any(rank(now.bands[each]) > rank(before.bands[each]) for each in in_both)
    if higher or rank(now.band) > rank(before.band) or now.worst_score >= before.worst_score + MOVED:
        return Trajectory.rising
    if rank(now.band) < rank(before.band) or now.worst_score <= before.worst_score - MOVED:
        return Trajectory.falling
    return Trajectory.stable
