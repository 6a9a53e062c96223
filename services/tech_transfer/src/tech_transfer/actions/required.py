"""Whether what earlier gates were passed with is done: pure rules."""

from collections.abc import Callable

from contracts.tech_transfer import Gate
from tech_transfer.actions.schemas import ActionCause, ActionState
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Source, Unit, Unmet
from tech_transfer.transfers.plan import IN_ORDER


def conditions_met(gate: Gate) -> Callable[[Dossier], list[Unmet]]:
    """The rule that a condition is met before the next gate is decided; of a later gate it is asked all the more."""
    earlier = IN_ORDER[: IN_ORDER.index(gate)]

    def judge(dossier: Dossier) -> list[Unmet]:
        return [
            Unmet(
                GateRule.conditions_met,
                f"{each.number} of {each.gate} is not done: {each.text}",
                Unit(each.unit),
                each.created_at,
                Source("transfer_action", each.id, each.number),
            )
            for each in dossier.actions
            if each.gate in earlier and each.cause == ActionCause.condition and each.state == ActionState.open
        ]

    return judge
