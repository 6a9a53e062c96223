"""What blocks the gate that is decided next, and who owes it: pure rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tech_transfer.decisions.model import GateDecision
from tech_transfer.decisions.schemas import DecisionState
from tech_transfer.gates import rules
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import Source, Unit
from tech_transfer.transfers.schemas import AT_A_GATE, TechTransferState

HOLD: Final = "hold"
DECISION: Final = "decision"


@dataclass(frozen=True, slots=True)
class Blocking:
    """Something blocks a gate now."""

    rule: str
    unit: Unit
    since: datetime | None
    record: Source | None = None

    @property
    def as_noted(self) -> Mapping[str, Any]:
        """As the database is told of it."""
        record = self.record
        return {
            "rule": self.rule,
            "unit": self.unit.value,
            "since": self.since.isoformat() if self.since else None,
            "record_type": record.type if record else None,
            "record_id": str(record.id) if record else None,
            "record_number": record.number if record else None,
        }


def blocking(dossier: Dossier) -> list[Blocking]:
    """What blocks the next gate: what is open of it, else its decision; of one that rests, that it does.

    The sponsor leads a transfer: that it rests, and that nobody proposes what could be decided, is the sponsor's.
    """
    transfer = dossier.transfer
    itself = Source("transfer", transfer.id, transfer.number)
    if transfer.state == TechTransferState.on_hold and transfer.held_at in AT_A_GATE:
        return [Blocking(HOLD, Unit.sponsor, None, itself)]
    if transfer.state not in AT_A_GATE:
        return []
    if open_ := rules.unmet(transfer.gate, dossier):
        return [Blocking(each.rule.value, each.unit, each.since, each.record) for each in open_]
    proposed = [each for each in dossier.decisions if each.state == DecisionState.proposed]
    return [each for one in proposed for each in _of(one)] or [Blocking(DECISION, Unit.sponsor, None, itself)]


def _of(decision: GateDecision) -> list[Blocking]:
    """Whose signature a decision waits for: either unit's, and then the sponsor's quality's."""
    source = Source("gate_decision", decision.id, decision.number)
    signed = {Unit.sending: decision.sending_signed_at, Unit.receiving: decision.receiving_signed_at}
    owing = [unit for unit, at in signed.items() if at is None]
    if owing:
        return [Blocking(DECISION, unit, decision.created_at, source) for unit in owing]
    return [Blocking(DECISION, Unit.sponsor, max(at for at in signed.values() if at), source)]
