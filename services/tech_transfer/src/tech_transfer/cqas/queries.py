"""Reads of critical quality attributes."""

from serving.listing import equal
from tech_transfer.cqas.model import Cqa
from tech_transfer.cqas.schemas import CqaRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(Cqa, "transfer_id", "code", "state", "criticality")

show = showing(CqaRead)
