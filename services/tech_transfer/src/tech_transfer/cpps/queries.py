"""Reads of critical process parameters."""

from serving.listing import equal
from tech_transfer.cpps.model import Cpp
from tech_transfer.cpps.schemas import CppRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(Cpp, "transfer_id", "code", "state", "step")

show = showing(CppRead)
