"""What a benchmark declares, what a round of it measures, and what three rounds say."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import NamedTuple, Protocol

from benchmarks.installation import Installation

ROUNDS = 3
BUSY = 0.2
"""The share of the processors beyond which what else runs here makes a verdict meaningless."""
_SPREAD = 0.1
"""Of the median. Rounds that differ by less tell on which side of the aim they lie, even if not all lie there."""


class Rates(NamedTuple):
    """Ours beside the floor's, per second, one right after the other."""

    ours: float
    floor: float

    @property
    def judged(self) -> float:
        """The ratio: from it the machine's speed drops out."""
        return self.ours / self.floor


class Delays(NamedTuple):
    """Percentiles of a time, in milliseconds."""

    p50: float
    p95: float
    p99: float

    @property
    def judged(self) -> float:
        """The 99th percentile."""
        return self.p99

    @classmethod
    def of(cls, taken: Sequence[float]) -> "Delays":
        """Of times in seconds."""
        points = quantiles(taken, n=100)
        return cls(*(1000 * points[share - 1] for share in (50, 95, 99)))


Round = Rates | Delays


@dataclass(frozen=True, slots=True)
class Row:
    """What is measured: a rate beside a floor's, judged by the ratio, or a time, judged by its 99th percentile."""

    name: str
    aim: float
    limit: float
    """Worse than this it has become slower than it was, and `make bench` fails."""
    floor: str = ""
    """What a rate is measured against; nothing for a time."""
    unit: str = "ms"

    def reaches(self, judged: float, bound: float) -> bool:
        """Whether a ratio is as high, a time as low, as a bound asks."""
        return judged >= bound if self.floor else judged <= bound


class Benchmark(Protocol):
    """A module of this package."""

    @property
    def ROWS(self) -> tuple[Row, ...]: ...

    def rounds(self, installation: Installation, seconds: float) -> AsyncGenerator[tuple[Round, ...], None]:
        """Rounds without end: one entry for each row, each measured for about so many seconds."""


@dataclass(frozen=True, slots=True)
class Result:
    """A row's rounds, and the share of the processors that others took before and after them."""

    row: Row
    rounds: Sequence[Round]
    busy: float = 0.0

    @property
    def judged(self) -> float:
        """The median of the rounds' ratios, or of their 99th percentiles."""
        return median(self._judged)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest of them."""
        return min(self._judged), max(self._judged)

    @property
    def verdict(self) -> str:
        """`met` or `missed`; `unjudged` where the rounds disagree, or where others kept the machine busy."""
        least, greatest = self.spread
        reached = {self.row.reaches(each, self.row.aim) for each in self.spread}
        if self.busy > BUSY or (len(reached) > 1 and greatest - least > _SPREAD * self.judged):
            return "unjudged"
        return "met" if self.row.reaches(self.judged, self.row.aim) else "missed"

    @property
    def regressed(self) -> bool:
        """Whether it is worse than its limit, on a machine that had nothing else to do."""
        return self.busy <= BUSY and not self.row.reaches(self.judged, self.row.limit)

    @property
    def _judged(self) -> list[float]:
        return [each.judged for each in self.rounds]
