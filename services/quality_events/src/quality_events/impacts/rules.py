"""What of a cause concerns a batch that is released: pure rules."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias
from uuid import UUID

from contracts import Classification
from contracts.impacts import ImpactGround
from quality_events.dispositions.schemas import DispositionState
from quality_events.regimes import concerns

OUT: Final = (DispositionState.released, DispositionState.stopped, DispositionState.released_for_processing)
"""In which states of its disposition a batch has left quality's hands."""
PERHAPS_OUT: Final = (*OUT, DispositionState.rejected)
"""In which it may have: what was stopped and then rejected is where it went to before."""
IN_QUARANTINE: Final = DispositionState.released_for_processing
"""In which it is not distributed: no authority asks of it."""
OF_MAKING: Final = frozenset(
    {
        *(ImpactGround.record, ImpactGround.inputs, ImpactGround.results, ImpactGround.excursions),
        *(ImpactGround.statements, ImpactGround.changes, ImpactGround.authorisations),
    }
)
"""What becomes known of how a batch was made and tested. It is no defect: who assesses it opens a deviation of one."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing that became known of how a batch was made or tested, in words, and when it came here."""

    at: datetime
    text: str
    open: bool = False
    """Nobody has dealt with it: no release rests on it, whenever it came."""
    market: str | None = None
    """For which market alone it is news; none for every one."""

    @property
    def said(self) -> str:
        """With its instant, by which it is known to have been asked about."""
        return f"{self.text}, {self.at.astimezone(UTC).isoformat(timespec='milliseconds')}"


NewsByMarket: TypeAlias = dict[str, list[News]]
"""By each market that was asked about."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a cause."""

    type: ImpactGround
    id: UUID
    batch_ids: Sequence[UUID]
    sponsor_aware_at: datetime
    severity: Classification | None
    """None where the sponsor's quality has not judged it."""
    settled: bool
    possible_class_i: bool = False
    reopened_at: datetime | None = None
    """When new evidence came last to what had been concluded."""
    confirmed_at: datetime | None = None
    """When it was confirmed; None while it is not."""
    news: Sequence[News] = ()
    """Of how a batch was made and tested: all that no release weighed."""

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
        return self.type not in OF_MAKING and self.severity is not Classification.minor

    def unasked(self, asked: Collection[str]) -> list[News]:
        """The news about which nobody was asked: by what was asked, as a person may answer while they come."""
        return [each for each in self.news if each.said not in asked]


def was_judged(*, settled: bool, told_at: datetime, released_at: datetime) -> bool:
    """Whether the release weighed it: it was told before, and has come to its end. What is doubtful was not."""
    return settled and told_at < released_at


def unweighed(news: Sequence[News], released_at: datetime) -> list[News]:
    """What a release cannot have weighed: it came after it, or in the same moment, or is still open."""
    return [each for each in news if each.open or each.at >= released_at]


def of_market(news: Sequence[News], market: str) -> list[News]:
    """What is news for a market: what is said of the Union is of each of its members, and the other way round."""
    return [each for each in news if each.market is None or concerns(each.market, market)]


def of_making(type: ImpactGround, batch_id: UUID, news: Sequence[News]) -> Known:
    """What is known of how a batch was made, by what no release weighed."""
    return Known(type, batch_id, [batch_id], min(each.at for each in news), None, False, news=news)
