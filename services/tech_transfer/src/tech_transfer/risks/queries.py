"""Reads of risks."""

from serving.listing import equal
from tech_transfer.risks.model import Risk
from tech_transfer.risks.schemas import RiskRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(Risk, *("number", "transfer_id", "state", "risk_class", "scored_at_gate", "sponsor_only"))

show = showing(RiskRead)
