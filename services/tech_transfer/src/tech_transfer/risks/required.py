"""Whether the risks are assessed, as each gate asks: pure rules."""

from collections.abc import Callable

from contracts.tech_transfer import Gate
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Source, Unit, Unmet
from tech_transfer.risks.schemas import TransferRiskState
from tech_transfer.risks.scores import is_scored
from tech_transfer.transfers.plan import before


def risk_list(gate: Gate) -> Callable[[Dossier], list[Unmet]]:
    """The rule that a risk was assessed, and each open one was scored at this gate or later.

    Both units read what is not so: scores are not said, and risks that are the sponsor's alone have no part in it.
    """

    def judge(dossier: Dossier) -> list[Unmet]:
        if not dossier.risks:
            return [Unmet(GateRule.risk_list, "no risk is assessed", Unit.sponsor, dossier.began)]
        decided = [decision.decided_at for each, decision in dossier.passed.items() if each in before(gate)]
        since = max((each for each in decided if each), default=dossier.began)
        return [
            Unmet(
                GateRule.risk_list,
                f"{each.number} is not scored at {gate}",
                Unit.sponsor,
                max(since, each.created_at),
                Source("risk", each.id, each.number),
            )
            for each in dossier.risks
            if each.state == TransferRiskState.open and not is_scored(gate, each.series)
        ]

    return judge
