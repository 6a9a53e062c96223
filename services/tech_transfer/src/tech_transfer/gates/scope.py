"""What the first gate asks of the transfer itself."""

from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Unit, Unmet


def scope(dossier: Dossier) -> list[Unmet]:
    """It says what is handed over, and for which markets."""
    transfer = dossier.transfer
    if transfer.strengths and transfer.markets:
        return []
    return [Unmet(GateRule.scope, "no strength or no market is named", Unit.sponsor, dossier.began)]


def team(dossier: Dossier) -> list[Unmet]:
    """Somebody works on it."""
    if dossier.transfer.team:
        return []
    return [Unmet(GateRule.team, "nobody is named who works on it", Unit.sponsor, dossier.began)]


def success_criteria(dossier: Dossier) -> list[Unmet]:
    """It says what counts as a success."""
    if dossier.transfer.success_criteria:
        return []
    return [Unmet(GateRule.success_criteria, "nobody has said what counts as a success", Unit.sponsor, dossier.began)]
