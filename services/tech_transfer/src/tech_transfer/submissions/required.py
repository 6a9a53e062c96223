"""Whether every market of a transfer lets the new site make the product: pure rules."""

from collections.abc import Iterable, Mapping
from typing import Final

from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Source, Unit, Unmet
from tech_transfer.submissions.model import Submission
from tech_transfer.submissions.schemas import SubmissionState as State

_OPEN: Final[Mapping[State, tuple[str, Unit]]] = {
    State.planned: ("the submission is planned and not filed", Unit.sponsor),
    State.filed: ("the submission is filed, and the authority has not decided", Unit.authority),
    State.questions: ("the authority has asked something that is not answered", Unit.sponsor),
    State.refused: ("the authority has refused the submission", Unit.sponsor),
}


def by_market(submissions: Iterable[Submission]) -> dict[str, Submission]:
    """By market the submission that counts: the last one that was not withdrawn."""
    standing = [each for each in submissions if each.state != State.withdrawn]
    return {each.market: each for each in sorted(standing, key=lambda each: (each.created_at, each.id))}


def submissions(dossier: Dossier) -> list[Unmet]:
    """In each market it is approved, or nothing is needed. A market of which nobody has said anything is not met."""
    known = by_market(dossier.submissions)
    found = []
    for market in dossier.transfer.markets:
        if (one := known.get(market)) is None:
            why = f"{market}: nobody has said whether a submission is needed"
            found.append(Unmet(GateRule.submissions, why, Unit.sponsor, dossier.began))
        elif open_ := _OPEN.get(State(one.state)):
            words, unit = open_
            source = Source("submission", one.id, one.number)
            due_on = one.planned_on if one.state == State.planned else None
            why = f"{market}: {words}"
            found.append(Unmet(GateRule.submissions, why, unit, one.stands_since, source, due_on))
    return found
