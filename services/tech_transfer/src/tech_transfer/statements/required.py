"""Whether what quality has to state is stated: pure rules."""

from collections.abc import Callable

from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import STATED, GateRule, Unit, Unmet
from tech_transfer.statements.schemas import TransferStatementState


def stated(rule: GateRule) -> Callable[[Dossier], list[Unmet]]:
    """The rule that a statement counts on the receiving site's day."""
    _, words = STATED[rule]

    def judge(dossier: Dossier) -> list[Unmet]:
        said = [each for each in dossier.statements if each.rule == rule]
        standing = [each for each in said if each.state == TransferStatementState.stated]
        if any(each.valid_to is None or each.valid_to >= dossier.today for each in standing):
            return []
        since = max((each.updated_at for each in said if each not in standing), default=dossier.began)
        until = max((each.valid_to for each in standing if each.valid_to), default=None)
        why = f"it was stated until {until} that {words}" if until else f"nobody has stated that {words}"
        return [Unmet(rule, why, Unit.sponsor, since)]

    return judge
