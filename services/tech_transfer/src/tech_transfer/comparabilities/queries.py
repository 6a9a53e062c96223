"""Reads of comparability."""

from serving.listing import equal
from tech_transfer.comparabilities.model import Comparability
from tech_transfer.comparabilities.schemas import ComparabilityRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(Comparability, "transfer_id", "number", "state", "attribute")

show = showing(ComparabilityRead)
