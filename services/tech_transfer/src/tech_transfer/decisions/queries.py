"""Reads of decisions."""

from serving.listing import days, equal
from tech_transfer.decisions.model import GateDecision
from tech_transfer.decisions.schemas import GateDecisionRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(GateDecision, "number", "transfer_id", "gate", "verdict", "state") | days(
    GateDecision.created_at, "proposed"
)

show = showing(GateDecisionRead)
