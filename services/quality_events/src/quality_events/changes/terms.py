"""What is said about a change: its states, markets and regimes, and what is judged of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.changes import ChangeCategory as Category


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


_EU: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"),
        *("LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "IS", "LI", "NO", "GB", "CH"),
    }
)
_VARIATIONS: Final = (Category.none, Category.ia, Category.ia_in, Category.ib, Category.ii)
_UNITED_STATES: Final = (*(Category.none, Category.annual_report, Category.cbe_0, Category.cbe_30, Category.pas),)
_ELSEWHERE: Final = (Category.none, Category.notification, Category.prior_approval)


def categories_of(market: str) -> tuple[Category, ...]:
    """The categories of the regime to which a market belongs.

    The European Economic Area, Great Britain and Switzerland have the variations of Regulation (EC) 1234/2008 (kept in
    British law; Swiss VAZV), the United States 21 CFR 314.70, and others the two of ICH Q12.
    """
    if market == "US":
        return _UNITED_STATES
    return _VARIATIONS if market in _EU else _ELSEWHERE


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
