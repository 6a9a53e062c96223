"""Whether what is to be handed over was: pure rules of the gate knowledge_transfer."""

from typing import Final

from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Source, Unit, Unmet
from tech_transfer.package_items.model import PackageItem
from tech_transfer.package_items.terms import OPEN, ItemState
from tech_transfer.transfers.schemas import TechTransferState

_WHY: Final = {
    ItemState.pending: "nothing was provided",
    ItemState.returned: "it was returned, and not provided again",
    ItemState.provided: "the receiving unit has not said whether it can work by it",
}


def package(dossier: Dossier) -> list[Unmet]:
    """Every mandatory item is accepted or waived. A package of which nobody has said what belongs to it is not whole.

    Of one that is closed no item is named: the receiving unit reads this, too.
    """
    transfer = dossier.transfer
    if transfer.state == TechTransferState.cancelled:
        why = "the transfer is cancelled, and its package is closed"
        return [Unmet(GateRule.package, why, Unit.sponsor, transfer.cancelled_at)]
    asked = [each for each in dossier.package_items if each.mandatory]
    if not asked:
        return [Unmet(GateRule.package, "nobody has said which items are mandatory", Unit.sponsor, dossier.began)]
    return [_unmet(each) for each in asked if each.state in OPEN]


def _unmet(item: PackageItem) -> Unmet:
    unit = Unit.receiving if item.state == ItemState.provided else Unit.sending
    category = item.category.replace("_", " ")
    why = f"{item.item_number} ({category}): {_WHY[ItemState(item.state)]}"
    source = Source("package_item", item.id, item.item_number)
    due_on = None if item.state == ItemState.provided else item.due_on  # it is until then that it is handed over
    return Unmet(GateRule.package, why, unit, item.awaited_since or item.created_at, source, due_on)
