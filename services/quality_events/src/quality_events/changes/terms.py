"""What is said about a change: its states, markets and regimes, and what is judged of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.changes import ChangeCategory as Category
from contracts.complaints import AuthorityRegime as Regime
from quality_events.regimes import regime_of


class ChangeState(StrEnum):
    """Where a change stands."""

    proposed = "proposed"
    classified = "classified"
    assessed = "assessed"
    approved = "approved"
    refused = "refused"
    implemented = "implemented"
    effective = "effective"
    reverted = "reverted"


APPROVED: Final = frozenset(
    {ChangeState.approved, ChangeState.implemented, ChangeState.effective, ChangeState.reverted}
)
"""Both quality units agreed."""
IN_FORCE: Final = APPROVED - {ChangeState.reverted}
TO_DECIDE: Final = frozenset({ChangeState.proposed, ChangeState.classified, ChangeState.assessed})


class FilingKind(StrEnum):
    """What happened between the sponsor and an authority."""

    assessment = "assessment"
    submitted = "submitted"
    """Received by the authority."""
    approved = "approved"
    """Or accepted, also where its silence counts as that."""
    objected = "objected"


_VARIATIONS: Final = (Category.none, Category.ia, Category.ia_in, Category.ib, Category.ii)
_OF_REGIMES: Final = {
    **dict.fromkeys((Regime.eu_eea, Regime.gb, Regime.ch), _VARIATIONS),
    Regime.us: (Category.none, Category.annual_report, Category.cbe_0, Category.cbe_30, Category.pas),
    Regime.other: (Category.none, Category.notification, Category.prior_approval),
}


def categories_of(market: str) -> tuple[Category, ...]:
    """The categories of the regime to which a market belongs.

    The European Economic Area, Great Britain and Switzerland have the variations of Regulation (EC) 1234/2008 (kept in
    British law; Swiss VAZV), the United States 21 CFR 314.70, and others the two of ICH Q12.
    """
    return _OF_REGIMES[regime_of(market)]


@dataclass(frozen=True, slots=True)
class Told:
    """Something that a side or an authority said of a change on a day."""

    kind: FilingKind
    on: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is judged, and why."""

    met: bool | None
    """None: it cannot be judged, which counts as no."""
    why: str
