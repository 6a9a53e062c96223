"""Whether every market of a transfer lets the new site make the product: pure rules."""

from collections.abc import Iterable, Mapping
from typing import Final

from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Unit, Unmet
from tech_transfer.submissions.model import Submission
from tech_transfer.submissions.schemas import SubmissionState as State

_OPEN: Final[Mapping[State, Unit]] = {
    State.planned: Unit.sponsor,
    State.filed: Unit.authority,
    State.questions: Unit.sponsor,
    State.refused: Unit.sponsor,
}


def by_market(submissions: Iterable[Submission]) -> dict[str, Submission]:
    """By market the submission that counts: the last one that was not withdrawn."""
    standing = [each for each in submissions if each.state != State.withdrawn]
    return {each.market: each for each in sorted(standing, key=lambda each: (each.created_at, each.id))}


def submissions(dossier: Dossier) -> list[Unmet]:
    """In each market it is approved, or nothing is needed. A market of which nobody has said anything is not met.

    The sending unit reads this, and is no party to submissions: it is told neither which there is, nor how far it is,
    nor when it is to be filed.
    """
    known = by_market(dossier.submissions)
    found = []
    for market in dossier.transfer.markets:
        why = f"{market}: no approval is known, nor that none is needed"
        if (one := known.get(market)) is None:
            found.append(Unmet(GateRule.submissions, why, Unit.sponsor, dossier.began))
        elif unit := _OPEN.get(State(one.state)):
            found.append(Unmet(GateRule.submissions, why, unit, one.stands_since))
    return found
