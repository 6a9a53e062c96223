"""What of a cause concerns a batch that is released: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts import Classification
from contracts.impacts import ImpactCause
from quality_events.dispositions.schemas import DispositionState

OUT: Final = (DispositionState.released, DispositionState.stopped, DispositionState.released_for_processing)
"""In which states of its disposition a batch has left quality's hands."""
ON_SALE: Final = frozenset({DispositionState.released, DispositionState.stopped})
"""In which it is distributed. What is released for processing stays in quarantine: no authority asks of it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a cause."""

    type: ImpactCause
    id: UUID
    batch_ids: Sequence[UUID]
    sponsor_aware_at: datetime
    severity: Classification | None
    """None where nobody has judged it."""
    settled: bool
    possible_class_i: bool = False
    reopened_at: datetime | None = None
    """When new evidence came last to what had been concluded."""
    confirmed_at: datetime | None = None
    """When it was confirmed; None while it is not."""

    @property
    def news_at(self) -> datetime | None:
        """When came last what no earlier answer could weigh: it was confirmed, or reopened."""
        return max((each for each in (self.reopened_at, self.confirmed_at) if each), default=None)

    def known_at(self, round: int) -> datetime:
        """When the sponsor knew what is asked about: in a further round, the news that made it necessary."""
        return self.news_at if self.news_at and round > 1 else self.sponsor_aware_at

    @property
    def concerns_authorities(self) -> bool:
        """Whether an authority has to know, confirmed or not. Not of a minor (21 CFR 314.81(b)(1); EU GMP 8.15)."""
        return self.severity is not Classification.minor


def was_judged(*, settled: bool, told_at: datetime, released_at: datetime) -> bool:
    """Whether the release weighed it: it was told before, and has come to its end. What is doubtful was not."""
    return settled and told_at < released_at
