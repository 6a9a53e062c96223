"""Whether laboratories are entitled for the methods of a transfer: pure rules. Neither is ever met on a condition."""

from collections.abc import Callable
from typing import Final

from contracts.tech_transfer import TransferKind
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Source, Unit, Unmet
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.standing import ENTITLED, holds
from tech_transfer.method_transfers.terms import MethodTransferState as State

_NOT_ASKED: Final = frozenset({State.repeated, State.amended, State.withdrawn})
_OWED: Final = {
    State.planned: "its protocol is not approved",
    State.criteria_frozen: "its results lack",
    State.in_execution: "its results lack",
    State.evaluated: "quality has not signed what came of it",
    State.failed: "it failed",
    State.reopened: "results that were amended turn what was concluded",
}


def entitled(rule: GateRule) -> Callable[[Dossier], list[Unmet]]:
    """The rule that each laboratory is entitled for its method: of those that batches need, or of all."""

    def judge(dossier: Dossier) -> list[Unmet]:
        if dossier.transfer.kind == TransferKind.packaging:
            return []
        standing = [each for each in dossier.method_transfers if each.state not in _NOT_ASKED]
        asked = [each for each in standing if each.needed_for_batches or rule is GateRule.methods_entitled]
        if not asked:
            why = "no method transfer is planned: nobody has said which methods are needed, and where they are tested"
            return [Unmet(rule, why, Unit.sponsor, dossier.began)]
        return [unmet for each in asked for unmet in _unmet(rule, each, dossier)]

    return judge


def _unmet(rule: GateRule, one: MethodTransfer, dossier: Dossier) -> list[Unmet]:
    about = (one.method, one.method_version, one.product_id, one.laboratory_site_id)
    stands = holds(dossier.standings, *about, dossier.today)
    if stands in ENTITLED:
        return []
    method = f"the laboratory is not entitled for {one.method} {one.method_version}"
    owed = _OWED.get(State(one.state))
    if stands is not None and owed is None:
        owed = f"it stands as {stands.replace('_', ' ')}"
    why = f"{method}: {owed or 'nothing is told yet of an entitlement that follows'}"
    return [Unmet(rule, why, _unit(one), one.awaited_since or one.updated_at, _source(one))]


def _unit(one: MethodTransfer) -> Unit:
    """Who owes the next step: the laboratories of one that waits for either, and else the sponsor."""
    if one.state not in (State.planned, State.criteria_frozen, State.in_execution):
        return Unit.sponsor
    if one.state == State.planned:
        if one.awaits_senders_partner:
            return _sending(one)
        return Unit.laboratory if one.awaits_receiver else Unit.sponsor
    if not one.sending_complete:
        return _sending(one)
    return Unit.sponsor if one.receiving_complete else Unit.laboratory


def _sending(one: MethodTransfer) -> Unit:
    """Who the sending laboratory is: a third party's is no site of the transfer's sending unit."""
    if one.sent_by_sponsor:
        return Unit.sponsor
    return Unit.sending if one.sending_laboratory_partner_id == one.sending_partner_id else Unit.laboratory


def _source(one: MethodTransfer) -> Source:
    return Source("method_transfer", one.id, one.number)
