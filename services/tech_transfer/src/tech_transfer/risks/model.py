"""A risk of a transfer and its lifecycle (ICH Q9(R1))."""

from datetime import datetime
from typing import Any, Self

from contracts import Role
from contracts.tech_transfer import Gate
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from tech_transfer.metadata import Table
from tech_transfer.risks.schemas import RiskFields
from tech_transfer.risks.schemas import TransferRiskState as State
from tech_transfer.risks.scores import Scores
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import PartOfTransfer, columns_of

SCORERS = frozenset({Role.msat, Role.quality})


class Risk(RiskFields, PartOfTransfer, Table, table=True):
    """What may go wrong, scored anew at each gate. One that is the sponsor's alone has no parties."""

    __tablename__ = "risk"

    @classmethod
    def begin(cls, transfer: Transfer, number: str, scores: Scores, by: str, now: datetime, **given: Any) -> Self:
        """It is scored for the first time, at the gate that is decided next."""
        about = columns_of(transfer) | given
        if given["sponsor_only"]:
            about["parties"] = []
        first = _entry(transfer.gate, scores, None, by, now)
        own = _own(scores) | {"first_priority": scores.priority, "first_class": scores.risk_class}
        return cls(**about, **own, number=number, scored_at_gate=transfer.gate, series=[first])

    @transition(source={State.open}, target=None, by=SCORERS)
    def rescore(self, gate: Gate, scores: Scores, reason: str | None, by: str, now: datetime) -> None:
        """It is scored at a gate, once more where it was. Raises RuleViolated for a rise of which nobody says why."""
        before = Scores(self.severity, self.occurrence, self.detection)
        if reason is None and scores.rises_over(before):
            why = f"reason: the priority rises from {before.priority} to {scores.priority}: say why"
            raise RuleViolated(why, fields=["reason"])
        for name, value in _own(scores).items():
            setattr(self, name, value)
        self.scored_at_gate = gate
        self.series = [*self.series, _entry(gate, scores, reason, by, now)]

    @transition(source={State.open}, target=State.closed, by=SCORERS)
    def close(self, reason: str) -> None:
        """It cannot happen any more. What was scored stays."""
        self.reason = reason


def _own(scores: Scores) -> dict[str, Any]:
    named = {name: getattr(scores, name) for name in ("severity", "occurrence", "detection")}
    return named | {"priority": scores.priority, "risk_class": scores.risk_class}


def _entry(gate: Gate, scores: Scores, reason: str | None, by: str, now: datetime) -> dict[str, Any]:
    return _own(scores) | {"gate": gate.value, "reason": reason, "scored_by": by, "scored_at": now.isoformat()}
