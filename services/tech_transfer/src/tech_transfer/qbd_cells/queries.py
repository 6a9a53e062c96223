"""Reads of the matrix's cells."""

from serving.listing import equal
from tech_transfer.qbd_cells.model import QbdCell
from tech_transfer.qbd_cells.schemas import QbdCellRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(QbdCell, "transfer_id", "cqa_id", "cpp_id", "effect")

show = showing(QbdCellRead)
